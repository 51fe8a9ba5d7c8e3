r"""Tells which tasks of the map's page are long, by Chromium's own trace.

Usage:
  python tests/benchmarks/page_tasks.py [--points=N] [--model=acai]
    [--page=FILE] [--json=FILE]

A task that keeps the page's thread for more than 50 ms is one that a hand
feels; more than 16 ms cost a frame. Each thing that a hand may do is done once
on a page that has settled, and the tasks of the page's main thread until
nothing is being made any more are counted: by the thread's own CPU time, which
other work on the machine does not lengthen, and the longest by the clock, which
it does. `threads` are the page's workers, `beats` what was shown: the CPU time
of a beat says how many a second free cores would make.

The points are made up, as in page_speed.py.
"""

import json
import os
import pathlib
import sys
import tempfile

from absl import app

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'helpers'))
import browser
import page_benchmarks

from drumspace_ext.explorer import page as map_page
from drumspace_ext.notes import midi_writing
from drumspace_ext.starter import songs as starter_songs

_FRAME_MS, _LONG_MS = 16, 50
_SETUP = """
  for (let i = 0; i < 6000 && !document.body.dataset.ready; i++) {
    await new Promise((done) => setTimeout(done, 5));
  }
  window.pause = (ms) => new Promise((done) => setTimeout(done, ms));
  window.byId = (id) => document.getElementById(id);
  window.rest = async () => {
    const {deck, workshop, maker, player} = drumspace;
    const isBusy = () => workshop.waiting?.size || deck.next.coming ||
      deck.next.making || maker.farBits === Infinity ||
      player.sounds.now?.ofVoices.filter(Boolean).length < 14;
    do await pause(400); while (isBusy());
  };
  window.slide = (input, share) => {
    input.value = +input.min + share * (input.max - input.min);
    input.dispatchEvent(new Event('input', {bubbles: true}));
  };
  window.hand = async (host, count, place) => {
    host.setPointerCapture = () => {};
    const box = host.getBoundingClientRect();
    for (let k = 0; k <= count + 1; k++) {
      const name = !k ? 'pointerdown' : k > count ? 'pointerup' : 'pointermove';
      const [u, v] = place(k / count);
      host.dispatchEvent(new PointerEvent(name, {bubbles: true, buttons: 1,
        clientX: box.left + u * box.width, clientY: box.top + v * box.height}));
      await new Promise(requestAnimationFrame);
    }
  };
  window.shown = 0;
  drumspace.deck.on('show', () => shown++);
  window.mode = (name) =>
    document.querySelector(`[data-mode=${name}]`).click();
  return null;"""
_ACTIONS = {
    'first press of Play': "byId('play').click();",
    'a click on a point': """
      const {maker, deck} = drumspace;
      deck.show(maker.ofPoint(0, 77), {plays: true});""",
    'hovering': """
      const host = byId('map');
      const box = host.getBoundingClientRect();
      for (let k = 0; k < 40; k++) {
        host.dispatchEvent(new PointerEvent('pointermove', {bubbles: true,
          pointerType: 'mouse', clientX: box.left + box.width * (k + 1) / 42,
          clientY: box.top + box.height * (0.5 + 0.3 * Math.sin(k))}));
        await new Promise(requestAnimationFrame);
      }""",
    'zooming': """
      for (let k = 0; k < 20; k++) {
        if (k < 10) drumspace.plot.zoomIn(); else drumspace.plot.zoomOut();
        await new Promise(requestAnimationFrame);
      }""",
    'roaming': """mode('roam');
      await hand(byId('map'), 40, (t) => [0.3 + 0.4 * t, 0.4 + 0.2 * t]);
      mode('move');""",
    'a path': """mode('draw');
      await hand(byId('map'), 20, (t) => [0.3 + 0.4 * t, 0.6 - 0.2 * t]);
      mode('move');""",
    'a slider': """
      const input = byId('sliders').querySelector('input');
      for (let k = 0; k < 20; k++) {
        slide(input, k / 20);
        await new Promise(requestAnimationFrame);
      }
      input.dispatchEvent(new Event('change'));""",
    'the threshold': """
      for (let k = 5; k < 15; k++) {
        slide(byId('threshold'), k / 20);
        await new Promise(requestAnimationFrame);
      }
      slide(byId('threshold'), 0.5);""",
    'the square': """drumspace.square.fill();
      for (let k = 0; k < 20; k++) {
        drumspace.square.play(k / 20, 0.4);
        await new Promise(requestAnimationFrame);
      }""",
    'the square as MIDI': "byId('blend-midi').click();",
    'the radio': """byId('radio').click();
      slide(byId('qpm'), 1);
      await pause(5000);
      byId('radio').click();""",
    'the die': "byId('die').click();",
    'variations': "byId('vary').click();",
    'continuing': "byId('continue').click();",
    'a favourite more, of 50': """
      drumspace.favourites.items = Array.from({length: 50}, (_, i) => ({
        codes: drumspace.maker.ofPoint(0, 11 * i).codes, name: `${i}`}));
      byId('favourite').click();""",
    '20 favourites as a WAV pack': """
      drumspace.favourites.items = Array.from({length: 20}, (_, i) => ({
        codes: drumspace.maker.ofPoint(0, 11 * i).codes, name: `${i}`}));
      const button = byId('favourites-wavs');
      button.click();
      do await pause(100); while (button.textContent.includes('Stop'));""",
    'search': """
      for (const text of ['g', 'ge', 'genre 7', 'song 9', '']) {
        byId('search').value = text;
        byId('search').dispatchEvent(new Event('input', {bubbles: true}));
        await pause(250);
      }""",
    'another kit while it plays': """
      if (!drumspace.player.playing) drumspace.deck.toggle();
      byId('kit').value = '2';
      byId('kit').dispatchEvent(new Event('change'));""",
    'a beat as WAV': "byId('get-wav').click();",
    'a dropped song': """
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(args[0])], 'song.mid'));
      document.body.dispatchEvent(new DragEvent('drop', {
        bubbles: true, cancelable: true, dataTransfer: transfer}));""",
    'the other look': "byId('theme').click();",
}


