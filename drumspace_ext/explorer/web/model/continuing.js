/**
 * The next-step model: what follows a beat, step by step, out of what its song
 * has played before.
 *
 * The rules are those of models/next_step.py, in double precision as there: the
 * same uniform numbers give the same hits.
 */

import {NUM_VOICES} from '../constants.js';
import {random} from './chance.js';
import {SongMemory} from './song_memory.js';

/** Adds `inputs * kernel` to sums; the kernel has a row for each input. */
function addProduct(sums, inputs, kernel) {
  const size = sums.length;
  for (let i = 0; i < inputs.length; i++) {
    const value = inputs[i];
    if (!value) continue;
    for (let j = 0; j < size; j++) sums[j] += value * kernel[i * size + j];
  }
}

function dot(inputs, weights) {
  let sum = 0;
  for (let i = 0; i < inputs.length; i++) sum += inputs[i] * weights[i];
  return sum;
}

function rectify(values) {
  for (let i = 0; i < values.length; i++) if (values[i] < 0) values[i] = 0;
}

/** One of the two networks; tensors as `Net` of models/next_step.py. */
class Net {
  constructor(part, column) {
    const tensor = (name) => column(`continue.${part}.${name}`);
    this.toldKernel = tensor('told_kernel');
    this.stepKernel = tensor('step_kernel');
    this.bias = tensor('bias');
    this.hiddenKernel = tensor('hidden_kernel');
    this.hiddenBias = tensor('hidden_bias');
    this.outputKernel = tensor('output_kernel');
    [this.outputBias] = tensor('output_bias');
    this.toldWay = tensor('told_way');
    this.stepWay = tensor('step_way');
    this.inputs = new Float64Array(this.toldWay.length);
  }

  /** Takes the inputs of a step. */
  open(inputs) {
    this.first = Float64Array.from(this.bias);
    addProduct(this.first, inputs, this.stepKernel);
    this.straight = dot(inputs, this.stepWay) + this.outputBias;
  }

  /** Returns the logit of a voice, by what stands in `inputs`. */
  logit() {
    const first = Float64Array.from(this.first);
    addProduct(first, this.inputs, this.toldKernel);
    rectify(first);
    const second = Float64Array.from(this.hiddenBias);
    addProduct(second, first, this.hiddenKernel);
    rectify(second);
    return dot(second, this.outputKernel) +
      dot(this.inputs, this.toldWay) + this.straight;
  }
}

/** Writes which voice it is and what else the step has, from `start` on. */
function writeVoice(inputs, start, voice, told) {
  for (let v = 0; v < NUM_VOICES; v++) {
    inputs[start + v] = Number(v === voice);
    inputs[start + NUM_VOICES + v] = told >> v & 1;
  }
}

export class Continuer {
  /** Makes the model of the page's data: `data.continuer` and its columns. */
  constructor({continuer, column}) {
    this.tables = continuer;
    this.played = new Net('played', column);
    this.entry = new Net('entry', column);
  }

  /**
   * Yields what follows a beat of any length, step code by step code, for ever.
   *
   * primer: step codes from a bar line on, one at least. temperature: 0 takes
   * what is more probable, 1 draws as the model hears it. seed: of everything
   * drawn.
   */
  * stream(primer, {temperature = 1, seed = 0} = {}) {
    const rng = random(seed);
    const {most_remembered: most, kept, phase} = this.tables;
    const latest = (codes) =>
      codes.slice(Math.floor(Math.max(0, codes.length - kept) / phase) * phase);
    let memory = this.remember(latest([...primer]));
    for (;;) {
      const uniform = Array.from({length: NUM_VOICES}, rng);
      const code = this.draw(memory, uniform, temperature);
      memory.append(code);
      yield code;
      if (memory.codes.length >= most) {
        memory = this.remember(latest(memory.codes));
      }
    }
  }

  /** Returns so many steps behind a primer; see `stream`. */
  continued(primer, numSteps, options) {
    const steps = this.stream(primer, options);
    return Array.from({length: numSteps}, () => steps.next().value);
  }

  remember(codes) {
    const memory = new SongMemory(this.tables);
    for (const code of codes) memory.append(code);
    return memory;
  }

  /** Draws the next step; uniform: a number in [0, 1) for each voice. */
  draw(memory, uniform, temperature) {
    const struck = (logit, voice) => temperature > 0 ?
      uniform[voice] < 1 / (1 + Math.exp(-logit / temperature)) : logit > 0;
    let code = 0;
    this.eachVoice(memory, (voice, logit) => {
      if (struck(logit(code), voice)) code |= 1 << voice;
    });
    return code;
  }

  /** Returns how surprising a step would be, in nats. */
  nats(memory, code) {
    let nats = 0;
    let told = 0;
    this.eachVoice(memory, (voice, logit) => {
      const value = (code >> voice & 1 ? -1 : 1) * logit(told);
      nats += Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value)));
      told |= code & 1 << voice;
    });
    return nats;
  }

  /**
   * Calls with each voice, in the order in which they are told, and with what
   * gives its logit by the step code of those told before.
   */
  eachVoice(memory, call) {
    const inputs = memory.stepInputs();
    for (const net of [this.played, this.entry]) {
      net.open(inputs);
      for (let v = 0; v < NUM_VOICES; v++) {
        const isPlayed = memory.known >> v & 1;
        if (Boolean(isPlayed) !== (net === this.played)) continue;
        call(v, (told) => {
          const start = isPlayed ? memory.countInputs(v, told, net.inputs) : 0;
          writeVoice(net.inputs, start, v, told);
          return net.logit();
        });
      }
    }
  }
}
