"""The page in a browser: files that leave it: WAV, names, drags, the song."""

import io
import re

import map_pages
import mido
import numpy as np
import pytest

from drumspace_ext.patterns import dynamics
from drumspace_ext.patterns import step_codes
from drumspace_ext.sound import rendering

pytestmark = pytest.mark.browser

_SHOW = 'deck.show(app.maker.ofPoint(args[0], args[1])); await rest()'


def _samples(content):
  """Returns (sample rate, samples) of a WAV file of 16 bits."""
  assert content[:4] == b'RIFF' and content[8:16] == b'WAVEfmt '
  assert int.from_bytes(content[4:8], 'little') == len(content) - 8
  rate = int.from_bytes(content[24:28], 'little')
  data = np.frombuffer(content[44:], '<i2').reshape(-1, 2)
  return rate, data / 32767


def test_wav_of_a_beat_is_the_seamless_loop_of_the_package(page):
  page.gesture()
  page.run(_SHOW, 0, map_pages.POINT)
  # Mute and volume are for the ear alone.
  page.run("""app.player.mute(0); slide(byId('volume'), 0.1);
    app.settings.set('groove', false)""")
  qpm = page.run('return settings.qpm')
  name, content = page.download('get-wav')
  assert re.fullmatch(rf'[a-z-]+_[a-z0-9-]+_{qpm}bpm\.wav', name)
  rate, samples = _samples(content)
  hits = step_codes.step_codes_to_hits(np.array(page.codes(), np.uint16))
  expected = rendering.render(
      hits, qpm=qpm, dynamics=dynamics.Dynamics(accents=True)
  )
  assert rate == rendering.SAMPLE_RATE and len(samples) == len(expected)
  np.testing.assert_allclose(samples[:-500], expected[:-500], atol=1e-3)


def test_names_of_made_beats_say_between_what_they_lie(page):
  page.run(_SHOW, 1, 3)
  name, content = page.download('get-midi')
  around = page.run('return app.panel.genresAround(deck.current)')
  first = around[0].replace('_', '-')
  assert re.match(rf'(between|near)-{first}', name)
  assert name.endswith(f"_{page.run('return settings.qpm'):.0f}bpm.mid")
  assert map_pages.as_codes(content) == [page.codes()]


_DRAG = """
  const button = byId(args[0]);
  let transfer = null;
  button.dispatchEvent(new PointerEvent('pointerenter'));
  await until(() => {
    transfer = new DataTransfer();
    button.dispatchEvent(new DragEvent('dragstart', {dataTransfer: transfer}));
    return transfer.files.length;
  }, 'a file to be dragged');
  const [type, name, ...rest] = transfer.getData('DownloadURL').split(':');
  const bytes = await transfer.files[0].arrayBuffer();
  return [button.draggable, type, name, rest.join(':'),
    [...new Uint8Array(bytes).slice(0, 4)], transfer.files[0].name]"""


@pytest.mark.parametrize(['id', 'head'], [
    ('get-midi', b'MThd'), ('get-wav', b'RIFF'),
])
def test_file_can_be_dragged_out_of_the_page(page, id, head):
  page.gesture()
  page.run(_SHOW, 0, map_pages.POINT)
  is_draggable, kind, name, address, start, other = page.run(_DRAG, id)
  assert is_draggable and kind.startswith('audio/')
  assert name == other and name.endswith(('.mid', '.wav'))
  assert address.startswith('blob:') and bytes(start) == head


def test_what_is_dragged_is_what_is_heard_by_then(page):
  page.gesture()
  page.run(_SHOW, 0, map_pages.POINT)
  first = page.run(_DRAG, 'get-wav')[2]
  # The mouse rests on the button while another beat comes, as of the radio.
  page.run(_SHOW, 0, 3)
  grab = """const transfer = new DataTransfer();
    const event = new DragEvent('dragstart',
      {dataTransfer: transfer, cancelable: true});
    byId('get-wav').dispatchEvent(event);
    return [event.defaultPrevented, transfer.files.length];"""
  assert page.run(grab) == [True, 0]
  name = page.run(_DRAG, 'get-wav')[2]
  assert first != name
  assert name.endswith(f"_{page.run('return settings.qpm')}bpm.wav")
  page.run("app.settings.set('humanize', 0.5)")
  assert page.run(grab) == [True, 0]


def test_song_of_slots_plays_is_in_the_link_and_in_files(page):
  page.gesture()
  page.run("""slide(byId('qpm'), 240); byId('locked').click();
    for (const [slot, index] of [['A', 3], ['B', 100], ['F', 200]]) {
      app.song.put(slot, app.maker.ofPoint(0, index));
    }
    for (const slot of 'AAF') app.song.add(slot);
    byId('song').open = true""")
  codes = page.made.training.codes
  expected = codes[[3, 3, 200]].tolist()
  name, content = page.download('song-midi')
  assert name == 'song_6-bars_240bpm.mid'
  assert map_pages.as_codes(content) == expected
  tempos = [m for m in mido.MidiFile(file=io.BytesIO(content)).tracks[0]
            if m.type == 'set_tempo']
  assert len(tempos) == 1
  page.gesture()
  name, content = page.download('song-wav')
  rate, samples = _samples(content)
  assert name.endswith('.wav') and len(samples) == 3 * 2 * rate
  link = page.run("byId('share').click(); return location.hash")
  page.run("byId('song-play').click()")
  lit = page.run("""const seen = new Set();
    await until(() => {
      const lit = [...byId('order').children].findIndex(
        (item) => item.classList.contains('now'));
      if (lit >= 0) seen.add(`${lit} ${deck.current.codes.join()}`);
      return seen.size >= 3;
    }, 'all of the song');
    deck.stop();
    return [...seen].sort()""")
  assert lit == sorted(
      f'{i} {",".join(map(str, beat))}' for i, beat in enumerate(expected)
  )
  page.open(link)
  assert page.run("""return [app.song.order,
    Object.values(app.song.slots).map(({codes}) => codes)]""") == [
      ['A', 'A', 'F'], codes[[3, 100, 200]].tolist()
  ]
  # 64 bars are the most.
  page.run("for (let i = 0; i < 40; i++) app.song.add('B')")
  assert page.run('return app.song.numBars') == 64
  page.run("document.querySelector('#order button').click()")
  assert page.run('return app.song.numBars') == 62


