"""The page in a browser: light and dark, access for all, and a phone."""

import map_pages
import pytest

from drumspace_ext.patterns import voices

pytestmark = pytest.mark.browser


_CONTRAST = """
  const light = (text) => {
    const [r, g, b] = text.match(/[\\d.]+/g).map(Number).map((c) => {
      const s = c / 255;
      return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const {backgroundColor: colour} = getComputedStyle(e);
      if (colour !== 'rgba(0, 0, 0, 0)') return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  return [...document.querySelectorAll(
    'button, label, p, summary, h1, strong, output, small, span')]
    .filter((e) => e.offsetParent && e.textContent.trim())
    .map((e) => {
      const [a, b] = [getComputedStyle(e).color, ground(e)].map(light);
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      return [ratio, e.tagName, e.className, e.textContent.slice(0, 20)];
    }).filter(([ratio]) => ratio < 4.5);"""


@pytest.mark.parametrize('name', ['light', 'dark'])
def test_both_looks_are_legible_and_can_be_chosen(page, name):
  map_pages.look(page.window, dark=name == 'dark')
  try:
    page.open()
    page.pointer(*page.place(0, map_pages.POINT))
    page.run("""await until(() => document.querySelector('.now'));
      document.querySelectorAll('details').forEach((details) => {
        details.open = details.id !== 'legend'; });
      await frames(3)""")
    assert page.run("return document.documentElement.dataset.theme") == name
    assert page.run(_CONTRAST) == []
    page.shot(f'desktop_{name}')
    ground = page.run('return getComputedStyle(document.body).backgroundColor')
    page.run("byId('theme').click(); await frames(3)")
    assert page.run(
        'return getComputedStyle(document.body).backgroundColor'
    ) != ground
  finally:
    map_pages.look(page.window)


_GROUNDS = """
  const ground = (element, part) =>
    getComputedStyle(element, part).backgroundColor;
  const [pressed, other] = document.querySelectorAll('#modes button');
  const hit = document.querySelector('.cells .hit');
  return [[ground(hit, '::after'), ground(document.body)],
    [ground(pressed), ground(other)],
    [ground(document.querySelector('.swatch')), ground(byId('legend'))]];"""


@pytest.mark.parametrize('name', ['light', 'dark'])
def test_colours_of_the_system_leave_hits_and_choices_in_sight(page, name):
  map_pages.look(page.window, dark=name == 'dark', forced=True)
  try:
    page.open()
    for mark, ground in page.run(_GROUNDS):
      assert mark != ground
    page.shot(f'forced_{name}')
  finally:
    map_pages.look(page.window)


def test_reduced_motion_moves_by_beats(page):
  page.gesture()
  watch = """
    const seen = new Set();
    deck.on('step', () => {
      const cell = document.querySelector('#grid .now');
      if (cell) seen.add([...cell.parentElement.children].indexOf(cell));
    });
    deck.toggle();
    await until(() => seen.has(8), 'the third beat');
    deck.stop();
    return [...seen];"""
  page.run("deck.show(app.maker.ofPoint(0, 3)); slide(byId('qpm'), 200)")
  assert any(step % 4 for step in page.run(watch))
  map_pages.look(page.window, calm=True)
  try:
    assert not any(step % 4 for step in page.run(watch))
  finally:
    map_pages.look(page.window)

_NAMES = """
  const name = (e) => e.getAttribute('aria-label') ||
    (e.labels?.length ? e.labels[0].textContent : '') || e.textContent ||
    e.title;
  const shown = [...document.querySelectorAll(
    'button, input, select, summary, [tabindex="0"], [role]')];
  return shown.filter((e) => !e.closest('.bk-root') && !['presentation',
    'row', 'status'].includes(e.getAttribute('role')) &&
    !name(e).trim()).map((e) => e.outerHTML.slice(0, 80));"""


