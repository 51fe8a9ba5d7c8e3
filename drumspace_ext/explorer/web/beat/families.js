/**
 * Families: voices that belong together, in the order in which drummers read.
 */

import {VOICES} from '../constants.js';

// From top to bottom; style.css has a colour for each.
const FAMILIES = [
  ['cymbals', ['crash', 'ride']],
  ['hats', ['open_hat', 'closed_hat']],
  ['percussion',
    ['cowbell', 'high_bongo', 'low_bongo', 'conga', 'low_conga']],
  ['toms', ['high_tom', 'low_tom', 'floor_tom']],
  ['snare', ['snare']],
  ['kick', ['kick']],
];

export const familyNames = FAMILIES.map(([name]) => name);

/** The families from top to bottom, with their voices. */
export const families = FAMILIES.map(([name, names]) => ({name,
  voices: names.map((voice) => VOICES.indexOf(voice))}));

const rows = FAMILIES.flatMap(([family, names]) =>
  names.map((name) => ({voice: VOICES.indexOf(name), family})));

/** Cymbals stand at the top and the kick at the bottom, hats together. */
export const rowsFromTop = rows.map(({voice}) => voice);

/** The family of each voice. */
export const familyOf = VOICES.map(
  (_, voice) => rows.find((row) => row.voice === voice).family);

/** Voices whose rows are there whether they are struck or not. */
const mainVoices = ['closed_hat', 'snare', 'kick'].map(
  (name) => VOICES.indexOf(name));

/** Says which voices of a beat have rows where there is little room. */
export function hasRow(codes) {
  const used = codes.reduce((all, code) => all | code, 0);
  return (voice) => Boolean(used >> voice & 1) || mainVoices.includes(voice);
}
