"""The page in a browser: the grid, to edit a beat in."""

import re

import map_builders
import map_pages
import numpy as np
import pytest

from drumspace_ext.patterns import voices

pytestmark = pytest.mark.browser

_ROWS = [voices.INDEX[name] for name in (
    'crash', 'ride', 'open_hat', 'closed_hat', 'cowbell', 'high_bongo',
    'low_bongo', 'conga', 'low_conga', 'high_tom', 'low_tom', 'floor_tom',
    'snare', 'kick',
)]


def test_grid_is_edited_by_click_and_keys_and_shown_where_it_lands(page):
  from selenium.webdriver.common.keys import Keys
  page.run('deck.show(app.maker.ofPoint(0, args[0]))', map_pages.POINT)
  before = page.codes()
  cell = 'cellOf(args[0], args[1])'
  page.run(f'{cell}.click()', voices.INDEX['cowbell'], 6)
  edited = page.codes()
  assert edited[6] == before[6] ^ 1 << voices.INDEX['cowbell']
  z, place, marked, name = page.run("""return [
    deck.current.z, deck.current.place,
    app.plot.ring.place, byId('name').textContent]""")
  np.testing.assert_allclose(
      z, map_pages.latents(map_builders.model(), [edited])[0], atol=1e-4
  )
  assert marked == place
  assert re.match(r'Your own beat, \d+ hits? from \w', name)
  page.run(f'{cell}.focus()', voices.INDEX['cowbell'], 6)
  # Rows of voices that nothing strikes are folded away.
  page.press([Keys.ARROW_RIGHT, Keys.ARROW_DOWN, ' '], ':focus')
  struck = set(page.run("""return [...document.querySelectorAll(
    '#grid [role=row]')].filter((row) => !row.hidden)
    .map((row) => +row.dataset.voice)"""))
  below = next(v for v in _ROWS[_ROWS.index(voices.INDEX['cowbell']) + 1:]
               if v in struck)
  assert page.codes()[7] == edited[7] ^ 1 << below
  label = page.run("return document.activeElement.getAttribute('aria-label')")
  name = voices.NAMES[below].replace('_', ' ')
  assert label.startswith(f'{name}, step 8, ')
  page.run("byId('undo').click(); byId('undo').click()")
  assert page.codes() == before


def test_rows_stand_as_drummers_read_and_what_plays_is_shown(page):
  rows = page.run("""return [...document.querySelectorAll('#grid [role=row]')]
    .map((row) => +row.dataset.voice)""")
  assert rows == _ROWS
  shown = """return [...document.querySelectorAll('#grid [role=row]')]
    .filter((row) => !row.hidden).map((row) => +row.dataset.voice)"""
  page.run('deck.show(app.maker.ofCodes(args[0]))', [1 << 9] + [0] * 31)
  main = {voices.INDEX[name] for name in ('closed_hat', 'snare', 'kick')}
  assert set(page.run(shown)) == {9, *main}
  page.run("byId('folded').click()")
  assert page.run(shown) == _ROWS
  page.run("byId('folded').click()")
  assert set(page.run(shown)) == {9, *main}
  # Under a hand no row goes away, so that nothing jumps.
  # In one script, for a moment later it is a step of its own.
  assert set(page.run(
      'deck.show(app.maker.ofCodes(args[0]), {keeps: false}); ' + shown,
      [1 << 5] + [0] * 31,
  )) == {9, 5, *main}
  page.run('deck.settle()')
  assert set(page.run(shown)) == {5, *main}


def test_grid_is_one_tab_stop_and_arrows_reach_names_mute_and_solo(page):
  from selenium.webdriver.common.keys import Keys
  page.run('deck.show(app.maker.ofPoint(0, args[0]))', map_pages.POINT)
  stops = """return document.querySelectorAll('#grid [tabindex="0"]').length"""
  assert page.run(stops) == 1
  page.run("cellOf(0, 0).focus()")
  page.press([Keys.ARROW_LEFT, ' '], ':focus')
  page.press([Keys.ARROW_LEFT, Keys.ENTER], ':focus')
  assert page.run("""return [[...app.player.mixer.muted],
    [...app.player.mixer.soloed]]""") == [[0], [0]]
  page.press([Keys.HOME], ':focus')
  assert page.run("""window.struck = [];
    app.player.strike = (...hit) => struck.push(hit);
    return document.activeElement.textContent""") == 'kick'
  page.press([' '], ':focus')
  assert page.run('return struck.map(([voice]) => voice)') == [0]
  page.press([Keys.END], ':focus')
  assert page.run('return document.activeElement === cellOf(0, 31)')
  assert page.run(stops) == 1
  page.press([Keys.TAB], ':focus')
  assert not page.run("return byId('grid').contains(document.activeElement)")


