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
import page_states
import pytest

from drumspace_ext.explorer import genre_groups

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
# Judged in all sizes and looks; all other states in two of them.
_ALWAYS = {'first', 'playing', 'all open', 'path', 'roam'}
_JUDGED = {((1440, 900), 'light'), ((390, 844), 'dark')}
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
@pytest.mark.parametrize('look', _LOOKS)
def test_axe_finds_nothing_in_any_state_and_pictures_are_kept(
    page, look, size, tmp_path
):
  source = _axe_source()
  folder = pathlib.Path(os.environ.get('DRUMSPACE_SCREENSHOTS', tmp_path))
  map_pages.look(page.window, dark=look == 'dark')
  page.window.resize(*size)
  try:
    for state in page_states.STATES:
      page.open()
      page.run('localStorage.clear(); app.favourites.codes = []')
      if state != 'first':
        page.gesture()
      page_states.enter(page, state)
      path = folder / f'{state}_{size[0]}x{size[1]}_{look}.png'
      page.window.screenshot(path)
      if state in _ALWAYS or (size, look) in _JUDGED:
        page_states.let_go(page)
        page.window.driver.execute_script(source)
        assert _findings(page) == ([], []), state
      page.run('deck.stop()')
  finally:
    page.window.resize(1280, 900)
    map_pages.look(page.window)
  header = path.read_bytes()[16:24]
  assert tuple(np.frombuffer(header, '>u4')) == size


@pytest.mark.browser
def test_a_damaged_page_says_so_and_has_nothing_that_does_nothing(
    window, map_file, tmp_path
):
  path, _ = map_file
  whole = path.read_text(encoding='utf-8')
  start = whole.index('>', whole.index('id="data"')) + 1
  damaged = tmp_path / 'damaged.html'
  damaged.write_text(
      whole[:start] + 'AAAA' + whole[whole.index('<', start):],
      encoding='utf-8',
  )
  window.open(damaged)
  said, controls = window.run("""
    while (!document.querySelector('[role=alert]')) {
      await new Promise((done) => setTimeout(done, 10));
    }
    return [document.body.textContent,
      document.querySelectorAll('button, input, a').length]""")
  assert "can't be shown" in said and 'damaged' in said and controls == 0
  window.screenshot(pathlib.Path(
      os.environ.get('DRUMSPACE_SCREENSHOTS', tmp_path)
  ) / 'damaged_page.png')
  window.driver.execute_script(_axe_source())
  assert window.run(_AXE) == [[], []]
  [message] = window.messages()
  assert message.startswith('SEVERE')


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
  # More layers have those of others once more.
  rings = colours['generated']
  assert len(rings) == 8
  assert colour_vision.least_differences(rings)['all colours'] >= 12


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
