/**
 * The stepwise decoder: a beat written step by step, voice by voice.
 *
 * The rules are those of models/stepwise.py. Sums are made in double precision,
 * so that a bit differs from PyTorch's only where its logit is within rounding
 * of the threshold.
 */

import {NUM_STEPS, NUM_VOICES} from '../constants.js';
import {random, striker} from './chance.js';
import {addRow, gelu, Layer, transposed} from './layers.js';

const LOOKBACK = NUM_STEPS - 1;

/** Returns what reads a tensor of the model, and a layer of it. */
export function reading({column}) {
  const tensor = (name) => column(`model.${name}`);
  const linear = (name) => new Layer(
    {weight: tensor(`${name}.weight`), bias: tensor(`${name}.bias`)});
  return {tensor, linear};
}

/** Returns the step code of what is struck, by voice. */
export const toCode = (struck) =>
  struck.reduce((code, isStruck, v) => isStruck ? code | 1 << v : code, 0);

export class StepwiseDecoder {
  constructor(data) {
    const {model, columns} = data;
    const {tensor, linear} = reading(data);
    this.lags = model.repeat_lags;
    this.countScale = model.count_scale;
    this.improbable = model.improbable;
    this.fromZ = linear('from_z');
    this.zToLayers = linear('z_to_layers');
    const size = this.fromZ.bias.length;
    this.fromPast = transposed(tensor('from_past.weight'), size);
    this.positions = tensor('positions.weight');
    this.layers = [];
    while (`model.layers.${this.layers.length}.weight` in columns) {
      this.layers.push(linear(`layers.${this.layers.length}`));
    }
    this.toHead = linear('to_head');
    this.toBits = linear('to_bits');
    this.voiceInputs = tensor('voice_inputs');
    this.voiceOutputs = tensor('voice_outputs');
    const room = (length) => new Float64Array(length);
    this.z = room(model.z_size);
    [this.start, this.second, this.known, this.update] =
      [size, size, size, size].map(room);
    this.head = room(this.toHead.bias.length);
    this.live = room(this.head.length);
    this.bits = room(NUM_VOICES);
    this.counts = room(this.lags.length * NUM_VOICES);
  }

  /** Decodes a latent vector, as `Network.decode`. */
  decode(z, options) {
    const strikes = this.begin(z, options);
    const codes = new Array(NUM_STEPS).fill(0);
    for (let step = 0; step < NUM_STEPS; step++) {
      this.look(codes, step, step);
      codes[step] = this.strike(strikes, () => undefined);
      this.count(codes, step);
    }
    return codes;
  }

  /** Begins a beat; returns what says whether a bit is struck. */
  begin(z, options) {
    this.z.set(z);
    this.fromZ.run(this.z, this.start);
    this.zToLayers.run(this.z, this.second);
    this.counts.fill(0);
    this.rng = random(options.seed);
    return striker(
      {...options, improbable: this.improbable, rng: this.rng});
  }

  /** Counts where a step that was written differs from earlier ones. */
  count(codes, step) {
    this.lags.forEach((lag, l) => {
      const differs = step < lag ? 0 : codes[step] ^ codes[step - lag];
      for (let v = 0; v < NUM_VOICES; v++) {
        this.counts[l * NUM_VOICES + v] += differs >> v & 1;
      }
    });
  }

  /** Adds what else is known before a step; nothing here. */
  tell() {}

  /** Works out what is known before a step, or at another position there. */
  look(codes, step, position) {
    const {known, update, fromPast, counts} = this;
    known.set(this.start);
    addRow(known, this.positions, position, 1);
    for (let s = 0; s < step; s++) {
      for (let v = 0; codes[s] >> v; v++) {
        if (codes[s] >> v & 1) {
          addRow(known, fromPast, v * LOOKBACK + LOOKBACK - step + s, 1);
        }
      }
    }
    // Of each lag: whether voices differ, then how often.
    for (let i = 0; i < counts.length; i++) {
      if (!counts[i]) continue;
      const row = NUM_VOICES * (LOOKBACK + Math.floor(i / NUM_VOICES)) + i;
      addRow(known, fromPast, row, 1);
      addRow(known, fromPast, row + NUM_VOICES, counts[i] / this.countScale);
    }
    this.tell(step, position);
    for (let i = 0; i < known.length; i++) known[i] = gelu(known[i]);
    this.layers.forEach((layer, number) => {
      layer.run(known, update);
      for (let i = 0; i < known.length; i++) {
        known[i] += gelu(number ? update[i] : update[i] + this.second[i]);
      }
    });
  }

  /**
   * Draws the voices of a step in their order; returns its code.
   * @param {function(number): boolean} strikes Of a logit.
   * @param {function(number): (boolean|undefined)} told Of a voice: whether it
   *     is struck, where that is not to be drawn.
   */
  strike(strikes, told) {
    this.toHead.run(this.known, this.head);
    this.toBits.run(this.known, this.bits);
    const {voiceInputs, voiceOutputs} = this;
    return toCode(this.draw(
      strikes, told, this.bits, voiceInputs, voiceOutputs));
  }

  /** Draws bits one after the other, each given those before it. */
  draw(strikes, told, bits, inputs, outputs) {
    const {head, live} = this;
    const drawn = [];
    let isNew = true;
    for (let b = 0; b < bits.length; b++) {
      let isStruck = told(b, drawn);
      if (isStruck === undefined) {
        for (let i = 0; isNew && i < head.length; i++) live[i] = gelu(head[i]);
        isNew = false;
        let logit = bits[b];
        const start = b * head.length;
        for (let i = 0; i < live.length; i++) {
          logit += live[i] * outputs[start + i];
        }
        isStruck = strikes(logit);
      }
      drawn.push(isStruck);
      if (!isStruck) continue;
      isNew = true;
      addRow(head, inputs, b, 1);
    }
    return drawn;
  }
}
