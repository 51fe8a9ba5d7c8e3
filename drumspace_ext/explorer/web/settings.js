/**
 * Settings: what a person can change, each declared here and nowhere else.
 *
 * Of these rows the page makes its controls and keys (app/controls.js), and the
 * link its numbers (app/link.js). Values lie in one object, which whatever
 * plays or decodes reads as it goes, so that a new setting is a row here and a
 * line where it takes effect.
 */

import {DEFAULTS, KITS, RANGES} from './constants.js';

/**
 * A row:
 * name: of the value, and the id of its control;
 * initial: the value at first; a boolean has a box, a number a slider;
 * choices: words for the numbers from 0 on, to choose one of from a list;
 * range: the least and the greatest number, `step` between two of the slider;
 * digits: how many are shown behind the point;
 * host: the id of what its control stands in; a setting without has none;
 * label, does: what the control is called, and what it says in a few words;
 * link: its key in an address; a setting without is not in the link;
 * decodes: a beat that was decoded is decoded anew;
 * paints: the map is painted anew;
 * undone: undo brings back what it was;
 * swings: the swing of a beat's genre is to be found anew;
 * needs: the column of the data that a page must have for it;
 * keys: those that move it down and up, by how much, and the words for that.
 */
export const SETTINGS = [
  {
    name: 'groove', initial: true, host: 'manner', link: 'g', swings: true,
    undone: true, needs: 'groove.table', label: 'Groove',
    does: 'How hard and how late, as people play such a beat',
  }, {
    name: 'grooveVelocity', initial: DEFAULTS.groove_strength,
    range: RANGES.groove_strength, step: 0.01, digits: 2, host: 'strength',
    link: 'gv', undone: true, needs: 'groove.table', label: 'Loudness',
    does: 'How much of the groove: how hard hits are',
  }, {
    name: 'grooveTiming', initial: DEFAULTS.groove_strength,
    range: RANGES.groove_strength, step: 0.01, digits: 2, host: 'strength',
    link: 'gt', undone: true, swings: true, needs: 'groove.table',
    label: 'Timing', does: 'How much of the groove: how late hits are',
  }, {
    name: 'accents', initial: true, host: 'strength', link: 'a',
    label: 'Accents', does: 'Louder on the beats, as far as no groove says how',
  }, {
    name: 'qpm', initial: DEFAULTS.qpm, range: [40, 240], step: 1, digits: 0,
    host: 'transport', link: 't',
    label: 'Tempo', does: 'Quarter notes a minute',
    keys: {down: '[', up: ']', by: 2, words: 'slower, faster'},
  }, {
    name: 'locked', initial: false, host: 'feel', link: 'l',
    label: 'Lock tempo', does: 'Off: each beat comes at its own tempo',
  }, {
    name: 'swing', initial: DEFAULTS.swing, range: RANGES.swing, step: 0.01,
    digits: 2, host: 'feel', link: 's',
    label: 'Swing', does: 'How late every second sixteenth comes',
  }, {
    name: 'swingLocked', initial: false, host: 'feel', link: 'w',
    label: 'Lock swing', does: 'Off: each beat swings as its genre does',
  }, {
    name: 'humanize', initial: DEFAULTS.humanize, range: RANGES.humanize,
    step: 0.01, digits: 2, host: 'feel', link: 'h',
    label: 'Human', does: 'How much times and velocities vary',
  }, {
    name: 'kit', initial: DEFAULTS.kit, choices: KITS,
    range: [0, KITS.length - 1], host: 'feel', link: 'i',
    label: 'Kit', does: 'The drums that are heard, in WAV files too',
  }, {
    name: 'volume', initial: 0.8, range: [0, 1], step: 0.01, digits: 2,
    host: 'feel', label: 'Volume', does: 'Of this page, not of files',
  }, {
    name: 'folded', initial: true, host: 'feel', label: 'Fold',
    does: 'Shows only the rows of voices that play',
  }, {
    name: 'threshold', initial: DEFAULTS.threshold, range: [0.05, 0.95],
    step: 0.01, digits: 2, host: 'space', link: 'c', decodes: true,
    label: 'Threshold', does: 'Probability above which a hit is struck',
  }, {
    name: 'temperature', initial: 0, range: [0, 2], step: 0.05, digits: 2,
    host: 'space', link: 'k', decodes: true,
    label: 'Temperature', does: 'Above 0 hits are drawn by chance',
  },
  {
    name: 'busier', initial: 0, range: [-2, 2], step: 0.1, digits: 1,
    host: 'space', label: 'Chance: busier',
    does: 'What the die throws: more hits, or fewer; at 0 as it comes',
  }, {
    name: 'offbeat', initial: 0, range: [-2, 2], step: 0.1, digits: 1,
    host: 'space', label: 'Chance: more off the beat',
    does: 'What the die throws: more syncopated, or less; at 0 as it comes',
  },
  {
    name: 'exact', initial: false, host: 'legend', link: 'e', paints: true,
    needs: 'layer0.only_near', label: 'Only exact repeats',
    does: 'Hides beats that were found as near repeats alone',
  },
  // Of what varies or is drawn.
  {name: 'seed', initial: DEFAULTS.seed, decodes: true},
];

/** The values at first, by name, of settings that some columns allow. */
export const initialValues = (columns = {}) =>
  Object.fromEntries(SETTINGS
    .filter(({needs}) => !needs || needs in columns)
    .map(({name, initial}) => [name, initial]));

/** Returns a number as a value of a setting, or null if it is none. */
export function valueOf(
  {initial, choices, range: [least, most] = [0, 1]}, number) {
  if (!(number >= least && number <= most)) return null;
  if (choices) return Math.round(number);
  return typeof initial === 'boolean' ? number >= 0.5 : number;
}

export class Settings {
  /** @param {!Object} columns Of the page's data, by name. */
  constructor(columns) {
    this.values = initialValues(columns);
    this.listeners = [];
    this.settlers = [];
  }

  /** @param {function(!Object)} listener Gets the row that has changed. */
  onChange(listener) {
    this.listeners.push(listener);
  }

  /** @param {function(!Object)} listener Gets the row that a hand has left. */
  onSettle(listener) {
    this.settlers.push(listener);
  }

  set(name, value) {
    this.values[name] = value;
    const row = SETTINGS.find((setting) => setting.name === name);
    for (const listener of this.listeners) listener(row);
  }

  settle(row) {
    for (const listener of this.settlers) listener(row);
  }

  /** Returns a number, or the end of a setting's range that it is beyond. */
  within(name, number) {
    const {range: [least, most]} = SETTINGS.find((row) => row.name === name);
    return Math.min(Math.max(number, least), most);
  }

  /** Moves a number within its range. */
  move({name}, by) {
    this.set(name, this.within(name, this.values[name] + by));
  }
}
