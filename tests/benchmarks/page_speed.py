r"""Times the map's page in headless Chromium, at 33,000 points.

Usage:
  python tests/benchmarks/page_speed.py [--points=N] [--frames=N] [--json=FILE]
    [--model=acai] [--page=FILE] [--nobokeh]

- From opening the file to interactive, and the script's share of it.
- The answer to a pointer that hovers, script time of each event.
- Frames while panning and while zooming: time between frames, and the script
  time of drawing the points in each.
- From a press of Play, of Space and of a point to the first sound: until the
  audio context reaches the time at which the first hit is to be heard, and what
  the browser says of the way from there to the ear.
- Roaming for a second, a pointer move every 4 ms: frames, and beats shown.
- Decoding a point, finding neighbours (over all rotations, and as it stands).
- The same points drawn wholly by Bokeh's scatter glyphs, on its canvas with its
  level of detail (the default: while a hand drags, every tenth point only) and
  without: the reason why points.js draws them. `mark` moves the ring around
  what plays, for which Bokeh draws all points again.

The points are made up, in clusters, so that anybody can repeat it. Chromium
draws by software here: a graphics card is faster.
"""

import os
import pathlib
import statistics
import sys
import tempfile

from absl import app
from absl import flags
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'helpers'))
import browser
import page_benchmarks

from drumspace_ext.explorer import page as map_page

_FRAMES = flags.DEFINE_integer('frames', 60, 'Frames of each motion.')
_BOKEH = flags.DEFINE_bool('bokeh', True, "Time Bokeh's glyphs, too.")
_SIZE = (1280, 900)
_OPENINGS = 5
_MOTIONS = ('mark', 'pan', 'zoom')
_READY = """
  for (let i = 0; i < 3000 && !document.body.dataset.ready; i++) {
    await new Promise((done) => setTimeout(done, 5));
  }"""
# Moves a view by a share of it at every frame, as a hand does, or the mark of
# what plays, as roaming does.
_MOTION = """
  const [frames, kind] = args;
  const next = () => new Promise(requestAnimationFrame);
  const move = (view, k) => {
    const [w, h] = [view.right - view.left, view.high - view.low];
    if (kind === 'pan') {
      const [dx, dy] = [0.01 * w * Math.cos(k / 9), 0.01 * h * Math.sin(k / 9)];
      return {left: view.left + dx, right: view.right + dx,
        low: view.low + dy, high: view.high + dy};
    }
    const by = (k < frames / 2 ? 0.02 : -0.02) / 2;
    return {left: view.left + by * w, right: view.right - by * w,
      low: view.low + by * h, high: view.high - by * h};
  };
  await next();
  const gaps = [];
  let last = await next();
  for (let k = 0; k < frames; k++) {
    if (kind === 'mark') setMark(k);
    else setView(move(getView(), k));
    const now = await next();
    gaps.push(now - last);
    last = now;
  }
  return gaps;"""
_PAGE_VIEW = """
  const app = window.drumspace;
  const getView = () => app.plot.view;
  const setView = (view) => app.plot.setView(view);
  const setMark = (k) => app.plot.mark(
    {x: Math.cos(k / 9), y: Math.sin(k / 9)});"""
_BOKEH_VIEW = """
  const {x_range: x, y_range: y} = window.plotModel;
  const getView = () => ({left: x.start, right: x.end, low: y.start,
    high: y.end});
  const setView = (view) => {
    x.setv({start: view.left, end: view.right});
    y.setv({start: view.low, end: view.high});
    // What a hand that drags tells Bokeh, so that it draws fewer points.
    if (args[2]) window.plotModel.document.interactive_start(window.plotModel);
  };
  const setMark = (k) => {
    window.plotModel.renderers.at(-1).data_source.data = {
      x: [Math.cos(k / 9)], y: [Math.sin(k / 9)]};
  };"""


def _times(values) -> dict[str, float]:
  ordered = sorted(values)
  return {
      'best_ms': round(ordered[0], 2),
      'median_ms': round(statistics.median(ordered), 2),
      'p90_ms': round(ordered[int(0.9 * (len(ordered) - 1))], 2),
  }


def _interactive(window, path) -> dict[str, float]:
  """Opens the page some times; the first one warms the disk."""
  walls, scripts = [], []
  for _ in range(_OPENINGS):
    window.open(path)
    ready, script = window.run(
        _READY + 'return [performance.now(), window.drumspace.ready];'
    )
    walls.append(ready)
    scripts.append(script)
  return {'interactive_ms': round(statistics.median(walls), 1),
          'interactive_best_ms': round(min(walls), 1),
          'of_it_after_parsing_ms': round(statistics.median(scripts), 1)}


