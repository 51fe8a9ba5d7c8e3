"""The page in a browser: the threads in which beats and sounds are made."""

import map_builders
import map_pages
import pytest

from drumspace_ext.explorer import page as map_page
from drumspace_ext.sound import kit as kits

pytestmark = pytest.mark.browser

_PLACES = """[[0.2, 0.3], [0.4, 0.5], [0.6, 0.5], [0.8, 0.7]].map(([u, v]) => {
    const {left, right, low, high} = app.plot.index.bounds;
    return {x: left + u * (right - left), y: low + v * (high - low)};
  })"""


def test_jobs_are_done_in_a_thread_as_the_page_would(page):
  is_there, differing = page.run(f"""
    const {{workshop, maker, data}} = app;
    const places = {_PLACES};
    const beat = maker.ofPoint(0, args[0]);
    const corners = [1, 50, 90, 130].map((i) => maker.ofPoint(0, i));
    const loops = [{{codes: beat.codes, tempo: null}}, {{codes:
      [...beat.codes.slice(5), ...beat.codes.slice(0, 5)],
      tempo: {{low: 90, high: 90, isKnown: true}}}}];
    const differing = [];
    for (const [name, ...what] of [['path', places], ['vary', beat, 4, 7],
      ['place', places[1]], ['latent', beat.z.map((v) => v + 0.1)],
      ['invent', 7], ['blend', corners, 0.3, 0.6], ['square', corners],
      ['follow', beat.codes, 2, 7], ['loops', loops],
      ['neighbours', beat, 7]]) {{
      const here = JSON.stringify(workshop.work(name, what));
      if (JSON.stringify(await workshop.call(name, ...what)) !== here) {{
        differing.push(name);
      }}
    }}
    return [workshop.worker instanceof Worker, differing]""", map_pages.POINT)
  assert is_there and differing == []


def test_sounds_are_made_in_a_thread_sample_by_sample(page):
  is_there, same, whole = page.run("""
    const {player: {sounds, kit}, studio} = app;
    await sounds.filled;
    const same = kit.voices.map((voice, v) => {
      const stroke = voice.strokes - 1;
      const made = sounds.now.ofVoices[v][stroke];
      const here = studio.work('stroke', [voice, stroke]);
      return ['bright', 'dark'].every((name) => here[name] === made[name] ||
        made[name].getChannelData(0).every((x, n) => x === here[name][n]));
    });
    return [studio.worker instanceof Worker, same,
      sounds.now.ofVoices.map((strokes) => strokes.length)]""")
  assert is_there and same == [True] * 14
  kit = kits.load()
  assert whole == [voice.strokes for voice in kit.voices]


_HANDS = {
    'a slider': """for (const value of [0.3, 0.6]) {
      slide(byId('sliders').querySelector('input'), value);
      await rest();
    }""",
    'a plain word': """slide(byId('directions').querySelector('input'), 1);
      await rest();""",
    'a threshold': """deck.show(await app.workshop.call('place',
        {x: 1, y: 1}));
      slide(byId('threshold'), 0.4);
      await rest();""",
    'the square': """app.square.fill();
      app.square.play(0.3, 0.6);
      await rest();
      await app.square.beats();""",
    'roaming': """document.querySelector('[data-mode=roam]').click();
      const box = byId('map').getBoundingClientRect();
      byId('map').setPointerCapture = () => {};
      for (const [type, u] of [['pointerdown', 0.4], ['pointermove', 0.5],
        ['pointerup', 0.5]]) {
        byId('map').dispatchEvent(new PointerEvent(type, {bubbles: true,
          buttons: 1, clientX: box.left + u * box.width,
          clientY: box.top + 0.5 * box.height}));
        await rest();
      }""",
    'a path': f"""app.path.line = {_PLACES};
      await app.path.end();""",
    'the radio': """app.radio.toggle();
      for (let i = 0; i < 4; i++) {
        await rest();
        app.radio.beatAt();
      }""",
    'the die': "byId('die').click(); await rest();",
    'variations': """byId('vary').click();
      await until(() => !byId('variants').hidden);""",
}


