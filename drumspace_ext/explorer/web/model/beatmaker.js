/**
 * The beatmaker: how beats come of points, patterns, latents and places.
 */

import {makeBeat} from '../beat/beat.js';
import {Collection} from '../beat/nearest.js';
import {entropy, sameBeat} from '../beat/patterns.js';
import {median, medianOf} from '../beat/tempo.js';
import {NUM_STEPS} from '../constants.js';
import {Network} from './network.js';
import {Space} from './space.js';

// Nineteen of twenty known beats have another one within what is not far.
const FAR_QUANTILE = 0.95;
const FAR_SAMPLE = 100;

export class Beatmaker {
  /**
   * @param {!Object} data See app/data.js.
   * @param {!Object} settings Values of settings.js; read at each decoding.
   */
  constructor(data, settings) {
    Object.assign(this, {data, settings});
    this.training = data.layers[0];
    this.network = new Network(data);
    this.space = new Space(this.training, data.model.z_size);
    this.gaps = [];
    this.farBits = Infinity;
  }

  get known() {
    this.collection ??= new Collection(this.training.codes);
    return this.collection;
  }

  decode(z) {
    return this.network.decode(z, this.settings);
  }

  /** The beat of a point. */
  ofPoint(layer, index) {
    const points = this.data.layers[layer];
    return makeBeat(points.pattern(index), {
      z: points.latent(index), origin: {layer, index},
      place: {x: points.x[index], y: points.y[index]},
    });
  }

  /**
   * A beat that someone made: where does it land?
   * @param {!Array<number>} codes Its pattern.
   * @param {!Object} known `z` and `isDecoded`, if it was made of a latent;
   *     `tempo`, if that is known otherwise.
   */
  ofCodes(codes, {z: from = null, isDecoded = false, tempo = null} = {}) {
    // One that was made stays where it was made, whatever it is like.
    const isMade = Boolean(from) && isDecoded;
    const origin = isMade ? null : this.find(codes);
    if (origin) return {...this.ofPoint(origin.layer, origin.index), tempo};
    const z = from ?? this.network.encode(codes);
    return makeBeat(codes, {
      z, place: this.space.placeOf(z), isDecoded: isMade, tempo,
    });
  }

  /**
   * The beat of a song's loop: the known one that it is, turned around or not.
   * @param {!Array<number>} codes Its pattern.
   * @param {?Object} tempo The song's; see tempo.js.
   */
  ofLoop(codes, tempo = null) {
    const beat = this.ofCodes(codes, {tempo});
    if (beat.origin?.layer === 0) return beat;
    const [{index, distance}] = this.known.nearest(codes);
    return distance ? beat : {...this.ofPoint(0, index), tempo};
  }

  /** The beat that a latent vector stands for. */
  ofLatent(z, place = this.space.placeOf(z)) {
    return makeBeat(this.decode(z), {z, place, isDecoded: true});
  }

  /** The beat that a place of the map stands for. */
  ofPlace(place) {
    return this.ofLatent(this.space.latentAt(place), place);
  }

  isTrivial(codes) {
    return entropy(codes) < this.data.min_entropy;
  }

  /**
   * A beat of a place that is worth to be heard: what it stands for, or else
   * the nearest known beat around it; null if there is none.
   */
  goodOfPlace(place) {
    const beat = this.ofPlace(place);
    if (!this.isTrivial(beat.codes)) return beat;
    const index = this.space.around(place).near.find(
      (i) => !this.isTrivial(this.training.pattern(i)));
    return index === undefined ? null : this.ofPoint(0, index);
  }

  /**
   * How fast a beat goes: as it is known, or else as the known ones around it.
   * @return {?{low: number, high: number, isKnown: boolean}} Quarter notes a
   *     minute; null if nobody knows.
   */
  tempoOf({origin, place, tempo}) {
    if (tempo) return tempo;
    const own = origin && this.data.layers[origin.layer].tempo(origin.index);
    if (own) return {...own, isKnown: true};
    if (!place) return null;
    return medianOf(this.space.around(place).near
      .map((i) => this.training.tempo(i)).filter(Boolean));
  }

  /** How much a beat swings by its genre, or as the known ones around it. */
  swingOf({origin, place, swing}) {
    if (typeof swing === 'number') return swing;
    const layer = origin && this.data.layers[origin.layer];
    if (layer?.genreNames(origin.index).length || origin?.layer === 0) {
      return layer.swing(origin.index);
    }
    const near = place ? this.space.around(place).near : [];
    return near.length ? median(near.map((i) => this.training.swing(i))) : 0;
  }

  /** Finds the point that is this very beat, or null. */
  find(codes) {
    for (const [layer, points] of this.data.layers.entries()) {
      for (let i = 0; i < points.size; i++) {
        if (points.codes[i * NUM_STEPS] === codes[0] &&
            sameBeat(codes, points.pattern(i))) {
          return {layer, index: i};
        }
      }
    }
    return null;
  }

  /**
   * Looks at one more known beat: how far is far? For idle moments.
   * @return {boolean} Whether there is more to do.
   */
  prepare() {
    const {size} = this.training;
    const count = Math.min(size, FAR_SAMPLE);
    const codes = this.training.pattern(
      Math.floor(this.gaps.length * size / count));
    const found = this.known.nearest(codes, 2);
    this.gaps.push(found[found.length - 1].distance);
    if (this.gaps.length < count) return true;
    this.gaps.sort((a, b) => a - b);
    this.farBits = this.gaps[Math.floor(FAR_QUANTILE * (count - 1))];
    return false;
  }

  /**
   * Says how plausible a beat is.
   * @param {!Array<number>} codes
   * @param {number} bits From the nearest known beat; as they both stand if it
   *     is not given, which is fast enough to follow the hand.
   */
  plausibility(codes, bits = this.known.nearest(codes, 1, false)[0].distance) {
    const nats = entropy(codes);
    const isTrivial = nats < this.data.min_entropy;
    const isFar = bits > this.farBits;
    // Of a known beat there is nothing to say.
    const text = [
      isTrivial && 'trivial, hardly anything happens',
      isFar && 'far from all known beats',
    ].filter(Boolean).join(' · ');
    return {nats, bits, isTrivial, isFar, text};
  }

  /**
   * The nearest training patterns over all rotations, and a word for what a
   * beat is beside them: `known` for one of them, `copy`, `near` or `novel`.
   */
  neighbours({codes, origin}, count) {
    const found = this.known.nearest(codes, count);
    const bits = found[0].distance;
    const isKnown = bits === 0 && origin?.layer === 0;
    const word = isKnown ? 'known' : bits === 0 ? 'copy' :
      bits <= this.data.near_bits ? 'near' : 'novel';
    return {found, word, bits};
  }
}
