"""Tests of the map's page in a real browser: what a person does with it.

One browser and one page for all; each test says what it starts from. Pictures
are written to the folder that DRUMSPACE_SCREENSHOTS names.
"""

import ast
import io
import os
import pathlib
import re

import browser
import builders
import map_builders
import mido
import numpy as np
import pytest

from drumspace_ext import drum_maps
from drumspace_ext import map_display
from drumspace_ext import map_page
from drumspace_ext import nearest
from drumspace_ext import note_sequences
from drumspace_ext import patterns
from drumspace_ext import voices

_SHOTS = pathlib.Path(os.environ.get(
    'DRUMSPACE_SCREENSHOTS',
    pathlib.Path(__file__).resolve().parents[1] / 'screenshots',
))
_POINT = 37
_WAIT_S = 10
_HELPERS = """
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  window.until = async (holds, what) => {
    for (let i = 0; i < 500; i++) {
      if (holds()) return;
      await pause(10);
    }
    throw new Error(`never: ${what ?? holds}`);
  };
  await until(() => document.body.dataset.ready, 'ready');
  window.app = window.drumspace;
  window.byId = (id) => document.getElementById(id);
  const copy = document.createElement('canvas').getContext(
    '2d', {willReadFrequently: true});
  window.imageOf = (canvas) => {
    const {width, height} = canvas;
    Object.assign(copy.canvas, {width, height});
    copy.drawImage(canvas, 0, 0);
    return copy.getImageData(0, 0, width, height).data;
  };
  window.pixels = () => {
    const canvas = byId('points');
    const data = imageOf(canvas);
    const found = {};
    for (let i = 0; i < data.length; i += 4) {
      const key = `${data[i]},${data[i + 1]},${data[i + 2]}`;
      found[key] = (found[key] ?? 0) + 1;
    }
    return found;
  };
  window.frames = async (n = 2) => {
    for (let i = 0; i < n; i++) await new Promise(requestAnimationFrame);
  };
  window.gridOnShow = () => {
    const codes = new Array(32).fill(0);
    document.querySelectorAll('#grid [role=row]').forEach((row, r) =>
      row.querySelectorAll('[role=gridcell]').forEach((cell, step) => {
        if (cell.classList.contains('hit')) codes[step] |= 1 << 13 - r;
      }));
    return codes;
  };
  window.slide = (input, value) => {
    input.value = String(value);
    input.dispatchEvent(new Event('input', {bubbles: true}));
    input.dispatchEvent(new Event('change', {bubbles: true}));
  };
  return null;
"""


class Page:
  """The page, as a person meets it.

  Attributes:
    window: The browser.
    made: The map that it shows.
    path: Its file.
  """

  def __init__(self, window, path, made):
    self.window, self.path, self.made = window, path, made
    self.run = window.run

  def open(self, fragment=''):
    self.window.open(self.path, fragment)
    self.run(_HELPERS)

  def gesture(self):
    """Clicks where nothing is: without a gesture there is no sound."""
    self.window.driver.find_element('id', 'title').click()

  def codes(self):
    """Returns the beat on show, from the cells of the grid."""
    shown = self.run('return [gridOnShow(), app.current.codes]')
    assert shown[0] == shown[1]
    return shown[0]

  def place(self, layer, index):
    """Returns where a point is in the window, in pixels."""
    return self.run("""
      const [layer, i] = args;
      const {x, y} = app.data.layers[layer];
      const v = app.plot.view;
      const box = byId('map').getBoundingClientRect();
      return [box.left + (x[i] - v.left) / (v.right - v.left) * box.width,
        box.top + (v.high - y[i]) / (v.high - v.low) * box.height];
    """, layer, index)

  def pointer(self, x, y, *moves, press=True):
    """Moves the mouse, and presses and drags it from there."""
    from selenium.webdriver import ActionChains
    chain = ActionChains(self.window.driver, duration=20)
    mouse = chain.w3c_actions.pointer_action
    mouse.move_to_location(round(x), round(y))
    if press:
      mouse.pointer_down()
      for to in moves:
        mouse.move_to_location(round(to[0]), round(to[1]))
      mouse.pointer_up()
    chain.perform()

  def touch(self, kind, *places):
    """Puts fingers on the page, moves them, or takes them off."""
    self.window.driver.execute_cdp_cmd('Input.dispatchTouchEvent', {
        'type': kind, 'touchPoints': [
            {'x': x, 'y': y, 'id': i} for i, (x, y) in enumerate(places)
        ],
    })

  def press(self, keys, target='body', control=False):
    """Presses keys, with the focus on an element."""
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.keys import Keys
    self.run('document.querySelector(args[0]).focus()', target)
    chain = ActionChains(self.window.driver)
    if control:
      chain.key_down(Keys.CONTROL)
    chain.send_keys(keys)
    if control:
      chain.key_up(Keys.CONTROL)
    chain.perform()

  def download(self, button):
    """Clicks a button; returns the file that comes of it."""
    known = set(self.window.downloads.iterdir())
    self.run('byId(args[0]).click()', button)
    found = self.run_until_downloaded(known)
    content = found.read_bytes()
    found.unlink()
    return found.name, content

  def run_until_downloaded(self, known):
    for _ in range(100 * _WAIT_S):
      new = [path for path in self.window.downloads.iterdir()
             if path not in known and path.suffix == '.mid']
      if new:
        return new[0]
      self.run('await new Promise((done) => setTimeout(done, 10))')
    raise AssertionError('nothing was downloaded')

  def shot(self, name):
    self.window.screenshot(_SHOTS / f'{name}.png')


@pytest.fixture(scope='module', name='window')
def _window(tmp_path_factory):
  with browser.start(tmp_path_factory.mktemp('browser')) as window:
    window.driver.execute_cdp_cmd('Browser.grantPermissions', {
        'permissions': ['clipboardReadWrite', 'clipboardSanitizedWrite'],
    })
    yield window


@pytest.fixture(scope='module', name='file')
def _file(tmp_path_factory):
  return map_builders.write(
      tmp_path_factory.mktemp('map') / 'map.html', map_builders.model()
  )


@pytest.fixture(name='page')
def _page(window, file):
  """The page, freshly opened; a message on its console fails the test."""
  path, made = file
  window.resize(1280, 900)
  opened = Page(window, path, made)
  opened.open()
  opened.run('localStorage.clear(); app.favourites.codes = []')
  yield opened
  assert window.messages() == []