def test_no_hand_has_beats_decoded_or_neighbours_found_in_the_page(page):
  page.gesture()
  page.run("""
    await rest();
    window.counts = {decoded: 0, found: 0, rendered: 0};
    const {network, known} = app.maker;
    const decode = network.decode.bind(network);
    network.decode = (...args) => {
      counts.decoded++;
      return decode(...args);
    };
    const nearest = known.nearest.bind(known);
    known.nearest = (codes, count, isTurned = true) => {
      if (isTurned) counts.found++;
      return nearest(codes, count, isTurned);
    };
    const {work} = app.studio;
    app.studio.work = (...args) => {
      counts.rendered++;
      return work.call(app.studio, ...args);
    };""")
  for name, script in _HANDS.items():
    shown, found = page.run(f"""
      deck.show(app.maker.ofPoint(0, {map_pages.POINT}));
      {script}
      deck.settle();
      await rest();
      const shown = deck.current.codes.some(Boolean);
      deck.stop();
      return [shown, counts]""")
    assert shown and found == {
        'decoded': 0, 'found': 0, 'rendered': 0
    }, name
  assert page.run("""return document.querySelectorAll('#neighbours li')
    .length""") == 6


def test_the_last_beat_that_is_asked_for_has_its_neighbours_shown(page):
  rows = """[...document.querySelectorAll('#neighbours li')].map(
    (item) => item.textContent)"""
  alone, last, asked = page.run(f"""
    await rest();
    deck.show(app.maker.ofPoint(0, 3));
    await rest();
    const alone = {rows};
    const {{workshop}} = app;
    const {{call}} = workshop;
    let asked = 0;
    workshop.call = (name, ...args) => {{
      asked += name === 'neighbours';
      return call.call(workshop, name, ...args);
    }};
    for (const index of [1, 50, 90, 130, 3]) {{
      deck.show(app.maker.ofPoint(0, index));
    }}
    await until(() => app.panel.asked === null);
    return [alone, {rows}, asked]""")
  # Those between are not even looked for.
  assert last == alone and asked == 2


def test_play_waits_for_the_sounds_of_the_beat_and_for_no_others(page):
  page.gesture()
  held, playing, going, missing = page.run("""
    await app.player.sounds.filled;
    const {sounds} = app.player;
    const kit = {...sounds.kit};
    sounds.aim = null;
    sounds.now = null;
    const {make} = sounds;
    sounds.make = null;
    sounds.take();
    // Kick and snare come when we say so, the others never.
    const release = [];
    sounds.prepare((voice, stroke) => new Promise((done) => {
      const {pitch} = voice;
      if (pitch === 36 || pitch === 38) {
        release.push(() => done(make(voice, stroke)));
      }
    }), [3]);
    const beat = app.maker.ofCodes(Array.from({length: 32},
      (_, step) => step % 4 ? 0 : 1 + step % 8 / 4));
    deck.show(beat, {plays: true});
    await frames(4);
    const held = [app.player.playing, app.player.sequencer.count];
    while (!sounds.has(beat.codes)) {
      release.splice(0).forEach((call) => call());
      await frames(1);
    }
    await until(() => app.player.sequencer.count > 4);
    const {playing} = app.player;
    const heard = deck.current.codes === beat.codes;
    deck.stop();
    return [held, playing, heard,
      sounds.now.ofVoices.filter(Boolean).length]""")
  assert held == [True, 0]
  assert playing and going and missing == 2


def test_page_does_the_work_itself_where_there_is_no_thread(
    window, tmp_path, page
):
  path = tmp_path / 'map.html'
  text = map_page.render(page.made, map_builders.model())
  # As a browser that has none, and as one that lets none begin.
  for change in ('delete window.Worker', """window.Worker = class {
      constructor() { setTimeout(() => this.onerror(new Event('error'))); }
      postMessage() {} terminate() {}
    }"""):
    path.write_text(text, encoding='utf-8')
    other = map_pages.Page(window, path, page.made)
    other.open()
    found = other.run(f"""
      const {{workshop}} = app;
      workshop.close();
      workshop.isClosed = false;
      {change};
      const places = {_PLACES};
      const beats = await workshop.call('path', places);
      return [beats.length, workshop.isClosed]""")
    assert found == [4, True]
    assert other.run('return deck.current.codes.some(Boolean)')
