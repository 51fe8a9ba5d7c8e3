/**
 * Nearest: the patterns that differ least from one, by the rules of nearest.py.
 *
 * A packed pattern is 16 words of 28 bits, two step codes each.
 */

import {NUM_STEPS, NUM_VOICES} from '../constants.js';

const WORDS = NUM_STEPS / 2;

/** Returns how many bits of a word are set. */
export function popcount(word) {
  word -= word >>> 1 & 0x55555555;
  word = (word & 0x33333333) + (word >>> 2 & 0x33333333);
  return Math.imul(word + (word >>> 4) & 0x0F0F0F0F, 0x01010101) >>> 24;
}

function pack(codes, out, at, start = 0) {
  for (let w = 0; w < WORDS; w++) {
    const step = start + 2 * w;
    out[at + w] = codes[step % NUM_STEPS] |
      codes[(step + 1) % NUM_STEPS] << NUM_VOICES;
  }
}

/** Many patterns, ready to be searched. */
export class Collection {
  /** @param {!Uint16Array} codes 32 a pattern. */
  constructor(codes) {
    this.size = codes.length / NUM_STEPS;
    this.words = new Int32Array(this.size * WORDS);
    for (let i = 0; i < this.size; i++) {
      pack(codes.subarray(i * NUM_STEPS, (i + 1) * NUM_STEPS), this.words,
        i * WORDS);
    }
  }

  /**
   * Finds the nearest patterns.
   * @param {!Array<number>} codes A pattern.
   * @param {number} count How many, nearest first.
   * @param {boolean} rotated Over all 32 rotations, or as it stands.
   * @return {!Array<{index: number, distance: number}>} Bits that differ.
   */
  nearest(codes, count = 1, rotated = true) {
    const turns = rotated ? NUM_STEPS : 1;
    const queries = new Int32Array(turns * WORDS);
    for (let r = 0; r < turns; r++) pack(codes, queries, r * WORDS, r);
    const {words, size} = this;
    let found = [];
    let worst = Infinity;
    for (let i = 0; i < size; i++) {
      const own = i * WORDS;
      let best = worst;
      for (let q = 0; q < queries.length; q += WORDS) {
        let sum = 0;
        for (let w = 0; w < WORDS && sum < best; w++) {
          sum += popcount(queries[q + w] ^ words[own + w]);
        }
        if (sum < best) best = sum;
      }
      if (best < worst) {
        found.push({index: i, distance: best});
        found.sort((a, b) => a.distance - b.distance || a.index - b.index);
        found = found.slice(0, count);
        if (found.length === count) worst = found[count - 1].distance;
      }
    }
    return found;
  }
}