def _center(page, voice, step):
  return page.run("""const {left, top, width, height} =
    cellOf(args[0], args[1]).getBoundingClientRect();
    return [left + width / 2, top + height / 2]""", voice, step)


def test_drag_paints_sounds_while_stopped_and_is_undone_as_one(page):
  page.run("""deck.show(app.maker.ofCodes(new Array(32).fill(1)));
    window.struck = [];
    app.player.strike = (...hit) => struck.push(hit)""")
  before = page.codes()
  hat = voices.INDEX['closed_hat']
  page.pointer(*_center(page, hat, 3), *(
      _center(page, hat, step) for step in (4, 5, 6)
  ))
  painted = [code | (3 <= step <= 6) << hat for step, code in
             enumerate(before)]
  assert page.codes() == painted
  assert [v for v, _ in page.run('return struck')] == [hat] * 4
  # A stroke that begins on a hit wipes, and is silent.
  page.pointer(*_center(page, 0, 8), *(
      _center(page, 0, step) for step in (9, 10)
  ))
  wiped = page.codes()
  assert [code & 1 for code in wiped] == [
      step not in (8, 9, 10) for step in range(32)
  ]
  assert len(page.run('return struck')) == 4
  page.run("byId('undo').click()")
  assert page.codes() == painted
  page.run("byId('undo').click()")
  assert page.codes() == before
  assert not page.run('return app.player.playing')


def test_finger_paints_and_the_page_stays_where_it_is(page):
  page.window.driver.execute_cdp_cmd(
      'Emulation.setTouchEmulationEnabled',
      {'enabled': True, 'maxTouchPoints': 2},
  )
  try:
    page.run('deck.show(app.maker.ofCodes(new Array(32).fill(1)))')
    places = [_center(page, 1, step) for step in range(4)]
    page.touch('touchStart', places[0])
    for place in places[1:]:
      page.touch('touchMove', place)
    page.touch('touchEnd')
    page.run("""await until(() => deck.current.codes.reduce(
      (sum, code) => sum + (code >> 1 & 1), 0) >= 4)""")
    assert [code >> 1 & 1 for code in page.codes()] == [1] * 4 + [0] * 28
  finally:
    page.window.driver.execute_cdp_cmd(
        'Emulation.setTouchEmulationEnabled', {'enabled': False}
    )


def test_hits_stand_as_high_as_they_are_loud_and_as_late_as_they_come(page):
  look = """const {style} = cellOf(args[0], args[1]);
    return ['--loud', '--late'].map((name) => +style.getPropertyValue(name))"""
  page.run('deck.show(app.maker.ofCodes(new Array(32).fill(5)))')
  # With the groove that people give it, late and early too.
  played = np.array([page.run(look, 2, step) for step in range(32)])
  assert len(np.unique(played[:, 0])) > 4 and np.abs(played[:, 1]).max() > 0
  page.run("byId('groove').click()")
  loud, soft = (page.run(look, 2, step) for step in (0, 1))
  assert loud[0] > soft[0] and loud[1] == soft[1] == 0
  page.run("slide(byId('swing'), 1)")
  assert page.run(look, 2, 1)[1] > 0.2 and page.run(look, 2, 0)[1] == 0
  page.run("byId('accents').click()")
  assert page.run(look, 2, 0)[0] == page.run(look, 2, 1)[0]


