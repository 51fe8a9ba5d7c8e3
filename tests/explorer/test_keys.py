"""The page in a browser: keys, and what has keys of its own."""

import map_pages
import pytest

pytestmark = pytest.mark.browser


def test_keys_play_move_zoom_and_undo(page):
  page.run('deck.go(-1)')
  page.press(' ', '#map')
  assert not page.run('return app.player.playing')  # There is no beat.
  from selenium.webdriver.common.keys import Keys
  page.press(Keys.ARROW_RIGHT, '#map')
  first = page.codes()
  x = page.run('return deck.current.place.x')
  assert any(first) and page.run('return app.player.playing')
  page.press(Keys.ARROW_RIGHT, '#map')
  assert page.run('return deck.current.place.x') > x
  second = page.codes()
  page.press(Keys.ARROW_UP, '#map')
  third = page.codes()
  page.press('zz', '#map', control=True)
  assert page.codes() == first
  page.press('y', '#map', control=True)
  assert page.codes() == second
  page.press('y', '#map', control=True)
  assert page.codes() == third
  page.press(' ', '#map')
  assert not page.run('return app.player.playing')
  qpm = page.run('return settings.qpm')
  page.press(']]]', '#map')
  assert page.run('return [settings.qpm, +byId("qpm").value]') == [
      qpm + 6, qpm + 6
  ]
  page.press('[', '#map')
  assert page.run('return app.player.settings.qpm') == qpm + 4
  # The first words are gone, which the map made room for.
  page.press('0', '#map')
  height = page.run('return app.plot.view.high - app.plot.view.low')
  page.press('++', '#map')
  closer = page.run('return app.plot.view.high - app.plot.view.low')
  assert closer == pytest.approx(height / 1.4**2)
  page.press('-', '#map')
  page.press('0', '#map')
  assert page.run(
      'return app.plot.view.high - app.plot.view.low'
  ) == pytest.approx(height)
  page.press('f', '#map')
  assert page.run("return [app.favourites.codes.length, "
                  "byId('favourite').textContent]") == [1, '★']
  page.press('r', '#map')
  assert page.run('return app.radio.isOn && app.player.playing')
  page.press('r', '#map')
  assert not page.run('return app.radio.isOn')
  page.press('?', '#map')
  assert page.run("return byId('helping').open")
  page.press(Keys.ESCAPE, '#helping button')
  page.run("await until(() => !byId('helping').open)")


def test_keys_are_left_to_what_has_its_own(page):
  page.press(' ', '#legend summary')
  assert not page.run("return byId('legend').open || app.player.playing")
  page.press(' ', '#legend summary')
  page.press(' ', '#legend input')
  assert not page.run('return document.querySelector("#legend input").checked')
  page.press('fr d?', '#search')
  assert page.run("""return [byId('search').value, app.favourites.codes.length,
    app.radio.isOn, byId('helping').open]""") == ['fr d?', 0, False, False]


def test_space_plays_after_a_click_on_a_button(page):
  from selenium.webdriver import ActionChains
  page.run('deck.show(app.maker.ofPoint(0, args[0]))', map_pages.POINT)
  map_pages.click(page, '#fit')
  ActionChains(page.window.driver).send_keys(' ').perform()
  assert page.run('return app.player.playing')
  ActionChains(page.window.driver).send_keys(' ').perform()
  assert not page.run('return app.player.playing')
