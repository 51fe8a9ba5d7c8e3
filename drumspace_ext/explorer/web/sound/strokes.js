/**
 * Strokes: the ways in which a voice sounds, in turn and by how hard it is hit.
 */

import {SAMPLE_RATE} from '../constants.js';
import {darkened, renderVoice} from './kit.js';

function inBuffer(samples) {
  const buffer = new AudioBuffer(
    {length: samples.length, sampleRate: SAMPLE_RATE});
  buffer.copyToChannel(samples, 0);
  return buffer;
}

/**
 * Computes the strokes of a voice.
 * @param {!Object} voice A voice of a kit.
 * @return {!Array<{bright: !AudioBuffer, dark: ?AudioBuffer}>} Each at its
 *     hardest and its softest.
 */
function strokesOf(voice) {
  return Array.from({length: voice.strokes}, (_, stroke) => {
    const bright = renderVoice(voice, SAMPLE_RATE, stroke);
    const dark = darkened(bright, voice, SAMPLE_RATE);
    return {bright: inBuffer(bright), dark: dark && inBuffer(dark)};
  });
}

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

/** The sounds of the kit that is set, computed voice by voice. */
export class Sounds {
  /**
   * @param {!Object} description From `rendering.page_description`.
   * @param {!Object} settings Values of settings.js.
   */
  constructor(description, settings) {
    Object.assign(this, {description, settings});
    this.take();
  }

  /** Takes the kit that is set; says whether it is another one. */
  take() {
    const own = this.description.kits[this.settings.kit];
    if (own.voices === this.kit?.voices) return false;
    this.kit = {...this.description, ...own};
    this.ofVoices = [];
    return true;
  }

  /**
   * Computes the sounds of one more voice; to be called in idle moments.
   * @return {boolean} Whether there is more to do.
   */
  prepare() {
    const voice = this.kit.voices[this.ofVoices.length];
    if (voice) this.ofVoices.push(strokesOf(voice));
    return this.ofVoices.length < this.kit.voices.length;
  }

  /** Returns the strokes of all voices. */
  all() {
    while (this.prepare());
    return this.ofVoices;
  }
}
