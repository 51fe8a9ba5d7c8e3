"""The page in a browser: the state in an address, and favourites."""

import map_pages
import numpy as np
import pytest

from drumspace_ext.explorer import notebook as map_display

pytestmark = pytest.mark.browser


def test_link_holds_the_state(page):
  page.gesture()
  page.run("""
    deck.show(app.maker.ofPoint(0, args[0]));
    const input = byId('sliders').querySelectorAll('input')[2];
    slide(input, Number(input.min) + 1);
    slide(byId('qpm'), 142); slide(byId('swing'), 0.4);
    app.plot.zoom(3);
    await rest();
    // The map has the height that it keeps.
    await frames(2);
    byId('share').click();
    await until(() => byId('status').textContent);""", map_pages.POINT)
  state = """return [deck.current.codes, deck.current.z, app.plot.view,
    settings]"""
  before = page.run(state)
  assert page.run("return byId('status').textContent") == 'Link copied'
  address = page.window.driver.current_url
  assert page.run('return navigator.clipboard.readText()') == address
  page.open('#' + address.split('#')[1])
  after = page.run(state)
  assert after[0] == before[0] == page.codes()
  np.testing.assert_allclose(after[1], before[1], rtol=1e-5)
  # The first words, which go as it plays, take some of the map's height: what
  # was seen is seen, and no more than that asks for.
  more = {
      key: (after[2][key] - value) * (-1 if key in ('left', 'low') else 1)
      for key, value in before[2].items()
  }
  assert min(more.values()) == pytest.approx(0, abs=1e-2)
  assert more['left'] == pytest.approx(more['right'], abs=1e-2)
  assert more['low'] == pytest.approx(more['high'], abs=1e-2)
  assert after[3] == before[3]
  assert not page.run('return app.player.playing')


def test_hostile_links_do_nothing(page):
  state = """return [deck.current.codes, document.images.length,
    settings.qpm, ({}).x ?? null]"""
  nothing = page.run(state)
  assert nothing[1] == 0 and nothing[3] is None
  page.open('#b=<img src=x onerror=alert(1)>&t=200')
  assert page.run(state) == nothing
  for hostile in (
      'b=<img src=x onerror=alert(1)>', 'b=' + 'zzz' * 32, 'b=' + '0' * 95,
      'z=1,2,3,4', 'b[]=1', '__proto__[x]=1', '%00%ff%', 'b=' + 'A' * 100_000,
  ):
    page.run("""const heard = new Promise((done) =>
      addEventListener('hashchange', done, {once: true}));
      location.hash = args[0];
      await heard;""", hostile)
    assert page.run(state) == nothing


def test_values_of_a_link_that_are_out_of_range_are_left_out(page):
  beat = '00' + '1' + '000' * 31
  page.open(f'#b={beat}&z=NaN,1e9,<b>,4&v=5,1,2,3&t=1e9&s=-1&c=abc&k=Infinity')
  assert page.codes() == [1] + [0] * 31
  assert page.run("""return [settings.swing, settings.threshold,
    settings.temperature]""") == [0, 0.5, 0]
  # Of no tempo that is one, the beat has its own.
  assert page.run('return settings.qpm === deck.pace.tempo.of(deck.current)')
  assert page.run('return deck.current.z.every(Number.isFinite)')


def test_favourites_survive_a_reload_and_are_downloaded(page):
  page.gesture()
  for index in (3, 14, 15):
    page.run("""deck.show(app.maker.ofPoint(0, args[0]));
      byId('favourite').click()""", index)
  page.open()
  page.run("byId('take').open = true")
  kept = page.run("""return [app.favourites.codes,
    document.querySelectorAll('#favourites li').length]""")
  expected = page.made.training.codes[[15, 14, 3]].tolist()
  assert kept == [expected, 3]
  _, content = page.download('favourites-midi')
  assert map_pages.as_codes(content) == expected
  page.gesture()
  page.run("document.querySelector('#favourites button').click()")
  assert page.codes() == expected[0]
  assert page.run("return byId('favourite').textContent") == '★'
  page.run("byId('favourite').click()")
  page.open()
  assert page.run('return app.favourites.codes.length') == 2
  # What another page left there is no beat.
  page.run("""localStorage.setItem('drumspace_ext favourites',
    JSON.stringify(['<img src=x>', 7, null, '0'.repeat(95)]))""")
  page.open()
  assert page.run('return app.favourites.codes') == []


def test_windows_of_one_browser_lose_no_favourites_of_each_other(page):
  driver = page.window.driver
  names = 'return app.favourites.codes'
  star = """deck.show(app.maker.ofPoint(0, args[0]));
    byId('favourite').click()"""
  codes = page.made.training.codes[[3, 14, 15]].tolist()
  page.run(star, 3)
  first = driver.current_window_handle
  driver.switch_to.new_window('tab')
  second = driver.current_window_handle
  try:
    page.open()
    assert page.run(names) == codes[:1]
    page.run(star, 14)
    driver.switch_to.window(first)
    # It is told so: the list and the star of what is on show, too.
    page.run("""await until(() => app.favourites.items.length === 2);
      deck.show(app.maker.ofPoint(0, 14))""")
    assert page.run("return byId('favourite').textContent") == '★'
    page.run(star, 15)
    driver.switch_to.window(second)
    # What it has not been told of yet it finds as it writes.
    page.run("""app.favourites.items = [];
      app.favourites.rename({codes: args[0]}, 'mine')""", codes[1])
    assert page.run(names) == [codes[2], codes[1], codes[0]]
    page.open()
    assert page.run('return app.favourites.items.map(({name}) => name)')[1] == (
        'mine'
    )
  finally:
    driver.switch_to.window(second)
    driver.close()
    driver.switch_to.window(first)


def test_link_of_a_made_beat_that_is_a_known_one_opens_as_it_was(page):
  # A beat that the model makes of its latent, and that is known.
  made = page.run("""const {maker} = app;
    for (let i = 0; i < maker.training.size; i++) {
      const beat = maker.ofLatent(maker.training.latent(i));
      if (maker.find(beat.codes)) {
        deck.show(beat);
        await rest();
        byId('share').click();
        return [deck.current.isDecoded, deck.current.place,
          byId('name').textContent, location.hash];
      }
    }""")
  page.open(made[3])
  now = page.run("""await rest();
    await until(() => byId('badge').textContent);
    return [deck.current.isDecoded, deck.current.place,
      byId('name').textContent, byId('badge').dataset.word]""")
  assert now[0] is made[0] is True and now[2:] == [made[2], 'copy']
  assert now[1] == pytest.approx(made[1], abs=1e-3)


def test_link_in_a_notebook_is_answered_in_words(window, map_file, tmp_path):
  path, _ = map_file
  shown = map_display.show_map(str(path.parent))
  notebook = tmp_path / 'notebook.html'
  notebook.write_text(f'<!doctype html>{shown._repr_html_()}', 'utf-8')
  window.open(notebook)
  window.driver.switch_to.frame(
      window.driver.find_element('tag name', 'iframe')
  )
  try:
    said = window.run("""
      while (!document.body.dataset.ready) {
        await new Promise(requestAnimationFrame);
      }
      const {maker} = drumspace;
      drumspace.deck.show(maker.ofPoint(0, 3));
      document.getElementById('share').click();
      return document.getElementById('status').textContent""")
  finally:
    window.driver.switch_to.default_content()
  assert 'In a notebook the map has no address' in said
  assert window.messages() == []