def test_name_sounds_while_stopped(page):
  page.gesture()
  page.run("""window.sounding = [];
    const {player} = app;
    const {strike} = player;
    player.strike = (...hit) => {
      strike.apply(player, hit);
      sounding.push(player.pads.active.size);
    };""")
  map_pages.click(page, '#grid [data-voice="1"] .sound')
  playing, sounding = page.run("""
    await until(() => app.player.context.state === 'running');
    return [app.player.playing, sounding]""")
  assert not playing and len(sounding) == 1 and sounding[0] > 0


_PLAYHEAD = """
  const light = (text) => {
    const [r, g, b] = text.match(/[\\d.]+/g).map((c) => {
      const s = c / 255;
      return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  byId('grid').querySelector('.now') ?? deck.toggle();
  await until(() => document.querySelector('.cells button.now'));
  const cell = document.querySelector('[data-voice="0"] .cells button.now');
  const line = getComputedStyle(cell, '::before').boxShadow.match(
    /rgb[^)]*\\)/)[0];
  const grounds = ['--cell', '--odd', '--kick', '--snare', '--hats', '--toms',
    '--cymbals', '--percussion'].map((name) => {
    cell.style.color = `var(${name})`;
    return getComputedStyle(cell).color;
  });
  deck.stop();
  const ratio = (a, b) =>
    (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  return [Math.min(...grounds.slice(0, 2).map(
    (ground) => ratio(light(line), light(ground)))),
    Math.min(...grounds.slice(2).map(
      (family) => ratio(light(family), light(grounds[0]))))];"""


@pytest.mark.parametrize('name', ['light', 'dark'])
def test_playhead_and_hits_are_seen(page, name):
  map_pages.look(page.window, dark=name == 'dark')
  try:
    page.open()
    page.gesture()
    playhead, hits = page.run(_PLAYHEAD)
    assert playhead >= 3 and hits >= 3
  finally:
    map_pages.look(page.window)


def test_mute_and_solo_are_told_to_the_player(page):
  buttons = page.run("""
    document.querySelectorAll('.mute')[13].click();
    document.querySelectorAll('.solo')[12].click();
    return [[...app.player.mixer.muted], [...app.player.mixer.soloed],
      document.querySelectorAll('.mute')[13].ariaPressed,
      document.querySelectorAll('.mute')[13].ariaLabel]""")
  assert buttons == [[0], [1], 'true', 'mute kick']
  # What is silent is pale.
  silent = """return [...document.querySelectorAll('.silent')].map(
    ({dataset}) => +dataset.voice).sort((a, b) => a - b)"""
  assert page.run(silent) == [voice for voice in range(14) if voice != 1]
  page.run("document.querySelector('.solo[aria-pressed=true]').click()")
  assert page.run(silent) == [0]


def test_what_a_person_made_is_not_decoded_by_a_threshold(page):
  page.run("""deck.show(app.maker.ofPoint(0, args[0])); deck.edit(9, 5);
    deck.edit(10, 7)""", map_pages.POINT)
  edited = page.codes()
  page.run("slide(byId('threshold'), 0.2); await frames(3)")
  assert page.codes() == edited
  page.run("""deck.show(app.maker.ofLatent(deck.current.z));
    await frames(3); slide(byId('threshold'), 0.05); await frames(3)""")
  assert page.codes() != edited


def test_map_keeps_its_size_under_a_hand_however_many_rows_come(page):
  heights = page.run("""
    const heights = [];
    const look = async () => {
      await frames(2);
      heights.push([byId('map').clientHeight, [...document.querySelectorAll(
        '#grid .voice')].filter((e) => !e.hidden && e.offsetHeight).length,
        byId('grid').scrollHeight - byId('grid').clientHeight]);
    };
    const tell = (name) => byId('map').dispatchEvent(
      new PointerEvent(name, {bubbles: true, button: 1}));
    deck.show(app.maker.ofPoint(0, args[0]));
    await look();
    tell('pointerdown');
    deck.show(app.maker.ofCodes(new Array(32).fill(16383)), {keeps: false});
    await look();
    tell('pointerup');
    deck.settle();
    await look();
    return heights""", map_pages.POINT)
  (before, few, _), (under, many, beyond), (after, *_) = heights
  assert (under, many, beyond) == (before, 14, 0) and few < 14
  assert after < before
