/**
 * The player: loops that are heard, from the first gesture on.
 *
 * Nothing is created before `start`, as browsers ask. A timer schedules what
 * comes within the next moment on the time of the audio context, which alone
 * keeps the beat.
 */

import {NUM_STEPS, STEPS_PER_QUARTER} from '../constants.js';
import {sendHit, silence} from './notes_out.js';
import {Sequencer} from './sequencer.js';
import {Sounds} from './strokes.js';

const TICK_MS = 25;
// Timers of a hidden page come once a second.
const LOOKAHEAD_S = 0.12;
const HIDDEN_LOOKAHEAD_S = 1.5;
const START_S = 0.03;
// A hit that comes early is scheduled before its step, by so much and more.
const SPARE_S = 0.05;
// Of sound that is held back, until that is said.
const STILL_TICKS = 2000 / TICK_MS;
// Of a single hit, for an instrument of the system.
const STRIKE_S = 0.1;

export class Player {
  /**
   * @param {!Object} kit From `rendering.page_description`.
   * @param {!Object} settings Values of settings.js; `refresh` after a change.
   */
  constructor(kit, settings) {
    Object.assign(this, {settings, sounds: new Sounds(kit, settings)});
    this.sounds.onTake = () => this.takeSounds();
    this.mixer = {muted: new Set(), soloed: new Set()};
    /** @type {?MIDIOutput} Where notes are sent to, too. */
    this.midiOut = null;
    this.context = null;
    this.sequencer = null;
    /** What single hits are heard by. */
    this.pads = null;
    this.listeners = [];
    /** @type {function(!Array<number>)} Gets a pattern that takes over. */
    this.onTakeOver = () => {};
    /** @type {function(string)} Is told why nothing is heard. */
    this.onSilent = () => {};
    this.timer = 0;
  }

  get kit() {
    return this.sounds.now.kit;
  }

  get playing() {
    return this.timer !== 0;
  }

  makeSequencer(context, mixer = this.mixer, settings = this.settings) {
    return new Sequencer(context, this.sounds.now, settings, mixer);
  }

  /** Makes the audio context, in a gesture; returns whether there is one. */
  wake() {
    if (!this.context) {
      try {
        this.context = new AudioContext({latencyHint: 'interactive'});
      } catch {
        this.onSilent('This browser plays no sound; it still gives MIDI.');
        return false;
      }
      document.addEventListener('visibilitychange', () => this.tick());
    }
    // `tick` sees whether it goes on.
    this.context.resume().catch(() => {});
    return true;
  }

  /** Lets one voice be heard at once, whether anything plays or not. */
  strike(voice, velocity) {
    if (!this.context && !navigator.userActivation?.hasBeenActive) return;
    if (!this.wake()) return;
    if (this.pads?.kit !== this.kit) {
      this.pads = this.makeSequencer(this.context);
    }
    this.pads.onHit = (...hit) => this.sendHit(...hit);
    this.pads.strike(voice, this.context.currentTime, velocity, STRIKE_S);
  }

  /** Starts a pattern from a step, in the place of what plays. */
  start(pattern, step = 0) {
    this.stop();
    if (!this.wake()) return;
    this.still = 0;
    this.sequencer = this.makeSequencer(this.context);
    this.sequencer.onHit = (...hit) => this.sendHit(...hit);
    this.sequencer.onTakeOver = (codes) => this.onTakeOver(codes);
    // Time stands still until its sounds are there.
    this.sequencer.begin(pattern, Infinity, step);
    this.timer = setInterval(() => this.tick(), TICK_MS);
    this.tick();
    this.draw();
  }

  /** Changes over to a pattern on the next beat; starts it if none plays. */
  next(pattern) {
    if (this.playing) this.sequencer.next(pattern);
    else this.start(pattern);
  }

  /**
   * Plays what a function gives, until it returns null; the last one stays.
   * @param {function(number): ?Array<number>} source Gives one for a step.
   * @param {number} every How many steps of each: 16 for a bar, 32 for two.
   */
  sequence(source, every = NUM_STEPS) {
    if (!this.playing) {
      const first = source(0);
      if (!first) return;
      this.onTakeOver(first);
      this.start(first);
      if (!this.playing) return;
      this.sequencer.given = 0;
    }
    this.sequencer.sequence(source, every);
  }

  stop() {
    if (!this.playing) return;
    clearInterval(this.timer);
    this.timer = 0;
    this.sequencer.release();
    silence(this.midiOut);
  }

  tick() {
    if (!this.playing) return;
    this.still = this.context.state === 'running' ? 0 : this.still + 1;
    if (this.still === STILL_TICKS) {
      this.onSilent('The browser holds the sound back: press Play twice.');
    }
    if (this.sequencer.time === Infinity) {
      if (!this.sounds.has(this.sequencer.pattern)) return;
      this.sequencer.time = this.context.currentTime + START_S;
    }
    const early = this.kit.dynamics.most_late * 60 /
      (this.settings.qpm * STEPS_PER_QUARTER);
    const ahead = Math.max(SPARE_S + early,
      document.hidden ? HIDDEN_LOOKAHEAD_S : LOOKAHEAD_S);
    this.sequencer.advance(this.context.currentTime + ahead);
    if (document.hidden) this.tellSteps();
  }

  draw() {
    if (!this.playing) return;
    this.tellSteps();
    requestAnimationFrame(() => this.draw());
  }

  /** Tells the listeners of the steps that are heard by now. */
  tellSteps() {
    const {steps} = this.sequencer;
    const now = this.context.currentTime - (this.context.outputLatency || 0);
    while (steps.length && steps[0].time <= now) {
      const {step, time, pattern} = steps.shift();
      for (const listener of this.listeners) listener(step, time, pattern);
    }
  }

  /** @param {function(...)} listener Gets (step, time, pattern). */
  onStep(listener) {
    this.listeners.push(listener);
  }

  sendHit(voice, time, velocity, length) {
    sendHit(this.midiOut, {pitch: this.kit.voices[voice].pitch, velocity,
      seconds: time - this.context.currentTime, length});
  }

  /** Puts to work what has changed. */
  refresh() {
    if (this.sounds.take()) this.takeSounds();
    this.sequencer?.refresh();
    this.pads?.refresh();
  }

  /** Goes on with another kit. */
  takeSounds() {
    this.pads = null;
    if (this.playing) this.sequencer.take(this.sounds.now);
  }

  mute(voice, isOn = true) {
    this.mixer.muted[isOn ? 'add' : 'delete'](voice);
    this.refresh();
  }

  solo(voice, isOn = true) {
    this.mixer.soloed[isOn ? 'add' : 'delete'](voice);
    this.refresh();
  }
}