class _Trace:
  """Tasks of the page, as Chromium traces them."""

  def __init__(self, driver):
    self.driver = driver
    self.names: dict[tuple[int, int], str] = {}
    self.page = 0

  def tasks(self) -> list[tuple[tuple[int, int], float, float]]:
    """Returns (thread, CPU ms, wall ms) of the tasks since the last call."""
    found = []
    for entry in self.driver.get_log('performance'):
      message = json.loads(entry['message'])['message']
      if message['method'] != 'Tracing.dataCollected':
        continue
      event = message['params']
      thread = event.get('pid', 0), event.get('tid', 0)
      if event.get('name') == 'thread_name':
        self.names[thread] = event['args']['name']
      elif event.get('name') == 'ThreadControllerImpl::RunTask':
        found.append((
            thread, event.get('tdur', 0) / 1000, event.get('dur', 0) / 1000
        ))
    return found

  def of_page(self) -> tuple[list[tuple[float, float]], list[float]]:
    """Returns the main thread's tasks and those of workers, CPU ms."""
    tasks = self.tasks()
    if not self.page:
      # Other renderers show nothing that takes as long.
      used: dict[int, float] = {}
      for thread, cpu, _ in tasks:
        if self.names.get(thread) == 'CrRendererMain':
          used[thread[0]] = used.get(thread[0], 0) + cpu
      self.page = max(used, key=used.__getitem__)
    own = [task for task in tasks if task[0][0] == self.page]
    main = [
        (cpu, wall) for thread, cpu, wall in own
        if self.names.get(thread) == 'CrRendererMain'
    ]
    others = [
        cpu for thread, cpu, _ in own
        if 'Worker thread' in self.names.get(thread, '')
    ]
    return main, others


def _summary(main, others, beats: int = 0) -> dict[str, float]:
  return {
      'beats': beats, 'cpu_ms': round(sum(cpu for cpu, _ in main), 1),
      'threads_cpu_ms': round(sum(others), 1),
      'longest_cpu_ms': round(max((cpu for cpu, _ in main), default=0), 1),
      'longest_wall_ms': round(max((wall for _, wall in main), default=0), 1),
      'over_16_cpu': sum(cpu > _FRAME_MS for cpu, _ in main),
      'over_50_cpu': sum(cpu > _LONG_MS for cpu, _ in main),
      'threads_longest_cpu_ms': round(max(others, default=0), 1),
  }


def _measure(folder: pathlib.Path, path: pathlib.Path) -> dict:
  song = list(midi_writing.note_sequence_to_midi(
      next(iter(starter_songs.songs(seed=0)))
  ))
  found = {'load': os.getloadavg()[0], 'bytes': path.stat().st_size}
  with browser.start(folder / 'browser', trace='toplevel') as window:
    window.resize(1280, 900)
    trace = _Trace(window.driver)
    window.open(path)
    window.run(_SETUP)
    window.run('await rest(); return null')
    found['opening and preparing'] = _summary(*trace.of_page())
    window.gesture()
    trace.tasks()
    for name, script in _ACTIONS.items():
      beats = window.run(
          f'window.shown = 0; {{{script}}}\nawait rest(); return shown', song
      )
      found[name] = _summary(*trace.of_page(), beats)
      window.run('drumspace.deck.stop(); await pause(100); return null')
      trace.tasks()
  return found


def main(argv: list[str]) -> None:
  del argv
  with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    path = pathlib.Path(page_benchmarks.PAGE.value or folder / 'map.html')
    if not page_benchmarks.PAGE.value:
      path.write_text(
          map_page.render(*page_benchmarks.crowded_map()), encoding='utf-8'
      )
    found = _measure(folder, path)
  page_benchmarks.show(found)


if __name__ == '__main__':
  app.run(main)
