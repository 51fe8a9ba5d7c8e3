"""The page in a browser: MIDI files in and out, and what is copied."""

import ast
import io
import random
import re

import builders
import map_builders
import map_pages
import mido
import numpy as np
import pytest
import step_songs

from drumspace_ext.extraction import loops
from drumspace_ext.extraction import near_loops
from drumspace_ext.notes import midi_writing
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import nearest
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices
from drumspace_ext.starter import songs as starter_songs

pytestmark = pytest.mark.browser


def test_beat_is_downloaded_as_it_is_on_the_screen(page):
  page.pointer(*page.place(0, map_pages.POINT))
  page.run("slide(byId('qpm'), 97)")
  name, content = page.download('get-midi')
  qpm, ticks = map_pages.tempo_of(content)
  index = page.run('return deck.current.origin.index')
  genre = page.made.training.genres[index][0]
  assert re.fullmatch(rf'{genre}_[a-z0-9-]+_97bpm\.mid', name)
  assert map_pages.as_codes(content) == [page.codes()]
  assert qpm == pytest.approx(97, abs=1e-3) and ticks == 480
  assert map_pages.length_quarters(content) == 8
  known = set(page.window.downloads.iterdir())
  page.press('d', '#map')
  again = page.run_until_downloaded(known)
  assert again.read_bytes() == content
  again.unlink()
  assert f'{name}: 1 beat at 97 bpm' in page.run(
      "return byId('status').textContent"
  )


def test_accents_are_heard_and_in_the_file_or_in_neither(page):
  page.run('deck.show(app.maker.ofPoint(0, args[0]))', map_pages.POINT)
  velocities = []
  page.run("byId('groove').checked && byId('groove').click()")
  for _ in range(2):
    _, content = page.download('get-midi')
    file = mido.MidiFile(file=io.BytesIO(content))
    velocities.append({
        message.velocity for message in file.tracks[0]
        if message.type == 'note_on'
    })
    hash_ = page.run("byId('share').click(); return location.hash")
    page.run("byId('strength').open = true")
    map_pages.click(page, '#accents')
  assert len(velocities[0]) > 1 and len(velocities[1]) == 1
  assert page.run('return app.player.settings.accents')
  page.open(hash_)
  assert page.run("""return [byId('accents').checked,
    app.player.settings.accents]""") == [False, False]

_DROP = """
  const transfer = new DataTransfer();
  const files = Array.isArray(args[0]) ? args[0] : [[args[0], args[1]]];
  for (const [name, bytes] of files) {
    transfer.items.add(new File(
      [Uint8Array.from(bytes)], name, {type: 'audio/midi'}));
  }
  byId('status').textContent = '';
  const target = args[2] ? byId('map') : document.body;
  for (const name of ['dragover', 'drop']) {
    target.dispatchEvent(new DragEvent(name, {
      bubbles: true, cancelable: true, dataTransfer: transfer}));
  }
  await until(() => byId('status').textContent, 'an answer');
  return byId('status').textContent;"""


def test_midi_file_is_dropped_and_shown_where_it_lands(page):
  hits = step_codes.step_codes_to_hits(page.made.generated[0].codes[3].copy())
  hits[5, voices.INDEX['cowbell']] ^= True
  content = _midi_of(hits)
  said = page.run(_DROP, 'my beat.mid', list(content), True)
  codes = step_codes.hits_to_step_codes(hits).tolist()
  assert 'my beat.mid' in said and page.codes() == codes
  np.testing.assert_allclose(
      page.run('return deck.current.z'),
      map_pages.latents(map_builders.model(), [codes])[0], atol=1e-4,
  )
  assert page.run('return app.plot.ring.place !== null')


def _midi_of(hits):
  """Writes a pattern with 480 ticks a quarter, by hand."""
  codes = drum_maps.load(drum_maps.GM14).written_pitches
  onsets = [(120 * int(step), codes[voice]) for step, voice in
            np.argwhere(hits)]
  return builders.midi(builders.track(builders.notes(onsets)))