def _latents(model, codes):
  hits = patterns.step_codes_to_hits(np.array(codes, np.uint16))
  return model.encode_tensors(hits)[1]


# Opening, hovering, clicking.


def test_it_opens_from_a_file_with_everything_in_its_place(page):
  said = page.run("""return [location.protocol, document.title,
    byId('title').textContent, byId('about').textContent,
    byId('legend').textContent, app.player.playing, app.player.context,
    performance.getEntriesByType('resource').map(({name}) => name)]""")
  protocol, title, heading, about, legend, playing, context, fetched = said
  assert (protocol, title, heading) == ('file:', 'Starter', 'Starter')
  assert '401 patterns' in about and 'trustworthiness 0.990' in about
  assert 'starter 401' in legend and 'samples' in legend and 'funk' in legend
  # Nothing sounds before a gesture, and nothing is fetched.
  assert not playing and context is None
  assert [name for name in fetched if not name.startswith(('data:', 'blob:'))
          ] == []


def test_hover_shows_the_pattern_under_the_cursor(page):
  for index in (_POINT, 5):
    page.pointer(*page.place(0, index), press=False)
    shown, words, hit = page.run("""
      const canvas = byId('hover').querySelector('canvas');
      const point = app.plot.pointNear(app.plot.placeOf({
        clientX: args[0], clientY: args[1]}));
      const ratio = canvas.height / 14;
      const {width} = canvas;
      const data = imageOf(canvas);
      const left = 62;
      const cell = (width - left) / 32;
      const codes = new Array(32).fill(0);
      for (let row = 0; row < 14; row++) {
        for (let step = 0; step < 32; step++) {
          const x = Math.floor(left + (step + 0.6) * cell);
          const y = Math.floor((row + 0.5) * ratio);
          const [r, g, b, a] = data.slice(4 * (y * width + x)).slice(0, 4);
          const isFaint = r > 180 && g > 180;
          if (a > 200 && !isFaint) codes[step] |= 1 << 13 - row;
        }
      }
      return [byId('hover').hidden ? null : codes,
        byId('hover').textContent, point]""", *page.place(0, index))
    layer = page.made.training if hit['layer'] == 0 else page.made.generated[0]
    assert shown == layer.codes[hit['index']].tolist()
    if hit['layer'] == 0:
      assert layer.sources[hit['index']][0] in words
  page.pointer(1200, 60, press=False)
  assert page.run("return byId('hover').hidden")


def test_click_plays_within_one_click_and_the_next_changes_over(page):
  page.pointer(*page.place(0, _POINT))
  playing, origin, state = page.run(
      'return [app.player.playing, app.current.origin, '
      'app.player.context.state]'
  )
  assert playing and state == 'running'
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


def test_neighbours_are_the_nearest_and_one_click_away(page):
  page.pointer(*page.place(0, _POINT))
  rows = page.run("""return [...document.querySelectorAll('#neighbours li')]
    .map((item) => item.textContent)""")
  assert len(rows) == 6 and rows[0].startswith('the same')
  page.run("document.querySelectorAll('#neighbours button')[1].click()")
  assert page.run('return app.player.playing')
  shown = page.run("return [byId('name').textContent, app.current.origin]")
  assert shown[1]['layer'] == 0 and shown[1]['index'] != _POINT
  assert shown[0] in rows[1]
  assert page.run("return byId('badge').dataset.word") == 'known'


def test_badge_tells_copy_near_and_novel_over_all_rotations(page):
  codes = page.made.training.codes
  turned = patterns.rotate(codes[_POINT], 5)
  near = turned.copy()
  near[0] ^= 1 << 9
  rng = np.random.default_rng(0)
  novel = rng.integers(1 << 14, size=32)
  for beat, word in ((turned, 'copy'), (near, 'near'), (novel, 'novel')):
    found = page.run("""
      app.show(app.maker.ofCodes(args[0]));
      return [byId('badge').dataset.word, byId('badge').textContent]""",
      [int(code) for code in beat])
    _, [bits] = nearest.NearestPatterns(codes).find(
        np.array([beat], np.uint16)
    )
    assert found[0] == word
    assert bits == 0 or f'{bits} bit' in found[1]


def test_dragging_pans_the_wheel_zooms_and_neither_plays(page):
  from selenium.webdriver import ActionChains
  from selenium.webdriver.common.actions import wheel_input
  view = 'return Object.values(app.plot.view)'
  left, right, low, high = page.run(view)
  x, y = page.place(0, _POINT)
  page.pointer(x, y, (x + 30, y - 20), (x + 60, y - 40))
  page.run('await frames(3)')
  after = page.run(view)
  unit = (high - low) / page.run("return byId('map').clientHeight")
  np.testing.assert_allclose(
      after, [left - 60 * unit, right - 60 * unit, low - 40 * unit,
              high - 40 * unit], atol=3 * unit,
  )
  # The points are drawn where the mouse finds them.
  page.run('await frames(3)')
  assert page.place(0, _POINT) == pytest.approx([x + 60, y - 40], abs=3)
  host = page.window.driver.find_element('id', 'map')
  ActionChains(page.window.driver).scroll_from_origin(
      wheel_input.ScrollOrigin.from_element(host), 0, -200
  ).perform()
  page.run('await frames(3)')
  closer = page.run(view)
  assert closer[1] - closer[0] < 0.95 * (after[1] - after[0])
  ratio = (closer[1] - closer[0]) / (closer[3] - closer[2])
  assert ratio == pytest.approx((right - left) / (high - low), rel=1e-6)
  assert not page.run('return app.player.playing')
  assert not any(page.codes())


# Keys and editing.


def test_keys_play_move_zoom_and_undo(page):
  page.press(' ', '#map')
  assert not page.run('return app.player.playing')  # There is no beat yet.
  from selenium.webdriver.common.keys import Keys
  page.press(Keys.ARROW_RIGHT, '#map')
  first = page.codes()
  x = page.run('return app.current.place.x')
  assert any(first) and page.run('return app.player.playing')
  page.press(Keys.ARROW_RIGHT, '#map')
  assert page.run('return app.current.place.x') > x
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
  page.press(']]]', '#map')
  assert page.run('return [app.settings.qpm, +byId("qpm").value]') == [126, 126]
  page.press('[', '#map')
  assert page.run('return app.player.settings.qpm') == 124
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
  assert not page.run("return byId('helping').open")


