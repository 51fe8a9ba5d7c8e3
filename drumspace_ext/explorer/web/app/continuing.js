/**
 * Continuing: four bars more behind a beat, dealt anew at each press.
 */

import {NUM_STEPS, STEPS_PER_BAR} from '../constants.js';
import {byId, make} from '../elements.js';
import {say} from './status.js';

const BARS = NUM_STEPS / STEPS_PER_BAR;
const NUM_BEATS = 4 / BARS;

/** A seed and what follows it, which play round and round. */
export class Continuation {
  /**
   * @param {!Object} parts `deck`, `player`, `workshop`, `list` and `settings`.
   */
  constructor({deck, player, workshop, list, settings}) {
    Object.assign(this, {deck, player, workshop, list, settings, beats: []});
    this.host = byId('continued');
    this.draws = 0;
    deck.on('show', (beat) => this.mark(beat));
  }

  /** Deals anew, from the same seed while one of its beats is on show. */
  async deal() {
    const {current} = this.deck;
    const seed = this.beats.includes(current) ? this.beats[0] : current;
    if (!seed.codes.some(Boolean)) {
      say('There is no beat yet to be continued.');
      return;
    }
    this.player.wake();
    const more = await this.workshop.call('follow', seed.codes, NUM_BEATS,
      this.settings.seed + this.draws++);
    const {value: qpm} = this.deck.pace.tempo;
    // Beats of their own, so that it is known which one is heard.
    this.beats = [seed, ...more].map((beat) => this.deck.pace.swingAs({...beat,
      codes: [...beat.codes], tempo: {low: qpm, high: qpm, isKnown: true},
    }, seed));
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