def test_midi_file_is_opened_by_the_button(page, tmp_path):
  hits = step_codes.step_codes_to_hits(page.made.training.codes[9])
  path = tmp_path / 'Trommel 太鼓 <b>.mid'
  path.write_bytes(_midi_of(hits))
  page.run("byId('take').open = true")
  page.window.driver.find_element('id', 'open').send_keys(str(path))
  page.run("await until(() => byId('status').textContent)")
  assert page.codes() == page.made.training.codes[9].tolist()
  assert path.name in page.run("return byId('status').textContent")
  assert page.run("return byId('status').children.length") == 0

_CHIPS = """return [...document.querySelectorAll('#loops [aria-pressed]')].map(
  (button) => [button.textContent, button.parentElement.ariaLabel,
    button.ariaPressed])"""


def test_songs_are_known_by_their_loops_at_their_tempos(page):
  songs = list(starter_songs.songs(seed=0))[::15]
  known = 0
  for song in songs:
    content = midi_writing.note_sequence_to_midi(song)
    said = page.run(_DROP, song.filename, list(content), True)
    chips = page.run(_CHIPS)
    assert f'{len(chips)} loop' in said
    assert [pressed for *_, pressed in chips] == (
        ['true'] + ['false'] * (len(chips) - 1)
    )
    words = page.run("""const found = [];
      for (const button of
        document.querySelectorAll('#loops [aria-pressed]')) {
        button.click();
        await rest();
        found.push([byId('badge').dataset.word, deck.pace.tempo.value]);
      }
      return found""")
    known += all(word == 'known' for word, _ in words)
    qpm = song.tempos[0].qpm
    # Verses are a little faster one after the other.
    assert all(qpm <= found <= qpm + 6 for _, found in words)
  assert known == len(songs)


def test_two_bars_without_a_loop_are_said_to_be_that(page):
  hits = step_codes.step_codes_to_hits(page.made.training.codes[9])
  said = page.run(_DROP, 'once.mid', list(_midi_of(hits)), True)
  assert said == 'once.mid: no loop; its first two bars with drums'
  assert [chip[0] for chip in page.run(_CHIPS)] == ['first bars']
  assert page.codes() == page.made.training.codes[9].tolist()


def test_a_waltz_is_said_to_be_none_of_4_4(page):
  midi = mido.MidiFile(file=io.BytesIO(_midi_of(np.tile(
      step_codes.step_codes_to_hits(page.made.training.codes[9]), (3, 1)
  ))))
  midi.tracks[0].insert(0, mido.MetaMessage('time_signature', numerator=3))
  content = io.BytesIO()
  midi.save(file=content)
  said = page.run(_DROP, 'waltz.mid', list(content.getvalue()), True)
  assert 'waltz.mid: its drums play in other meters than 4/4' in said


@pytest.mark.parametrize('pause', [0, 5])
def test_two_bars_without_a_loop_go_as_fast_as_their_file(page, pause):
  hits = step_codes.step_codes_to_hits(page.made.training.codes[9])
  midi = mido.MidiFile(file=io.BytesIO(_midi_of(hits)))
  midi.tracks[0][0].time += 4 * 480 * pause
  tempos = mido.MidiTrack()
  for wait, qpm in ((0, 61), (1920 * pause, 93), (1920 * 2, 180)):
    tempos.append(mido.MetaMessage(
        'set_tempo', tempo=mido.bpm2tempo(qpm), time=wait
    ))
  midi.tracks.append(tempos)
  midi.type = 1
  content = io.BytesIO()
  midi.save(file=content)
  page.run(_DROP, 'once.mid', list(content.getvalue()), True)
  assert page.run("await rest(); return settings.qpm") == 93
  assert page.run("return byId('loops').querySelector('button').title") == (
      '93 bpm'
  )


def test_near_loop_is_found_where_nothing_repeats_exactly(page):
  codes = np.tile(page.made.training.codes[9], 4)
  codes[np.arange(4) * 32 + np.arange(4)] ^= 1 << voices.INDEX['cowbell']
  hits = step_codes.step_codes_to_hits(codes.reshape(4, 32)).reshape(128, 14)
  said = page.run(_DROP, 'hand.mid', list(_midi_of(hits)), True)
  assert said == 'hand.mid: 1 near loop'
  assert page.run(
      "await rest(); return byId('badge').dataset.word"
  ) == 'known'


