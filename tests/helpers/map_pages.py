"""The page for the tests: as a person meets it, and facts about its files.

`conftest.py` opens one for each test, in one browser for all. Pictures are
written to the folder that DRUMSPACE_SCREENSHOTS names.
"""

import io
import os
import pathlib
import time

import held_time
import mido
import numpy as np

from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import step_codes

_SHOTS = pathlib.Path(os.environ.get('DRUMSPACE_SCREENSHOTS', 'screenshots'))
# A point of the map that has room around it.
POINT = 37
# Only what never happens reaches it, however busy the machine is.
_WAIT_S = 120
_READY = """
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  window.until = async (holds, what) => {
    const end = performance.now() + 1000 * args[0];
    while (!holds()) {
      if (performance.now() > end) throw new Error(`never: ${what ?? holds}`);
      await pause(10);
    }
  };
  await until(() => document.body.dataset.ready, 'ready');
  window.app = window.drumspace;
  window.deck = app.deck;
  window.settings = app.settings.values;
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
    document.querySelectorAll('#grid [role=row]').forEach((row) =>
      row.querySelectorAll('.cells button').forEach((cell, step) => {
        if (cell.classList.contains('hit')) {
          if (row.hidden) throw new Error('a row that plays is folded');
          codes[step] |= 1 << row.dataset.voice;
        }
      }));
    return codes;
  };
  window.cellOf = (voice, step) => document.querySelectorAll(
    `#grid [data-voice="${voice}"] .cells button`)[step];
  // What a pointer did comes with a frame, what is made of it later.
  window.rest = async () => {
    await frames(1);
    await until(() => !app.workshop.waiting.size && !deck.next.coming &&
      !deck.next.making, 'nothing is being made');
  };
  window.slide = (input, value) => {
    input.value = String(value);
    input.dispatchEvent(new Event('input', {bubbles: true}));
    input.dispatchEvent(new Event('change', {bubbles: true}));
  };
  // The size of the window comes a frame later, and is drawn another later.
  await frames(2);
  await until(() => !app.plot.waiting, 'the map is drawn');
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
    """Opens it and waits until it can be used."""
    self.window.open(self.path, fragment)
    self.run(held_time.SCRIPT + _READY, _WAIT_S)

  def gesture(self):
    """Clicks where nothing is: without a gesture there is no sound."""
    self.window.driver.find_element('id', 'title').click()

  def codes(self):
    """Returns the beat on show once it is made, from the grid's cells."""
    shown = self.run(
        'await rest(); return [gridOnShow(), deck.current.codes]'
    )
    assert shown[0] == shown[1]
    return shown[0]

  def place(self, layer, index):
    """Returns where a point is in the window, in pixels."""
    return self.run("""
      // Words that come or go beside the map give it another height.
      await frames(2);
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
    self.run('await rest()')

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
    self.run('await rest()')

  def download(self, button):
    """Clicks a button; returns the file that comes of it."""
    known = set(self.window.downloads.iterdir())
    self.run('byId(args[0]).click()', button)
    found = self.run_until_downloaded(known)
    content = found.read_bytes()
    found.unlink()
    return found.name, content

  def run_until_downloaded(self, known):
    """Waits for a file that is not among the known ones.

    Chromium first makes an empty file of the name, then renames the whole
    one onto it: a file that has bytes is whole.
    """
    end = time.monotonic() + _WAIT_S
    while time.monotonic() < end:
      new = [path for path in self.window.downloads.iterdir()
             if path not in known and path.suffix in ('.mid', '.wav', '.zip')
             and path.stat().st_size]
      if new:
        return new[0]
      self.run('await new Promise((done) => setTimeout(done, 10))')
    raise AssertionError('nothing was downloaded')

  def shot(self, name):
    """Keeps a picture of the page."""
    self.window.screenshot(_SHOTS / f'{name}.png')


def click(page, selector):
  """Clicks an element, as a mouse does."""
  page.window.driver.find_element('css selector', selector).click()
  page.run('await rest()')


def look(window, *, dark=False, calm=False, forced=False):
  """Sets what the browser says of light, motion and colours of the system."""
  window.driver.execute_cdp_cmd('Emulation.setEmulatedMedia', {'features': [
      {'name': 'prefers-color-scheme', 'value': 'dark' if dark else 'light'},
      {'name': 'prefers-reduced-motion',
       'value': 'reduce' if calm else 'no-preference'},
      {'name': 'forced-colors', 'value': 'active' if forced else 'none'},
  ]})


def latents(model, codes):
  """Returns where a model says that beats lie."""
  hits = step_codes.step_codes_to_hits(np.array(codes, np.uint16))
  return model.encode_tensors(hits)[1]


def tempo_of(content):
  """Reads a file by note_seq; returns (qpm, ticks of a quarter)."""
  import note_seq
  sequence = note_seq.midi_to_note_sequence(content)
  return sequence.tempos[0].qpm, sequence.ticks_per_quarter


def length_quarters(content):
  """Returns where the track of a file ends, by mido."""
  midi = mido.MidiFile(file=io.BytesIO(content))
  return sum(message.time for message in midi.tracks[0]) / midi.ticks_per_beat


def as_codes(content):
  """Reads a file by note_seq; returns its patterns as step codes."""
  import note_seq
  sequence = note_seq.midi_to_note_sequence(content)
  hits = note_sequences.to_patterns(sequence)
  return step_codes.hits_to_step_codes(np.stack(hits)).tolist()
