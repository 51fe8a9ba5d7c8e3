/**
 * Search: the points whose genre, title, source or layer holds some words.
 */

import {byId} from '../elements.js';

const PAUSE_MS = 120;

/** Returns which points match, by layer, and all of them, `{layer, index}`. */
function find(layers, plain) {
  const words = plain.replaceAll(' ', '_');
  const points = [];
  const matches = layers.map((layer, number) => {
    const is = layer.name.toLowerCase().includes(plain) ?
      new Uint8Array(layer.size).fill(1) :
      layer.which((genre) => genre.includes(words),
        (id) => id.toLowerCase().includes(plain));
    for (const [index, title] of layer.titles) {
      if (title.toLowerCase().includes(plain)) is[index] = 1;
    }
    is.forEach((hit, index) => hit && points.push({layer: number, index}));
    return is;
  });
  return {matches, points};
}

/**
 * Connects the field: enter zooms to what is found, arrows step through it.
 * @param {!Array<!Object>} layers See app/data.js.
 * @param {!Object} calls `show(matches)` gets which points match, by layer, or
 *     null if nothing is searched for; `zoom(points)`; `go(point)`.
 */
export function connectSearch(layers, {show, zoom, go}) {
  const input = byId('search');
  let searched = '';
  let points = [];
  let at = -1;
  const tell = () => {
    const count = points.length.toLocaleString();
    byId('matches').textContent = !searched ? '' :
      at < 0 ? `${count} beats` : `${at + 1} of ${count}`;
  };
  let waiting = 0;
  const apply = () => {
    clearTimeout(waiting);
    const plain = input.value.toLowerCase().trim();
    if (plain === searched) return;
    searched = plain;
    at = -1;
    const found = plain ? find(layers, plain) : {matches: null, points: []};
    ({points} = found);
    tell();
    show(found.matches);
  };
  input.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, PAUSE_MS);
  });
  input.addEventListener('keydown', (event) => {
    const by = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (!by && event.key !== 'Enter') return;
    event.preventDefault();
    apply();
    if (!points.length) return;
    if (!by) {
      zoom(points);
      return;
    }
    at = at < 0 && by < 0 ? points.length - 1 :
      (at + by + points.length) % points.length;
    tell();
    go(points[at]);
  });
}
