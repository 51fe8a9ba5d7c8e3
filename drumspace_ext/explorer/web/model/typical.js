/**
 * Typical: the known beat that stands for the collection, to begin with.
 */

import {entropy} from '../beat/patterns.js';
import {NUM_STEPS, NUM_VOICES} from '../constants.js';

/** Returns the member that differs least from all others; -1 of none. */
function leastDifferent({codes}, members) {
  const shares = new Float64Array(NUM_STEPS * NUM_VOICES);
  const eachHit = (i, call) => {
    for (let step = 0; step < NUM_STEPS; step++) {
      const code = codes[i * NUM_STEPS + step];
      for (let voice = 0; voice < NUM_VOICES; voice++) {
        if (code >> voice & 1) call(step * NUM_VOICES + voice);
      }
    }
  };
  for (const i of members) {
    eachHit(i, (cell) => {
      shares[cell] += 1 / members.length;
    });
  }
  let [best, least] = [-1, Infinity];
  for (const i of members) {
    // A hit agrees with those who have it and differs from the others.
    let differences = 0;
    eachHit(i, (cell) => {
      differences += 1 - 2 * shares[cell];
    });
    if (differences < least) [best, least] = [i, differences];
  }
  return best;
}

/**
 * Returns the index of a beat: of those of the genre that most beats have, and
 * that are not trivial, the one that differs from them in the fewest hits.
 * @param {!Object} layer See data.js; its genres are the most frequent first.
 * @param {number} minEntropy What is less is trivial.
 */
export function typicalBeat(layer, minEntropy) {
  const isGood = (i) => entropy(layer.pattern(i)) >= minEntropy;
  const all = Array.from({length: layer.size}, (_, i) => i);
  // The genre first: not all of a large map need to be measured.
  const ofGenre = all.filter((i) => layer.firstGenre(i) === 0).filter(isGood);
  const members = ofGenre.length ? ofGenre : all.filter(isGood);
  return Math.max(leastDifferent(layer, members), 0);
}
