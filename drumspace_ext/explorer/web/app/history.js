/**
 * The history: beats to go back and forth between, how they were played, and
 * what else of the page is undone.
 */

import {SETTINGS} from '../settings.js';

const MOST_STATES = 200;
const UNDONE = SETTINGS.filter(({undone}) => undone).map(({name}) => name);

export class History {
  /** @param {!Settings} settings Of which it keeps what can be undone. */
  constructor(settings) {
    this.settings = settings;
    this.others = [];
    /** Each `{beat, values, others}`. */
    this.states = [];
    this.at = -1;
  }

  /**
   * Undoes another part too.
   * @param {!Object} part What is read as its `state` is given back to it.
   */
  include(part) {
    this.others.push(part);
    for (const {others} of this.states) others.push(part.state);
  }

  /** The beat that was on show when it was added to last, or gone to. */
  get beat() {
    return this.states[this.at].beat;
  }

  push(beat) {
    const {values} = this.settings;
    this.states = this.states.slice(0, this.at + 1).slice(-MOST_STATES);
    this.states.push({beat, values: Object.fromEntries(
      UNDONE.filter((name) => name in values)
        .map((name) => [name, values[name]])),
    others: this.others.map(({state}) => state)});
    this.at = this.states.length - 1;
  }

  /** Adds a beat unless it is the one that is on show. */
  keep(beat) {
    if (this.beat !== beat) this.push(beat);
  }

  /**
   * Returns the beat a step back (or forth); null at the end, and where
   * something else was undone, for then it plays on.
   */
  go(by) {
    const at = this.at + by;
    const was = this.beat;
    if (at < 0 || at >= this.states.length) return null;
    this.at = at;
    const {beat, values, others} = this.states[at];
    for (const [name, value] of Object.entries(values)) {
      if (this.settings.values[name] !== value) this.settings.set(name, value);
    }
    this.others.forEach((part, i) => {
      part.state = others[i];
    });
    return beat === was ? null : beat;
  }
}
