"""Tests of the browser that other tests look through."""

import browser
import pytest

pytestmark = pytest.mark.browser


@pytest.fixture(scope='module')
def window(tmp_path_factory):
  with browser.start(tmp_path_factory.mktemp('browser')) as started:
    yield started


def test_page_from_a_file_runs_and_its_messages_are_kept(window, tmp_path):
  path = tmp_path / 'a page.html'
  path.write_text(
      '<!doctype html><link rel="icon" href="data:,"><p id="p">hello</p>'
  )
  window.open(path, '#here')
  window.messages()
  assert window.run(
      """return [
        document.getElementById('p').textContent, location.hash, ...args]""",
      1, {'a': [None]},
  ) == ['hello', '#here', 1, {'a': [None]}]
  assert window.messages() == []
  window.run('console.error("what is wrong"); console.log("what is right")')
  wrong, right = window.messages()
  assert wrong.startswith('SEVERE') and 'what is wrong' in wrong
  assert 'what is right' in right
  with pytest.raises(AssertionError, match='Error: no'):
    window.run('throw new Error("no")')
  window.messages()


@pytest.mark.parametrize('host', ['example.com', '127.0.0.1:80', '10.0.0.1'])
def test_network_is_blocked_and_says_so(window, tmp_path, host):
  path = tmp_path / 'page.html'
  path.write_text('<!doctype html><link rel="icon" href="data:,">')
  window.open(path)
  assert window.run(
      """return fetch('http://' + args[0] + '/', {mode: 'no-cors'}).then(
        () => 'reached', () => 'blocked')""", host,
  ) == 'blocked'
  assert 'net::ERR' in ''.join(window.messages())


def test_picture_of_a_phone_is_as_large_as_a_phone(window, tmp_path):
  path = tmp_path / 'page.html'
  path.write_text('<!doctype html><meta name="viewport" '
                  'content="width=device-width"><p>hello</p>')
  window.resize(390, 844)
  window.open(path)
  assert window.run('return [innerWidth, innerHeight]') == [390, 844]
  window.screenshot(tmp_path / 'shots' / 'page.png')
  data = (tmp_path / 'shots' / 'page.png').read_bytes()
  assert data[:8] == b'\x89PNG\r\n\x1a\n'
  assert int.from_bytes(data[16:20], 'big') == 390


def test_missing_browser_skips_for_a_user_and_fails_in_ci(monkeypatch):
  monkeypatch.setattr(browser, '_CHROMIUM', None)
  monkeypatch.delenv('CI', raising=False)
  with pytest.raises(pytest.skip.Exception, match='needs chromium'):
    browser.require()
  monkeypatch.setenv('CI', 'true')
  with pytest.raises(pytest.fail.Exception, match='CI needs chromium'):
    browser.require()
