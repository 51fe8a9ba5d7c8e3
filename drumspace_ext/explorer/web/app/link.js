/**
 * The link: the state of the page in its address.
 *
 * What comes from an address is read as untrusted: numbers in their limits and
 * patterns, or nothing.
 */

import {fromText, isPattern, toText} from '../beat/patterns.js';
import {SETTINGS, valueOf} from '../settings.js';

// Of a pattern as text.
const BEAT_LETTERS = 96;
// Addresses have an end.
const MOST_FAVOURITES = 20;

/** Writes a state as the fragment of an address. */
export function toHash({
  codes, z, isDecoded, view, settings, song = null, favourites = [],
}) {
  const parts = new URLSearchParams();
  parts.set('b', toText(codes));
  if (z) parts.set('z', z.map((value) => +value.toPrecision(6)).join(','));
  if (isDecoded) parts.set('d', '1');
  if (view) {
    parts.set('v', [view.left, view.right, view.low, view.high]
      .map((value) => +value.toPrecision(6)).join(','));
  }
  for (const {name, link} of SETTINGS) {
    if (!link || !(name in settings)) continue;
    parts.set(link, String(Number(settings[name])));
  }
  for (const [name, text] of Object.entries(song?.toLink() ?? {})) {
    parts.set(name, text);
  }
  for (const kept of favourites.slice(0, MOST_FAVOURITES)) {
    parts.append('f', toText(kept.codes) + kept.name);
  }
  return `#${parts}`;
}

function numbers(text, count) {
  if (!text || text.length > 4000) return null;
  const values = text.split(',').map(Number);
  const fits = values.length === count &&
    values.every((value) => Number.isFinite(value) && Math.abs(value) < 1e6);
  return fits ? values : null;
}

/**
 * Reads what `toHash` wrote; what is out of order is left out.
 * @param {string} hash
 * @param {number} zSize
 */
function fromHash(hash, zSize) {
  const parts = new URLSearchParams(hash.replace(/^#/, ''));
  const state = {codes: fromText(parts.get('b')), settings: {}};
  if (!isPattern(state.codes)) return null;
  state.z = numbers(parts.get('z'), zSize);
  state.isDecoded = parts.get('d') === '1';
  const view = numbers(parts.get('v'), 4);
  if (view && view[0] < view[1] && view[2] < view[3]) {
    const [left, right, low, high] = view;
    state.view = {left, right, low, high};
  }
  for (const row of SETTINGS) {
    if (!row.link || !parts.has(row.link)) continue;
    const value = valueOf(row, Number(parts.get(row.link)));
    if (value !== null) state.settings[row.name] = value;
  }
  state.song = Object.fromEntries(['A', 'B', 'F', 'o'].map(
    (name) => [name, parts.get(name)]));
  state.favourites = parts.getAll('f').slice(0, MOST_FAVOURITES)
    .map((text) => ({codes: fromText(text.slice(0, BEAT_LETTERS)),
      name: text.slice(BEAT_LETTERS)}))
    .filter(({codes: kept}) => kept);
  return state;
}

/**
 * Takes over the state that an address holds, if it holds one.
 * @param {string} hash
 * @param {!Object} parts `deck`, `maker`, `plot`, `settings`, `song` and
 *     `favourites`.
 * @return {boolean} Whether it does.
 */
export function restore(hash, {
  deck, maker, plot, settings, song, favourites,
}) {
  const state = fromHash(hash, maker.space.zSize);
  if (!state) return false;
  deck.clear();
  for (const [name, value] of Object.entries(state.settings)) {
    if (name in settings.values) settings.set(name, value);
  }
  song.fromLink(state.song);
  deck.show(deck.pace.keep(
    maker.ofCodes(state.codes, state), Object.keys(state.settings)));
  favourites.add(state.favourites);
  if (state.view) plot.showWhole(state.view);
  return true;
}
