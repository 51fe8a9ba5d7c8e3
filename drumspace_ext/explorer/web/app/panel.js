/**
 * The panel: what is said of the beat on show.
 */

import {describe, describePoint, inHits, titleOf} from '../beat/words.js';
import {byId} from '../elements.js';

const NUM_NEIGHBOURS = 6;
const BADGES = {
  known: () => 'known beat', copy: () => 'copy of a known beat',
  near: (hits) => `near: ${inHits(hits)}`,
  novel: (hits) => `novel: ${inHits(hits)}`,
};

export class Panel {
  /**
   * @param {!Object} parts `layers`, `maker`, `workshop`, `deck`, `list` and
   *     `looks`.
   */
  constructor({layers, maker, workshop, deck, list, looks}) {
    Object.assign(this, {layers, maker, workshop, deck, list});
    this.asked = null;
    deck.on('show', (beat) => this.quick(beat));
    deck.on('settled', (beat) => this.settled(beat));
    looks.onChange(() => this.settled(deck.current));
  }

  /** What can be said at every frame. */
  quick(beat) {
    this.plausible(beat, this.maker.plausibility(beat.codes));
    byId('badge').textContent = '';
    this.name(beat);
  }

  /** The genres of the known beats around a beat, the two nearest. */
  genresAround({place}) {
    if (!place) return [];
    const {space, training} = this.maker;
    const names = space.around(place).near
      .flatMap((i) => training.genreNames(i).slice(0, 1));
    return [...new Set(names)].slice(0, 2);
  }

  /** Says what a beat is called, and how far it is from what is known. */
  name(beat, apart = '') {
    const {name, from} = describe(
      this.layers, beat, this.genresAround(beat));
    byId('name').textContent = [name, apart].filter(Boolean).join(', ');
    byId('origin').textContent = from;
  }

  plausible({codes}, {isTrivial, isFar, text, nats}) {
    const isSilent = !codes.some(Boolean);
    byId('plausible').textContent = isSilent ? '' : text;
    byId('entropy').textContent =
      isSilent ? '' : `This beat: entropy ${nats.toFixed(2)} nats.`;
    byId('beat').classList.toggle(
      'implausible', !isSilent && (isTrivial || isFar));
  }

  /** Has found what takes longer; the last one counts that is asked for. */
  async settled(beat) {
    const isBusy = this.asked !== null;
    this.asked = beat;
    if (isBusy) return;
    for (let done = null; done !== this.asked;) {
      done = this.asked;
      const {codes, origin} = done;
      const near = codes.some(Boolean) ? await this.workshop.call(
        'neighbours', {codes, origin}, NUM_NEIGHBOURS + 1) : null;
      // A hand may have gone on meanwhile.
      if (done === this.asked && done === this.deck.current) {
        this.near(done, near);
      }
    }
    this.asked = null;
  }

  /** Shows the known beats that are nearest, none of silence. */
  near(beat, near) {
    const shown = byId('neighbours').querySelector('ol');
    shown.replaceChildren();
    if (!near) return;
    const {found, word, bits} = near;
    this.plausible(beat, this.maker.plausibility(beat.codes, bits));
    const badge = byId('badge');
    badge.textContent = BADGES[word](bits);
    badge.dataset.word = word;
    badge.title = 'Beside the nearest known beat, started on any step';
    const {origin} = beat;
    if (origin?.layer !== 0) {
      this.name(beat, bits && `${inHits(bits)} from ` +
        titleOf(this.layers, {layer: 0, index: found[0].index}));
    }
    const others = found.filter(({index}) =>
      origin?.layer !== 0 || index !== origin.index);
    shown.append(...others.slice(0, NUM_NEIGHBOURS).map(({index, distance}) => {
      const {name, from} = describePoint(this.layers, {layer: 0, index});
      return this.list.item(this.maker.ofPoint(0, index),
        `${inHits(distance) || 'the same'} · ${name}`, from);
    }));
  }
}

/** Says once what the page is about. */
export function introduce({title, layers, model, quality}) {
  byId('title').textContent = title;
  byId('welcome').querySelector('span').hidden = layers.length < 2;
  const {
    hits_to_nearest: near, hits_to_any: any, trustworthiness: trust,
    preservation, neighbors,
  } = quality;
  const heard = near === undefined ? '' : 'Dots side by side differ in ' +
    `${near} hits, any two in ${any} (medians). `;
  const kept = trust === undefined ? '' : 'Of the latent space: ' +
    `trustworthiness ${trust.toPrecision(3)}, ` +
    `${Math.round(100 * preservation)} % of the ${neighbors} nearest kept.`;
  byId('about').textContent = `${layers[0].size.toLocaleString()} ` +
    `patterns, model ${model.name}. ${heard}${kept}`;
}