def test_keys_are_left_to_what_has_its_own(page):
  page.press(' ', '#legend summary')
  assert page.run("return byId('legend').open && !app.player.playing")
  page.press(' ', '#legend input')
  assert page.run('return document.querySelector("#legend input").checked')
  page.press('fr d?', '#search')
  assert page.run("""return [byId('search').value, app.favourites.codes.length,
    app.radio.isOn, byId('helping').open]""") == ['fr d?', 0, False, False]


def test_grid_is_edited_by_click_and_keys_and_shown_where_it_lands(page):
  from selenium.webdriver.common.keys import Keys
  page.run('app.show(app.maker.ofPoint(0, args[0]))', _POINT)
  before = page.codes()
  cell = 'document.querySelectorAll("#grid [role=row]")[13 - args[0]]' + (
      '.querySelectorAll("[role=gridcell]")[args[1]]'
  )
  page.run(f'{cell}.click()', voices.INDEX['cowbell'], 6)
  edited = page.codes()
  assert edited[6] == before[6] ^ 1 << voices.INDEX['cowbell']
  z, place, marked, name = page.run("""return [app.current.z, app.current.place,
    app.plot.sources.here.data, byId('name').textContent]""")
  np.testing.assert_allclose(
      z, _latents(map_builders.model(), [edited])[0], atol=1e-4
  )
  assert marked == {'x': [place['x']], 'y': [place['y']]}
  assert name == 'Your own beat'
  page.run(f'{cell}.focus()', voices.INDEX['cowbell'], 6)
  page.press([Keys.ARROW_RIGHT, Keys.ARROW_DOWN, ' '], ':focus')
  assert page.codes()[7] == edited[7] ^ 1 << voices.INDEX['cowbell'] - 1
  label, stops = page.run("""return [
    document.activeElement.getAttribute('aria-label'),
    document.querySelectorAll('#grid [role=gridcell][tabindex="0"]').length]""")
  assert label == 'ride, step 8, hit' or label.endswith('step 8, hit')
  assert stops == 1
  page.run("byId('undo').click(); byId('undo').click()")
  assert page.codes() == before


def test_mute_and_solo_are_told_to_the_player(page):
  buttons = page.run("""
    document.querySelectorAll('.mute')[13].click();
    document.querySelectorAll('.solo')[12].click();
    return [[...app.player.settings.muted], [...app.player.settings.soloed],
      document.querySelectorAll('.mute')[13].ariaPressed,
      document.querySelectorAll('.mute')[13].ariaLabel]""")
  assert buttons == [[0], [1], 'true', 'mute kick']


# Space.


def test_sliders_move_through_the_space(page):
  page.gesture()
  page.run('app.show(app.maker.ofPoint(0, args[0]))', _POINT)
  z, codes, place = page.run("""
    const input = byId('sliders').querySelectorAll('input')[1];
    slide(input, Number(input.max) - 0.1);
    return [app.current.z, app.current.codes, app.current.place]""")
  model = map_builders.model()
  decoded = patterns.hits_to_step_codes(model.decode_hits(np.array([z])))
  assert codes == decoded[0].tolist() == page.codes()
  assert z[0] == pytest.approx(page.made.training.latents[_POINT][0], abs=0.1)
  latents = page.made.training.latents
  near = np.argsort(np.square(latents - z).sum(1))[:6]
  inside = page.made.training.coordinates[near]
  assert inside[:, 0].min() - 1e-3 <= place['x'] <= inside[:, 0].max() + 1e-3
  assert page.run("return byId('name').textContent") == 'Between the points'
  page.run("byId('undo').click()")
  assert page.codes() == page.made.training.codes[_POINT].tolist()


def test_threshold_and_temperature_change_what_is_decoded(page):
  page.gesture()
  page.run('app.show(app.maker.ofPoint(0, args[0]))', _POINT)
  counts = [page.run("""
    slide(byId('threshold'), args[0]);
    const bits = app.current.codes.reduce((sum, code) =>
      sum + code.toString(2).replaceAll('0', '').length, 0);
    return bits""", t) for t in (0.9, 0.5, 0.1)]
  assert counts[0] < counts[1] < counts[2]
  page.run("slide(byId('threshold'), 0.5)")
  sober = page.codes()
  page.run("slide(byId('temperature'), 1.5)")
  drawn = page.codes()
  assert drawn != sober
  page.run("slide(byId('temperature'), 0)")
  assert page.codes() == sober


def test_genre_sliders_lead_from_the_beat_on_show(page):
  page.gesture()
  found = page.run("""
    const input = byId('directions').querySelector('input');
    const way = app.data.directions[0].way;
    const results = [];
    for (const index of [args[0], 11]) {
      app.show(app.maker.ofPoint(0, index));
      const from = [...app.current.z];
      slide(input, 1);
      slide(input, 1.5);
      results.push([from, way, app.current.z, input.value,
        byId('directions').textContent]);
    }
    app.show(app.maker.ofPoint(0, 3));
    results.push(input.value);
    return results;""", _POINT)
  for start, way, z, value, words in found[:2]:
    np.testing.assert_allclose(
        z, np.array(start) + 1.5 * np.array(way), atol=1e-4
    )
    assert value == '1.5' and 'beats,' in words and 'sd apart' in words
  assert found[2] == '0'


