/**
 * The foretold decoder: how much will differ is drawn before it is written.
 *
 * The rules are those of models/foretold.py and models/foretelling.py.
 */

import {popcount} from '../beat/nearest.js';
import {NUM_STEPS} from '../constants.js';
import {chosen} from './chance.js';
import {EntropySoFar} from './entropy_so_far.js';
import {addRow} from './layers.js';
import {reading, StepwiseDecoder} from './stepwise.js';

export class ForetoldDecoder extends StepwiseDecoder {
  constructor(data) {
    super(data);
    const {blocks, least, owed, class_temperature: temperature} = data.model;
    Object.assign(this, {blocks, least, owed, temperature});
    this.toClasses = reading(data).linear('to_classes');
    this.logits = new Float64Array(least.length);
    this.entropy = new EntropySoFar(data.model.min_nats);
    const rows = this.fromPast.length / this.known.length;
    this.toldRow = rows - 2 * blocks.length * least.length;
  }

  decode(z, options) {
    const strikes = this.begin(z, options);
    this.entropy.begin();
    const codes = new Array(NUM_STEPS).fill(0);
    this.block = this.differences = 0;
    this.allowed = Infinity;
    for (let step = 0; step < NUM_STEPS; step++) {
      const number = this.blocks.indexOf(step);
      if (options.temperature > 0 && number >= 0) {
        this.foretell(codes, step, number);
      }
      const model = this.block && codes[step - this.block];
      // What may differ no more is a copy.
      codes[step] = this.differences < this.allowed ?
        this.write(strikes, codes, step, model) : model;
      if (this.block) this.differences += popcount(codes[step] ^ model);
      this.count(codes, step);
      this.entropy.note(codes, step);
    }
    return codes;
  }

  /** Draws how many hits of a block will differ. */
  foretell(codes, step, number) {
    this.block = 0;
    this.look(codes, step, NUM_STEPS + number);
    this.toClasses.run(this.known, this.logits);
    // A bar with little in it is not copied as a whole.
    if (step === this.blocks.at(-1) && this.entropy.isTrivial(step)) {
      this.logits[0] = -Infinity;
    }
    this.class = chosen(this.logits, this.temperature, this.rng);
    [this.block, this.number, this.differences] = [step, number, 0];
    this.allowed = (this.least[this.class + 1] ?? Infinity) - 1;
  }

  /** Draws a step that may differ from its model; returns its code. */
  write(strikes, codes, step, model) {
    this.look(codes, step, step);
    let count = this.differences;
    const least = this.block ? this.least[this.class] : 0;
    const isModel = (v) => Boolean(model >> v & 1);
    return this.strike(
      (logit) => strikes(count < least ? this.owed * logit : logit),
      (v, drawn) => {
        if (v && drawn[v - 1] !== isModel(v - 1)) count++;
        return count < this.allowed ? undefined : isModel(v);
      });
  }

  /** Adds the entropy so far and, inside a block, what is foretold of it. */
  tell(step) {
    const {known, fromPast, toldRow, least} = this;
    this.entropy.tell(known, fromPast, toldRow - 2, step);
    if (!this.block) return;
    const row = toldRow + 2 * least.length * this.number + this.class;
    addRow(known, fromPast, row, 1);
    if (this.differences < least[this.class]) {
      addRow(known, fromPast, row + least.length, 1);
    }
  }
}
