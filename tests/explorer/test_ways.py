"""The page in a browser: path, square and radio: ways from beat to beat."""

import map_pages
import numpy as np
import pytest

pytestmark = pytest.mark.browser


def test_path_is_drawn_heard_and_downloaded(page):
  page.run("""slide(byId('qpm'), 240); byId('locked').click();
    document.querySelector('[data-mode=draw]').click()""")
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
  # What is heard is shown, bar by bar.
  page.run("""await until(() => deck.current.codes.join() === args[0].join(),
    'the second beat of the path')""", beats[1])
  page.shot('path')
  page.run('deck.stop()')
  _, content = page.download('path-midi')
  # A bar of each beat on the way, as it is heard.
  assert map_pages.as_codes(content) == [
      first[:16] + second[16:]
      for first, second in zip(beats[::2], beats[1::2])
  ]
  assert map_pages.length_quarters(content) == 32


def test_path_takes_over_from_the_radio_and_neither_fills_undo(page):
  page.gesture()
  page.run("""
    slide(byId('qpm'), 240); byId('locked').click();
    deck.show(app.maker.ofPoint(0, args[0]), {plays: true});
    byId('radio').click();
    await until(() => deck.current.origin?.index !== args[0])
    """, map_pages.POINT)
  depth = page.run('return deck.history.states.length')
  page.run("""
    app.path.beats = [1, 50, 90, 130].map((i) => app.maker.ofPoint(0, i));
    app.path.play()""")
  assert page.run("""return byId('radio').getAttribute('aria-pressed')
    """) == 'false'
  page.run("""let settled = null;
    deck.on('settled', ({codes}) => { settled = codes; });
    for (const i of [1, 2, 3, 0]) {
      await until(() => settled === app.path.beats[i].codes, `beat ${i}`);
    }""")
  assert page.run('return deck.history.states.length') == depth
  shown = page.run("""deck.stop(); const shown = [...deck.current.codes];
    deck.edit(2, 3); return shown""")
  page.run("byId('undo').click()")
  assert page.codes() == shown


def test_square_blends_its_corners_and_is_downloaded(page):
  page.run("byId('blend').open = true; byId('blend-midi').click()")
  assert 'nothing to take away' in page.run(
      "return byId('status').textContent"
  )
  page.run("""
    deck.show(app.maker.ofPoint(0, args[0]));
    document.querySelector('.corner').click();
    byId('blend-fill').click();""", map_pages.POINT)
  corners = page.run('return app.square.corners.map(({codes, z}) => '
                     '[codes, z])')
  assert corners[0][0] == page.made.training.codes[map_pages.POINT].tolist()
  page.run("document.querySelector('.pad').scrollIntoView()")
  box = page.run("""const {left, top, width, height} = document.querySelector(
    '.pad').getBoundingClientRect(); return [left, top, width, height]""")
  page.pointer(box[0] + 0.3 * box[2], box[1] + 0.6 * box[3])
  at, z, playing, text = page.run("""await rest();
    return [app.square.at, deck.current.z, app.player.playing,
      document.querySelector('.pad').ariaValueText]""")
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
  grid = map_pages.as_codes(content)
  assert name == 'blend.mid' and len(grid) == 25
  assert [grid[i] for i in (0, 4, 20, 24)] == [codes for codes, _ in corners]


def test_radio_strolls_until_a_hand_takes_over(page):
  page.gesture()
  page.run('deck.show(app.maker.ofPoint(0, args[0]))', map_pages.POINT)
  page.run("""slide(byId('qpm'), 240); byId('locked').click();
    byId('radio').click()""")
  heard = page.run("""
    const heard = new Set();
    await until(() => {
      heard.add(deck.current.codes.join());
      return heard.size >= 3;
    }, 'three beats of the radio');
    return [byId('radio').ariaPressed, heard.size]""")
  assert heard == ['true', 3]
  page.pointer(*page.place(0, 20))
  assert page.run("""return [app.radio.isOn, byId('radio').ariaPressed,
    deck.queue.length]""") == [False, 'false', 0]
  shown = page.codes()
  page.run('const {count} = app.player.sequencer; '
           'await until(() => app.player.sequencer.count > count + 40)')
  assert page.codes() == shown