def test_roaming_decodes_under_the_hand_and_says_what_is_implausible(page):
  page.run("document.querySelector('[data-mode=roam]').click()")
  from selenium.webdriver import ActionChains
  view = page.run('return app.plot.view')
  page.run('await until(() => app.maker.farBits < Infinity)')
  start, end = page.place(0, _POINT), page.place(0, 120)
  chain = ActionChains(page.window.driver, duration=30)
  mouse = chain.w3c_actions.pointer_action
  mouse.move_to_location(*map(round, start))
  mouse.pointer_down()
  chain.perform()
  seen = []
  for share in np.linspace(0, 1, 6):
    at = [round(a + share * (b - a)) for a, b in zip(start, end)]
    chain = ActionChains(page.window.driver, duration=5)
    chain.w3c_actions.pointer_action.move_to_location(*at)
    chain.perform()
    seen.append(page.run("""return [app.current.codes.join(),
      byId('plausible').textContent, app.current.place,
      app.player.playing]"""))
  depth = page.run('return app.history.states.length')
  chain = ActionChains(page.window.driver)
  chain.w3c_actions.pointer_action.pointer_up()
  chain.perform()
  assert len({codes for codes, *_ in seen}) >= 3
  assert len({text for _, text, *_ in seen}) >= 3
  assert all(
      re.search(r'entropy .* \d+ bits? from', text) for _, text, *_ in seen
  )
  assert all(playing for *_, playing in seen)
  # One gesture is one step of undo, and the map stays where it is.
  assert page.run('return app.history.states.length') == depth + 1
  assert page.run('return app.plot.view') == view
  dull = page.run("""
    app.show(app.maker.ofCodes([1, ...new Array(31).fill(0)]));
    return [byId('plausible').textContent, byId('beat').className]""")
  assert 'trivial' in dull[0] and dull[1] == 'implausible'
  wild = page.run("""
    app.show(app.maker.ofCodes(args[0]));
    return [byId('plausible').textContent, byId('beat').className]""",
    np.random.default_rng(0).integers(1 << 14, size=32).tolist())
  assert 'far from all' in wild[0] and wild[1] == 'implausible'
  page.run('app.show(app.maker.ofPoint(0, 1))')
  assert page.run("return byId('beat').className") == ''


def test_entropy_and_distance_are_those_of_the_package(page):
  rng = np.random.default_rng(1)
  codes = page.made.training.codes
  beats = codes[rng.integers(len(codes), size=40)].copy()
  beats[np.arange(40), rng.integers(32, size=40)] ^= 1 << 3
  beats[20:] = rng.integers(1 << 14, size=(20, 32))
  found = page.run("""return args[0].map((codes) => {
    const {nats} = app.maker.plausibility(codes);
    const [{index, distance}] = app.maker.known.nearest(codes, 1);
    return [nats, index, distance];
  })""", beats.tolist())
  index, distance = nearest.NearestPatterns(codes).find(beats)
  np.testing.assert_allclose(
      [row[0] for row in found], patterns.entropy_nats(beats), atol=1e-5
  )
  assert [row[1] for row in found] == index.tolist()
  assert [row[2] for row in found] == distance.tolist()


# Tools.


def _hits_of_midi(content):
  """Reads a file by note_seq; returns (patterns, qpm, quarter ticks, end)."""
  import note_seq
  sequence = note_seq.midi_to_note_sequence(content)
  return (
      note_sequences.to_patterns(sequence), sequence.tempos[0].qpm,
      sequence.ticks_per_quarter,
  )


def _length_quarters(content):
  """Returns where the track of a file ends, by mido."""
  import io
  import mido
  midi = mido.MidiFile(file=io.BytesIO(content))
  return sum(message.time for message in midi.tracks[0]) / midi.ticks_per_beat


def _as_codes(content):
  import note_seq
  sequence = note_seq.midi_to_note_sequence(content)
  hits = note_sequences.to_patterns(sequence)
  return patterns.hits_to_step_codes(np.stack(hits)).tolist()


def test_beat_is_downloaded_as_it_is_on_the_screen(page):
  page.pointer(*page.place(0, _POINT))
  page.run("slide(byId('qpm'), 97)")
  name, content = page.download('get-midi')
  _, qpm, ticks = _hits_of_midi(content)
  assert name == 'beat.mid'
  assert _as_codes(content) == [page.codes()]
  assert qpm == pytest.approx(97, abs=1e-3) and ticks == 480
  assert _length_quarters(content) == 8
  known = set(page.window.downloads.iterdir())
  page.press('d', '#map')
  again = page.run_until_downloaded(known)
  assert again.read_bytes() == content
  again.unlink()
  assert 'beat.mid: 1 beat at 97 qpm' in page.run(
      "return byId('status').textContent"
  )


def test_path_is_drawn_heard_and_downloaded(page):
  page.run("document.querySelector('[data-mode=draw]').click()")
  box = page.run("""const {left, top, width, height} =
    byId('map').getBoundingClientRect(); return [left, top, width, height]""")
  at = [(box[0] + u * box[2], box[1] + v * box[3])
        for u, v in ((0.3, 0.4), (0.5, 0.6), (0.7, 0.4))]
  page.pointer(*at[0], *at[1:])
  beats, line = page.run("""
    await until(() => app.player.playing && document.querySelector('.now'));
    return [app.path.beats.map(({codes}) => codes),
      app.plot.sources.line.data.x.length]""")
  assert len(beats) == 8 and line > 2
  assert len({tuple(codes) for codes in beats}) > 2
  page.run("slide(byId('qpm'), 240)")
  # What is heard is shown, bar by bar.
  page.run("""await until(() => app.current.codes.join() === args[0].join(),
    'the second beat of the path')""", beats[1])
  page.shot('path')
  page.run('app.stop()')
  _, content = page.download('path-midi')
  # A bar of each beat on the way, as it is heard.
  assert _as_codes(content) == [
      first[:16] + second[16:]
      for first, second in zip(beats[::2], beats[1::2])
  ]
  assert _length_quarters(content) == 32


def test_square_blends_its_corners_and_is_downloaded(page):
  page.run("byId('blend').open = true; byId('blend-midi').click()")
  assert 'nothing to take away' in page.run(
      "return byId('status').textContent"
  )
  page.run("""
    app.show(app.maker.ofPoint(0, args[0]));
    document.querySelector('.corner').click();
    byId('blend-fill').click();""", _POINT)
  corners = page.run('return app.square.corners.map(({codes, z}) => '
                     '[codes, z])')
  assert corners[0][0] == page.made.training.codes[_POINT].tolist()
  page.run("document.querySelector('.pad').scrollIntoView()")
  box = page.run("""const {left, top, width, height} = document.querySelector(
    '.pad').getBoundingClientRect(); return [left, top, width, height]""")
  page.pointer(box[0] + 0.3 * box[2], box[1] + 0.6 * box[3])
  at, z, playing, text = page.run("""return [app.square.at, app.current.z,
    app.player.playing, document.querySelector('.pad').ariaValueText]""")
  assert playing and '30 % right' in text
  zs = np.array([corner[1] for corner in corners])
  weights = [(1 - at['u']) * (1 - at['v']), at['u'] * (1 - at['v']),
             (1 - at['u']) * at['v'], at['u'] * at['v']]
  np.testing.assert_allclose(z, weights @ zs, atol=1e-6)
  page.shot('blend')
  from selenium.webdriver.common.keys import Keys
  page.press([Keys.ARROW_LEFT] * 10 + [Keys.ARROW_UP] * 10, '.pad')
  assert page.codes() == corners[0][0]
  name, content = page.download('blend-midi')
  grid = _as_codes(content)
  assert name == 'blend.mid' and len(grid) == 25
  assert [grid[i] for i in (0, 4, 20, 24)] == [codes for codes, _ in corners]


