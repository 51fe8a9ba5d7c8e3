"""The page in a browser: what axe-core finds, and colours that all can see.

axe-core comes in the package axe-playwright-python, without what that depends
on (.ci/run); a user without it skips. Pictures of all sizes and looks go to the
folder that DRUMSPACE_SCREENSHOTS names, or else to pytest's own.
"""

import importlib.util
import os
import pathlib

import colour_vision
import map_pages
import numpy as np
import pytest

from drumspace_ext.explorer import genre_groups
from drumspace_ext.notes import midi_writing
from drumspace_ext.starter import songs as starter_songs

_SIZES = ((1440, 900), (1280, 720), (390, 844), (844, 390))
_LOOKS = ('light', 'dark')
_AXE = """
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
    'best-practice'];
  const found = await axe.run(document, {
    runOnly: {type: 'tag', values: tags},
    resultTypes: ['violations', 'incomplete']});
  return ['violations', 'incomplete'].map((kind) => found[kind].flatMap(
    ({id, nodes}) => nodes.map((node) => [id, node.target.join(' '),
      [...node.any, ...node.all, ...node.none][0]?.message ?? ''])));"""
_STATES = {
    'stopped': '',
    'playing': """byId('play').click();
      await until(() => app.player.playing && document.querySelector('.now'));
    """,
    'all open': """document.querySelectorAll('details').forEach((details) => {
        details.open = true; });
      await frames(3);""",
    'path': """document.querySelector('[data-mode=draw]').click();
      app.path.begin({x: 0, y: 0, unit: 0.1});
      app.path.add({x: 5, y: 5, unit: 0.1});
      await app.path.end();
      await frames(3);""",
    'roam': """document.querySelector('[data-mode=roam]').click();
      deck.show(app.maker.ofPlace({x: 1, y: 1}), {plays: true});
      deck.settle();
      await frames(3);""",
}
# What axe can't decide and we looked at: symbols alone, and texts over which
# something lies, have their contrast measured in test_looks; axe says itself
# that it fails at the arrows of two buttons, which are 30 pixels and more high.
_LOOKED_AT = {'color-contrast': '', 'target-size': 'Axe encountered an error'}


def _axe_source():
  """Returns axe-core; skips for a user without it, in CI that is a failure."""
  found = importlib.util.find_spec('axe_playwright_python')
  if not found and os.environ.get('CI') == 'true':
    pytest.fail('CI needs axe-playwright-python: see .ci/run')
  if not found:
    pytest.skip('needs axe-playwright-python, installed with --no-deps')
  [folder] = found.submodule_search_locations
  return (pathlib.Path(folder) / 'axe.min.js').read_text(encoding='utf-8')


def _findings(page):
  violations, incomplete = page.run(_AXE)
  return violations, [
      found for found in incomplete
      if not found[2].startswith(_LOOKED_AT.get(found[0], '\0'))
  ]


@pytest.mark.browser
@pytest.mark.parametrize('size', _SIZES, ids=lambda size: 'x'.join(
    map(str, size)
))
@pytest.mark.parametrize('name', _LOOKS)
def test_axe_finds_nothing_in_any_state(page, name, size):
  source = _axe_source()
  map_pages.look(page.window, dark=name == 'dark')
  page.window.resize(*size)
  try:
    page.open()
    page.window.driver.execute_script(source)
    page.gesture()
    for state, script in _STATES.items():
      page.run(script + 'await rest(); return null')
      assert _findings(page) == ([], []), state
    page.run('deck.stop()')
  finally:
    page.window.resize(1280, 900)
    map_pages.look(page.window)


@pytest.mark.browser
def test_axe_finds_nothing_after_a_dropped_file(page, tmp_path):
  source = _axe_source()
  song = next(starter_songs.songs(seed=0))
  path = tmp_path / 'song.mid'
  path.write_bytes(midi_writing.note_sequence_to_midi(song))
  page.window.driver.execute_script(source)
  page.window.driver.find_element('id', 'open').send_keys(str(path))
  page.run("await until(() => !byId('loops').hidden); await rest()")
  assert _findings(page) == ([], [])


@pytest.mark.browser
@pytest.mark.parametrize('name', _LOOKS)
def test_points_stand_out_and_genres_are_told_apart_by_all(page, name):
  map_pages.look(page.window, dark=name == 'dark')
  try:
    page.open()
    colours = page.run('return app.looks.colours')
  finally:
    map_pages.look(page.window)
  ground = colours['background']
  genres = list(dict.fromkeys(filter(None, colours['genres'])))
  assert len(genres) == genre_groups.MOST_GROUPS
  points = [*genres, colours['grey'], *colours['generated']]
  assert (colour_vision.contrasts(points, ground) >= 3).all()
  words = [colours['ink'], colours['soft']]
  assert (colour_vision.contrasts(words, ground) >= 4.5).all()
  least = colour_vision.least_differences([*genres, colours['grey']])
  assert min(least.values()) >= 12, least


def test_differences_are_those_of_the_published_pairs():
  # Sharma, Wu & Dalal 2005, pairs 1, 7 and 25.
  pairs = np.array([
      [[50, 2.6772, -79.7751], [50, 0, -82.7485]],
      [[50, 0, 0], [50, -1, 2]],
      [[60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387]],
  ])
  np.testing.assert_allclose(
      colour_vision.ciede2000(pairs[:, 0], pairs[:, 1]),
      [2.0425, 2.3669, 1.2644], atol=5e-5,
  )
  assert colour_vision.contrasts(['#000000'], '#ffffff').tolist() == [
      pytest.approx(21)
  ]


@pytest.mark.browser
@pytest.mark.parametrize('size', _SIZES, ids=lambda size: 'x'.join(
    map(str, size)
))
@pytest.mark.parametrize('name', _LOOKS)
def test_pictures_of_the_page_are_kept(page, name, size, tmp_path):
  folder = pathlib.Path(os.environ.get('DRUMSPACE_SCREENSHOTS', tmp_path))
  map_pages.look(page.window, dark=name == 'dark')
  page.window.resize(*size)
  try:
    page.open()
    path = folder / f'page_{size[0]}x{size[1]}_{name}.png'
    page.window.screenshot(path)
    page.pointer(*page.place(0, map_pages.POINT))
    page.run("await until(() => document.querySelector('.now'))")
    page.window.screenshot(folder / f'playing_{size[0]}x{size[1]}_{name}.png')
    page.run('deck.stop()')
  finally:
    page.window.resize(1280, 900)
    map_pages.look(page.window)
  header = path.read_bytes()[16:24]
  assert tuple(np.frombuffer(header, '>u4')) == size