def test_near_loops_of_a_song_are_those_that_python_finds(page):
  compared = 0
  for seed in range(40):
    codes = step_songs.noisy_song(random.Random(seed))
    pieces = step_songs.pieces(codes)
    found = near_loops.find(pieces, max_flips=nearest.NEAR_BITS)
    ours = {
        tuple(step_codes.canonical(loop.codes).tolist()) for loop in found
        if not entropy.is_trivial(loop.codes)
    }
    if len(loops.find(pieces).codes) or not ours:
      continue
    hits = step_codes.step_codes_to_rows(np.array(codes, np.uint16))
    page.run(_DROP, 'noisy.mid', list(_midi_of(hits)), True)
    theirs = set()
    for number in range(len(page.run(_CHIPS))):
      page.run("""
        byId('loops').querySelectorAll('[aria-pressed]')[args[0]].click();
        await rest()""", number)
      codes = step_codes.canonical(np.array(page.codes(), np.uint16))
      theirs.add(tuple(codes.tolist()))
    assert theirs == ours, seed
    compared += 1
  assert compared > 5


def test_files_are_read_together_and_what_was_lost_is_said(page):
  whole = midi_writing.note_sequence_to_midi(
      next(iter(starter_songs.songs(seed=0)))
  )
  said = page.run(_DROP, [
      ['<b>whole</b>.mid', list(whole)],
      ['half.mid', list(whole[:len(whole) // 2])],
      ['none.mid', list(b'none')],
  ], None, True)
  assert '<b>whole</b>.mid: 3 loops. half.mid: ' in said
  share = re.search(r'damaged, ([\d,]+) of ([\d,]+) bytes read', said)
  got, of = (int(part.replace(',', '')) for part in share.groups())
  assert 0.4 < got / of < 0.6
  assert "none.mid can't be read: This is no MIDI file" in said
  names = [chip[:2] for chip in page.run(_CHIPS)]
  assert names[:3] == [[f'loop {i}', '<b>whole</b>.mid'] for i in (1, 2, 3)]
  assert names[3] == ['loop 1', 'half.mid']
  assert page.run("return byId('loops').querySelectorAll('b').length") == 0
  page.run("byId('loops').lastElementChild.click()")
  assert page.run("return byId('loops').hidden")


_DAMAGED = (
    (b'', 'no MIDI file'), (b'RIFF' + bytes(40), 'no MIDI file'),
    (b'MThd\x00\x00\x00\x06\x00\x00\x00\x01\x01\xe0MTrk\x00\x00\x00\x03'
     b'\x00\x90\x24', 'ends too early'),
    (builders.midi(builders.track(builders.notes([(0, 60)], channel=0))),
     'no drum notes'),
)


def test_damaged_midi_is_told_clearly(page):
  page.run('deck.show(app.maker.ofPoint(0, 3))')
  before = page.codes()
  for content, words in _DAMAGED:
    said = page.run(_DROP, 'odd.mid', list(content), False)
    assert said.startswith("odd.mid can't be read") and words in said
    assert page.codes() == before


def test_codes_and_primer_are_copied(page):
  page.run('deck.show(app.maker.ofPoint(0, args[0]))', map_pages.POINT)
  copied = [page.run("""
    byId('status').textContent = '';
    byId(args[0]).click();
    await until(() => byId('status').textContent);
    return [byId('status').textContent, await navigator.clipboard.readText()]
  """, name) for name in ('copy-codes', 'copy-primer')]
  assert [said for said, _ in copied] == ['Step codes copied', 'Primer copied']
  codes = page.codes()
  assert [int(c) for c in copied[0][1].split(',')] == codes
  primer = ast.literal_eval(copied[1][1])
  nine = drum_maps.load('note_seq9').written_pitches
  assert primer == [
      tuple(sorted({nine[v] for v in range(14)
                    if code >> v & 1 and nine[v] is not None}))
      for code in codes
  ]
  assert len(primer) == 32
