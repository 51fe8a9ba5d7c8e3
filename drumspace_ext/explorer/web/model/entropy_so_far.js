/**
 * The entropy of the steps of a beat that are written so far, as
 * models/plans.py has it.
 */

import {addRow} from './layers.js';

/** What one more of so many equal steps adds to the sum of c * ln(c). */
const growth = (count) =>
  (count + 1) * Math.log(count + 1) - (count && count * Math.log(count));

export class EntropySoFar {
  /** @param {number} minNats A beat with less is trivial. */
  constructor(minNats) {
    this.minNats = minNats;
    this.begin();
  }

  /** Begins a beat. */
  begin() {
    this.sum = 0;
  }

  /** Notes a step that was written. */
  note(codes, step) {
    const earlier = codes.slice(0, step);
    this.sum += growth(earlier.filter((code) => code === codes[step]).length);
  }

  /** The nats of so many steps. */
  nats(step) {
    return step ? Math.log(step) - this.sum / step : 0;
  }

  /** Whether so many steps hold too little for a beat. */
  isTrivial(step) {
    return this.nats(step) < this.minNats;
  }

  /** Adds to `known` what rows say of it, from one on. */
  tell(known, rows, row, step) {
    addRow(known, rows, row, this.nats(step));
    if (this.isTrivial(step)) addRow(known, rows, row + 1, 1);
  }
}
