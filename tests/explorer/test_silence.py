"""The page in a browser that plays no sound, or holds it back."""

import map_pages
import pytest

pytestmark = pytest.mark.browser


@pytest.fixture(name='before')
def _before(page):
  """Opens the page once a script of the test's has run."""
  command = page.window.driver.execute_cdp_cmd
  scripts = []

  def open_after(script):
    scripts.append(command(
        'Page.addScriptToEvaluateOnNewDocument', {'source': """
          window.wrong = [];
          for (const name of ['error', 'unhandledrejection']) {
            addEventListener(name, (event) =>
              wrong.push(String(event.reason ?? event.message)));
          }""" + script}
    )['identifier'])
    page.open()
    page.gesture()
  yield open_after
  for script in scripts:
    command('Page.removeScriptToEvaluateOnNewDocument', {'identifier': script})


@pytest.mark.parametrize('script', [
    """window.AudioContext = class { constructor() {
      throw new DOMException('no device', 'NotSupportedError'); } };""",
    """for (const name of ['AudioContext', 'OfflineAudioContext',
      'AudioBuffer', 'GainNode']) delete window[name];""",
])
def test_page_without_sound_shows_changes_and_gives_midi(page, before, script):
  before(script)
  page.pointer(*page.place(0, map_pages.POINT))
  codes = page.made.training.codes[map_pages.POINT].tolist()
  assert page.codes() == codes
  said = "return byId('status').textContent"
  assert page.run(said) == 'This browser plays no sound; it still gives MIDI.'
  page.run("""byId('play').click(); deck.edit(2, 3); byId('radio').click();
    document.querySelector('#grid .sound').click(); app.square.fill();
    app.square.play(0.5, 0.5); app.path.beats = [1, 2].map(
      (i) => app.maker.ofPoint(0, i)); app.path.play();
    byId('die').click(); await rest();""")
  assert not page.run('return app.player.playing')
  page.run('deck.show(app.maker.ofPoint(0, args[0]))', map_pages.POINT)
  _, content = page.download('get-midi')
  assert map_pages.as_codes(content) == [codes]
  if 'delete' in script:
    page.run("""byId('status').textContent = ''; byId('get-wav').click();
      await until(() => byId('status').textContent)""")
    assert "can't be made" in page.run(said)
  assert page.run('return wrong') == []


def test_sound_that_is_held_back_is_said(page, before):
  before("""AudioContext.prototype.resume = () => Promise.reject(
      new DOMException('not now', 'InvalidStateError'));
    Object.defineProperty(BaseAudioContext.prototype, 'state',
      {get: () => 'suspended'});""")
  page.run('deck.show(app.maker.ofPoint(0, args[0]), {plays: true}); '
           "await until(() => byId('status').textContent)", map_pages.POINT)
  assert 'holds the sound back' in page.run("return byId('status').textContent")
  assert page.run('deck.stop(); return wrong') == []