def test_radio_strolls_until_a_hand_takes_over(page):
  page.gesture()
  page.run('app.show(app.maker.ofPoint(0, args[0]))', _POINT)
  page.run("byId('radio').click(); slide(byId('qpm'), 240)")
  heard = page.run("""
    const heard = new Set();
    await until(() => {
      heard.add(app.current.codes.join());
      return heard.size >= 3;
    }, 'three beats of the radio');
    return [byId('radio').ariaPressed, heard.size]""")
  assert heard == ['true', 3]
  page.pointer(*page.place(0, 20))
  assert page.run("""return [app.radio.isOn, byId('radio').ariaPressed,
    app.queue.length]""") == [False, 'false', 0]
  shown = page.codes()
  page.run('const {count} = app.player.sequencer; '
           'await until(() => app.player.sequencer.count > count + 40)')
  assert page.codes() == shown


# What is shown.


def test_search_counts_and_dims_the_rest(page):
  genre = page.made.training.genres[0][0]
  count = sum(genre in g or any(genre in s for s in src) for g, src in zip(
      page.made.training.genres, page.made.training.sources
  ))
  before = page.run('return pixels()')
  page.press(genre.replace('_', ' '), '#search')
  page.run("await until(() => byId('matches').textContent); await frames(3)")
  assert count <= int(
      page.run("return byId('matches').textContent").split()[0]
  ) < len(page.made.training)
  after = page.run('return pixels()')
  assert before != after
  page.run("""byId('search').value = ''; byId('search').dispatchEvent(
    new Event('input')); await until(() => !byId('matches').textContent);
    await frames(3)""")
  assert page.run('return pixels()') == before


def test_legend_hides_layers_and_genres_and_colours_them(page):
  change = """
    const label = [...document.querySelectorAll('#legend label')].find(
      ({textContent}) => textContent.startsWith(args[0]));
    label.querySelector('input').click();
    await frames(3);
    return pixels();"""
  def reddish(found):
    rows = np.array([[*map(int, k.split(',')), n] for k, n in found.items()])
    red = (rows[:, 0] > rows[:, 1] + 80) & (rows[:, 0] > rows[:, 2] + 80)
    return rows[red, 3].sum()
  def coloured(found):
    rows = np.array([[*map(int, k.split(',')), n] for k, n in found.items()])
    return rows[np.ptp(rows[:, :3], axis=1) > 40, 3].sum()
  page.run('await frames(3)')
  both = page.run('return pixels()')
  assert reddish(both) > 100
  known = page.run(change, 'samples')
  assert reddish(known) == 0 == coloured(known)
  by_genre = page.run(change, 'Colour by genre')
  assert coloured(by_genre) > 100
  first = page.run("""return document.querySelectorAll('[data-genre]')[0]
    .textContent""")
  without = page.run(change, first)
  assert without != by_genre
  page.run(change, first)
  page.run("""document.querySelector('#legend button').click();
    await frames(3)""")
  empty = page.run('return pixels()')
  assert len(empty) == 1
  # What is hidden is not hit either.
  page.pointer(*page.place(0, _POINT))
  assert not any(page.codes())
  page.run("""document.querySelector('#legend button').click();
    await frames(3)""")
  assert page.run('return pixels()') == by_genre


# Taking away and bringing in.


def test_link_holds_the_state(page):
  page.gesture()
  page.run("""
    app.show(app.maker.ofPoint(0, args[0]));
    const input = byId('sliders').querySelectorAll('input')[2];
    slide(input, Number(input.min) + 1);
    slide(byId('qpm'), 142); slide(byId('swing'), 0.4);
    app.plot.zoom(3);
    byId('share').click();
    await until(() => byId('status').textContent);""", _POINT)
  state = """return [app.current.codes, app.current.z, app.plot.view,
    app.settings]"""
  before = page.run(state)
  assert page.run("return byId('status').textContent") == 'Link copied'
  address = page.window.driver.current_url
  assert page.run('return navigator.clipboard.readText()') == address
  page.open('#' + address.split('#')[1])
  after = page.run(state)
  assert after[0] == before[0] == page.codes()
  np.testing.assert_allclose(after[1], before[1], rtol=1e-5)
  for key, value in before[2].items():
    assert after[2][key] == pytest.approx(value, rel=1e-3, abs=1e-3)
  assert after[3] == before[3]
  assert not page.run('return app.player.playing')


def test_hostile_links_do_nothing(page):
  state = """return [app.current.codes.some(Boolean), document.images.length,
    app.settings.qpm, ({}).x ?? null]"""
  nothing = [False, 0, 120, None]
  page.open('#b=<img src=x onerror=alert(1)>&t=200')
  assert page.run(state) == nothing
  for hostile in (
      'b=<img src=x onerror=alert(1)>', 'b=' + 'zzz' * 32, 'b=' + '0' * 95,
      'z=1,2,3,4', 'b[]=1', '__proto__[x]=1', '%00%ff%', 'b=' + 'A' * 100_000,
  ):
    page.run('location.hash = args[0]; await frames(2)', hostile)
    assert page.run(state) == nothing


def test_values_of_a_link_that_are_out_of_range_are_left_out(page):
  beat = '00' + '1' + '000' * 31
  page.open(f'#b={beat}&z=NaN,1e9,<b>,4&v=5,1,2,3&t=1e9&s=-1&c=abc&k=Infinity')
  assert page.codes() == [1] + [0] * 31
  assert page.run("""return [app.settings.qpm, app.settings.swing,
    app.settings.threshold, app.settings.temperature]""") == [120, 0, 0.5, 0]
  assert page.run('return app.current.z.every(Number.isFinite)')


