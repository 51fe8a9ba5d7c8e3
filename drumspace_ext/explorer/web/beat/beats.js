/**
 * Beats: patterns as arrays of 32 step codes, compared and measured.
 *
 * Bit v of a step code is voice v. A packed pattern is 16 words of 28 bits, two
 * codes each. The rules are those of patterns.py and nearest.py.
 */

export const NUM_STEPS = 32;
export const NUM_VOICES = 14;
export const STEPS_PER_QUARTER = 4;
export const STEPS_PER_BAR = 16;
const WORDS = NUM_STEPS / 2;

export const silence = () => new Array(NUM_STEPS).fill(0);

/** Says whether an array is a pattern. */
export function isPattern(codes) {
  return Array.isArray(codes) && codes.length === NUM_STEPS && codes.every(
    (c) => Number.isInteger(c) && c >= 0 && c < 1 << NUM_VOICES);
}

export function sameBeat(a, b) {
  return a.every((code, step) => code === b[step]);
}

/** Shannon entropy of the step codes, in nats. */
export function entropy(codes) {
  const counts = new Map();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  let sum = 0;
  for (const n of counts.values()) {
    sum -= n / NUM_STEPS * Math.log(n / NUM_STEPS);
  }
  return sum;
}

function popcount(word) {
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

/** A small generator of numbers in [0, 1), the same for a seed: mulberry32. */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = state + 0x6D2B79F5 >>> 0;
    let t = Math.imul(state ^ state >>> 15, 1 | state);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 2 ** 32;
  };
}

/**
 * Returns what says of a bit, by its logit, whether it is struck.
 *
 * At temperature 0 it is where its probability is above the threshold, above 0
 * it is drawn, from logits divided by the temperature, but never what is
 * improbable.
 */
export function striker({
  threshold = 0.5, temperature = 0, seed = 0, improbable = 0,
} = {}) {
  if (temperature > 0) {
    const rng = random(seed);
    return (logit) => {
      const chance = 1 / (1 + Math.exp(-logit / temperature));
      const drawn = rng() < chance;
      if (chance < improbable) return false;
      return drawn || chance > 1 - improbable;
    };
  }
  const cut = Math.log(threshold / (1 - threshold));
  return (logit) => logit > cut;
}

/** A pattern as text for an address: 28 bits a step and its next. */
export function toText(codes) {
  return codes.map((code) => code.toString(36).padStart(3, '0')).join('');
}

/** The pattern of such a text, or null if it is none. */
export function fromText(text) {
  if (typeof text !== 'string' || !/^[0-9a-z]{96}$/.test(text)) return null;
  const codes = text.match(/.{3}/g).map((part) => parseInt(part, 36));
  return isPattern(codes) ? codes : null;
}

/** A beat as drums_rnn's --primer_drums, a Python list of tuples. */
export function toPrimer(codes, pitches) {
  const steps = codes.map((code) => {
    const struck = [];
    for (let v = 0; v < NUM_VOICES; v++) {
      const pitch = pitches[v];
      if (code >> v & 1 && pitch !== null && !struck.includes(pitch)) {
        struck.push(pitch);
      }
    }
    struck.sort((a, b) => a - b);
    return `(${struck.join(', ')}${struck.length === 1 ? ',' : ''})`;
  });
  return `[${steps.join(', ')}]`;
}
