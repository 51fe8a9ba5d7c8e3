"""The page in a browser: how much of a groove is played, loud and late."""

import map_pages
import played_pages
import pytest

from drumspace_ext.models import groove_model
from drumspace_ext.patterns import dynamics
from drumspace_ext.patterns import step_codes

pytestmark = pytest.mark.browser

_SET = """
  slide(byId('grooveVelocity'), args[0]);
  slide(byId('grooveTiming'), args[1]);
  return [settings.grooveVelocity, settings.grooveTiming, settings.swing]"""


@pytest.mark.parametrize('strength', [(0.8, 0.3), (0, 1), (0.5, 0), (1, 1)])
def test_file_and_grid_are_played_as_the_package_plays(page, strength):
  page.gesture()
  page.run('deck.show(app.maker.ofPoint(0, args[0]))', map_pages.POINT)
  *set_to, swing = page.run(_SET, *strength)
  assert tuple(set_to) == strength
  (genre, *_) = page.made.training.genres[map_pages.POINT]
  hits = step_codes.step_codes_to_hits(
      page.made.training.codes[map_pages.POINT]
  )
  played = dynamics.Dynamics(
      accents=True, groove=groove_model.load(groove_model.RECOMMENDED),
      groove_strength=strength, swing='auto', genres=[genre],
  )
  page.gesture()
  played_pages.assert_played(page, hits, played)
  assert 0 <= swing <= 1


def test_strength_is_in_the_link_and_undone(page):
  page.run('deck.show(app.maker.ofPoint(0, args[0]))', map_pages.POINT)
  whole = page.run(played_pages.LOOK)
  page.run(_SET, 0.4, 0.2)
  part = page.run(played_pages.LOOK)
  assert part != whole
  page.run("byId('groove').click()")
  now = 'return [settings.groove, settings.grooveVelocity, ' \
      'settings.grooveTiming, deck.current.origin.index]'
  for by, expected in (
      (-1, [True, 0.4, 0.2]), (-1, [True, 0.4, 1]), (-1, [True, 1, 1]),
      (1, [True, 0.4, 1]), (1, [True, 0.4, 0.2]), (1, [False, 0.4, 0.2]),
      (-1, [True, 0.4, 0.2]),
  ):
    page.run('deck.go(args[0])', by)
    assert page.run(now) == [*expected, map_pages.POINT]
  assert page.run(played_pages.LOOK) == part
  hash_ = page.run("byId('share').click(); return location.hash")
  page.open(hash_)
  assert page.run(now) == [True, 0.4, 0.2, map_pages.POINT]
  assert page.run(played_pages.LOOK) == part
  # What can't be is left as it is.
  page.open(hash_.replace('gv=0.4', 'gv=1.5').replace('gt=0.2', 'gt=x'))
  assert page.run(now)[1:3] == [1, 1]


def test_strength_lies_beside_the_groove_that_it_is_of(page):
  assert not page.run("""
    return byId('grooveTiming').checkVisibility()""")
  map_pages.click(page, '#strength summary')
  assert page.run("""
    return ['grooveVelocity', 'grooveTiming'].every((id) => {
      const {left, right, top, bottom} = byId(id).getBoundingClientRect();
      const at = document.elementFromPoint(
        (left + right) / 2, (top + bottom) / 2);
      return at === byId(id);
    })""")