def test_favourites_survive_a_reload_and_are_downloaded(page):
  page.gesture()
  for index in (3, 14, 15):
    page.run("""app.show(app.maker.ofPoint(0, args[0]));
      byId('favourite').click()""", index)
  page.open()
  page.run("byId('take').open = true")
  kept = page.run("""return [app.favourites.codes,
    document.querySelectorAll('#favourites li').length]""")
  expected = page.made.training.codes[[15, 14, 3]].tolist()
  assert kept == [expected, 3]
  _, content = page.download('favourites-midi')
  assert _as_codes(content) == expected
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


_DROP = """
  const bytes = Uint8Array.from(args[1]);
  const file = new File([bytes], args[0], {type: 'audio/midi'});
  const transfer = new DataTransfer();
  transfer.items.add(file);
  byId('status').textContent = '';
  const target = args[2] ? byId('map') : document.body;
  for (const name of ['dragover', 'drop']) {
    target.dispatchEvent(new DragEvent(name, {
      bubbles: true, cancelable: true, dataTransfer: transfer}));
  }
  await until(() => byId('status').textContent, 'an answer');
  return byId('status').textContent;"""


def test_midi_file_is_dropped_and_shown_where_it_lands(page):
  hits = patterns.step_codes_to_hits(page.made.generated[0].codes[3].copy())
  hits[5, voices.INDEX['cowbell']] ^= True
  content = _midi_of(hits)
  said = page.run(_DROP, 'my beat.mid', list(content), True)
  codes = patterns.hits_to_step_codes(hits).tolist()
  assert 'my beat.mid' in said and page.codes() == codes
  np.testing.assert_allclose(
      page.run('return app.current.z'),
      _latents(map_builders.model(), [codes])[0], atol=1e-4,
  )
  assert page.run('return app.plot.sources.here.data.x.length') == 1


def _midi_of(hits):
  """Writes a pattern with 480 ticks a quarter, by hand."""
  codes = drum_maps.load(drum_maps.GM14).written_pitches
  onsets = [(120 * int(step), codes[voice]) for step, voice in
            np.argwhere(hits)]
  return builders.midi(builders.track(builders.notes(onsets)))


def test_midi_file_is_opened_by_the_button(page, tmp_path):
  hits = patterns.step_codes_to_hits(page.made.training.codes[9])
  path = tmp_path / 'Trommel 太鼓 <b>.mid'
  path.write_bytes(_midi_of(hits))
  page.run("byId('take').open = true")
  page.window.driver.find_element('id', 'open').send_keys(str(path))
  page.run("await until(() => byId('status').textContent)")
  assert page.codes() == page.made.training.codes[9].tolist()
  assert path.name in page.run("return byId('status').textContent")
  assert page.run("return byId('status').children.length") == 0


_DAMAGED = (
    (b'', 'no MIDI file'), (b'RIFF' + bytes(40), 'no MIDI file'),
    (b'MThd\x00\x00\x00\x06\x00\x00\x00\x01\x01\xe0MTrk\x00\x00\x00\x03'
     b'\x00\x90\x24', 'ends too early'),
    (builders.midi(builders.track(builders.notes([(0, 60)], channel=0))),
     'no drum notes'),
)


def test_damaged_midi_is_told_clearly(page):
  page.run('app.show(app.maker.ofPoint(0, 3))')
  before = page.codes()
  for content, words in _DAMAGED:
    said = page.run(_DROP, 'odd.mid', list(content), False)
    assert said.startswith("odd.mid can't be read") and words in said
    assert page.codes() == before


def test_codes_and_primer_are_copied(page):
  page.run('app.show(app.maker.ofPoint(0, args[0]))', _POINT)
  copied = [page.run("""
    byId('status').textContent = '';
    byId(args[0]).click();
    await until(() => byId('status').textContent);
    return [byId('status').textContent, await navigator.clipboard.readText()]
  """, name) for name in ('copy-codes', 'copy-primer')]
  assert [said for said, _ in copied] == ['Step codes copied', 'Primer copied']
  codes = page.codes()
  assert [int(c) for c in copied[0][1].split(',')] == codes
  primer = ast.literal_eval(copied[1][1])
  nine = drum_maps.load('note_seq9').written_pitches
  assert primer == [
      tuple(sorted({nine[v] for v in range(14)
                    if code >> v & 1 and nine[v] is not None}))
      for code in codes
  ]
  assert len(primer) == 32


# Look.


def _look(window, *, dark=False, calm=False):
  window.driver.execute_cdp_cmd('Emulation.setEmulatedMedia', {'features': [
      {'name': 'prefers-color-scheme', 'value': 'dark' if dark else 'light'},
      {'name': 'prefers-reduced-motion',
       'value': 'reduce' if calm else 'no-preference'},
  ]})


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
  _look(page.window, dark=name == 'dark')
  try:
    page.open()
    page.pointer(*page.place(0, _POINT))
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
    _look(page.window)


def test_reduced_motion_moves_by_beats(page):
  page.gesture()
  watch = """
    app.toggle();
    const seen = new Set();
    await until(() => {
      const cell = document.querySelector('#grid .now');
      if (cell) seen.add([...cell.parentElement.children].indexOf(cell));
      return seen.has(8);
    }, 'the third beat');
    app.stop();
    return [...seen];"""
  page.run("app.show(app.maker.ofPoint(0, 3)); slide(byId('qpm'), 200)")
  assert any(step % 4 for step in page.run(watch))
  _look(page.window, calm=True)
  try:
    assert not any(step % 4 for step in page.run(watch))
  finally:
    _look(page.window)


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
  page.run("""app.show(app.maker.ofPoint(0, 3));
    document.querySelectorAll('details').forEach((d) => { d.open = true; })""")
  assert page.run(_NAMES) == []
  roles = page.run("""return ['grid', 'row', 'rowheader', 'gridcell', 'radio',
    'radiogroup', 'application', 'status'].map((role) =>
    document.querySelectorAll(`[role=${role}]`).length)""")
  assert roles == [1, 14, 14, 448, 3, 1, 1, 1]
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
    page.run('await frames(3)')
    assert page.run(
        'return app.plot.view.right - app.plot.view.left'
    ) < 0.7 * wide
    page.run("byId('fit').click(); await frames(3)")
    assert not page.run('return app.player.playing')
    page.touch('touchStart', page.place(0, _POINT))
    page.touch('touchEnd')
    page.run('await until(() => app.player.playing)')
    assert any(page.codes())
    page.run("await until(() => document.querySelector('.now'))")
    page.shot('phone')
    page.run("""document.querySelectorAll('details').forEach((d) => {
      d.open = true; }); app.square.fill()""")
    wide = page.run("""return [document.documentElement.scrollWidth,
      byId('panel').scrollWidth - byId('panel').clientWidth,
      [...document.querySelectorAll('button, input, select, summary')]
        .filter((e) => e.offsetParent).filter((e) => {
          e.scrollIntoView({block: 'nearest'});
          const box = e.getBoundingClientRect();
          return box.left < -1 || box.right > 391 || box.bottom > 845 ||
            box.top < -1;
        }).map((e) => e.id || e.textContent)]""")
    assert wide == [390, 0, []]
  finally:
    page.window.driver.execute_cdp_cmd(
        'Emulation.setTouchEmulationEnabled', {'enabled': False}
    )
    page.window.resize(1280, 900)