def test_chance_gives_others_each_time(page):
  corners = []
  for _ in range(2):
    page.run("byId('blend-fill').click()")
    corners.append(page.run('return app.square.corners.map((c) => c.codes)'))
  assert corners[0] != corners[1]
  page.gesture()
  ways = page.run("""
    const ways = [];
    slide(byId('qpm'), 240); byId('locked').click();
    deck.show(app.maker.ofPoint(0, args[0]), {plays: true});
    for (let k = 0; k < 2; k++) {
      deck.show(app.maker.ofPoint(0, args[0]));
      const real = deck.playFrom;
      deck.playFrom = (source) => {
        deck.source = source;
      };
      byId('radio').click();
      const way = [];
      while (way.length < 20) {
        await rest();
        way.push(app.radio.beatAt().codes);
      }
      ways.push(way);
      byId('radio').click();
      deck.playFrom = real;
    }
    deck.stop();
    return ways""", map_pages.POINT)
  assert ways[0] != ways[1]


@pytest.mark.parametrize('first', ['tick', 'tellSteps'])
def test_what_is_shown_is_what_is_heard_after_a_stall(page, first):
  page.gesture()
  passed, bars = page.run("""
    const {player} = app;
    await player.sounds.filled;
    slide(byId('qpm'), 240); byId('locked').click();
    player.wake();
    const goOn = holdTime(player);
    deck.show(app.maker.ofPoint(0, args[0]), {plays: true});
    app.path.beats = [1, 50, 90, 130, 170, 210, 250, 290].map(
      (i) => app.maker.ofPoint(0, i));
    app.path.play();
    const {sequencer} = player;
    const playTo = (isThere) => {
      do {
        goOn(0.01);
        player.tick();
        player.tellSteps();
      } while (!isThere());
    };
    playTo(() => deck.current.codes === app.path.beats[1].codes);
    playTo(() => sequencer.step % 16 === 15);
    const before = sequencer.count;
    goOn(1.5);
    player[args[1]]();
    player.tick();
    const passed = sequencer.count - before - sequencer.steps.length;
    const bars = [];
    for (let i = 0; i < 3; i++) {
      playTo(() => sequencer.step % 16 === 8);
      bars.push(
        [deck.current.codes, sequencer.pattern, deck.queue.length]);
      playTo(() => sequencer.step % 16 === 15);
    }
    deck.stop();
    return [passed, bars]""", map_pages.POINT, first)
  # More than a bar went by in silence.
  assert passed >= 16
  for shown, heard, coming in bars:
    assert shown == heard and coming == 0
  assert len({tuple(shown) for shown, *_ in bars}) == 3


def test_path_is_pulled_played_again_and_cleared_by_escape(page):
  page.gesture()
  page.run("""slide(byId('qpm'), 240); byId('locked').click();
    document.querySelector('[data-mode=draw]').click()""")
  box = page.run("""const {left, top, width, height} =
    byId('map').getBoundingClientRect(); return [left, top, width, height]""")

  def at(u, v):
    return box[0] + u * box[2], box[1] + v * box[3]

  page.pointer(*at(0.3, 0.5), at(0.4, 0.5), at(0.5, 0.5), at(0.6, 0.5),
               at(0.7, 0.5))
  # A line is taken hold of when its beats are there.
  line = page.run("""await until(() => app.path.beats.length);
    return app.path.line""")
  page.pointer(*at(0.5, 0.5), at(0.5, 0.6), at(0.5, 0.7))
  pulled = page.run('return app.path.line')
  # Most is felt where it is held, nothing at the ends.
  assert len(pulled) > 2
  middle = min(point['y'] for point in pulled)
  ends = [pulled[0]['y'], pulled[-1]['y']]
  assert middle < min(ends) - 0.5 * abs(line[0]['x'] - line[-1]['x']) * 0.2
  assert ends == pytest.approx([line[0]['y'], line[-1]['y']], abs=0.05 * (
      abs(line[0]['x'] - line[-1]['x'])))
  first = page.run("""deck.stop(); byId('path-again').click();
    await until(() => deck.current.codes === app.path.beats[0].codes);
    return [app.player.playing, byId('path-clear').hidden]""")
  assert first == [True, False]
  from selenium.webdriver.common.keys import Keys
  page.press(Keys.ESCAPE, '#map')
  assert page.run("""return [app.path.beats.length, app.player.playing,
    app.plot.sources.line.data.x.length, byId('path-again').hidden]
    """) == [0, True, 0, True]


