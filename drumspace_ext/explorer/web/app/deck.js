/**
 * The deck: the beat that is on show, what comes next, and what can be undone.
 * It tells its listeners of
 * `show(beat)`: at once, at every frame under a hand;
 * `settled(beat)`: there is time for what takes longer than a frame;
 * `playing()`: something plays or stops, or another way to play;
 * `step(step)`: a step is heard, null when it falls silent.
 */

import {makeBeat} from '../beat/beat.js';
import {silence} from '../beat/patterns.js';
import {Pace} from './following.js';
import {NextFrame} from './frames.js';
import {Hand} from './hand.js';
import {History} from './history.js';

const SETTLE_MS = 250;

export class Deck {
  /** @param {!Object} parts `maker`, `player`, `settings` and `workshop`. */
  constructor({maker, player, settings, workshop}) {
    Object.assign(this, {maker, player, workshop});
    this.pace = new Pace({maker, player, settings});
    this.listeners = {show: [], settled: [], playing: [], step: []};
    this.history = new History(settings);
    /** What gives the beats that play one after the other, if anything. */
    this.source = null;
    this.queue = [];
    this.next = new NextFrame((beat, options) => this.show(beat, options));
    this.clear();
    this.history.push(this.current);
    player.onStep((step, _, codes) => this.hear(step, codes));
    player.onTakeOver = (codes) => this.follow(codes);
    settings.onChange((row) => this.pace.changed(row, this.current));
    this.hand = new Hand();
  }

  on(name, listener) {
    this.listeners[name].push(listener);
  }

  tell(name, ...values) {
    for (const listener of this.listeners[name]) listener(...values);
  }

  /** Takes off what is on show, without a word. */
  clear() {
    this.current = makeBeat(silence());
  }

  /**
   * Shows a beat, and plays it if something plays or `plays` says so.
   * @param {?Object} beat See beat/beat.js.
   * @param {!Object} options `keeps`: it is a step of undo at once; `plays`;
   *     unless `sounds` it is heard already.
   */
  show(beat, {keeps = true, plays = false, sounds = true} = {}) {
    if (!beat) return;
    this.next.cancel();
    // What only went by can be gone back to where a hand goes on from it.
    if (sounds && this.goesBy) this.history.keep(this.current);
    this.goesBy = !sounds;
    this.current = beat;
    if (sounds) {
      // First what is heard; a hand takes over from the radio and the path.
      Object.assign(this, {source: null, queue: []});
      this.pace.await(beat);
      if (!this.player.playing) this.pace.arrive();
      if (plays || this.player.playing) this.player.next(beat.codes);
    }
    this.tell('show', beat);
    this.tell('playing');
    clearTimeout(this.settling);
    if (keeps) {
      this.history.push(beat);
      this.tell('settled', beat);
    } else {
      this.settling = setTimeout(() => this.settle(), SETTLE_MS);
    }
  }

  /** Takes on the tempo and swing of a pattern that takes over. */
  follow(codes) {
    if (codes !== this.current.codes) {
      const beat = this.queue.find((coming) => coming.codes === codes);
      if (!beat) return;
      this.pace.await(beat);
    }
    this.pace.arrive();
  }

  /** Makes and shows a beat at the next frame; it can't be undone yet. */
  soon(make, {plays = false, z = null} = {}) {
    this.next.set(make, z, {keeps: false, plays});
  }

  /** The latent vector that is on show, or about to be. */
  get z() {
    return this.next.z ?? this.current.z;
  }

  /** Does for what is on show what takes longer than a frame. */
  settle() {
    if (this.next.delays(() => this.settle())) return;
    clearTimeout(this.settling);
    if (!this.hand.isDown && !this.goesBy) this.history.keep(this.current);
    this.tell('settled', this.current);
  }

  /** Undoes, or does again. */
  go(by) {
    if (this.goesBy) this.history.keep(this.current);
    this.goesBy = false;
    const beat = this.history.go(by);
    if (!beat) return;
    this.show(beat, {keeps: false});
    clearTimeout(this.settling);
    this.tell('settled', beat);
  }

  /** Sets or clears a hit; `settle` ends what a hand paints. */
  paint(voice, step, isOn) {
    const {codes} = this.current;
    this.alter(codes.with(step, codes[step] & ~(1 << voice) | isOn << voice),
      {keeps: false});
  }

  /** Shows other hits that are still the same music. */
  alter(codes, options) {
    this.show(this.pace.goOn(this.maker.ofCodes(codes), this.current), options);
  }

  /** Changes a hit for good. */
  edit(voice, step) {
    this.paint(voice, step, ~this.current.codes[step] >> voice & 1);
    this.settle();
  }

  /** Decodes anew what is on show. */
  decodeAnew() {
    const {place, origin, isDecoded} = this.current;
    const {z, next} = this;
    // What comes anyway is new, and what a person made is not decoded.
    if (!z || next.coming || !(next.z || origin || isDecoded)) return;
    const where = next.z ? undefined : place;
    this.soon(() => this.workshop.call('latent', z, where));
  }

  /** Starts what is on show, or stops; returns whether there was anything. */
  toggle() {
    if (this.player.playing) this.stop();
    else if (!this.current.codes.some(Boolean)) return false;
    else this.player.start(this.current.codes);
    this.tell('playing');
    return true;
  }

  stop() {
    // What took over, and is not heard any more, takes its pace along.
    if (this.queue.length) this.pace.await(this.current);
    Object.assign(this, {source: null, queue: []});
    this.pace.arrive();
    this.player.stop();
    this.tell('step', null);
    this.tell('playing');
  }

  /**
   * Plays beat after beat, and shows each when it is heard.
   * @param {!Object} source Has `beatAt(step)`, which returns null at the end.
   * @param {number} every How many steps of each.
   */
  playFrom(source, every) {
    this.source = source;
    this.queue = [];
    this.player.sequence((step) => {
      const beat = this.source === source ? source.beatAt(step) : null;
      if (!beat) return null;
      this.queue.push(beat);
      return beat.codes;
    }, every);
    this.tell('playing');
  }

  /** Lets the last beat of a source play on. */
  leave() {
    this.source = null;
    this.tell('playing');
  }

  hear(step, codes) {
    this.tell('step', step);
    // What a stall passed over was never heard.
    const heard = this.queue.findIndex((coming) => coming.codes === codes);
    if (heard < 0) return;
    const [shown] = this.queue.splice(0, heard + 1).slice(-1);
    this.show(shown, {keeps: false, sounds: false});
  }
}