def test_hostile_names_are_shown_as_text(window, tmp_path):
  path, made = map_builders.write(
      tmp_path / 'map.html', map_builders.model(), count=20, draws=20,
      title=map_builders.HOSTILE[0], hostile=True,
  )
  window.resize(1280, 900)
  page = Page(window, path, made)
  page.open()
  for index, name in enumerate(map_builders.HOSTILE):
    shown = page.run("""app.show(app.maker.ofPoint(0, args[0]));
      return [byId('title').textContent, byId('origin').textContent,
        document.images.length, document.body.dataset.hacked ?? null,
        byId('legend').textContent]""", index)
    assert shown[:4] == [map_builders.HOSTILE[0], name, 0, None]
    assert map_builders.HOSTILE[0] in shown[4]
  assert window.messages() == []


# The model.


@pytest.mark.parametrize('name', ['ae', 'vae', 'acai'])
def test_network_of_the_page_is_pytorchs(window, tmp_path, name):
  model = map_builders.model(name)
  path, made = map_builders.write(
      tmp_path / 'map.html', model, count=100, draws=0
  )
  page = Page(window, path, made)
  page.open()
  rng = np.random.default_rng(0)
  spread = made.training.latents.std(0)
  z = (made.training.latents.mean(0)
       + 2 * spread * rng.normal(size=(1000, model.z_size)))
  z = z.astype(np.float32).astype(float)
  for threshold in (0.5, 0.3):
    decoded = np.array(page.run(
        'return args[0].map((z) => app.maker.network.decode(z, '
        '{threshold: args[1]}))', z.tolist(), threshold,
    ))
    hits = patterns.step_codes_to_hits(decoded.astype(np.uint16))
    wrong = hits != model.decode_hits(z, threshold=threshold)
    assert wrong.sum() == 0
  encoded = page.run(
      'return args[0].map((codes) => app.maker.network.encode(codes))',
      made.training.codes.tolist(),
  )
  np.testing.assert_allclose(encoded, made.training.latents, atol=1e-4)
  assert window.messages() == []


def test_page_of_a_stepwise_model_works_as_the_others(window, tmp_path):
  import tiny_models
  from drumspace_ext import trained_model
  tiny_models.train(tiny_models.config('stepwise'), tmp_path / 'run')
  model = trained_model.TrainedModel(str(tmp_path / 'run'))
  path = tmp_path / 'map.html'
  made = map_builders.starter_map(model, count=100, draws=0)
  path.write_text(map_page.render(made, model), encoding='utf-8')
  window.resize(1280, 900)
  page = Page(window, path, made)
  page.open()
  page.pointer(*page.place(0, _POINT))
  assert page.codes() in made.training.codes.tolist()
  assert page.run('return app.player.playing')
  page.run("document.querySelector('[data-mode=roam]').click()")
  page.pointer(*page.place(0, 5), page.place(0, 50), page.place(0, 80))
  page.run('await until(() => !app.next.coming)')
  z = np.array([page.run('return app.current.z')])
  assert page.codes() == patterns.hits_to_step_codes(
      model.decode_hits(z, temperature=0)
  )[0].tolist()
  page.run("document.querySelector('[data-mode=draw]').click()")
  page.pointer(*page.place(0, 5), page.place(0, 50), page.place(0, 80))
  assert len(page.run('return app.path.beats')) == 8
  page.run("byId('radio').click(); slide(byId('qpm'), 240); "
           "app.stop(); app.edit(13, 1)")
  assert page.run('return app.current.place') is not None
  page.run("byId('share').click()")
  page.run("await until(() => byId('status').textContent)")
  _, content = page.download('get-midi')
  assert _as_codes(content) == [page.codes()]
  page.open('#' + page.window.driver.current_url.split('#')[1])
  page.run('location.hash = location.hash.replace("c=0.5", "c=0.3"); '
           'await frames(3)')
  assert window.messages() == []


# What hands do besides.


def _click(page, selector):
  page.window.driver.find_element('css selector', selector).click()


def test_what_is_shown_is_what_is_heard_after_a_stall(page):
  page.gesture()
  page.run("""
    slide(byId('qpm'), 240);
    app.show(app.maker.ofPoint(0, args[0]), {plays: true});
    app.path.beats = [1, 50, 90, 130, 170, 210, 250, 290].map(
      (i) => app.maker.ofPoint(0, i));
    app.path.play()""", _POINT)
  page.run("""
    await until(() => app.current.codes === app.path.beats[1].codes);
    await until(() => app.player.sequencer.step % 16 === 15);
    const end = performance.now() + 1500;
    while (performance.now() < end);
    await until(() => app.player.sequencer.steps.length > 1)""")
  for _ in range(3):
    shown, heard, coming = page.run("""
      const {sequencer, context} = app.player;
      await until(() => sequencer.step % 16 === 8);
      return [app.current.codes, sequencer.pattern, app.queue.length]""")
    assert shown == heard and coming == 0
    page.run("await until(() => app.player.sequencer.step % 16 === 15)")
  page.run('app.stop()')


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
  link = page.run("""app.show(app.maker.ofPoint(0, 3)); byId('share').click();
    return location.hash.split('&')[0]""")
  page.open(link + '&v=0,1e-300,0,1e-300')
  low, high, full = page.run("""const {low, high} = app.plot.view;
    return [low, high, app.plot.full]""")
  assert high - low > 5e-5 * full


