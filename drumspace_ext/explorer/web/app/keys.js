/**
 * Keys: those of the page, and what is left to other elements.
 */

// Held down they work on and on; others do their work once.
const ZOOM_KEYS = '+=-';

/**
 * Connects the keys.
 * @param {!Object} actions What keys do, by key, in small letters.
 * @param {!Object} moves Likewise, for those that move a setting.
 * @param {function(number)} undo Goes a step back, -1, or forth, 1.
 */
export function connectKeys(actions, moves, undo) {
  document.addEventListener('keydown', (event) => {
    const {target, key} = event;
    // Some keyboards have these behind AltGr or Option.
    const isTyped = Object.hasOwn(moves, key);
    if (target.closest('dialog') ||
        target.matches('input[type=search], input[type=text], select')) return;
    if ((event.ctrlKey || event.metaKey) && !isTyped) {
      const by = {z: event.shiftKey ? 1 : -1, y: 1}[key.toLowerCase()];
      if (by) {
        event.preventDefault();
        undo(by);
      }
      return;
    }
    if (event.altKey && !isTyped) return;
    // Buttons and boxes have their own space, sliders their own arrows.
    if (key === ' ' && target.matches(
      'button, summary, input:not([type=range])')) return;
    const action = moves[key] ?? actions[key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    if (!event.repeat || isTyped || ZOOM_KEYS.includes(key)) action();
  });
  // After a click the keys are those of the page again.
  document.addEventListener('click', ({detail, target}) => {
    if (detail) target.closest('button:not(#grid *)')?.blur();
  });
}
