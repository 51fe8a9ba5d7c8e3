/**
 * The history: beats to go back and forth between, and how they were played.
 */

import {SETTINGS} from '../settings.js';

const MOST_STATES = 200;
const UNDONE = SETTINGS.filter(({undone}) => undone).map(({name}) => name);

export class History {
  /** @param {!Settings} settings Of which it keeps what can be undone. */
  constructor(settings) {
    this.settings = settings;
    /** Each `{beat, values}`. */
    this.states = [];
    this.at = -1;
  }

  push(beat) {
    const {values} = this.settings;
    this.states = this.states.slice(0, this.at + 1).slice(-MOST_STATES);
    this.states.push({beat, values: Object.fromEntries(
      UNDONE.filter((name) => name in values)
        .map((name) => [name, values[name]]))});
    this.at = this.states.length - 1;
  }

  /** Adds a beat unless it is the one that is on show. */
  keep(beat) {
    if (this.states[this.at].beat !== beat) this.push(beat);
  }

  /** Returns the beat a step back (or forth), or null at the end. */
  go(by) {
    const at = this.at + by;
    if (at < 0 || at >= this.states.length) return null;
    this.at = at;
    const {beat, values} = this.states[at];
    for (const [name, value] of Object.entries(values)) {
      if (this.settings.values[name] !== value) this.settings.set(name, value);
    }
    return beat;
  }
}
