"""The page in a browser: what lies on the map, and how a hand moves over it."""

import map_pages
import numpy as np
import pytest

from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices

pytestmark = pytest.mark.browser


def test_it_opens_from_a_file_with_everything_in_its_place(page):
  said = page.run("""return [location.protocol, document.title,
    byId('title').textContent, byId('about').textContent,
    byId('legend').textContent, app.player.playing, app.player.context,
    performance.getEntriesByType('resource').map(({name}) => name)]""")
  protocol, title, heading, about, legend, playing, context, fetched = said
  assert (protocol, title, heading) == ('file:', 'Starter', 'Starter')
  assert '401 patterns' in about and 'differ in 16 hits, any two in 39' in about
  assert 'trustworthiness 0.990' in about
  assert 'starter 401' in legend and 'samples' in legend and 'funk' in legend
  # Nothing sounds before a gesture, and nothing is fetched.
  assert not playing and context is None
  assert [name for name in fetched if not name.startswith(('data:', 'blob:'))
          ] == []


def test_it_opens_with_a_beat_that_stands_for_the_collection(page):
  codes = page.made.training.codes
  hits = step_codes.step_codes_to_hits(codes).reshape(len(codes), -1)
  likeness = hits @ hits.sum(0) / np.sqrt(hits.sum(1))
  likeness[entropy.is_trivial(codes)] = 0
  origin, marked, place = page.run("""return [deck.current.origin,
    app.plot.ring.place, deck.current.place]""")
  assert marked == place and origin['layer'] == 0
  assert likeness[origin['index']] == likeness.max()
  # One gesture to the first sound; undo goes back to the empty grid.
  page.press(' ', '#map')
  assert page.run('return app.player.playing')
  page.run("byId('undo').click()")
  assert page.codes() == [0] * 32


def test_first_words_say_what_a_dot_is_and_the_legend_is_open(page):
  words, is_open, height, by_genre = page.run("""
    const legend = byId('legend');
    return [byId('welcome').innerText, legend.open,
      legend.querySelector('div').clientHeight,
      legend.querySelector('input').checked]""")
  assert 'close sound alike' in words and 'made by a model' in words
  assert is_open and height <= 90 and by_genre


def test_hover_shows_the_pattern_under_the_cursor(page):
  main = sum(
      1 << voices.INDEX[name] for name in ('closed_hat', 'snare', 'kick')
  )
  for index in (map_pages.POINT, 5):
    page.pointer(*page.place(0, index), press=False)
    shown, words, hit = page.run("""
      const canvas = byId('hover').querySelector('canvas');
      const point = app.plot.pointNear(app.plot.placeOf({
        clientX: args[0], clientY: args[1]}));
      const layer = app.data.layers[point.layer];
      const used = layer.pattern(point.index).reduce((all, c) => all | c, 0);
      // Rows of what plays, and of the closed hat, the snare and the kick.
      const voices = [...document.querySelectorAll('#grid [role=row]')].map(
        (row) => +row.dataset.voice).filter(
        (voice) => (used | args[2]) >> voice & 1);
      const ratio = canvas.height / voices.length;
      const {width} = canvas;
      const data = imageOf(canvas);
      const left = 72;
      const cell = (width - left) / 32;
      const codes = new Array(32).fill(0);
      for (let row = 0; row < voices.length; row++) {
        for (let step = 0; step < 32; step++) {
          const x = Math.floor(left + (step + 0.6) * cell);
          const y = Math.floor((row + 0.5) * ratio);
          const [r, g, b, a] = data.slice(4 * (y * width + x)).slice(0, 4);
          const isFaint = r > 180 && g > 180;
          if (a > 200 && !isFaint) codes[step] |= 1 << voices[row];
        }
      }
      return [byId('hover').hidden ? null : codes,
        byId('hover').textContent, point]""", *page.place(0, index), main)
    layer = page.made.training if hit['layer'] == 0 else page.made.generated[0]
    assert shown == layer.codes[hit['index']].tolist()
    if hit['layer'] == 0:
      _, genre, title = layer.sources[hit['index']][0].split('/')
      assert words.startswith(title)
      assert genre.replace('_', ' ') in words and 'bpm' in words
      # Nothing is said twice.
      assert words.count(title) == 1
    else:
      assert words.startswith(('Between ', 'Near ')) and 'bpm' in words
  page.pointer(1200, 60, press=False)
  assert page.run("return byId('hover').hidden")


