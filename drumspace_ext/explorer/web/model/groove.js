/**
 * The groove model: how hard and how late each hit of a pattern is played.
 *
 * The rules are those of models/groove_network.py: a table by step and voice,
 * and what two networks say otherwise, a share of each. Sums are made in double
 * precision of numbers of half, PyTorch's in single: they differ by less than a
 * hundredth of a velocity.
 */

import {NUM_STEPS, NUM_VOICES} from '../constants.js';
import {addRow} from './layers.js';

const NUM_CELLS = NUM_STEPS * NUM_VOICES;

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

/** Returns which values are over 0, as [number, value]. */
function live(values) {
  const result = [];
  values.forEach((value, i) => value > 0 && result.push([i, value]));
  return result;
}

/** Returns a layer's sums for inputs as [number, value]. */
function layer({bias, weight}, inputs) {
  const values = Float64Array.from(bias);
  for (const [row, value] of inputs) addRow(values, weight, row, value);
  return values;
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
    const part = (name) => ({bias: column(`groove.${name}.bias`),
      weight: column(`groove.${name}.weight`)});
    this.settings = groove;
    this.table = column('groove.table');
    this.whole = [0, 1, 2].map((number) => part(`whole.${number}`));
    this.weight = column('groove.around.weight');
    this.places = column('groove.around.places');
    this.hidden = part('around.hidden');
    this.out = part('around.out');
    this.last = null;
  }

  /** Returns what the network says that sees the pattern as it stands. */
  seenWhole(cells) {
    const [first, second, last] = this.whole;
    const inputs = cells.map((cell) => [cell, this.settings.input_scale]);
    return layer(last, live(layer(second, live(layer(first, inputs)))));
  }

  /** Returns what the network says that sees it from a step: by voice. */
  seenFrom(step, cells) {
    const width = this.hidden.bias.length;
    const bias = this.places.subarray(step * width, (step + 1) * width);
    const inputs = cells.map((cell) => [
      (cell - step * NUM_VOICES + NUM_CELLS) % NUM_CELLS,
      this.settings.input_scale,
    ]);
    const first = layer({bias, weight: this.weight}, inputs);
    return layer(this.out, live(layer(this.hidden, live(first))));
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
    const {scales, level, whole_shares: shares} = this.settings;
    const cells = cellsOf(codes);
    const whole = this.seenWhole(cells);
    const around = Array.from(
      codes, (code, step) => code ? this.seenFrom(step, cells) : null);
    const [velocities, offsets] = scales.map((scale, answer) => {
      const values = centre(cells.map((cell) => {
        const step = Math.floor(cell / NUM_VOICES);
        const at = answer * NUM_CELLS + cell;
        const from = around[step][answer * NUM_VOICES + cell % NUM_VOICES];
        return this.table[at] + from + shares[answer] * (whole[at] - from);
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
