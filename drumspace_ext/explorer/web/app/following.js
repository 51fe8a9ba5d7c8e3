/**
 * Following: the tempo is that of the beat, unless it is locked.
 *
 * It changes with the beat, which is on a quarter note while something plays.
 */

import {middle} from '../beat/tempo.js';

export class FollowingTempo {
  /** @param {!Object} parts `maker`, and `settings` (settings.js). */
  constructor({maker, settings}) {
    Object.assign(this, {maker, settings});
    /** The tempo that comes with the beat on show, when it takes over. */
    this.coming = null;
    /** The tempos that a hand has given to beats. */
    this.byHand = new WeakMap();
    this.isArriving = false;
  }

  /** Is told of the beat whose tempo a hand has changed. */
  changed(beat) {
    if (this.isArriving) return;
    this.coming = null;
    this.byHand.set(beat, this.settings.values.qpm);
  }

  /** The tempo of a beat as the slider has it; null if it stays as it is. */
  of(beat) {
    if (this.settings.values.locked) return null;
    const tempo = this.maker.tempoOf(beat);
    return this.byHand.get(beat) ??
      (tempo && this.settings.within('qpm', Math.round(middle(tempo))));
  }

  /** The tempo that is heard, or about to be. */
  get qpm() {
    return this.coming ?? this.settings.values.qpm;
  }

  /** Gives a beat the tempo that there is. */
  keepFor(beat) {
    this.byHand.set(beat, this.qpm);
  }

  await(beat) {
    this.coming = this.of(beat);
  }

  arrive() {
    if (this.coming === null) return;
    this.isArriving = true;
    this.settings.set('qpm', this.coming);
    this.isArriving = false;
    this.coming = null;
  }
}