def test_hover_card_goes_when_the_map_moves_away_from_under_it(page):
  x, y = page.place(0, map_pages.POINT)
  page.pointer(x, y, press=False)
  page.run("await until(() => !byId('hover').hidden)")
  page.run("""byId('map').dispatchEvent(new WheelEvent('wheel',
    {deltaY: 10, clientX: args[0], clientY: args[1]}))""", x, y)
  assert page.run("return byId('hover').hidden")


def test_click_plays_within_one_click_and_the_next_changes_over(page):
  page.pointer(*page.place(0, map_pages.POINT))
  playing, origin = page.run("""
    const {playing, context} = app.player;
    await until(() => context.state === 'running');
    return [playing, deck.current.origin]""")
  assert playing
  first = page.codes()
  layer = (page.made.training, *page.made.generated)[origin['layer']]
  assert first == layer.codes[origin['index']].tolist()
  assert page.run("return byId('welcome').hidden")
  # The playhead goes on, and light up with it what is struck.
  page.run("await until(() => document.querySelector('#grid .now'))")
  page.run("""
    const {sequencer} = app.player;
    const {pattern, playStep} = sequencer;
    window.changedAt = [];
    sequencer.playStep = () => {
      const {step} = sequencer;
      playStep.call(sequencer);
      if (sequencer.pattern !== pattern) changedAt.push(step);
    };""")
  page.pointer(*page.place(0, 200))
  second = page.codes()
  assert second != first
  step, played = page.run("""
    await until(() => changedAt.length, 'the second beat is played');
    return [changedAt[0], app.player.sequencer.pattern];""")
  # It changes over on a beat, without a stop between.
  assert step % 4 == 0 and played == second
  assert page.run('return app.player.playing')
  page.run("byId('play').click()")
  assert page.run("""return [app.player.playing,
    document.querySelectorAll('#grid .now').length]""") == [False, 0]


def test_click_without_a_line_plays_the_point_in_every_mode(page):
  page.run("document.querySelector('[data-mode=draw]').click()")
  page.pointer(*page.place(0, map_pages.POINT))
  index, beats = page.run("""await until(() => app.player.playing);
    deck.stop(); return [deck.current.origin?.index, app.path.beats.length]""")
  assert index is not None and beats == 0


@pytest.mark.parametrize('mode', ['draw', 'roam', 'move'])
def test_what_went_down_elsewhere_and_is_let_go_on_the_map_does_nothing(
    page, mode
):
  before = page.codes()
  page.run(f"document.querySelector('[data-mode={mode}]').click()")
  x, y = page.run("""const box = byId('name').getBoundingClientRect();
    return [box.left + 5, box.top + 5]""")
  page.pointer(x, y, page.place(0, map_pages.POINT))
  assert page.codes() == before
  assert page.run("""return [app.player.playing, app.path.line.length,
    app.path.beats.length]""") == [False, 0, 0]


def test_right_button_is_no_click(page):
  before = page.codes()
  page.run("""
    const [x, y] = args;
    for (const type of ['pointerdown', 'pointerup']) {
      byId('map').dispatchEvent(new PointerEvent(type,
        {button: 2, clientX: x, clientY: y, bubbles: true, pointerId: 1}));
    }""", *page.place(0, map_pages.POINT))
  assert page.codes() == before


def test_dragging_pans_the_wheel_zooms_and_neither_plays(page):
  before = page.codes()
  from selenium.webdriver import ActionChains
  from selenium.webdriver.common.actions import wheel_input
  view = 'return Object.values(app.plot.view)'
  left, right, low, high = page.run(view)
  x, y = page.place(0, map_pages.POINT)
  page.pointer(x, y, (x + 30, y - 20), (x + 60, y - 40))
  unit = (high - low) / page.run("return byId('map').clientHeight")
  page.run("""const [aim, near] = args;
    await until(() => Math.abs(app.plot.view.left - aim) < near);
    await frames(3)""", left - 60 * unit, 3 * unit)
  after = page.run(view)
  np.testing.assert_allclose(
      after, [left - 60 * unit, right - 60 * unit, low - 40 * unit,
              high - 40 * unit], atol=3 * unit,
  )
  # The points are drawn where the mouse finds them.
  assert page.place(0, map_pages.POINT) == pytest.approx(
      [x + 60, y - 40], abs=3
  )
  host = page.window.driver.find_element('id', 'map')
  ActionChains(page.window.driver).scroll_from_origin(
      wheel_input.ScrollOrigin.from_element(host), 0, -200
  ).perform()
  page.run("""await until(() => {
    const {left, right} = app.plot.view;
    return right - left < 0.95 * args[0];
  }, 'closer')""", after[1] - after[0])
  closer = page.run(view)
  ratio = (closer[1] - closer[0]) / (closer[3] - closer[2])
  assert ratio == pytest.approx((right - left) / (high - low), rel=1e-6)
  assert not page.run('return app.player.playing')
  assert page.codes() == before


