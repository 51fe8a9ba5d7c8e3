/**
 * Search: the points whose genre, title, source or layer holds some words, or
 * whose genre is of a group of the legend that is called so.
 */

import {byId} from '../elements.js';

const PAUSE_MS = 120;

/**
 * A name as it is read: the page shows `_` as a space, and some systems write
 * accents as letters of their own.
 */
const asRead = (name) =>
  name.normalize('NFC').toLowerCase().replace(/[\s_]+/g, ' ');

/** Returns which points match, by layer, 1 or 0 each. */
export function matchesOf({layers, genre_groups: groups}, plain) {
  const words = asRead(plain);
  const has = (name) => asRead(name).includes(words);
  // A group without a name of its own lists its genres: each has its own name.
  const named = groups.filter(({name}) =>
    name.includes(', ') ? asRead(name) === words : has(name));
  const grouped = new Set(named.flatMap(({genres}) => genres));
  const isGenre = (name, genre) => grouped.has(genre) || has(name);
  return layers.map((layer) => {
    const is = has(layer.name) ? new Uint8Array(layer.size).fill(1) :
      layer.which(isGenre, has);
    for (const [index, title] of layer.titles) {
      if (has(title)) is[index] = 1;
    }
    return is;
  });
}

/** Returns all points that match, `{layer, index}`. */
function pointsOf(matches) {
  const points = [];
  matches?.forEach((is, layer) => is.forEach(
    (hit, index) => hit && points.push({layer, index})));
  return points;
}

/**
 * Connects the field: enter zooms to what is found, arrows step through it.
 * @param {!Object} calls `find(plain)` has it found which points match, by
 *     layer; `show(matches)` gets them, or null if nothing is searched for;
 *     `zoom(points)`; `go(point)`.
 */
export function connectSearch({find, show, zoom, go}) {
  const input = byId('search');
  let searched = '';
  let points = [];
  let at = -1;
  const tell = () => {
    const {length} = points;
    const count = length.toLocaleString();
    byId('matches').textContent = !searched ? '' : at < 0 ?
      `${count} ${length === 1 ? 'beat' : 'beats'}` : `${at + 1} of ${count}`;
  };
  let waiting = 0;
  let applied = null;
  const search = async (plain) => {
    const matches = plain ? await find(plain) : null;
    // Other words may have come meanwhile.
    if (plain !== searched) return;
    points = pointsOf(matches);
    at = -1;
    tell();
    show(matches);
  };
  const apply = () => {
    clearTimeout(waiting);
    const plain = input.value.toLowerCase().trim();
    if (plain !== searched) {
      searched = plain;
      applied = search(plain);
    }
    return applied;
  };
  input.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, PAUSE_MS);
  });
  input.addEventListener('keydown', async (event) => {
    const by = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (!by && event.key !== 'Enter') return;
    event.preventDefault();
    await apply();
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