def test_every_control_has_a_name_and_shows_the_focus(page):
  page.run("""deck.show(app.maker.ofPoint(0, 3));
    document.querySelectorAll('details').forEach((d) => { d.open = true; })""")
  assert page.run(_NAMES) == []
  roles = page.run("""return ['grid', 'row', 'rowheader', 'gridcell', 'radio',
    'radiogroup', 'application', 'status'].map((role) =>
    document.querySelectorAll(`[role=${role}]`).length)""")
  assert roles == [1, 14, 14, 14 * (32 + 2), 3, 1, 1, 1]
  from selenium.webdriver.common.keys import Keys
  stops = []
  page.run("byId('legend').open = false; "
           "document.querySelector('.skip').focus()")
  for _ in range(14):
    page.press(Keys.TAB, ':focus')
    stops.append(page.run("""
      const e = document.activeElement;
      const {outlineStyle, outlineWidth} = getComputedStyle(e);
      return [e.id || e.ariaLabel || e.textContent.slice(0, 12),
        outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 ||
        e.matches('.file *')]"""))
  names = [name for name, _ in stops]
  assert {'search', 'theme', 'help', 'map'} <= set(names)
  assert len(set(names)) == len(names)
  assert all(visible for _, visible in stops), stops


def test_phone_has_everything_within_reach(page):
  page.window.resize(390, 844)
  try:
    page.window.driver.execute_cdp_cmd(
        'Emulation.setTouchEmulationEnabled',
        {'enabled': True, 'maxTouchPoints': 2},
    )
    page.open()
    wide = page.run('return app.plot.view.right - app.plot.view.left')
    page.touch('touchStart', (170, 240), (220, 240))
    for step in range(1, 8):
      page.touch('touchMove', (170 - 6 * step, 240), (220 + 6 * step, 240))
    page.touch('touchEnd')
    page.run("""await until(() => {
      const {left, right} = app.plot.view;
      return right - left < 0.7 * args[0];
    }, 'closer');
    byId('fit').click(); await frames(3)""", wide)
    assert not page.run('return app.player.playing')
    page.touch('touchStart', page.place(0, map_pages.POINT))
    page.touch('touchEnd')
    page.run('await until(() => app.player.playing)')
    assert any(page.codes())
    page.run("await until(() => document.querySelector('.now'))")
    page.shot('phone')
    page.run("""document.querySelectorAll('details').forEach((d) => {
      d.open = true; }); app.square.fill()""")
    wide = """return [document.documentElement.scrollWidth,
      byId('panel').scrollWidth - byId('panel').clientWidth,
      [...document.querySelectorAll('button, input, select, summary')]
        .filter((e) => e.checkVisibility()).filter((e) => {
          e.scrollIntoView({block: 'nearest'});
          const box = e.getBoundingClientRect();
          return box.left < -1 || box.right > 391 || box.bottom > 845 ||
            box.top < -1;
        }).map((e) => e.id || e.textContent)]"""
    assert page.run(wide) == [390, 0, []]
    # There is room for one of blend and legend.
    page.run("byId('legend').open = true")
    assert not page.run("return byId('blend').open")
    assert page.run(wide) == [390, 0, []]
  finally:
    page.window.driver.execute_cdp_cmd(
        'Emulation.setTouchEmulationEnabled', {'enabled': False}
    )
    page.window.resize(1280, 900)


_SMALL = """
  document.querySelectorAll('details').forEach((d) => { d.open = true; });
  app.square.fill();
  byId('vary').click();
  await until(() => !byId('variants').hidden);
  await rest();
  // Names beside rows; on a narrow page pads are what one strikes.
  const isNarrow = innerWidth <= 960;
  const hands = '#play, .pad, .pad-of' +
    (isNarrow && innerWidth > 600 ? ', .sound' : '');
  const least = (e) => e.matches(hands) ? 44 : 24;
  const low = isNarrow ? [...document.querySelectorAll('.cells button')].filter(
    (e) => e.offsetParent && e.offsetHeight < 44) : [];
  return [...document.querySelectorAll(
    'button, input, select, summary, .pad')]
    .filter((e) => e.checkVisibility()).map((e) => {
      // A label is a target, too.
      const box = (e.closest('label') ?? e).getBoundingClientRect();
      return [Math.min(box.width, box.height) / least(e), e.id || e.className ||
        e.textContent];
    }).filter(([share]) => share < 0.999).concat(low.map(() => 'low cell'));"""


