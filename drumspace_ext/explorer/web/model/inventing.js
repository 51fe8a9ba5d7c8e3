/**
 * Inventing: beats by chance, variations of one, and strolls.
 */

import {sameBeat} from '../beat/patterns.js';
import {distanceAsked} from './asking.js';
import {normal} from './chance.js';
import {mix, spread} from './space.js';

const MOST_TRIES = 24;
// Where something is asked for: known beats that are looked at, those nearest
// to it that beats are made between, and how many of these.
const [ASKED_LOOKS, ASKED_ENDS, ASKED_TRIES] = [200, 8, 12];
// A trivial beat is further off than any other.
const TRIVIAL_OFF = 1e3;
// From one known beat to the next.
const STROLL_STEPS = 6;
// Of the training latents' deviation, tried from the nearest on.
const SPREADS = [0.15, 0.3, 0.5, 0.8, 1.2];

/**
 * Returns a beat between two known ones that are near what is asked for, the
 * nearest of several.
 */
function inventAsked(maker, rng, distance) {
  const {training} = maker;
  const known = Array.from({length: ASKED_LOOKS}, () => {
    const index = Math.floor(rng() * training.size);
    return {index, off: distance(training.pattern(index))};
  }).sort((a, b) => a.off - b.off).slice(0, ASKED_ENDS);
  const any = () =>
    training.latent(known[Math.floor(rng() * known.length)].index);
  let [best, least] = [null, Infinity];
  for (let k = 0; k < ASKED_TRIES; k++) {
    const beat = maker.ofLatent(mix(any(), any(), rng()));
    const off = distance(beat.codes) +
      (maker.isTrivial(beat.codes) ? TRIVIAL_OFF : 0);
    if (off < least) [best, least] = [beat, off];
  }
  return best;
}

/** Returns a beat between two known ones, not a trivial one. */
export function inventBeat(maker, rng) {
  const distance = distanceAsked(maker);
  if (distance) return inventAsked(maker, rng, distance);
  const {training} = maker;
  const any = () => training.latent(Math.floor(rng() * training.size));
  let beat = null;
  for (let k = 0; k < MOST_TRIES; k++) {
    beat = maker.ofLatent(mix(any(), any(), rng()));
    if (!maker.isTrivial(beat.codes)) return beat;
  }
  return beat;
}

/**
 * Returns other beats near one, the nearest first, none of them trivial.
 * @param {!Beatmaker} maker
 * @param {!Object} beat It has a latent vector.
 * @param {number} count At most.
 * @param {function(): number} rng
 */
export function variations(maker, {codes, z}, count, rng) {
  const scale = spread(maker.training, z.length);
  const found = [];
  const isNew = (other) => !maker.isTrivial(other) && !sameBeat(other, codes) &&
    found.every((known) => !sameBeat(known.codes, other));
  for (const share of SPREADS) {
    for (let k = 0; k < 2 * count && found.length < count; k++) {
      const near = maker.ofLatent(
        z.map((value, d) => value + share * scale[d].std * normal(rng)));
      if (isNew(near.codes)) found.push(near);
    }
  }
  return found;
}

/**
 * Strolls from beat to beat for ever, in small steps, by way of z.
 * @param {!Beatmaker} maker
 * @param {!Object} from The beat to set out from.
 * @param {function(): number} rng
 * @param {function(!Array<number>): !Promise<!Object>} decode Makes the beat of
 *     a latent vector.
 */
export async function* stroll(maker, from, rng, decode) {
  const {layers} = maker.data;
  let here = from;
  for (;;) {
    const layer = Math.floor(rng() * layers.length);
    const index = Math.floor(rng() * layers[layer].size);
    const there = maker.ofPoint(layer, index);
    for (let k = 1; k < STROLL_STEPS && here.z; k++) {
      const beat = await decode(mix(here.z, there.z, k / STROLL_STEPS));
      if (!maker.isTrivial(beat.codes)) yield beat;
    }
    yield there;
    here = there;
  }
}
