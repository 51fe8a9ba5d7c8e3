/**
 * Asking: how busy and how much off the beat beats by chance are to be.
 *
 * Both are measured as by the package (patterns/descriptors.py), and asked for
 * in standard deviations of the known beats above their mean; 0 asks nothing.
 */

import {popcount} from '../beat/nearest.js';
import {DRUMS, NUM_STEPS, STEP_WEIGHTS} from '../constants.js';

const DRUM_BITS = DRUMS.reduce((bits, voice) => bits | 1 << voice, 0);
const LEAST = Math.min(...STEP_WEIGHTS);

/** Returns the hits a step of a pattern. */
export const density = (codes) =>
  codes.reduce((sum, code) => sum + popcount(code), 0) / NUM_STEPS;

/** Returns the syncopation a bar, after Longuet-Higgins and Lee. */
export function syncopation(codes) {
  // The heaviest silent step before the next hit; twice around for the loop.
  let [heaviest, total] = [LEAST, 0];
  for (let number = 2 * NUM_STEPS - 1; number >= 0; number--) {
    const weight = STEP_WEIGHTS[number % STEP_WEIGHTS.length];
    const isStruck = codes[number % NUM_STEPS] & DRUM_BITS;
    if (isStruck && number < NUM_STEPS) {
      total += Math.max(heaviest - weight, 0);
    }
    heaviest = isStruck ? LEAST : Math.max(heaviest, weight);
  }
  return total / 2;
}

// By the name of the setting that asks.
const MEASURES = {busier: density, offbeat: syncopation};

/** Returns mean and deviation of measures over a layer, by name. */
function usual(layer) {
  const sums = Object.keys(MEASURES).map((name) => [name, 0, 0]);
  for (let i = 0; i < layer.size; i++) {
    const codes = layer.pattern(i);
    for (const row of sums) {
      const value = MEASURES[row[0]](codes);
      row[1] += value;
      row[2] += value * value;
    }
  }
  return Object.fromEntries(sums.map(([name, sum, squares]) => {
    const mean = sum / layer.size;
    const variance = squares / layer.size - mean * mean;
    return [name, {mean, std: Math.sqrt(Math.max(variance, 1e-6))}];
  }));
}

/**
 * Returns how far patterns are from what is asked for.
 * @param {!Beatmaker} maker
 * @return {?function(!Array<number>): number} In deviations; null if nothing
 *     is asked for.
 */
export function distanceAsked(maker) {
  const names = Object.keys(MEASURES).filter((name) => maker.settings[name]);
  if (!names.length) return null;
  maker.usual ??= usual(maker.training);
  const asked = names.map((name) => {
    const {mean, std} = maker.usual[name];
    // No beat has less than nothing.
    return {std, measure: MEASURES[name],
      value: Math.max(mean + std * maker.settings[name], 0)};
  });
  return (codes) => Math.hypot(...asked.map(
    ({std, measure, value}) => (measure(codes) - value) / std));
}