def _hover(window) -> dict[str, float]:
  return _times(window.run("""
    const host = document.getElementById('map');
    const box = host.getBoundingClientRect();
    const times = [];
    for (let k = 0; k < 200; k++) {
      const event = new PointerEvent('pointermove', {
        clientX: box.left + box.width * (0.2 + 0.6 * (k * 0.618 % 1)),
        clientY: box.top + box.height * (0.2 + 0.6 * (k * 0.414 % 1)),
        pointerType: 'mouse', bubbles: true});
      const start = performance.now();
      host.dispatchEvent(event);
      times.push(performance.now() - start);
      if (k % 20 === 0) await new Promise(requestAnimationFrame);
    }
    return times;"""))


# What is heard first, from the moment of a gesture on.
_LISTEN = """
  const start = AudioBufferSourceNode.prototype.start;
  window.heard = new Promise((done) => {
    AudioBufferSourceNode.prototype.start = function(when, ...rest) {
      AudioBufferSourceNode.prototype.start = start;
      const {context} = this;
      // A page that draws tells late of it: by how much the context knows.
      const wait = () => context.currentTime >= when ?
        done([performance.now() - 1000 * (context.currentTime - when),
          1000 * (context.outputLatency || 0)]) : setTimeout(wait, 1);
      wait();
      return start.call(this, when, ...rest);
    };
  });
  window.pressed = new Promise((done) => {
    for (const name of ['keydown', 'pointerdown']) {
      document.addEventListener(
        name, () => done(performance.now()), {capture: true, once: true});
    }
  });
  return null;"""


def _first_sound(window, path) -> dict[str, dict[str, float]]:
  """Times the first sound of a page that was just opened, by each gesture."""
  from selenium.webdriver import ActionChains

  def key():
    ActionChains(window.driver).send_keys(' ').perform()

  def play():
    window.driver.find_element('id', 'play').click()

  def point():
    x, y = window.run("""
      const {data, plot} = window.drumspace;
      const box = document.getElementById('map').getBoundingClientRect();
      const {x, y} = data.layers[0];
      const v = plot.view;
      const at = (i) => [box.left + (x[i] - v.left) / (v.right - v.left) *
        box.width, box.top + (v.high - y[i]) / (v.high - v.low) * box.height];
      const inside = ([px, py]) =>
        document.elementFromPoint(px, py)?.closest('#map');
      let i = 0;
      while (!inside(at(i))) i++;
      return at(i).map(Math.round);""")
    chain = ActionChains(window.driver)
    chain.w3c_actions.pointer_action.move_to_location(x, y)
    chain.w3c_actions.pointer_action.click()
    chain.perform()

  found = {}
  for name, gesture in (('space', key), ('play', play), ('point', point)):
    times, latencies = [], []
    for _ in range(_OPENINGS):
      window.open(path)
      window.run(_READY)
      # As someone who has looked at the page for a moment.
      window.run('await new Promise((done) => setTimeout(done, 1500))')
      window.run(_LISTEN)
      gesture()
      pressed, (heard, latency) = window.run(
          'return [await window.pressed, await window.heard]'
      )
      times.append(heard - pressed)
      latencies.append(latency)
    found[name] = _times(times) | {
        'output_latency_ms': round(statistics.median(latencies), 1)
    }
  return found


def _roam(window) -> dict:
  """Moves through the map for a second, as a hand that roams."""
  found = window.run("""
    const {deck, plot, player} = window.drumspace;
    const host = document.getElementById('map');
    // Made up pointers can't be captured.
    host.setPointerCapture = () => {};
    const box = host.getBoundingClientRect();
    const send = (name, k) => host.dispatchEvent(new PointerEvent(name, {
      clientX: box.left + box.width * (0.5 + 0.3 * Math.cos(k / 60)),
      clientY: box.top + box.height * (0.5 + 0.3 * Math.sin(k / 45)),
      buttons: 1, bubbles: true}));
    let shown = 0;
    deck.on('show', () => shown++);
    plot.setMode('roam');
    const gaps = [];
    send('pointerdown', 0);
    let k = 0;
    const timer = setInterval(() => send('pointermove', ++k), 4);
    let last = await new Promise(requestAnimationFrame);
    const began = last;
    shown = 0;
    while (last - began < 2000) {
      const now = await new Promise(requestAnimationFrame);
      gaps.push(now - last);
      last = now;
    }
    const rate = 1000 * shown / (last - began);
    clearInterval(timer);
    send('pointerup', k);
    plot.setMode('move');
    if (player.playing) deck.stop();
    return [gaps, rate];""")
  return _times(found[0]) | {'beats_a_second': round(found[1], 1)}