def test_wheel_stops_at_a_limit_and_the_map_still_moves(page):
  for delta in (-500, 2000):
    page.run("""
      const box = byId('map').getBoundingClientRect();
      const {events_el: target} =
        Bokeh.index.get_by_id(app.plot.model.id).canvas_view;
      for (let i = 0; i < 60; i++) {
        target.dispatchEvent(new WheelEvent('wheel', {
          deltaY: args[0], bubbles: true, cancelable: true,
          clientX: box.left + box.width / 3,
          clientY: box.top + box.height / 3}));
        await frames(1);
      }""", delta)
    height, full = page.run("""const {low, high} = app.plot.view;
      return [high - low, app.plot.full]""")
    assert 5e-5 * full < height < 10 * full
    assert (height < 0.01 * full) == (delta < 0)
  page.run("byId('zoom-in').click()")
  assert page.run("""const {low, high} = app.plot.view;
    return high - low""") < height
  link = page.run("""deck.show(app.maker.ofPoint(0, 3)); byId('share').click();
    return location.hash.split('&')[0]""")
  page.open(link + '&v=0,1e-300,0,1e-300')
  low, high, full = page.run("""const {low, high} = app.plot.view;
    return [low, high, app.plot.full]""")
  assert high - low > 5e-5 * full


def test_ring_lies_around_what_plays_however_the_map_is_moved(page):
  box = """const {left, top, width, height} =
    app.plot.ring.element.getBoundingClientRect();
    return [left + width / 2, top + height / 2, width, height]"""
  for index in (map_pages.POINT, 200):
    page.run('deck.show(app.maker.ofPoint(0, args[0]))', index)
    for move in ('', 'app.plot.zoomIn(); app.plot.zoomIn()', """
        const {left, right, low, high} = app.plot.view;
        const by = 0.1 * (right - left);
        app.plot.setView({left: left + by, right: right + by, low, high})"""):
      page.run(f'{move}; await frames(3)')
      *middle, width, height = page.run(box)
      assert middle == pytest.approx(page.place(0, index), abs=1)
      assert width == height == 21
    page.run('app.plot.fit()')
  # It takes no press from the points, and is gone with the beat.
  assert page.run("""const {style} = app.plot.ring.element;
    deck.go(-1); deck.go(-1); deck.go(-1);
    return [style.pointerEvents, app.plot.ring.element.hidden]""") == [
        'none', True]


def test_a_few_points_far_off_do_not_make_the_first_view_small(page):
  first, core, whole, shown = page.run("""
    const {index} = app.plot;
    const first = [app.plot.view, index.core];
    const columns = (far) => {
      const [x, y] = [[], []];
      for (let i = 0; i < 1000; i++) {
        x.push(i % 40 / 39);
        y.push(Math.floor(i / 40) / 24);
      }
      for (let i = 0; i < far; i++) {
        x.push(0.5);
        y.push(i % 2 ? 9 : -9);
      }
      return [{x, y, size: x.length}];
    };
    const few = new index.constructor(columns(6));
    app.plot.index = few;
    app.plot.fit(few.core);
    const near = app.plot.view;
    byId('fit').click();
    return [first, [few.core, new index.constructor(columns(0)).core,
      new index.constructor(columns(40)).core], few.bounds,
      [near, app.plot.view]]""")
  view, held = first
  assert view['left'] <= held['left'] <= held['right'] <= view['right']
  assert view['low'] <= held['low'] <= held['high'] <= view['high']
  square = {'left': 0, 'right': 1, 'low': 0, 'high': 1}
  few, none, many = core
  # Sides on which nothing is far off are the map's own.
  assert (few['left'], few['right']) == (0, 1)
  assert (few['low'], few['high']) == pytest.approx((-0.04, 1.04))
  assert none == square
  # Those are no exceptions any more.
  assert (many['low'], many['high']) == (-9, 9)
  near, all_of_it = shown
  assert 1 < near['high'] - near['low'] < 5
  assert all_of_it['low'] < whole['low'] and whole['high'] < all_of_it['high']
