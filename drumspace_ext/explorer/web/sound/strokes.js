/**
 * Strokes: the ways in which a voice sounds, in turn and by how hard it is hit.
 */

import {SAMPLE_RATE} from '../constants.js';
import {darkened, renderVoice} from './kit.js';

/**
 * Computes a stroke of a voice, anywhere.
 * @param {!Object} voice A voice of a kit.
 * @param {number} stroke Which of its ways to sound.
 * @return {{bright: !Float32Array, dark: ?Float32Array}} At its hardest and its
 *     softest.
 */
export function strokeOf(voice, stroke) {
  const bright = renderVoice(voice, SAMPLE_RATE, stroke);
  return {bright, dark: darkened(bright, voice, SAMPLE_RATE)};
}

function inBuffer(samples) {
  const buffer = new AudioBuffer(
    {length: samples.length, sampleRate: SAMPLE_RATE});
  buffer.copyToChannel(samples, 0);
  return buffer;
}

const inBuffers = ({bright, dark}) =>
  ({bright: inBuffer(bright), dark: dark && inBuffer(dark)});

/**
 * Starts what sounds in a hit: the harder it is, the brighter.
 * @param {number} time In seconds.
 * @param {{bright: !AudioBuffer, dark: ?AudioBuffer}} stroke
 * @param {number} hardness From 0 to 1.
 * @param {!AudioNode} to What it goes to.
 * @param {!Set<!AudioBufferSourceNode>} active Has it while it sounds.
 * @return {!Array<!AudioBufferSourceNode>}
 */
export function startAt(time, {bright, dark}, hardness, to, active) {
  const parts = dark ? [[bright, hardness], [dark, 1 - hardness]] :
    [[bright, 1]];
  return parts.map(([buffer, gain]) => {
    const source = new AudioBufferSourceNode(to.context, {buffer});
    source.connect(new GainNode(to.context, {gain})).connect(to);
    source.start(time);
    active.add(source);
    source.onended = () => active.delete(source);
    return source;
  });
}

/** The sounds of a kit, voice by voice. */
class KitSounds {
  constructor(kit) {
    this.kit = kit;
    /** Of each voice its strokes, as far as they are there. */
    this.ofVoices = [];
  }

  /** Returns the strokes of a voice, computed here if they are not there. */
  of(voice) {
    const description = this.kit.voices[voice];
    this.ofVoices[voice] ??= Array.from({length: description.strokes},
      (_, stroke) => inBuffers(strokeOf(description, stroke)));
    return this.ofVoices[voice];
  }

  /** Has the strokes of a voice made, unless they are there. */
  async make(voice, make) {
    if (this.ofVoices[voice]) return;
    const description = this.kit.voices[voice];
    const made = await Promise.all(Array.from({length: description.strokes},
      (_, stroke) => make(description, stroke)));
    this.ofVoices[voice] ??= made.map(inBuffers);
  }
}

/** The sounds of the kit that is set. */
export class Sounds {
  /**
   * @param {!Object} description From `rendering.page_description`.
   * @param {!Object} settings Values of settings.js.
   */
  constructor(description, settings) {
    Object.assign(this, {description, settings});
    /** What has strokes made elsewhere; see `prepare`. */
    this.make = null;
    /** Is called when another kit is heard that was made elsewhere. */
    this.onTake = () => {};
    /** The sounds that are heard, and those that are to be. */
    this.now = this.aim = null;
    /** The voices that are waited for, as bits. */
    this.wanted = 0;
    this.take();
  }

  /**
   * Takes the kit that is set: at once or, if its sounds are made elsewhere,
   * when they are there.
   * @return {boolean} Whether another one is heard now.
   */
  take() {
    const own = this.description.kits[this.settings.kit];
    if (own.voices === this.aim?.kit.voices) return false;
    const isBack = own.voices === this.now?.kit.voices;
    this.aim = isBack ? this.now :
      new KitSounds({...this.description, ...own});
    if (this.make) {
      this.filled = this.fill();
      return false;
    }
    this.now = this.aim;
    return true;
  }

  /**
   * Has all sounds made elsewhere from now on.
   * @param {function(!Object, number): !Promise<!Object>} make As `strokeOf`.
   * @param {!Array<number>} codes The pattern whose voices come first.
   */
  prepare(make, codes) {
    this.make = make;
    this.want(codes);
    this.filled = this.fill();
  }

  /** Fills what is to be heard, then lets it be heard. */
  async fill() {
    const {aim} = this;
    for (;;) {
      const missing = aim.kit.voices.map((_, voice) => voice)
        .filter((voice) => !aim.ofVoices[voice]);
      if (!missing.length) break;
      // What somebody waits for comes first.
      await aim.make(missing.find((voice) => this.wanted >> voice & 1) ??
        missing[0], this.make);
      if (aim !== this.aim) return;
    }
    if (this.now === aim) return;
    this.now = aim;
    this.onTake();
  }

  /** Lets the voices of a pattern be made first. */
  want(codes) {
    this.wanted = codes.reduce((sum, code) => sum | code, 0);
  }

  /**
   * Says whether the sounds of a pattern are there, and wants them; where
   * nobody else makes them, all are made now.
   */
  has(codes) {
    this.want(codes);
    const {kit, ofVoices} = this.now;
    if (!this.make) kit.voices.forEach((_, voice) => this.now.of(voice));
    return kit.voices.every((_, voice) =>
      ofVoices[voice] || !codes.some((code) => code >> voice & 1));
  }
}
