/**
 * The history: states to go back and forth between.
 */

const MOST_STATES = 200;

export class History {
  constructor() {
    this.states = [];
    this.at = -1;
  }

  push(state) {
    this.states = this.states.slice(0, this.at + 1).slice(-MOST_STATES);
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
