"""The page in a browser: beats swing as their genres, unless that is locked."""

import io
import zipfile

import numpy as np
import played_files
import pytest

from drumspace_ext.models import groove_model
from drumspace_ext.notes import midi_writing
from drumspace_ext.patterns import dynamics
from drumspace_ext.patterns import genre_swings
from drumspace_ext.patterns import step_codes

pytestmark = pytest.mark.browser

_SHOW = 'deck.show(app.maker.ofPoint(args[0], args[1])); return settings.swing'
# Of the page's groove model: half a millisecond at 40 qpm, as a swing.
_TOLERANCE = 3 * 0.5 / 375


@pytest.fixture(scope='module', name='groove')
def _groove():
  return groove_model.load(groove_model.RECOMMENDED)


def _genre(page, index):
  return next(iter(page.made.training.genres[index]), '')


def _swung(page, genre='soul', count=1):
  """Numbers of beats of a genre that have hits where swing could be heard."""
  known = page.made.training
  found = [
      i for i, codes in enumerate(known.codes)
      if _genre(page, i) == genre and codes[1::2].any()
  ]
  assert len(found) >= count
  return found[:count]


def _straight(page, genre='soul'):
  known = page.made.training
  return next(
      i for i, codes in enumerate(known.codes)
      if _genre(page, i) == genre and not codes[1::2].any()
  )


def _added(codes, genre, groove):
  """Returns what the package adds of swing to what a groove does."""
  steps, struck = np.nonzero(step_codes.step_codes_to_hits(codes))
  delays = [
      dynamics.Dynamics(swing=swing, groove=groove, genres=[genre]).delays(
          steps, struck
      ) for swing in ('auto', 0)
  ]
  late = (delays[0] - delays[1])[steps % 2 == 1]
  return 3 * late.max(initial=0)


def test_known_beats_swing_as_the_package_lets_them(page, groove):
  known = page.made.training
  beats = [i for genre in ('soul', 'funk', 'new_orleans', 'rock', 'hip_hop')
           for i in _swung(page, genre, 2)] + [_straight(page)]
  heard = []
  for index in beats:
    expected = _added(known.codes[index], _genre(page, index), groove)
    heard.append(page.run(_SHOW, 0, index))
    assert heard[-1] == pytest.approx(expected, abs=_TOLERANCE)
  assert max(heard) > 0.2 and min(heard) == 0
  # Without a groove there is nothing that swings by itself.
  page.run("byId('groove').click()")
  for index in beats:
    swings = known.codes[index][1::2].any()
    expected = swings * genre_swings.of_genre(_genre(page, index))
    assert page.run(_SHOW, 0, index) == pytest.approx(expected)
    said = f' · swing {100 * expected:.0f} %' if expected else ' bpm'
    assert page.run("return byId('name').textContent").endswith(said)


def test_made_beat_swings_as_the_known_ones_around_it(page):
  page.run("byId('groove').click()")
  known, made = page.made.training, page.made.generated[0]
  swings = np.array([
      genre_swings.of_genre(_genre(page, i)) for i in range(len(known.codes))
  ])
  for index in range(len(made.codes)):
    near = np.argsort((
        (known.coordinates - made.coordinates[index]) ** 2
    ).sum(1), kind='stable')[:6]
    expected = np.median(swings[near]) * made.codes[index][1::2].any()
    assert page.run(_SHOW, 1, index) == pytest.approx(expected)


def test_groove_that_comes_or_goes_leaves_the_swing_on_the_whole(page):
  (index,) = _swung(page, 'new_orleans')
  whole = genre_swings.of_genre('new_orleans')
  beside = page.run(_SHOW, 0, index)
  assert page.run("byId('groove').click(); return settings.swing") == whole
  assert page.run(
      "byId('groove').click(); return settings.swing"
  ) == pytest.approx(beside)
  # What a hand has set stays.
  assert page.run("""slide(byId('swing'), 0.5); byId('groove').click();
    return settings.swing""") == 0.5


def test_swing_of_a_hand_stays_with_its_beat_and_locked_for_all(page):
  first, second = _swung(page, count=2)
  own = page.run(_SHOW, 0, first)
  page.run("slide(byId('swing'), 0.9)")
  # A hit more or less is the same music.
  assert page.run('deck.edit(10, 7); return settings.swing') == 0.9
  assert page.run(_SHOW, 0, second) != 0.9
  assert page.run('deck.go(-1); return settings.swing') == 0.9
  assert page.run(_SHOW, 0, second) != 0.9
  page.run("slide(byId('swing'), 0.25); byId('swingLocked').click()")
  assert page.run(_SHOW, 0, first) == 0.25
  hash_ = page.run("byId('share').click(); return location.hash")
  page.open(hash_)
  assert page.run(
      'return [settings.swingLocked, settings.swing]'
  ) == [True, 0.25]
  page.run("byId('swingLocked').click()")
  assert page.run(_SHOW, 0, second) != 0.25
  assert page.run(_SHOW, 0, first) == pytest.approx(own)


def test_first_hit_that_swings_brings_the_swing_of_the_beat(page):
  page.run("byId('groove').click()")
  assert page.run(_SHOW, 0, _straight(page)) == 0
  assert page.run(
      'deck.edit(10, 7); return settings.swing'
  ) == genre_swings.of_genre('soul')


def test_link_holds_the_swing_that_is_heard(page):
  (index,) = _swung(page)
  own = page.run(_SHOW, 0, index)
  hash_ = page.run("byId('share').click(); return location.hash")
  page.open(hash_)
  assert page.run('return settings.swing') == own
  # It was nobody's hand, so that it still follows the groove.
  assert page.run("""byId('groove').click(); return settings.swing
    """) == genre_swings.of_genre('soul')
  page.open(hash_.replace(f's={own}', 's=0.75'))
  assert page.run('return settings.swing') == 0.75


def test_files_swing_as_those_of_the_package(page, groove):
  known = page.made.training
  page.gesture()
  beats = [*_swung(page, 'soul'), *_swung(page, 'funk'), *_swung(page, 'rock')]
  played = dynamics.Dynamics(swing='auto', groove=groove)
  for index in beats:
    page.run(_SHOW, 0, index)
    page.run("byId('favourite').click()")
  archive = zipfile.ZipFile(io.BytesIO(page.download('favourites-pack')[1]))
  contents = [archive.read(name) for name in archive.namelist()[:-1]][::-1]
  for index, content in zip(beats, contents, strict=True):
    expected = midi_writing.patterns_to_midi(
        step_codes.step_codes_to_hits(known.codes[index])[None],
        dynamics=played.of_genres([_genre(page, index)]),
    )
    ours, theirs = map(played_files.notes, (content, expected))
    assert (np.abs(ours - theirs).max(0) <= (1, 0, 1)).all()
  page.run(_SHOW, 0, beats[0])
  page.gesture()
  _, alone = page.download('get-midi')
  np.testing.assert_array_equal(*map(played_files.notes, (alone, contents[0])))


def test_audio_swings_as_the_midi_file_does(page):
  page.gesture()
  (index,) = _swung(page)
  page.run(_SHOW, 0, index)
  swung = page.download('get-wav')[1]
  page.run("slide(byId('swing'), 0)")
  page.gesture()
  straight = page.download('get-wav')[1]
  assert len(swung) == len(straight)
  assert swung != straight
