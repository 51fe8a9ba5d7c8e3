/**
 * A manner: beats played as somebody played, as far as that tells.
 *
 * The rules are those of `Manner` and `Known` in patterns/grooves.py: tables by
 * step and voice, and of a cell that was seldom played what the groove model
 * says otherwise; patterns of a dataset are played as they were.
 *
 * Only pages that play so have this module (explorer/groove_data.py). It runs
 * before the others and puts the manner in the place of the model, so that none
 * of these knows of it.
 */

import {NUM_STEPS, NUM_VOICES, STEPS_PER_BAR} from '../constants.js';
import {GrooveModel} from './groove.js';

const BAR_CELLS = STEPS_PER_BAR * NUM_VOICES;

/** Returns where the hits of each pattern begin, by its step codes. */
function beginnings(codes) {
  const result = new Map();
  let hits = 0;
  for (let i = 0; i < codes.length; i += NUM_STEPS) {
    const pattern = codes.subarray(i, i + NUM_STEPS);
    result.set(pattern.join(), hits);
    for (const code of pattern) {
      for (let left = code; left; left &= left - 1) hits++;
    }
  }
  return result;
}

export class Manner {
  /**
   * @param {!Object} data Of the page.
   * @param {!GrooveModel} model Plays what is unknown.
   */
  constructor({kit, column}, model) {
    this.model = model;
    this.plain = kit.dynamics.velocities.flat();
    const [velocities, offsets, unknown] = ['velocities', 'offsets', 'unknown']
      .map((name) => column(`groove.manner.${name}`));
    Object.assign(this, {velocities, offsets, unknown});
    this.known = beginnings(column('groove.known.codes') ?? []);
    this.knownVelocities = column('groove.known.velocities');
    this.knownOffsets = column('groove.known.offsets');
    this.last = null;
  }

  /** Returns a table, moved by what another says of hits beside their mean. */
  moved(table, cells, said, least, most) {
    const values = cells.map(said);
    const mean = values.reduce((a, b) => a + b, 0) / Math.max(cells.length, 1);
    const result = new Float64Array(table.length);
    cells.forEach((cell, k) => {
      const value = table[cell] + this.unknown[cell] * (values[k] - mean);
      result[cell] = Math.min(Math.max(value, least), most);
    });
    return result;
  }

  /** Tells how a pattern is played; see `GrooveModel.of`. */
  of(codes) {
    const key = codes.join();
    if (this.last?.key === key) return this.last.groove;
    const other = this.model.of(codes);
    // No hit has less than 1.
    const cells = [...other.velocities.keys()]
      .filter((cell) => other.velocities[cell]);
    const groove = {
      velocities: this.moved(this.velocities, cells, (cell) =>
        other.velocities[cell] - this.plain[cell % BAR_CELLS], 1, 127),
      offsets: this.moved(
        this.offsets, cells, (cell) => other.offsets[cell], -0.5, 0.5),
    };
    if (this.known.has(key)) this.recall(this.known.get(key), cells, groove);
    this.last = {key, groove};
    return groove;
  }

  /** Puts on a pattern's hits how they were played, where they were. */
  recall(first, cells, {velocities, offsets}) {
    cells.forEach((cell, k) => {
      if (!this.knownVelocities[first + k]) return;
      velocities[cell] = this.knownVelocities[first + k];
      offsets[cell] = this.knownOffsets[first + k];
    });
  }
}

const modelOf = GrooveModel.of;
GrooveModel.of = (data) => new Manner(data, modelOf(data));
