/**
 * The network: the model's encoder and decoder, run in the page.
 *
 * Fully connected layers with ReLU between them (models/layers.py). Sums are
 * made in double precision, so that a bit differs from PyTorch's only where its
 * logit is within rounding of the threshold.
 */

import {NUM_STEPS, NUM_VOICES, random} from './beats.js';

function readLayers(data, part) {
  const layers = [];
  for (let i = 0; i < data.model[part]; i++) {
    const bias = data.column(`${part}.${i}.bias`);
    layers.push({weight: data.column(`${part}.${i}.weight`), bias});
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

export class Network {
  constructor(data) {
    this.zSize = data.model.z_size;
    this.decodes = data.model.decodes;
    if (!this.decodes) return;
    this.encoder = readLayers(data, 'encoder');
    this.decoder = readLayers(data, 'decoder');
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

  /** Returns the logits of all bits, step by step. */
  logits(z) {
    return run(this.decoder, Float64Array.from(z));
  }

  /**
   * Decodes a latent vector.
   * @param {!Array<number>} z
   * @param {{threshold: number, temperature: number, seed: number}} options At
   *     temperature 0 a bit is set where its probability is above the
   *     threshold, above 0 it is drawn.
   * @return {!Array<number>} A pattern.
   */
  decode(z, {threshold = 0.5, temperature = 0, seed = 0} = {}) {
    const logits = this.logits(z);
    const cut = Math.log(threshold / (1 - threshold));
    const rng = temperature > 0 ? random(seed) : null;
    const codes = [];
    for (let step = 0; step < NUM_STEPS; step++) {
      let code = 0;
      for (let v = 0; v < NUM_VOICES; v++) {
        const logit = logits[step * NUM_VOICES + v];
        const struck = rng ?
          rng() < 1 / (1 + Math.exp(-logit / temperature)) : logit > cut;
        if (struck) code |= 1 << v;
      }
      codes.push(code);
    }
    return codes;
  }
}
