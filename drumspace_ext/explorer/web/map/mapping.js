/**
 * The map under the hand: click, roam, draw, zoom and keys.
 */

import {byId} from '../elements.js';

const KEY_REACH = 0.25;
// So near a hand takes hold of a line.
const REACH_PIXELS = 16;

/** Goes from what is on show to the next beat in a direction. */
function step(layers, {deck, maker, plot}, dx, dy) {
  const {bounds} = plot.index;
  const from = deck.current.place ?? {
    x: (bounds.left + bounds.right) / 2, y: (bounds.low + bounds.high) / 2};
  const reach = KEY_REACH * Math.max(
    bounds.right - bounds.left, bounds.high - bounds.low);
  const {origin} = deck.current;
  const found = plot.index.nearest(from.x, from.y, reach, (layer, i) => {
    if (origin?.layer === layer && origin.index === i) return false;
    if (!plot.look.colourOf(layer, i)) return false;
    const x = layers[layer].x[i] - from.x;
    const y = layers[layer].y[i] - from.y;
    const along = x * dx + y * dy;
    return along > 0 && along >= Math.abs(x * dy) + Math.abs(y * dx);
  });
  if (!found) return;
  const beat = maker.ofPoint(found.layer, found.index);
  deck.show(beat, {plays: true});
  plot.reveal(beat.place.x, beat.place.y);
}

/** Lets a person choose what dragging does. */
function connectModes(plot) {
  const modes = [...document.querySelectorAll('#modes button')];
  const choose = (button) => {
    modes.forEach((other) => {
      other.setAttribute('aria-checked', String(other === button));
      other.tabIndex = other === button ? 0 : -1;
    });
    plot.setMode(button.dataset.mode);
  };
  modes.forEach((button, i) => {
    button.addEventListener('click', () => choose(button));
    button.addEventListener('keydown', (event) => {
      const by = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1};
      if (!(event.key in by)) return;
      event.preventDefault();
      event.stopPropagation();
      const next = modes[(i + by[event.key] + modes.length) % modes.length];
      choose(next);
      next.focus();
    });
  });
  choose(modes[0]);
}

/**
 * Connects the map.
 * @param {!Array<!Object>} layers See app/data.js.
 * @param {function(?Object, !Event)} hover Shows a point, or none.
 * @param {!Object} parts `deck`, `maker`, `player`, `plot`, `path` and
 *     `workshop`.
 */
export function connectMap(layers, hover, parts) {
  const {deck, maker, player, plot, path, workshop} = parts;
  plot.on('hover', (place, event) => {
    // A finger hides what it points at.
    if (event.pointerType !== 'touch') hover(plot.pointNear(place), event);
  });
  plot.on('leave', () => hover(null));
  const click = (place) => {
    const point = plot.pointNear(place);
    if (point) {
      deck.show(maker.ofPoint(point.layer, point.index), {plays: true});
    }
  };
  plot.on('click', click);
  const roam = (place) =>
    deck.soon(() => workshop.call('place', place), {plays: true});
  plot.on('dragstart', (place) => {
    if (plot.mode === 'roam') {
      // Some browsers let sound begin in the gesture itself alone.
      player.wake();
      roam(place);
    } else {
      path.begin(place, REACH_PIXELS * place.unit);
    }
  });
  plot.on('drag', (place) => {
    if (plot.mode === 'roam') {
      roam(place);
    } else {
      path.add(place);
    }
  });
  plot.on('dragend', (place, event, moved) => {
    if (plot.mode === 'roam') deck.settle();
    else if (moved) path.end();
    else {
      path.cancel();
      click(place);
    }
  });
  connectModes(plot);
  byId('zoom-in').addEventListener('click', () => plot.zoomIn());
  byId('zoom-out').addEventListener('click', () => plot.zoomOut());
  byId('fit').addEventListener('click', () => plot.fit());
  byId('map').addEventListener('keydown', (event) => {
    const move = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1],
      ArrowDown: [0, -1]}[event.key];
    if (!move) return;
    event.preventDefault();
    step(layers, parts, ...move);
  });
}
