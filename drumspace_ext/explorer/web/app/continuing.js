/**
 * Continuing: four bars more behind a beat, dealt anew at each press.
 */

import {NUM_STEPS, STEPS_PER_BAR} from '../constants.js';
import {byId, make} from '../elements.js';
import {Continuer} from '../model/continuing.js';
import {say} from './status.js';

const NUM_BARS = 4;
const BARS = NUM_STEPS / STEPS_PER_BAR;

/** A seed and what follows it, which play round and round. */
export class Continuation {
  /** @param {!Object} parts `deck`, `maker`, `list` and `settings`. */
  constructor(data, {deck, maker, list, settings}) {
    Object.assign(this, {deck, maker, list, settings, beats: []});
    this.continuer = new Continuer(data);
    this.host = byId('continued');
    this.draws = 0;
    deck.on('show', (beat) => this.mark(beat));
  }

  /** Deals anew, from the same seed while one of its beats is on show. */
  deal() {
    const {current} = this.deck;
    const seed = this.beats.includes(current) ? this.beats[0] : current;
    if (!seed.codes.some(Boolean)) {
      say('There is no beat yet to be continued.');
      return;
    }
    const more = this.continuer.continued(seed.codes, NUM_BARS * STEPS_PER_BAR,
      {seed: this.settings.seed + this.draws++});
    const {qpm} = this.deck.tempo;
    const parts = [seed.codes];
    for (let i = 0; i < more.length; i += NUM_STEPS) {
      parts.push(more.slice(i, i + NUM_STEPS));
    }
    // Beats of their own, so that it is known which one is heard.
    this.beats = parts.map((codes) => ({...this.maker.ofCodes(codes),
      codes: [...codes], tempo: {low: qpm, high: qpm, isKnown: true}}));
    this.heard = 0;
    this.show();
    this.deck.playFrom(this, NUM_STEPS);
  }

  show() {
    const close = make('button', {type: 'button',
      'aria-label': 'Close the continuation'}, '✕');
    close.addEventListener('click', () => this.close());
    this.host.hidden = false;
    this.host.replaceChildren(...this.beats.map((beat, i) => this.list.item(
      beat, i ? `bars ${BARS * i + 1}–${BARS * i + BARS}` : 'seed',
      i ? 'continued' : 'bars 1–2')), make('li', {class: 'close'}, close));
    this.mark(this.deck.current);
  }

  /** Says which part is heard. */
  mark(shown) {
    [...this.host.querySelectorAll('.item')].forEach((button, i) =>
      button.setAttribute('aria-pressed', String(this.beats[i] === shown)));
  }

  close() {
    if (this.deck.source === this) this.deck.leave();
    this.beats = [];
    this.host.replaceChildren();
    this.host.hidden = true;
  }

  /** See `Deck.playFrom`. */
  beatAt() {
    return this.beats[this.heard++ % this.beats.length] ?? null;
  }
}
