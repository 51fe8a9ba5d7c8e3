/**
 * What the page keeps: undo, favourites, and the state in the address.
 *
 * Everything that comes from an address or from the browser's store is read as
 * untrusted: numbers in their limits and patterns, or nothing.
 */

import {fromText, isPattern, toText} from '../beat/beats.js';

const MOST_UNDONE = 200;
const MOST_FAVOURITES = 500;
const FAVOURITES = 'drumspace_ext favourites';

/** States to go back and forth between. */
export class History {
  constructor() {
    this.states = [];
    this.at = -1;
  }

  push(state) {
    this.states = this.states.slice(0, this.at + 1).slice(-MOST_UNDONE);
    this.states.push(state);
    this.at = this.states.length - 1;
  }

  /** Adds a state unless it is the one that is on show. */
  keep(state) {
    if (this.states[this.at] !== state) this.push(state);
  }

  /** Returns the state a step back (or forth), or null at the end. */
  go(by) {
    const at = this.at + by;
    if (at < 0 || at >= this.states.length) return null;
    this.at = at;
    return this.states[at];
  }
}

/** Beats that a person wants to keep; in this browser, where it lets us. */
export class Favourites {
  constructor() {
    this.codes = [];
    try {
      const kept = JSON.parse(localStorage.getItem(FAVOURITES) ?? '[]');
      if (Array.isArray(kept)) {
        this.codes = kept.map(fromText).filter((codes) => codes !== null)
          .slice(0, MOST_FAVOURITES);
      }
    } catch {
      // A browser may forbid it, and another page may have written nonsense.
    }
  }

  save() {
    try {
      localStorage.setItem(FAVOURITES, JSON.stringify(this.codes.map(toText)));
    } catch {
      // They stay for as long as the page is open.
    }
  }

  has(codes) {
    return this.codes.some((kept) => toText(kept) === toText(codes));
  }

  /** Adds a beat or takes it away; returns whether it is one now. */
  toggle(codes) {
    const isKept = this.has(codes);
    if (isKept) {
      this.codes = this.codes.filter((kept) => toText(kept) !== toText(codes));
    } else {
      this.codes = [codes, ...this.codes].slice(0, MOST_FAVOURITES);
    }
    this.save();
    return !isKept;
  }
}

const NUMBERS = {
  // Key in the address: setting, least, most.
  t: ['qpm', 40, 240], s: ['swing', 0, 1], h: ['humanise', 0, 1],
  c: ['threshold', 0.05, 0.95], k: ['temperature', 0, 2], a: ['accents', 0, 1],
};

/** Writes a state as the fragment of an address. */
export function toHash({codes, z, isDecoded, view, settings}) {
  const parts = new URLSearchParams();
  parts.set('b', toText(codes));
  if (z) parts.set('z', z.map((value) => +value.toPrecision(6)).join(','));
  if (isDecoded) parts.set('d', '1');
  if (view) {
    parts.set('v', [view.left, view.right, view.low, view.high]
      .map((value) => +value.toPrecision(6)).join(','));
  }
  for (const [key, [name]] of Object.entries(NUMBERS)) {
    if (settings[name] !== undefined) {
      parts.set(key, String(Number(settings[name])));
    }
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
export function fromHash(hash, zSize) {
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
  for (const [key, [name, least, most]] of Object.entries(NUMBERS)) {
    const value = parts.has(key) ? Number(parts.get(key)) : NaN;
    if (value >= least && value <= most) state.settings[name] = value;
  }
  return state;
}
