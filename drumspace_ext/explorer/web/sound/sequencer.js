/**
 * The sequencer: a pattern as sounds on the time of an audio context.
 *
 * A pattern is an array of 32 step codes; bit v of a code is voice v. The rules
 * of swing, velocity and choking are those of dynamics.py and rendering.py;
 * their tables come with the kit (`rendering.page_description`). The same code
 * plays live and renders offline.
 */

import {NUM_STEPS, STEPS_PER_QUARTER} from '../constants.js';
import {limited} from './kit.js';
import {played} from './playing.js';
import {startAt} from './strokes.js';

// The limiter's curve spans what all voices at once can add up to.
const HEADROOM = 16;
const CURVE_POINTS = 16385;
// Of a sample, so that sums of times round as in rendering.py.
const SLACK_SAMPLES = 1e-6;

/** Says whether a voice is to be heard. */
export function isAudible({muted, soloed}, voice) {
  return soloed.size ? soloed.has(voice) : !muted.has(voice);
}

export class Sequencer {
  /**
   * @param {!BaseAudioContext} context Where it is to sound.
   * @param {!Object} sounds A `kit` and its strokes, `of` a voice.
   * @param {!Object} settings Values of settings.js; read at every step.
   * @param {!Object} mixer `muted` and `soloed`, sets of voices.
   */
  constructor(context, sounds, settings, mixer) {
    Object.assign(this, {
      context, settings, mixer, onHit: null, onTakeOver: null});
    this.take(sounds);
    const {kit} = this;
    this.steps = [];
    this.active = new Set();
    this.held = new Map();
    this.volume = new GainNode(context, {gain: settings.volume});
    const shaper = new WaveShaperNode(context, {
      curve: Float32Array.from({length: CURVE_POINTS}, (_, i) =>
        limited(HEADROOM * (2 * i / (CURVE_POINTS - 1) - 1), kit.master)),
    });
    this.master = new GainNode(context, {gain: kit.master.gain / HEADROOM});
    this.master.connect(shaper).connect(this.volume)
      .connect(context.destination);
    this.buses = kit.voices.map((voice, v) => {
      const bus = new GainNode(context, {gain: isAudible(mixer, v) ? 1 : 0});
      bus.connect(new StereoPannerNode(context, {pan: voice.pan}))
        .connect(this.master);
      return bus;
    });
  }

  /** Goes on with another kit. */
  take(sounds) {
    const {kit} = sounds;
    Object.assign(this, {kit, sounds, turns: kit.voices.map(() => 0)});
  }

  /** Begins a pattern at a time of the context, in seconds. */
  begin(pattern, time, step = 0) {
    Object.assign(this, {
      pattern, time, step, count: 0, pending: null, source: null, every: 0,
      // At which count a source has given its pattern before.
      given: -1,
    });
  }

  /** Changes over to a pattern on the next beat, at the same place. */
  next(pattern) {
    this.pending = pattern;
    this.source = null;
  }

  /**
   * Lets a function give the pattern, until it returns null.
   * @param {function(number): ?Array<number>} source Called with the step,
   *     every so many of them.
   * @param {number} every 16 for a bar, 32 for a loop.
   */
  sequence(source, every = NUM_STEPS) {
    Object.assign(this, {source, every, pending: null});
  }

  /** Puts the settings of volume, mute and solo to work. */
  refresh() {
    const now = this.context.currentTime;
    this.volume.gain.setTargetAtTime(this.settings.volume, now, 0.005);
    this.buses.forEach((bus, v) => bus.gain.setTargetAtTime(
      isAudible(this.mixer, v) ? 1 : 0, now, 0.003));
  }

  /** Goes on with another pattern. */
  takeOver(pattern) {
    this.pattern = pattern;
    this.onTakeOver?.(pattern);
  }

  /** Schedules all steps before a time. */
  advance(until) {
    while (this.time < until) this.playStep();
  }

  playStep() {
    // Strokes come in the same turn in each loop, as in files.
    if (!this.step) this.turns.fill(0);
    if (this.step % STEPS_PER_QUARTER === 0 && this.pending) {
      const coming = this.pending;
      this.pending = null;
      this.takeOver(coming);
    }
    if (this.source && this.step % this.every === 0 &&
        this.count !== this.given) {
      const given = this.source(this.step);
      if (given) this.takeOver(given);
      else this.source = null;
    }
    const seconds = 60 / (this.settings.qpm * STEPS_PER_QUARTER);
    // After a sleep the past is passed over, so that nothing bursts out.
    if (this.time + seconds >= this.context.currentTime) {
      this.kit.voices.map((_, voice) => voice)
        .filter((voice) => this.pattern[this.step] >> voice & 1)
        .map((voice) => ({voice, ...played(
          this.kit, this.settings, voice, this.step, this.count,
          this.pattern)}))
        .sort((a, b) => a.delay - b.delay)
        .forEach(({voice, delay, velocity}) => this.strike(
          voice, this.time + delay * seconds, velocity, seconds));
      this.steps.push(
        {step: this.step, time: this.time, pattern: this.pattern});
    }
    this.time += seconds;
    this.step = (this.step + 1) % NUM_STEPS;
    this.count++;
  }

  strike(voice, time, velocity, seconds) {
    const {choke} = this.kit.voices[voice];
    // A whole sample, or the browser would interpolate the attack away.
    const rate = this.context.sampleRate;
    time = Math.floor(time * rate + 0.5 + SLACK_SAMPLES) / rate;
    const level = (velocity / 127) ** this.kit.master.velocity_power;
    const gain = new GainNode(this.context, {gain: level});
    gain.connect(this.buses[voice]);
    const strokes = this.sounds.of(voice);
    const stroke = strokes[this.turns[voice]++ % strokes.length];
    const sources = startAt(time, stroke, velocity / 127, gain, this.active);
    if (choke) {
      const held = this.held.get(choke) ?? [];
      held.filter((other) => other.time < time)
        .forEach((other) => this.choke(other, time));
      this.held.set(choke, [
        ...held.filter((other) => other.time >= time),
        {sources, gain, level, time},
      ]);
    }
    if (isAudible(this.mixer, voice)) {
      this.onHit?.(voice, time, velocity, seconds);
    }
  }

  choke({sources, gain, level}, time) {
    const end = time + this.kit.master.choke_s;
    gain.gain.setValueAtTime(level, time);
    gain.gain.linearRampToValueAtTime(0, end);
    for (const source of sources) source.stop(end);
  }

  /** Falls silent, without a click. */
  release() {
    const end = this.context.currentTime + 0.02;
    this.volume.gain.cancelScheduledValues(0);
    this.volume.gain.setTargetAtTime(0, this.context.currentTime, 0.004);
    for (const source of this.active) source.stop(end);
    this.steps = [];
  }
}
