/**
 * Chance: numbers that are the same for a seed, and bits that are struck.
 */

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

/** Returns a number of the normal distribution, by Box and Muller. */
export function normal(rng) {
  return Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
}

/**
 * Returns what says of a bit, by its logit, whether it is struck.
 *
 * At temperature 0 it is where its probability is above the threshold, above 0
 * it is drawn, from logits divided by the temperature, but never what is
 * improbable.
 */
export function striker(
  {threshold, temperature, seed, improbable = 0, rng = random(seed)}) {
  if (temperature > 0) {
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

/** Draws one of several by their logits, which are divided by a temperature. */
export function chosen(logits, temperature, rng) {
  const highest = Math.max(...logits);
  const weights = Array.from(
    logits, (logit) => Math.exp((logit - highest) / temperature));
  let left = rng() * weights.reduce((sum, weight) => sum + weight);
  return Math.max(weights.findIndex((weight) => (left -= weight) < 0), 0);
}
