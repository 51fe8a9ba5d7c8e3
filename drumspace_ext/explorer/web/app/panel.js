/**
 * The panel: what is said of the beat on show.
 */

import {describe, describePoint, inBits} from '../beat/words.js';
import {byId} from '../elements.js';

const NUM_NEIGHBOURS = 6;
const BADGES = {
  known: () => 'known beat', copy: () => 'copy of a known beat',
  near: (bits) => `near: ${inBits(bits)}`,
  novel: (bits) => `novel: ${inBits(bits)}`,
};

export class Panel {
  /** @param {!Object} parts `layers`, `maker`, `deck`, `list` and `looks`. */
  constructor({layers, maker, deck, list, looks}) {
    Object.assign(this, {layers, maker, list});
    deck.on('show', (beat) => this.quick(beat));
    deck.on('settled', (beat) => this.settled(beat));
    looks.onChange(() => this.settled(deck.current));
  }

  /** What can be said at every frame. */
  quick(beat) {
    this.plausible(beat, this.maker.plausibility(beat.codes));
    byId('badge').textContent = '';
    const {name, from} = describe(this.layers, beat);
    byId('name').textContent = name;
    byId('origin').textContent = from;
  }

  plausible({codes}, {isTrivial, isFar, text}) {
    const isSilent = !codes.some(Boolean);
    byId('plausible').textContent = isSilent ? '' : text;
    byId('beat').classList.toggle(
      'implausible', !isSilent && (isTrivial || isFar));
  }

  /** What takes longer. */
  settled(beat) {
    const shown = byId('neighbours').querySelector('ol');
    shown.replaceChildren();
    if (!beat.codes.some(Boolean)) return;
    const {found, word, bits} = this.maker.neighbours(beat, NUM_NEIGHBOURS);
    this.plausible(beat, this.maker.plausibility(beat.codes, bits));
    const badge = byId('badge');
    badge.textContent = BADGES[word](bits);
    badge.dataset.word = word;
    badge.title = 'Beside the nearest known beat, started on any step';
    shown.append(...found.map(({index, distance}) => {
      const {name, from} = describePoint(this.layers, {layer: 0, index});
      return this.list.item(this.maker.ofPoint(0, index),
        `${inBits(distance) || 'the same'} · ${name}`, from);
    }));
  }
}

/** Says once what the page is about. */
export function introduce({title, layers, model, quality}) {
  byId('title').textContent = title;
  byId('welcome').querySelector('span').hidden = layers.length < 2;
  const {trustworthiness: trust, preservation, neighbors} = quality;
  const says = trust === undefined ? [] : [
    `trustworthiness ${trust.toPrecision(3)}`,
    `${Math.round(100 * preservation)} % of the ${neighbors} nearest kept`,
  ];
  byId('about').textContent = `${layers[0].size.toLocaleString()} ` +
    `patterns, model ${model.name}. ${says.join(', ')}`;
}
