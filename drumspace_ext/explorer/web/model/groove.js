/**
 * The groove model: how hard and how late each hit of a pattern is played.
 *
 * The rules are those of models/groove_network.py and groove_memory.py: a table
 * by step and voice, a network's correction, and what remembered patterns do
 * otherwise. Sums are made in double precision, PyTorch's in single: they
 * differ by less than a hundredth of a velocity.
 */

import {NUM_STEPS, NUM_VOICES} from '../constants.js';
import {addRow, transposed} from './layers.js';

const NUM_CELLS = NUM_STEPS * NUM_VOICES;
// A remembered pattern that counts less adds nothing that could be heard.
const NEGLIGIBLE = 1e-9;

function countBits(code) {
  let count = 0;
  for (let rest = code; rest; rest &= rest - 1) count++;
  return count;
}

/** Returns the cells of a pattern's hits, by step and then by voice. */
function cellsOf(codes) {
  const cells = [];
  for (let step = 0; step < NUM_STEPS; step++) {
    for (let v = 0; v < NUM_VOICES; v++) {
      if (codes[step] >> v & 1) cells.push(step * NUM_VOICES + v);
    }
  }
  return cells;
}

/** Takes the mean out of values. */
function centre(values) {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / Math.max(values.length, 1);
  return values.map((value) => value - mean);
}

/** The patterns that are remembered, with what each does otherwise. */
class Memory {
  constructor(column, settings, table) {
    const {scales, offset_parts: parts, min_spreads: least} = settings;
    this.codes = column('groove.codes');
    this.weights = column('groove.weights');
    this.size = this.weights.length;
    const velocities = column('groove.velocities');
    const offsets = column('groove.offsets');
    this.patterns = [];
    for (let i = 0, start = 0; i < this.size; i++) {
      const cells = cellsOf(
        this.codes.subarray(i * NUM_STEPS, (i + 1) * NUM_STEPS));
      const end = start + cells.length;
      // Offsets travel as unsigned bytes.
      const raw = [Array.from(velocities.subarray(start, end)),
        Array.from(offsets.subarray(start, end), (v) => (v - 128) / parts)];
      const left = raw.map((values, answer) => {
        const centred = centre(values);
        const spread = Math.sqrt(centred.reduce((sum, v) => sum + v * v, 0) /
          Math.max(cells.length, 1));
        if (spread < least[answer]) return null;
        const plain = centre(
          cells.map((cell) => table[answer * NUM_CELLS + cell]));
        return centred.map((v, k) => v / scales[answer] - plain[k]);
      });
      this.patterns.push({cells, left});
      start = end;
    }
  }

  /** Adds up what close patterns do: sums and weights of both answers. */
  near(codes, distance) {
    const sums = new Float64Array(2 * NUM_CELLS);
    const weights = new Float64Array(2 * NUM_CELLS);
    for (let i = 0; i < this.size; i++) {
      let apart = 0;
      for (let step = 0, at = i * NUM_STEPS; step < NUM_STEPS; step++, at++) {
        const differs = codes[step] ^ this.codes[at];
        if (differs) apart += countBits(differs);
      }
      const close = Math.exp(-apart / distance) * this.weights[i];
      if (close < NEGLIGIBLE) continue;
      const {cells, left} = this.patterns[i];
      left.forEach((values, answer) => {
        if (!values) return;
        cells.forEach((cell, k) => {
          sums[answer * NUM_CELLS + cell] += close * values[k];
          weights[answer * NUM_CELLS + cell] += close;
        });
      });
    }
    return {sums, weights};
  }
}

export class GrooveModel {
  /** Returns the model of the page's data, null if it has none. */
  static of(data) {
    return data.groove ? new GrooveModel(data) : null;
  }

  /** Lets beats of a page be played so, by any kit. */
  static give(data) {
    const model = GrooveModel.of(data);
    for (const kit of [data.kit, ...data.kit.kits]) kit.groove = model;
  }

  constructor({groove, column}) {
    this.settings = groove;
    this.table = column('groove.table');
    this.layers = [0, 3, 6].map((number) => {
      const bias = column(`groove.layers.${number}.bias`);
      const weight = column(`groove.layers.${number}.weight`);
      return {bias, rows: transposed(weight, bias.length)};
    });
    // A model without a memory is its table and its network.
    this.memory = groove.memory_share ?
      new Memory(column, groove, this.table) : null;
    this.last = null;
  }

  /** Returns the network's correction of the table, scaled. */
  correction(cells) {
    const {input_scale: scale} = this.settings;
    let live = cells.map((cell) => [cell, scale]);
    let values = null;
    this.layers.forEach(({bias, rows}, number) => {
      values = Float64Array.from(bias);
      for (const [row, value] of live) addRow(values, rows, row, value);
      if (number < this.layers.length - 1) {
        live = [];
        values.forEach((value, i) => value > 0 && live.push([i, value]));
      }
    });
    return values;
  }

  /**
   * Tells how a pattern is played.
   * @param {!Array<number>} codes Its 32 step codes.
   * @return {{velocities: !Float64Array, offsets: !Float64Array}} By
   *     `step * NUM_VOICES + voice`: MIDI velocities, 1 to 127, and how late
   *     hits are, in steps, -0.5 to 0.5; 0 where there is no hit.
   */
  of(codes) {
    const key = codes.join();
    if (this.last?.key === key) return this.last.groove;
    const {scales, level, prior, distance, memory_share: share} = this.settings;
    const cells = cellsOf(codes);
    const correction = this.correction(cells);
    const near = this.memory?.near(codes, distance);
    const [velocities, offsets] = scales.map((scale, answer) => {
      const values = centre(cells.map((cell) => {
        const at = answer * NUM_CELLS + cell;
        const others = near ?
          near.sums[at] / (near.weights[at] + prior) : 0;
        return this.table[at] + (1 - share) * correction[at] + share * others;
      }));
      const [low, high, from] = answer ? [-0.5, 0.5, 0] : [1, 127, level];
      const result = new Float64Array(NUM_CELLS);
      cells.forEach((cell, k) => {
        result[cell] = Math.min(Math.max(from + scale * values[k], low), high);
      });
      return result;
    });
    const groove = {velocities, offsets};
    this.last = {key, groove};
    return groove;
  }
}