def _small_work(window) -> dict[str, dict[str, float]]:
  """Times what the page computes: whole batches, for the clock is coarse."""
  found = window.run("""
    const {maker, data, plot} = window.drumspace;
    const time = (count, work) => {
      const times = [];
      for (let round = 0; round < 9; round++) {
        const start = performance.now();
        for (let k = 0; k < count; k++) work(round * count + k);
        times.push((performance.now() - start) / count);
      }
      return times;
    };
    const layer = data.layers[0];
    const point = (k) => (k * 7919) % layer.size;
    return {
      decode: time(20, (k) => maker.decode(layer.latent(point(k)))),
      encode: time(20, (k) => maker.network.encode(layer.pattern(point(k)))),
      place_to_beat: time(5, (k) => maker.ofPlace(
        {x: layer.x[point(k)], y: layer.y[point(k)]})),
      nearest_as_it_stands: time(3, (k) => maker.plausibility(
        layer.pattern(point(k)))),
      nearest_of_rotations: time(1, (k) => maker.neighbours(
        {codes: layer.pattern(point(k))}, 6)),
      draw_points: time(3, () => plot.points.draw(
        plot.view, {...plot.look, scale: 1})),
    };""")
  return {name: _times(values) for name, values in found.items()}


def _bokeh_page(made, path, *, detail: bool) -> None:
  """Writes a page with all points as Bokeh's own glyphs."""
  from bokeh import plotting
  from bokeh import resources
  from bokeh.embed import file_html
  plot = plotting.figure(
      sizing_mode='stretch_both', tools='pan,wheel_zoom', toolbar_location=None,
      output_backend='canvas',
      **({} if detail else {'lod_threshold': None}),
  )
  plot.axis.visible = plot.grid.visible = False
  for layer, color in zip(
      (made.training, *made.generated), ('#7a776f', '#d62718')
  ):
    plot.scatter(
        *layer.coordinates.T, size=4, color=color, alpha=0.45, line_width=0
    )
  plot.scatter([0], [0], size=18, fill_alpha=0, line_width=3)
  path.write_text(
      file_html(plot, resources.INLINE, 'points'), encoding='utf-8'
  )


def _bokeh(window, made, folder, *, detail: bool) -> dict:
  path = folder / f'bokeh_{detail}.html'
  _bokeh_page(made, path, detail=detail)
  walls = []
  for _ in range(_OPENINGS):
    window.open(path)
    walls.append(window.run("""
    while (!window.Bokeh?.documents?.[0]?.is_idle) {
      await new Promise((done) => setTimeout(done, 5));
    }
    window.plotModel = Bokeh.documents[0].roots()[0];
    return performance.now();"""))
  found = {'interactive_ms': round(statistics.median(walls), 1),
           'bytes': path.stat().st_size}
  for kind in _MOTIONS:
    found[kind] = _times(
        window.run(_BOKEH_VIEW + _MOTION, _FRAMES.value, kind, detail)
    )
  return found


def _measure(folder: pathlib.Path) -> dict:
  path = pathlib.Path(page_benchmarks.PAGE.value or folder / 'map.html')
  found: dict = {'load': os.getloadavg()[0]}
  if not page_benchmarks.PAGE.value or _BOKEH.value:
    made, model = page_benchmarks.crowded_map()
    found['points'] = len(made.training) + sum(map(len, made.generated))
  if not page_benchmarks.PAGE.value:
    path.write_text(map_page.render(made, model), encoding='utf-8')
  found['page'] = page = {'bytes': path.stat().st_size}
  with browser.start(folder / 'browser') as window:
    window.resize(*_SIZE)
    page |= _interactive(window, path)
    window.run("""
      while (window.drumspace.maker.farBits === Infinity) {
        await new Promise((done) => setTimeout(done, 50));
      }""")
    page['hover'] = _hover(window)
    for kind in _MOTIONS:
      page[kind] = _times(
          window.run(_PAGE_VIEW + _MOTION, _FRAMES.value, kind)
      )
    page['roam'] = _roam(window)
    page['first_sound'] = _first_sound(window, path)
    page |= _small_work(window)
    if _BOKEH.value:
      found['bokeh_scatter'] = _bokeh(window, made, folder, detail=False)
      found['bokeh_scatter_level_of_detail'] = _bokeh(
          window, made, folder, detail=True
      )
    messages = window.messages()
  if messages:
    print('console:', messages[:3])
  return found


def main(argv: list[str]) -> None:
  del argv
  np.seterr(all='raise', under='ignore')
  with tempfile.TemporaryDirectory() as folder:
    found = _measure(pathlib.Path(folder))
  page_benchmarks.show(found)


if __name__ == '__main__':
  app.run(main)