def test_roam_and_path_play_nothing_trivial(page):
  trivial = page.run("""
    const {maker} = app;
    const places = [];
    const {bounds: b} = app.plot.index;
    for (let u = 0; u <= 1; u += 0.04) {
      for (let v = 0; v <= 1; v += 0.04) {
        places.push({x: b.left + u * (b.right - b.left),
          y: b.low + v * (b.high - b.low)});
      }
    }
    // The same with decodings that are trivial, each second one.
    const decode = maker.network.decode.bind(maker.network);
    let count = 0;
    maker.network.decode = (z, options) =>
      count++ % 2 ? decode(z, options) : new Array(32).fill(4);
    const beats = places.map((place) => maker.goodOfPlace(place));
    return [beats.filter((beat) => beat && maker.isTrivial(beat.codes)).length,
      beats.filter(Boolean).length, places.length]""")
  assert trivial[0] == 0 and trivial[1] > 0.9 * trivial[2]


def test_variations_are_near_and_the_die_gives_beats_that_sound(page):
  page.gesture()
  page.run('deck.show(app.maker.ofPoint(0, args[0]))', map_pages.POINT)
  before = page.codes()
  page.run("byId('vary').click(); "
           "await until(() => !byId('variants').hidden)")
  shown = page.run("""return [...byId('variants').querySelectorAll('.item')]
    .map((item) => item.textContent)""")
  assert shown[0] == 'as it was' and len(shown) == 5
  page.run("byId('variants').querySelectorAll('.item')[1].click()")
  near = page.codes()
  assert near != before
  page.run("byId('variants').querySelectorAll('.item')[0].click()")
  assert page.codes() == before
  thrown = set()
  for _ in range(4):
    page.run("byId('die').click()")
    thrown.add(tuple(page.codes()))
    assert not page.run('return app.maker.isTrivial(deck.current.codes)')
  assert len(thrown) == 4
  page.run("byId('later').click()")
  turned = page.codes()
  page.run("byId('earlier').click()")
  assert page.codes() == turned[1:] + turned[:1]
  page.run("byId('clear').click()")
  assert page.codes() == [0] * 32
  page.run("byId('undo').click()")
  assert page.codes() == turned[1:] + turned[:1]


def test_four_bars_more_are_dealt_anew_behind_the_seed(page):
  page.gesture()
  page.run("""slide(byId('qpm'), 240); byId('locked').click();
    deck.show(app.maker.ofPoint(0, args[0]))""", map_pages.POINT)
  seed = page.codes()
  deal = """byId('continue').click();
    await rest();
    return app.continuation.beats.map(({codes}) => codes)"""
  dealt = page.run(deal)
  assert len(dealt) == 3 and dealt[0] == seed
  words = page.run("""return [...byId('continued').querySelectorAll('.item')]
    .map((item) => item.textContent)""")
  assert words == ['seedbars 1–2', 'bars 3–4continued', 'bars 5–6continued']
  # A mark goes with what is heard, round and round.
  page.run("""for (const i of [0, 1, 2, 0]) {
    await until(() => document.querySelectorAll('#continued .item')[i]
      .getAttribute('aria-pressed') === 'true', `part ${i}`);
  }""")
  page.shot('continued')
  again = page.run(deal)
  assert again[0] == seed and again[1:] != dealt[1:]
  assert any(map(any, again[1:]))
  page.run("byId('continued').querySelector('.close button').click()")
  assert page.run("return byId('continued').hidden && deck.source === null")
  page.run('deck.stop(); deck.clear()')
  page.run("byId('continue').click()")
  assert 'no beat yet' in page.run("return byId('status').textContent")
