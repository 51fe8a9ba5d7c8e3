/**
 * The radio: an endless stroll through the space.
 */

import {NUM_STEPS} from '../constants.js';
import {random} from '../model/chance.js';
import {stroll} from '../model/inventing.js';

export class Radio {
  /** @param {!Object} parts `deck`, `maker` and `settings`, their values. */
  constructor({deck, maker, settings}) {
    Object.assign(this, {deck, maker, settings});
    this.starts = 0;
  }

  get isOn() {
    return this.deck.source === this;
  }

  toggle() {
    if (this.isOn) {
      this.deck.leave();
      return;
    }
    this.way = stroll(this.maker, this.deck.current,
      random(this.settings.seed + 2 + 2 * this.starts++));
    this.deck.playFrom(this, NUM_STEPS);
  }

  /** See `Deck.playFrom`. */
  beatAt() {
    return this.way.next().value;
  }
}