@pytest.mark.parametrize('size', [
    (1440, 900), (1280, 720), (1024, 768), (768, 1024), (390, 844), (844, 390),
], ids=lambda size: f'{size[0]}x{size[1]}')
def test_targets_are_large_enough_for_fingers(page, size):
  page.window.resize(*size)
  try:
    page.open()
    page.gesture()
    page.run('deck.show(app.maker.ofPoint(0, 3))')
    assert page.run(_SMALL) == []
    page.shot(f'targets_{size[0]}x{size[1]}')
  finally:
    page.window.resize(1280, 900)


@pytest.mark.parametrize('width', [320, 360, 390])
def test_all_that_stands_below_is_in_view_on_the_narrowest_phone(page, width):
  page.window.resize(width, 568)
  try:
    page.open()
    ends = page.run("""return [...document.querySelectorAll(
      '#transport :is(button, label)')].map((e) => {
        const {left, right} = e.getBoundingClientRect();
        return [e.id || e.textContent, left, right];
      })""")
    assert len(ends) == 6
    for name, left, right in ends:
      assert 0 <= left and right < width + 0.5, name
      assert right - left >= 34
  finally:
    page.window.resize(1280, 900)


@pytest.mark.parametrize('size', [(390, 844), (844, 390)], ids=str)
def test_phone_has_play_tempo_and_kick_in_view_and_both_bars(page, size):
  page.window.resize(*size)
  try:
    page.open()
    page.gesture()
    page.run("""deck.show(app.maker.ofCodes(new Array(32).fill(7)))""")
    inside = page.run("""return ['#play', '#qpm',
      '[data-voice="0"] .cells .first'].map((name) => {
        const box = document.querySelector(name).getBoundingClientRect();
        const at = document.elementFromPoint(
          box.left + box.width / 2, box.top + box.height / 2);
        return at === document.querySelector(name) ||
          at.contains(document.querySelector(name));
      })""")
    assert inside == [True] * 3
    shown = """return [cellOf(0, 0), cellOf(0, 16)].map(
      (cell) => Boolean(cell.offsetParent))"""
    assert page.run(shown) == [True, False]
    page.run("document.querySelectorAll('#bars button')[1].click()")
    assert page.run(shown) == [False, True]
    # Pressed again it follows what is heard.
    page.run("""document.querySelectorAll('#bars button')[1].click();
      slide(byId('qpm'), 240); deck.toggle();
      await until(() => cellOf(0, 0).offsetParent, 'the first bar');
      await until(() => cellOf(0, 16).offsetParent, 'the second bar');
      deck.stop()""")
  finally:
    page.window.resize(1280, 900)


_HIDDEN = """
  // The map takes on its size at the next frame.
  await frames(2);
  const {x, y} = app.data.layers[0];
  const v = app.plot.view;
  const box = byId('map').getBoundingClientRect();
  return [...x.keys()].filter((i) => {
    const at = document.elementFromPoint(
      box.left + (x[i] - v.left) / (v.right - v.left) * box.width,
      box.top + (v.high - y[i]) / (v.high - v.low) * box.height);
    return !byId('map').contains(at);
  }).length / x.length;"""


@pytest.mark.parametrize('size', [
    (1440, 900), (1280, 720), (390, 844), (844, 390),
], ids=str)
def test_nothing_hides_the_map_at_first_and_changes_stay_in_view(page, size):
  page.window.resize(*size)
  try:
    page.open()
    # Buttons for the zoom may lie over a point or two.
    assert page.run(_HIDDEN) < 0.01
    page.gesture()
    page.run("""byId('play').click(); byId('vary').click();
      await until(() => !byId('variants').hidden); deck.stop()""")
    assert page.run(_HIDDEN) < 0.01
    if size[0] > size[1]:
      assert page.run("""return [...byId('changes').children].map((e) => {
        const {left, top, width, height} = e.getBoundingClientRect();
        return e === document.elementFromPoint(
          left + width / 2, top + height / 2);
      })""") == [True] * 8
  finally:
    page.window.resize(1280, 900)


