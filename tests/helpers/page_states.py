"""States of the page, as a person meets them, for pictures and for axe-core.

Each is reached from a page that has just been opened.
"""

import functools

from drumspace_ext.notes import midi_writing
from drumspace_ext.starter import songs as starter_songs

# A point of the map that has room around it.
_POINT = 37

_SCRIPTS = """
  window.drop = (name, bytes) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(bytes)], name));
    document.body.dispatchEvent(new DragEvent('drop', {
      bubbles: true, cancelable: true, dataTransfer: transfer}));
  };
  window.said = (text) => until(
    () => byId('status').textContent.includes(text), `says ${text}`);
  window.type = (text) => {
    byId('search').value = text;
    byId('search').dispatchEvent(new Event('input', {bubbles: true}));
  };
  window.key = (target, key) => target.dispatchEvent(
    new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
  window.mode = (name) => document.querySelector(`[data-mode=${name}]`).click();
  window.play = async (beat) => {
    deck.show(beat, {plays: true});
    await until(() => document.querySelector('#grid .now'), 'it is heard');
  };
  window.pointer = (name, place, more = {}) => {
    const {x, y} = place;
    const v = app.plot.view;
    const host = byId('map');
    const box = host.getBoundingClientRect();
    host.setPointerCapture = () => {};
    host.dispatchEvent(new PointerEvent(name, {bubbles: true,
      pointerType: 'mouse',
      clientX: box.left + (x - v.left) / (v.right - v.left) * box.width,
      clientY: box.top + (v.high - y) / (v.high - v.low) * box.height,
      ...more}));
  };
  window.placeOf = (i) => ({x: app.data.layers[0].x[i],
    y: app.data.layers[0].y[i]});
  window.inside = (u, v) => {
    const {left, right, low, high} = app.plot.view;
    return {x: left + u * (right - left), y: low + v * (high - low)};
  };
  window.line = async (isRoaming) => {
    pointer('pointerdown', inside(0.3, 0.35), {buttons: 1});
    for (let k = 1; k <= 20; k++) {
      pointer('pointermove', inside(0.3 + 0.02 * k,
        0.35 + 0.2 * Math.sin(k / 6)), {buttons: 1});
      await frames(1);
    }
    if (!isRoaming) pointer('pointerup', inside(0.7, 0.32));
    await rest();
  };
  return null;
"""

STATES = {
    'first': '',
    'playing': f'await play(app.maker.ofPoint(0, {_POINT}));',
    'hover': f"pointer('pointermove', placeOf({_POINT}));",
    'help': "byId('help').click();",
    'legend': """byId('legend').open = true;
      byId('legend').querySelectorAll('details').forEach((d) => {
        d.open = true; });""",
    'dropping': "document.body.classList.add('dropping');",
    'songs': """drop('my song.mid', args[0]); await said('loop');
      const transfer = new DataTransfer();
      for (const name of ['first take of a song with a long name.mid',
        'second.mid']) transfer.items.add(
        new File([Uint8Array.from(args[0])], name));
      document.body.dispatchEvent(new DragEvent('drop', {
        bubbles: true, cancelable: true, dataTransfer: transfer}));
      await said('second');""",
    'damaged': """drop('damaged.mid', args[0].slice(0, args[0].length * 0.6));
      await said('damaged');""",
    'no midi': "drop('notes.txt', [1, 2, 3]); await said('MIDI');",
    'found': """type('rock'); key(byId('search'), 'Enter');
      key(byId('search'), 'ArrowDown'); await rest();""",
    'path': "mode('draw'); await line();",
    'roam': "mode('roam'); await line(true);",
    'blend': """byId('blend').open = true; byId('blend-fill').click();
      app.square.play(0.3, 0.6);""",
    'edited': f"""deck.show(app.maker.ofPoint(0, {_POINT}));
      for (const step of [3, 7, 11, 19, 27]) deck.edit(0, step);
      document.querySelector('[title="Put what plays into A"]').click();
      byId('later').click();
      document.querySelector('[title="Put what plays into B"]').click();
      byId('song').open = true; byId('neighbours').open = false;
      for (const slot of 'AABF') document.querySelector(
        `[data-slot=${{slot}}] button:last-child`).click();
      byId('song-play').click();
      await until(() => document.querySelector('#order .now'), 'the song');
      byId('song').scrollIntoView({{block: 'end'}});""",
    'whole grid': """byId('folded').click();
      document.querySelector('[aria-label="mute snare"]').click();
      document.querySelector('[aria-label="solo kick"]').click();""",
    'kept': """for (const i of [3, 37, 80, 120]) {
        deck.show(app.maker.ofPoint(0, i)); byId('favourite').click(); }
      byId('take').open = true; byId('neighbours').open = false;
      byId('favourites-pack').click(); await said('zip');
      byId('favourites').scrollIntoView({block: 'end'});""",
    'locked': """slide(byId('qpm'), 133); byId('locked').click();
      byId('kit').value = '1';
      byId('kit').dispatchEvent(new Event('change', {bubbles: true}));""",
    'sliders': """byId('space').open = true; byId('neighbours').open = false;
      slide(byId('busier'), 1.5); slide(byId('offbeat'), -1);
      const [word] = byId('directions').querySelectorAll('input');
      slide(word, 0.7 * word.max); await rest();
      byId('space').scrollIntoView({block: 'start'});""",
    'dimensions': """byId('space').open = byId('dimensions').open = true;
      byId('neighbours').open = false;
      byId('dimensions').scrollIntoView({block: 'start'});""",
    'radio': """byId('radio').click();
      await until(() => document.querySelector('#grid .now'), 'heard');""",
    'varied': """byId('vary').click();
      await until(() => !byId('variants').hidden, 'variations');""",
    'continued': """byId('continue').click();
      await until(() => !byId('continued').hidden, 'four bars');""",
    'silence': "byId('clear').click();",
    'own beat': """byId('clear').click();
      for (let step = 0; step < 32; step += 5) deck.edit(9, step);""",
    'made': "deck.show(app.maker.ofPoint(1, 5));",
    'all open': """document.querySelectorAll('details').forEach((details) => {
        details.open = true; });""",
}


@functools.cache
def song() -> list[int]:
  """Returns the bytes of a song with three loops."""
  return list(midi_writing.note_sequence_to_midi(
      next(iter(starter_songs.songs(seed=0)))
  ))


def enter(page, name: str) -> None:
  """Brings a page that has just been opened into a state."""
  page.run(_SCRIPTS)
  page.run(STATES[name] + 'await rest(); await frames(3); return null', song())


def let_go(page) -> None:
  """Lifts the hand if it is down; on the map it is alone to be a target."""
  page.run("""if (!deck.hand.isDown) return;
    pointer('pointerup', inside(0.7, 0.32)); await rest();
    await until(() => !document.querySelector('#grid.held'), 'free rows');
    await frames(3);""")
