/**
 * The panel: what is said of the beat on show.
 */

import {describe, describePoint, inHits, titleOf} from '../beat/words.js';
import {byId, make} from '../elements.js';

const NUM_NEIGHBOURS = 6;
const BADGES = {
  known: 'known beat', copy: 'copy of a known beat', near: 'near',
  novel: 'novel',
};
const HOW_TO_BEGIN = 'Click a dot, paint hits on the grid, or throw the die.';

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
    const said = this.maker.plausibility(beat.codes);
    this.plausible(beat, said);
    byId('badge').textContent = '';
    this.name(beat, said.bits && `${inHits(said.bits)} from a known beat`);
  }

  /** The genres of the known beats around a beat, the two nearest. */
  genresAround({place}) {
    if (!place) return [];
    const {space, training} = this.maker;
    const names = space.around(place).near
      .flatMap((i) => training.genreNames(i).slice(0, 1));
    return [...new Set(names)].slice(0, 2);
  }

  /** Says what a beat is called, see words.js. */
  describe(beat) {
    return describe(this.layers, beat, this.genresAround(beat));
  }

  /** Says of the beat on show how far it is from what is known, too. */
  name(beat, apart = 0) {
    const {title, facts, from} = this.describe(beat);
    const isSilent = !beat.codes.some(Boolean);
    byId('name').replaceChildren(title, make('span', {class: 'facts'},
      facts ? ` · ${facts}` : apart && !isSilent ? `, ${apart}` : ''));
    byId('origin').textContent = isSilent ? HOW_TO_BEGIN : from;
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
    if (!near) {
      shown.append(make('li', {class: 'note'},
        'The known beats that are most like yours stand here.'));
      return;
    }
    const {found, word, bits} = near;
    this.plausible(beat, this.maker.plausibility(beat.codes, bits));
    const badge = byId('badge');
    badge.textContent = BADGES[word];
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
      const {title, facts, from} = describePoint(
        this.layers, {layer: 0, index});
      const apart = distance ? `${inHits(distance)} apart` : 'the same';
      return this.list.item(this.maker.ofPoint(0, index), title,
        [apart, facts, from].filter(Boolean).join(' · '));
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