def test_a_window_that_is_turned_is_as_one_that_opens_so(page):
  shown = "await frames(2); return [byId('legend').open, byId('blend').name]"
  try:
    for size in ((1024, 768), (768, 1024), (1024, 768)):
      page.window.resize(*size)
      turned = page.run(shown)
      assert turned[0] == (size[0] > size[1])
      assert page.run(_HIDDEN) < 0.01
    page.window.resize(768, 1024)
    turned = page.run(shown)
    page.open()
    assert page.run(shown) == turned
  finally:
    page.window.resize(1280, 900)


@pytest.mark.parametrize('size', [
    (1280, 720), (1024, 600), (844, 390), (812, 375), (667, 375), (640, 450),
    (640, 360), (568, 320), (360, 640),
], ids=str)
def test_map_has_room_for_its_buttons_on_every_phone_and_enlarged(page, size):
  page.window.resize(*size)
  try:
    page.open()
    hidden = page.run("""
      return [...document.querySelectorAll(
        '#modes button, #over > details > summary, #zoom button')].filter(
        (e) => {
          const {left, top, right, bottom} = e.getBoundingClientRect();
          return [[left, top], [right, bottom]].some(([x, y]) => {
            const at = document.elementFromPoint(
              (x + (left + right) / 2) / 2, (y + (top + bottom) / 2) / 2);
            return !e.contains(at);
          });
        }).map(({textContent}) => textContent)""")
    assert hidden == []
    assert page.run("""return byId('zoom').getBoundingClientRect().bottom <=
      byId('welcome').getBoundingClientRect().top""")
    assert page.run('return document.documentElement.scrollWidth') == size[0]
  finally:
    page.window.resize(1280, 900)


def test_pads_of_a_narrow_page_sound_and_light_up(page):
  page.window.resize(390, 844)
  try:
    page.open()
    page.gesture()
    page.run('deck.show(app.maker.ofCodes(new Array(32).fill(7)))')
    shown = page.run("""return [...document.querySelectorAll('.pad-of')]
      .filter((e) => e.offsetParent).map((e) => e.textContent)""")
    rows = page.run("""return [...document.querySelectorAll('#grid .voice')]
      .filter((e) => !e.hidden).map((e) => +e.dataset.voice)""")
    assert shown == [
        voices.NAMES[voice].replace('_', ' ') for voice in reversed(rows)
    ]
    page.run("""window.heard = []; const {strike} = app.player;
      app.player.strike = function(voice, ...more) {
        window.heard.push(voice); return strike.call(this, voice, ...more);
      }""")
    map_pages.click(page, '.pad-of')
    page.press(' ', '.pad-of')
    assert page.run('return window.heard') == [rows[-1]] * 2
    page.run("""deck.toggle();
      await until(() => document.querySelector('.pad-of.lit'))
      deck.stop()""")
    assert page.run("return document.querySelector('.pad-of.lit')") is None
  finally:
    page.window.resize(1280, 900)


def test_most_dots_have_a_colour_and_the_legend_says_which(page):
  grey, labels = page.run("""
    const {colourOf} = app.plot.look;
    const grey = app.looks.colours.grey;
    const channels = [1, 3, 5].map((i) => parseInt(grey.slice(i, i + 2), 16));
    const points = [...app.data.layers[0].x.keys()].map((i) => colourOf(0, i));
    const host = byId('legend').querySelector('div');
    const end = host.getBoundingClientRect().bottom;
    const isGrey = (c) => c.slice(0, 3).join() === channels.join();
    return [points.filter(isGrey).length,
      [...host.querySelectorAll(':scope > label')].filter(
        (e) => e.getBoundingClientRect().bottom <= end + 1)
        .map((e) => e.textContent)]""")
  assert grey == 0
  # In three rows: each layer and each colour.
  counts = [int(label.split()[-1]) for label in labels[2:10]]
  assert sum(counts) == len(page.made.training)
  assert counts == sorted(counts, reverse=True)
