"""A real browser for the tests: Debian's chromium, headless, without network.

Every message on the console is kept, so that a test can say that there is none.
"""

from collections.abc import Sequence
import contextlib
import html
import json
import os
import pathlib
import shutil

import pytest

from drumspace_ext.explorer import bundling

_CHROMIUM, _CHROMEDRIVER = (
    shutil.which(name) for name in ('chromium', 'chromedriver')
)
# Only what never ends reaches it, however busy the machine is.
_TIMEOUT_S = 300


def require() -> None:
  """Skips the test for a user without a browser; in CI that is a failure."""
  missing = [
      name for name, found in (
          ('chromium', _CHROMIUM), ('chromedriver', _CHROMEDRIVER)
      ) if not found
  ]
  if missing and os.environ.get('CI') == 'true':
    pytest.fail(f'CI needs {", ".join(missing)}: see .ci/run')
  if missing:
    pytest.skip(f'needs {", ".join(missing)}')


class Browser:
  """A window of the browser.

  Attributes:
    driver: The selenium driver, for clicks and keys.
    downloads: The folder that downloads go to.
  """

  def __init__(self, driver, downloads: pathlib.Path):
    self.driver = driver
    self.downloads = downloads

  def open(self, path: pathlib.Path, fragment: str = '') -> None:
    """Opens a file, as a double click does, with a fragment of its address."""
    # A change of the fragment alone would not load the page again.
    self.driver.get('about:blank')
    self.driver.get(path.resolve().as_uri() + fragment)

  def run(self, script: str, *args):
    """Runs the body of an async function; returns what JSON can hold of it.

    Args:
      script: JavaScript that may use `await`, `return` and `args`.
      *args: What JSON can hold.
    """
    done = self.driver.execute_async_script(
        """
        const done = arguments[arguments.length - 1];
        (async (args) => {%s})(JSON.parse(arguments[0])).then(
          (value) => done([JSON.stringify(value ?? null), null]),
          (error) => done([null, `${error}\\n${error.stack}`]));
        """ % script,
        json.dumps(args),
    )
    value, error = done
    assert error is None, error
    return json.loads(value)

  def gesture(self) -> None:
    """Clicks on the page: without a gesture a browser plays no sound."""
    self.driver.find_element('tag name', 'body').click()

  def messages(self) -> list[str]:
    """Returns what came on the console since this was last asked."""
    return [
        f'{entry["level"]} {entry["message"]}'
        for entry in self.driver.get_log('browser')
    ]

  def resize(self, width: int, height: int) -> None:
    """Makes the page so large, in CSS pixels, a phone's for instance."""
    self.driver.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', {
        'width': width, 'height': height, 'deviceScaleFactor': 1,
        'mobile': width < 600,
    })

  def screenshot(self, path: pathlib.Path) -> None:
    """Writes a picture of the page, PNG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    assert self.driver.save_screenshot(str(path))


@contextlib.contextmanager
def start(folder: pathlib.Path, trace: str = ''):
  """Starts a browser.

  Args:
    folder: Of its profile and downloads.
    trace: Categories of Chromium's trace, which the driver's log of
      'performance' then has; none if empty.
  """
  require()
  from selenium import webdriver

  downloads = folder / 'downloads'
  downloads.mkdir(parents=True)
  options = webdriver.ChromeOptions()
  options.binary_location = _CHROMIUM
  for argument in (
      'headless=new', 'no-sandbox', 'disable-dev-shm-usage', 'disable-gpu',
      f'user-data-dir={folder / "profile"}', 'window-size=1280,900',
      'no-first-run', 'disable-extensions', 'disable-component-update',
      'disable-background-networking', 'mute-audio',
      # No name is resolved and no proxy answers: whatever a page fetches
      # fails, and says so on the console.
      'host-resolver-rules=MAP * ~NOTFOUND', 'proxy-server=127.0.0.1:9',
      'proxy-bypass-list=<-loopback>',
  ):
    options.add_argument(f'--{argument}')
  options.add_experimental_option('prefs', {
      'download.default_directory': str(downloads),
      'download.prompt_for_download': False,
  })
  logged = {'browser': 'ALL'}
  if trace:
    logged['performance'] = 'ALL'
    options.add_experimental_option('perfLoggingPrefs', {
        'traceCategories': trace, 'enableNetwork': False, 'enablePage': False,
    })
  options.set_capability('goog:loggingPrefs', logged)
  driver = webdriver.Chrome(
      options=options,
      service=webdriver.ChromeService(executable_path=_CHROMEDRIVER),
  )
  driver.command_executor.client_config.timeout = 2 * _TIMEOUT_S
  try:
    driver.set_script_timeout(_TIMEOUT_S)
    driver.set_page_load_timeout(_TIMEOUT_S)
    yield Browser(driver, downloads)
  finally:
    driver.quit()


def modules_page(
    path: pathlib.Path, names: Sequence[str], data: object
) -> None:
  """Writes a page that has explorer modules and data, and nothing else.

  A page from a file may not import files, so the modules go in as blobs, each
  after those that it imports, which are put in too.

  Args:
    path: Where to write the page. The modules' exports are in `window.modules`,
      by name, the data is `window.data`.
    names: Files of the explorer, by their paths below `web/`.
    data: What JSON can hold.
  """
  sources = [
      [name, bundling.with_full_names(name)]
      for name in bundling.in_order(names)
  ]
  embedded = html.escape(json.dumps([sources, data]), quote=False)
  path.write_text(f"""<!doctype html><meta charset="utf-8"><title>test</title>
<link rel="icon" href="data:,"><p>Modules under test.</p>
<textarea id="all" hidden>{embedded}</textarea>
<script>
window.ready = (async () => {{
  const [sources, data] = JSON.parse(document.getElementById('all').value);
  const urls = {{}};
  window.modules = {{}};
  window.data = data;
  for (let [name, text] of sources) {{
    for (const [other, url] of Object.entries(urls)) {{
      text = text.replaceAll(`from '${{other}}'`, `from '${{url}}'`);
    }}
    urls[name] = URL.createObjectURL(
      new Blob([text], {{type: 'text/javascript'}}));
    Object.assign(window.modules, await import(urls[name]));
  }}
}})();
</script>
""", encoding='utf-8')


@contextlib.contextmanager
def modules_window(folder: pathlib.Path, names: Sequence[str], data: object):
  """Gives a window of `modules_page` that leaves no message on its console.

  Args:
    folder: Where to write the page.
    names: As in `modules_page`.
    data: Likewise.
  """
  modules_page(folder / 'page.html', names, data)
  with start(folder) as window:
    window.open(folder / 'page.html')
    window.run('await ready; return null')
    yield window
    assert window.messages() == []
