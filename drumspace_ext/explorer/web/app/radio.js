/**
 * The radio: an endless stroll through the space.
 */

import {NUM_STEPS} from '../constants.js';
import {random} from '../model/chance.js';
import {stroll} from '../model/inventing.js';

export class Radio {
  /**
   * @param {!Object} parts `deck`, `maker`, `player`, `workshop`, and
   *     `settings`, their values.
   */
  constructor({deck, maker, player, workshop, settings}) {
    Object.assign(this, {deck, maker, player, workshop, settings});
    this.starts = 0;
    /** What it strolls, and the beat of it that comes next, once made. */
    this.way = null;
    this.coming = null;
  }

  get isOn() {
    return this.deck.source === this;
  }

  async toggle() {
    if (this.isOn) {
      this.deck.leave();
      return;
    }
    const {current} = this.deck;
    this.way = stroll(this.maker, current,
      random(this.settings.seed + 2 + 2 * this.starts++),
      (z) => this.workshop.call('latent', z));
    this.player.wake();
    const made = this.fetch();
    // What is on show plays until then, unless it is silence.
    if (!current.codes.some(Boolean)) await made;
    this.deck.playFrom(this, NUM_STEPS);
  }

  /** Has the next beat made, while the one before it is heard. */
  async fetch() {
    const {way} = this;
    this.coming = null;
    const {value} = await way.next();
    if (this.way === way) this.coming = value;
  }

  /** See `Deck.playFrom`; while a beat is late the last one plays on. */
  beatAt() {
    const beat = this.coming ?? this.deck.current;
    if (this.coming) this.fetch();
    return beat;
  }
}
