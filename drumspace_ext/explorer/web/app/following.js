/**
 * Following: settings that come with each beat, unless they are locked.
 *
 * They change with the beat, which is on a quarter note while something plays.
 */

import {canSwing} from '../beat/swing.js';
import {middle, whole} from '../beat/tempo.js';
import {swingBeside} from '../sound/playing.js';

class Following {
  /**
   * @param {!Object} settings See settings.js.
   * @param {!Object} rules `name` of the setting, and of the one that is its
   *     `lock`; `find(beat)`, which returns the value of a beat, or null.
   */
  constructor(settings, {name, lock, find}) {
    Object.assign(this, {settings, name, lock, find});
    /** The value that comes with the beat on show, when it takes over. */
    this.coming = null;
    /** The values that a hand has given to beats. */
    this.byHand = new WeakMap();
    this.isArriving = false;
  }

  /** Is told of the beat whose value a hand has changed. */
  changed(beat) {
    if (this.isArriving) return;
    this.coming = null;
    this.byHand.set(beat, this.settings.values[this.name]);
  }

  /** The value of a beat as the slider has it; null if it stays as it is. */
  of(beat) {
    return this.settings.values[this.lock] ? null : this.byItself(beat);
  }

  /** The same, whether it is locked or not. */
  byItself(beat) {
    return this.byHand.get(beat) ?? this.find(beat);
  }

  /** What is heard, or about to be. */
  get value() {
    return this.coming ?? this.settings.values[this.name];
  }

  /** Gives a beat the value that there is. */
  keepFor(beat) {
    if (this.of(beat) !== this.value) this.byHand.set(beat, this.value);
  }

  await(beat) {
    this.coming = this.of(beat);
  }

  arrive() {
    if (this.coming === null) return;
    this.isArriving = true;
    if (this.coming !== this.settings.values[this.name]) {
      this.settings.set(this.name, this.coming);
    }
    this.isArriving = false;
    this.coming = null;
  }
}

/** How fast a beat goes, and how much it swings. */
export class Pace {
  /** @param {!Object} parts `maker`, `player` and `settings` (settings.js). */
  constructor({maker, player, settings}) {
    this.maker = maker;
    this.tempo = new Following(settings, {
      name: 'qpm', lock: 'locked', find: (beat) => {
        const tempo = maker.tempoOf(beat);
        return tempo && settings.within('qpm', whole(middle(tempo)));
      },
    });
    this.swing = new Following(settings, {
      name: 'swing', lock: 'swingLocked', find: (beat) =>
        canSwing(beat.codes) ? swingBeside(player.kit, settings.values,
          beat.codes, maker.swingOf(beat)) : 0,
    });
    this.all = [this.tempo, this.swing];
  }

  /** Is told of a setting that has changed, with the beat on show. */
  changed({name, swings}, beat) {
    this.all.find((one) => one.name === name)?.changed(beat);
    if (!swings) return;
    this.swing.await(beat);
    this.swing.arrive();
  }

  await(beat) {
    for (const one of this.all) one.await(beat);
  }

  arrive() {
    for (const one of this.all) one.arrive();
  }

  /** Lets a beat swing as another one does, whatever has set that. */
  swingAs(beat, other) {
    beat.swing = this.maker.swingOf(other);
    const {byHand} = this.swing;
    if (byHand.has(other)) byHand.set(beat, byHand.get(other));
    return beat;
  }

  /** Lets a beat go on as the one on show goes. */
  goOn(beat, shown) {
    this.tempo.keepFor(beat);
    return this.swingAs(beat, shown);
  }

  /** How a beat goes, by name, where its hits alone would not tell that. */
  own(beat) {
    const alike = this.maker.ofCodes(beat.codes);
    return Object.fromEntries(this.all
      .map((one) => [one.name, one.byItself(beat), one.find(alike)])
      .filter(([, value, told]) => value !== null && value !== told));
  }

  /** Returns the beat of hits that are to go as `own` has told. */
  beatOf(codes, own = {}) {
    const beat = this.maker.ofCodes(codes);
    for (const one of this.all) {
      if (one.name in own) one.byHand.set(beat, own[one.name]);
    }
    return beat;
  }

  /** Lets a beat go as settings of some names say, which are there already. */
  keep(beat, names) {
    for (const one of this.all) {
      if (names.includes(one.name)) one.keepFor(beat);
    }
    return beat;
  }
}
