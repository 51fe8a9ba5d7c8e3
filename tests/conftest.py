"""What all tests share: one profile of Hypothesis, and the page in a browser.

How long an example takes says nothing about the code where other work runs
beside the tests: the first test that draws text on a fresh clone, say, also
builds Hypothesis's tables of characters, which a `.hypothesis/` folder keeps.
"""

import hypothesis
import pytest

hypothesis.settings.register_profile(
    'drumspace', deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile('drumspace')


@pytest.fixture(scope='session', name='window')
def _window(tmp_path_factory):
  """One browser for all tests of the page."""
  import browser
  with browser.start(tmp_path_factory.mktemp('browser')) as window:
    window.driver.execute_cdp_cmd('Browser.grantPermissions', {
        'permissions': ['clipboardReadWrite', 'clipboardSanitizedWrite'],
    })
    yield window


@pytest.fixture(scope='session', name='map_file')
def _map_file(tmp_path_factory):
  """The page of a small map, and the map."""
  import map_builders
  return map_builders.write(
      tmp_path_factory.mktemp('map') / 'map.html', map_builders.model()
  )


@pytest.fixture(name='page')
def _page(window, map_file):
  """The page, freshly opened; a message on its console fails the test."""
  import map_pages
  path, made = map_file
  window.resize(1280, 900)
  opened = map_pages.Page(window, path, made)
  opened.open()
  opened.run('localStorage.clear(); app.favourites.codes = []')
  yield opened
  assert window.messages() == []
