/**
 * Gestures: what a pointer does on the plot.
 */

const CLICK_PIXELS = 6;

/** Tells a plot's listeners of hover, click, drag and of what ends a hover. */
export function listen(plot) {
  const {host, listeners} = plot;
  let down = null;
  const tell = (name, event, ...more) =>
    listeners[name]?.(plot.placeOf(event), event, ...more);
  host.addEventListener('pointerdown', (event) => {
    // The map moves away from under it.
    tell('leave', event);
    if (event.button) return;
    down = {x: event.clientX, y: event.clientY};
    if (plot.mode !== 'move') {
      host.setPointerCapture(event.pointerId);
      tell('dragstart', event);
    }
  }, true);
  host.addEventListener('wheel', (event) => tell('leave', event),
    {capture: true, passive: true});
  host.addEventListener('pointermove', (event) => {
    if (down && plot.mode !== 'move') tell('drag', event);
    else if (!event.buttons) tell('hover', event);
  }, true);
  host.addEventListener('pointerup', (event) => {
    // What went down elsewhere is let go here.
    if (event.button || !down) return;
    const moved = Math.hypot(
      event.clientX - down.x, event.clientY - down.y) > CLICK_PIXELS;
    down = null;
    if (plot.mode !== 'move') tell('dragend', event, moved);
    else if (!moved) tell('click', event);
  }, true);
  host.addEventListener('pointercancel', () => {
    down = null;
  }, true);
  host.addEventListener('pointerleave', (event) => tell('leave', event));
}