def test_song_goes_at_one_tempo_in_its_files_and_under_a_hand(page):
  page.gesture()
  tempos = page.made.training.tempos[:, 0]
  assert len({tempos[index] for index in (3, 100, 200)}) == 3
  page.run("""
    for (const [slot, index] of [['A', 3], ['B', 100]]) {
      app.song.put(slot, app.maker.ofPoint(0, index));
    }
    for (const slot of 'AB') app.song.add(slot);""")
  page.run(_SHOW, 0, 200)
  _, content = page.download('song-midi')
  assert map_pages.as_codes(content) == (
      page.made.training.codes[[3, 100]].tolist()
  )
  track = mido.MidiFile(file=io.BytesIO(content)).tracks[0]
  (tempo,) = [m.tempo for m in track if m.type == 'set_tempo']
  assert mido.tempo2bpm(tempo) == pytest.approx(tempos[200], abs=1e-3)
  # So it is heard; what a hand sets holds for the beats that come, too.
  heard = page.run("""
    const heard = [];
    app.song.play();
    await until(() => document.querySelector('#order .now'));
    heard.push(settings.qpm);
    slide(byId('qpm'), 231);
    for (let i = 0; i < 2; i++) {
      const {current} = deck;
      await until(() => deck.current !== current, 'the next of the song');
      heard.push(settings.qpm);
    }
    deck.stop();
    return heard""")
  assert heard == [tempos[200], 231, 231]


def test_slots_and_order_of_a_song_are_undone_while_the_beat_plays_on(page):
  page.gesture()
  page.run(_SHOW, 0, map_pages.POINT)
  page.run("""app.song.put('A', app.maker.ofPoint(0, 3));
    app.song.add('A'); app.song.add('B'); byId('song-clear').click();
    app.player.start(deck.current.codes)""")
  beat = page.codes()
  # What the song is after each step, from the last one back and forth.
  told = page.run("""const tell = () => [app.song.order.join(''),
      Object.values(app.song.slots).filter(Boolean).length,
      document.querySelectorAll('#order li').length, app.player.playing];
    const told = [tell()];
    for (let i = 0; i < 4; i++) { byId('undo').click(); told.push(tell()); }
    for (let i = 0; i < 4; i++) { byId('redo').click(); told.push(tell()); }
    return told""")
  back = [['', 2, 0, True], ['AB', 2, 2, True], ['A', 1, 1, True],
          ['', 1, 0, True], ['', 0, 0, True]]
  assert told == back + back[-2::-1]
  assert page.codes() == beat
  # Beyond its first step it is the beat that goes back.
  page.run("for (let i = 0; i < 5; i++) byId('undo').click()")
  assert page.codes() != beat


def test_hostile_songs_and_favourites_of_a_link_are_left_out(page):
  beat = page.run("""deck.show(app.maker.ofPoint(0, 3));
    byId('share').click(); return location.hash""").split('&')[0]
  page.open(f'{beat}&A=<b>&B={"zzz" * 32}&o=AXB<img>&f=<img src=x>'
            f'&f={"001" * 32}<img src=x>')
  assert page.run("""return [app.song.order, app.song.slots.A,
    app.favourites.items.map(({name}) => name), document.images.length]
    """) == [[], None, ['<img src=x>'], 0]


def test_favourites_have_names_that_are_kept(page):
  page.run(_SHOW, 0, map_pages.POINT)
  page.run("byId('favourite').click(); byId('take').open = true")
  field = "document.querySelector('#favourites input')"
  assert page.run(f'return {field}.value') == page.run(
      "return byId('name').textContent"
  )
  page.run(f"{field}.value = 'My <b>fill</b>'; "
           f"{field}.dispatchEvent(new Event('change'))")
  page.open()
  page.run("byId('take').open = true")
  assert page.run(f'return {field}.value') == 'My <b>fill</b>'
  # Keys are left to the field.
  page.press('xv f', '#favourites input')
  assert 'xv f' in page.run(f'return {field}.value')


def test_favourites_travel_in_the_link_where_nothing_is_kept(page):
  page.run("""Object.defineProperty(window, 'localStorage', {get() {
    throw new Error('no'); }});""")
  page.run(_SHOW, 0, map_pages.POINT)
  said, link = page.run("""byId('favourite').click();
    const said = byId('status').textContent;
    byId('share').click(); return [said, location.hash]""")
  assert 'Copy link' in said and '&f=' in link
  page.open(link)
  assert page.run('return app.favourites.codes') == [
      page.made.training.codes[map_pages.POINT].tolist()
  ]