def test_accents_are_heard_and_in_the_file_or_in_neither(page):
  page.run('app.show(app.maker.ofPoint(0, args[0]))', _POINT)
  velocities = []
  for _ in range(2):
    _, content = page.download('get-midi')
    file = mido.MidiFile(file=io.BytesIO(content))
    velocities.append({
        message.velocity for message in file.tracks[0]
        if message.type == 'note_on'
    })
    hash_ = page.run("byId('share').click(); return location.hash")
    _click(page, '#accents')
  assert len(velocities[0]) > 1 and len(velocities[1]) == 1
  assert page.run('return app.player.settings.accents')
  page.open(hash_)
  assert page.run("""return [byId('accents').checked,
    app.player.settings.accents]""") == [False, False]


def test_path_takes_over_from_the_radio_and_neither_fills_undo(page):
  page.gesture()
  page.run("""
    slide(byId('qpm'), 240);
    app.show(app.maker.ofPoint(0, args[0]), {plays: true});
    byId('radio').click();
    await until(() => app.current.origin?.index !== args[0] || !app.current.origin)
    """, _POINT)
  depth = page.run('return app.history.states.length')
  page.run("""
    app.path.beats = [1, 50, 90, 130].map((i) => app.maker.ofPoint(0, i));
    app.path.play()""")
  assert page.run("""return byId('radio').getAttribute('aria-pressed')
    """) == 'false'
  page.run("""for (const i of [1, 2, 3, 0]) {
    await until(() => app.current.codes === app.path.beats[i].codes);
    await new Promise((done) => setTimeout(done, 300));
  }""")
  assert page.run('return app.history.states.length') == depth
  shown = page.run("""app.stop(); const shown = [...app.current.codes];
    app.edit(2, 3); return shown""")
  page.run("byId('undo').click()")
  assert page.codes() == shown


def test_space_plays_after_a_click_on_a_button(page):
  from selenium.webdriver import ActionChains
  page.run('app.show(app.maker.ofPoint(0, args[0]))', _POINT)
  _click(page, '#fit')
  ActionChains(page.window.driver).send_keys(' ').perform()
  assert page.run('return app.player.playing')
  ActionChains(page.window.driver).send_keys(' ').perform()
  assert not page.run('return app.player.playing')


def test_chance_gives_others_each_time(page):
  corners = []
  for _ in range(2):
    page.run("byId('blend-fill').click()")
    corners.append(page.run('return app.square.corners.map((c) => c.codes)'))
  assert corners[0] != corners[1]
  page.gesture()
  ways = page.run("""
    const ways = [];
    slide(byId('qpm'), 240);
    app.show(app.maker.ofPoint(0, args[0]), {plays: true});
    for (let k = 0; k < 2; k++) {
      app.show(app.maker.ofPoint(0, args[0]));
      const real = app.playSequence;
      app.playSequence = (source) => {
        ways.push(Array.from({length: 20}, () => source().codes));
      };
      byId('radio').click();
      byId('radio').click();
      app.playSequence = real;
    }
    app.stop();
    return ways""", _POINT)
  assert ways[0] != ways[1]


def test_what_a_person_made_is_not_decoded_by_a_threshold(page):
  page.run("""app.show(app.maker.ofPoint(0, args[0])); app.edit(9, 5);
    app.edit(10, 7)""", _POINT)
  edited = page.codes()
  page.run("slide(byId('threshold'), 0.2); await frames(3)")
  assert page.codes() == edited
  page.run("""app.show(app.maker.ofLatent(app.current.z));
    await frames(3); slide(byId('threshold'), 0.05); await frames(3)""")
  assert page.codes() != edited


def test_hover_card_goes_when_the_map_moves_away_from_under_it(page):
  x, y = page.place(0, _POINT)
  page.pointer(x, y, press=False)
  page.run("await until(() => !byId('hover').hidden)")
  page.run("""byId('map').dispatchEvent(new WheelEvent('wheel',
    {deltaY: 10, clientX: args[0], clientY: args[1]}))""", x, y)
  assert page.run("return byId('hover').hidden")


def test_click_without_a_line_plays_the_point_in_every_mode(page):
  page.run("document.querySelector('[data-mode=draw]').click()")
  page.pointer(*page.place(0, _POINT))
  index, beats = page.run("""await until(() => app.player.playing);
    app.stop(); return [app.current.origin?.index, app.path.beats.length]""")
  assert index is not None and beats == 0


def test_right_button_is_no_click(page):
  page.run("""
    const [x, y] = args;
    for (const type of ['pointerdown', 'pointerup']) {
      byId('map').dispatchEvent(new PointerEvent(type,
        {button: 2, clientX: x, clientY: y, bubbles: true, pointerId: 1}));
    }""", *page.place(0, _POINT))
  assert page.codes() == [0] * 32


def test_search_needs_no_trim(page):
  counts = []
  for text in ('drum and bass', ' drum and bass '):
    counts.append(page.run("""slide(byId('search'), args[0]);
      await new Promise((done) => setTimeout(done, 200));
      return byId('matches').textContent""", text))
  assert counts[0] == counts[1] and int(counts[0].split()[0]) > 0


def test_link_in_a_notebook_is_answered_in_words(window, file, tmp_path):
  path, _ = file
  shown = map_display.show_map(str(path.parent))
  notebook = tmp_path / 'notebook.html'
  notebook.write_text(f'<!doctype html>{shown._repr_html_()}', 'utf-8')
  window.open(notebook)
  window.driver.switch_to.frame(
      window.driver.find_element('tag name', 'iframe')
  )
  try:
    said = window.run("""
      for (let i = 0; i < 500 && !document.body.dataset.ready; i++) {
        await new Promise((done) => setTimeout(done, 10));
      }
      const {maker} = drumspace;
      drumspace.show(maker.ofPoint(0, 3));
      document.getElementById('share').click();
      return document.getElementById('status').textContent""")
  finally:
    window.driver.switch_to.default_content()
  assert 'In a notebook the map has no address' in said
  assert window.messages() == []
