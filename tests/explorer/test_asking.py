"""The page in a browser: beats by chance, as busy and off the beat as asked."""

import browser
import numpy as np
import pytest
from scipy import stats

from drumspace_ext.patterns import descriptors
from drumspace_ext.patterns import step_codes

pytestmark = pytest.mark.browser


@pytest.fixture(scope='module', name='modules')
def _modules(tmp_path_factory):
  with browser.modules_window(
      tmp_path_factory.mktemp('asking'), ['model/asking.js'], None
  ) as window:
    yield window


def test_page_measures_as_the_package_does(modules):
  rng = np.random.default_rng(5)
  # From silence to all voices on all steps.
  hits = rng.random((300, 32, 14)) < np.linspace(0, 1, 300)[:, None, None] ** 3
  hits[0], hits[-1] = False, True
  codes = step_codes.hits_to_step_codes(hits)
  found = modules.run("""return args[0].map(
    (codes) => [modules.density(codes), modules.syncopation(codes)])""",
    codes.tolist())
  expected = descriptors.measure(hits, ['density', 'syncopation'])
  np.testing.assert_allclose(found, expected, rtol=1e-12)
  assert len(np.unique(expected[:, 1])) > 10


def _thrown(page, name, value):
  """Returns what the die throws at a value of a setting, `[8, 32, 14]`."""
  page.run('slide(byId(args[0]), args[1])', name, value)
  beats = []
  for _ in range(8):
    page.run("byId('die').click()")
    beats.append(page.codes())
    assert not page.run('return app.maker.isTrivial(deck.current.codes)')
  return step_codes.step_codes_to_hits(np.array(beats, np.uint16))


@pytest.mark.parametrize('name, measure', [
    ('busier', descriptors.density), ('offbeat', descriptors.syncopation),
])
def test_die_throws_what_is_asked_for(page, name, measure):
  page.gesture()
  values = (-2, -1, 1, 2)
  thrown = [measure(_thrown(page, name, value)) for value in values]
  rank = stats.spearmanr(np.repeat(values, 8), np.concatenate(thrown))
  assert rank.statistic > 0.8
  known = measure(step_codes.step_codes_to_hits(page.made.training.codes))
  assert np.median(thrown[0]) < known.mean() < np.median(thrown[-1])


def test_nothing_asked_is_as_it_comes(page):
  page.gesture()
  thrown = []
  for value in (0, 2, 0):
    page.run("""slide(byId('busier'), args[0]);
      deck.show(await app.workshop.call('invent', 7), {plays: true})""", value)
    thrown.append(page.codes())
  assert thrown[0] == thrown[2] != thrown[1]
