/**
 * Patterns: arrays of 32 step codes, measured, and as text.
 *
 * Bit v of a step code is voice v.
 */

import {NUM_STEPS, NUM_VOICES} from '../constants.js';

export const silence = () => new Array(NUM_STEPS).fill(0);

/** Says whether an array is a pattern. */
export function isPattern(codes) {
  return Array.isArray(codes) && codes.length === NUM_STEPS && codes.every(
    (c) => Number.isInteger(c) && c >= 0 && c < 1 << NUM_VOICES);
}

export function sameBeat(a, b) {
  return a.every((code, step) => code === b[step]);
}

/** Returns a pattern that begins some steps later in itself. */
export function rotated(codes, by) {
  return codes.map((_, step) => codes[(step + by + NUM_STEPS) % NUM_STEPS]);
}

/** Shannon entropy of the step codes, in nats. */
export function entropy(codes) {
  const counts = new Map();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  let sum = 0;
  for (const n of counts.values()) {
    sum -= n / NUM_STEPS * Math.log(n / NUM_STEPS);
  }
  return sum;
}

/** A pattern as text for an address: 28 bits a step and its next. */
export function toText(codes) {
  return codes.map((code) => code.toString(36).padStart(3, '0')).join('');
}

/** The pattern of such a text, or null if it is none. */
export function fromText(text) {
  if (typeof text !== 'string' || !/^[0-9a-z]{96}$/.test(text)) return null;
  const codes = text.match(/.{3}/g).map((part) => parseInt(part, 36));
  return isPattern(codes) ? codes : null;
}

/** A beat as drums_rnn's --primer_drums, a Python list of tuples. */
export function toPrimer(codes, pitches) {
  const steps = codes.map((code) => {
    const struck = [];
    for (let v = 0; v < NUM_VOICES; v++) {
      const pitch = pitches[v];
      if (code >> v & 1 && pitch !== null && !struck.includes(pitch)) {
        struck.push(pitch);
      }
    }
    struck.sort((a, b) => a - b);
    return `(${struck.join(', ')}${struck.length === 1 ? ',' : ''})`;
  });
  return `[${steps.join(', ')}]`;
}
