/**
 * The network: the model's encoder and decoder, run in the page.
 *
 * Fully connected layers with ReLU between them (models/layers.py). Sums are
 * made in double precision, so that a bit differs from PyTorch's only where its
 * logit is within rounding of the threshold.
 */

import {NUM_STEPS, NUM_VOICES} from '../constants.js';
import {striker} from './chance.js';
import {ForetoldDecoder} from './foretold.js';
import {PlannedDecoder} from './planned.js';
import {StepwiseDecoder} from './stepwise.js';

function readLayers({columns, column}, part) {
  const layers = [];
  // PyTorch numbers the ReLUs too.
  for (let i = 0; `model.${part}.${i}.weight` in columns; i += 2) {
    layers.push({weight: column(`model.${part}.${i}.weight`),
      bias: column(`model.${part}.${i}.bias`)});
  }
  return layers;
}

function run(layers, input) {
  let values = input;
  layers.forEach(({weight, bias}, number) => {
    const size = values.length;
    // Most hits and many units are zero, and add nothing.
    const live = [];
    for (let j = 0; j < size; j++) if (values[j] !== 0) live.push(j);
    const next = new Float64Array(bias.length);
    const isLast = number === layers.length - 1;
    for (let i = 0; i < bias.length; i++) {
      let sum = bias[i];
      const row = i * size;
      for (const j of live) sum += weight[row + j] * values[j];
      next[i] = isLast || sum > 0 ? sum : 0;
    }
    values = next;
  });
  return values;
}

/** The decoder whose bits are independent, given z. */
class FullyConnectedDecoder {
  constructor(data) {
    this.layers = readLayers(data, 'decoder');
  }

  decode(z, options) {
    const logits = run(this.layers, Float64Array.from(z));
    const strikes = striker(options);
    const codes = [];
    for (let step = 0; step < NUM_STEPS; step++) {
      let code = 0;
      for (let v = 0; v < NUM_VOICES; v++) {
        if (strikes(logits[step * NUM_VOICES + v])) code |= 1 << v;
      }
      codes.push(code);
    }
    return codes;
  }
}

const DECODERS = {
  foretold: ForetoldDecoder, fully_connected: FullyConnectedDecoder,
  planned: PlannedDecoder, stepwise: StepwiseDecoder,
};

export class Network {
  constructor(data) {
    this.zSize = data.model.z_size;
    this.encoder = readLayers(data, 'encoder');
    this.data = data;
  }

  /** Is made when it is needed: a page has it in a thread of its own. */
  get decoder() {
    this.made ??= new DECODERS[this.data.model.decoder](this.data);
    return this.made;
  }

  /** Returns where a pattern lies: mu of its posterior. */
  encode(codes) {
    const hits = new Float64Array(NUM_STEPS * NUM_VOICES);
    codes.forEach((code, step) => {
      for (let v = 0; v < NUM_VOICES; v++) {
        hits[step * NUM_VOICES + v] = code >> v & 1;
      }
    });
    // A VAE's encoder gives mu and log sigma.
    return [...run(this.encoder, hits).slice(0, this.zSize)];
  }

  /**
   * Decodes a latent vector.
   * @param {!Array<number>} z
   * @param {{threshold: number, temperature: number, seed: number}} options See
   *     `striker`.
   * @return {!Array<number>} A pattern.
   */
  decode(z, options) {
    return this.decoder.decode(z, options);
  }
}
