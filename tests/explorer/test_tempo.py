"""The page in a browser: each beat at its own tempo, unless that is locked."""

import io

import map_pages
import mido
import numpy as np
import pytest

pytestmark = pytest.mark.browser

_SHOW = 'deck.show(app.maker.ofPoint(args[0], args[1])); return settings.qpm'


def _tempos(page):
  """The tempos of the training patterns, as they are on the map."""
  return page.made.training.tempos[:, 0]


def test_every_known_beat_comes_at_its_own_tempo(page):
  tempos = _tempos(page)
  for index in (0, map_pages.POINT, 200, int(tempos.argmax())):
    assert page.run(_SHOW, 0, index) == min(tempos[index], 240)
    words = page.run("return byId('name').textContent").split(' · ')
    assert f'{tempos[index]:.0f} bpm' in words


def test_made_beat_takes_the_median_of_the_known_ones_around_it(page):
  places = page.made.training.coordinates
  for index in range(5):
    place = page.made.generated[0].coordinates[index]
    near = np.argsort(((places - place) ** 2).sum(1), kind='stable')[:6]
    expected = np.median(_tempos(page)[near])
    assert page.run(_SHOW, 1, index) == pytest.approx(expected, abs=0.51)


def test_tempo_changes_with_the_beat_that_is_heard(page):
  page.gesture()
  tempos = _tempos(page)
  slow, fast = int(tempos.argmin()), int(np.argmin(np.abs(tempos - 200)))
  page.run("""
    deck.show(app.maker.ofPoint(0, args[0]), {plays: true});
    await until(() => document.querySelector('.now'));
    const {sequencer} = app.player;
    const {playStep} = sequencer;
    window.heard = [];
    sequencer.playStep = () => {
      playStep.call(sequencer);
      heard.push([sequencer.pattern, settings.qpm]);
    };""", slow)
  _, content = page.run("""
    deck.show(app.maker.ofPoint(0, args[0]));
    return [settings.qpm, deck.pace.tempo.value]""", fast)
  assert content == tempos[fast]
  codes = page.made.training.codes
  heard = page.run("""
    await until(() => heard.some(([codes]) => codes.join() === args[0].join()));
    deck.stop(); return heard""", codes[fast].tolist())
  assert all(
      qpm == (tempos[fast] if pattern == codes[fast].tolist() else tempos[slow])
      for pattern, qpm in heard
  )
  assert page.run('return settings.qpm') == tempos[fast]


def test_locked_tempo_stays_and_is_in_the_link(page):
  page.run("slide(byId('qpm'), 77); byId('locked').click()")
  assert page.run(_SHOW, 0, map_pages.POINT) == 77
  hash_ = page.run("byId('share').click(); return location.hash")
  page.open(hash_)
  assert page.run('return [settings.locked, settings.qpm]') == [True, 77]
  page.run("byId('locked').click()")
  assert page.run(_SHOW, 0, 3) == _tempos(page)[3]


def test_tempo_by_hand_stays_with_its_beat_and_undo_brings_it_back(page):
  page.run(_SHOW, 0, map_pages.POINT)
  page.run("slide(byId('qpm'), 77)")
  # A hit more or less is the same music.
  assert page.run('deck.edit(10, 7); return settings.qpm') == 77
  assert page.run(_SHOW, 0, 3) == _tempos(page)[3]
  assert page.run('deck.go(-1); return settings.qpm') == 77
  assert page.run('deck.go(-1); return settings.qpm') == 77


def test_favourites_go_as_they_went_when_they_were_kept(page):
  page.gesture()
  tempos = _tempos(page)
  index = int(tempos.argmax())
  # One whose tempo a hand has set, one that is edited, and one as it is.
  page.run("""
    deck.show(app.maker.ofPoint(0, 9)); slide(byId('qpm'), 61);
    slide(byId('swing'), 0.37); byId('favourite').click();
    deck.show(app.maker.ofPoint(0, args[0])); deck.edit(10, 7);
    byId('favourite').click();
    deck.show(app.maker.ofPoint(0, 3)); byId('favourite').click();""", index)
  expected = [tempos[3], min(tempos[index], 240), 61]
  for reopens in (False, True):
    if reopens:
      page.open()
      page.gesture()
    _, content = page.download('favourites-midi')
    found = [
        mido.tempo2bpm(message.tempo)
        for message in mido.MidiFile(file=io.BytesIO(content)).tracks[0]
        if message.type == 'set_tempo'
    ]
    assert found == pytest.approx(expected, abs=1e-3)
    heard = page.run("""byId('take').open = true;
      return [...document.querySelectorAll('#favourites .item')].map((item) => {
        item.click();
        deck.stop();
        return [settings.qpm, settings.swing];
      })""")
    assert [qpm for qpm, _ in heard] == expected
    assert heard[2][1] == 0.37
  kept = page.run("return localStorage['drumspace_ext favourites']")
  assert kept.count('"own":{}') == 1
  # What another page left there is in the range of the slider, or nothing.
  page.run("""localStorage['drumspace_ext favourites'] = args[0]""",
           kept.replace('61', '1e9').replace('0.37', '"<b>"'))
  page.open()
  assert page.run('return app.favourites.items[2].own') == {}


def test_files_have_the_tempos_that_are_heard(page):
  tempos = _tempos(page)
  page.gesture()
  page.run(_SHOW, 0, 9)
  _, content = page.download('get-midi')
  assert map_pages.tempo_of(content)[0] == pytest.approx(tempos[9], abs=1e-3)
  for index in (200, 3):
    page.run(_SHOW, 0, index)
    page.run("byId('favourite').click()")
  page.gesture()
  _, content = page.download('favourites-midi')
  track = mido.MidiFile(file=io.BytesIO(content)).tracks[0]
  found, tick = [], 0
  for message in track:
    tick += message.time
    if message.type == 'set_tempo':
      found.append((tick, mido.tempo2bpm(message.tempo)))
  assert [tick for tick, _ in found] == [0, 8 * 480]
  np.testing.assert_allclose(
      [qpm for _, qpm in found], tempos[[3, 200]], atol=1e-3
  )
  low, high = sorted(tempos[[3, 200]])
  assert f'2 beats at {low:.0f}–{high:.0f} bpm' in page.run(
      "return byId('status').textContent"
  )
