/**
 * The grid under the hand: a press sets or clears a cell, and paints on.
 */

/** Returns the cell at a place of the window, if there is one. */
function cellAt(host, {clientX, clientY}) {
  const cell = document.elementFromPoint(clientX, clientY);
  return cell && host.contains(cell) && cell.step !== undefined ? cell : null;
}

/**
 * Connects mouse, pen, finger and keys.
 * @param {!HTMLElement} host
 * @param {!Grid} grid
 */
export function listenToHand(host, grid) {
  const {calls} = grid;
  /** The stroke: whether it sets cells, and the last one. */
  let stroke = null;
  let pressed = null;
  const put = (cell) => {
    stroke.last = cell;
    const {voice, step} = cell;
    if (grid.isHit(voice, step) === stroke.isOn) return;
    calls.paint(voice, step, stroke.isOn);
  };
  host.addEventListener('pointerdown', (event) => {
    const cell = event.target;
    if (event.button || cell.step === undefined) return;
    // The finger is not caught by the cell that it went down on.
    cell.releasePointerCapture?.(event.pointerId);
    stroke = {isOn: !grid.isHit(cell.voice, cell.step), id: event.pointerId};
    pressed = cell;
    put(cell);
  });
  host.addEventListener('pointermove', (event) => {
    if (stroke?.id !== event.pointerId) return;
    const cell = cellAt(host, event);
    if (cell && cell !== stroke.last) put(cell);
  });
  for (const name of ['pointerup', 'pointercancel']) {
    document.addEventListener(name, (event) => {
      if (stroke?.id !== event.pointerId) return;
      stroke = null;
      calls.painted();
    });
  }
  // A name sounds as it is pressed, not when it is let go.
  host.addEventListener('pointerdown', ({target, button}) => {
    if (button || !target.classList.contains('sound')) return;
    pressed = target;
    calls.sound(target.voice);
  });
  host.addEventListener('click', ({target}) => {
    const isDone = target === pressed;
    pressed = null;
    if (isDone) return;
    const {voice, step} = target;
    if (step !== undefined) {
      calls.paint(voice, step, !grid.isHit(voice, step));
      calls.painted();
    } else if (voice !== undefined) {
      calls.sound(voice);
    }
  });
}
