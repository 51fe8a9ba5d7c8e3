/**
 * Typical: the known beat that stands for the collection, to begin with.
 */

import {entropy} from '../beat/patterns.js';
import {NUM_STEPS, NUM_VOICES} from '../constants.js';

/** Calls with each cell, step and voice, that a code array has a hit in. */
function eachHit(codes, call) {
  for (let step = 0; step < NUM_STEPS; step++) {
    for (let voice = 0; voice < NUM_VOICES; voice++) {
      if (codes[step] >> voice & 1) call(step * NUM_VOICES + voice);
    }
  }
}

/**
 * Returns the index of a beat: of those that are not trivial the one that is
 * most like all, by the cosine; by the number of hits in which they differ it
 * would be one of few hits, for those differ little from any.
 * @param {!Object} layer See data.js.
 * @param {number} minEntropy What is less is trivial.
 */
export function typicalBeat(layer, minEntropy) {
  const counts = new Float64Array(NUM_STEPS * NUM_VOICES);
  for (let i = 0; i < layer.size; i++) {
    eachHit(layer.pattern(i), (cell) => counts[cell]++);
  }
  let [best, most] = [0, 0];
  for (let i = 0; i < layer.size; i++) {
    const codes = layer.pattern(i);
    let [agreeing, hits] = [0, 0];
    eachHit(codes, (cell) => {
      agreeing += counts[cell];
      hits++;
    });
    const likeness = agreeing / Math.sqrt(hits);
    // Not all of a large map need to be measured.
    if (likeness > most && entropy(codes) >= minEntropy) {
      [best, most] = [i, likeness];
    }
  }
  return best;
}
