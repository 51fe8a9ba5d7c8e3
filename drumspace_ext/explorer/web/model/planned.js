/**
 * The planned decoder: which voices repeat is decided before it is written.
 *
 * The rules are those of models/planned.py and models/plans.py.
 */

import {NUM_STEPS, NUM_VOICES} from '../constants.js';
import {EntropySoFar} from './entropy_so_far.js';
import {addRow} from './layers.js';
import {reading, StepwiseDecoder, toCode} from './stepwise.js';

export class PlannedDecoder extends StepwiseDecoder {
  constructor(data) {
    super(data);
    const {tensor, linear} = reading(data);
    this.blocks = data.model.blocks;
    this.entropy = new EntropySoFar(data.model.min_nats);
    this.toPlanHead = linear('to_plan_head');
    this.toPlanBits = linear('to_plan_bits');
    this.planInputs = tensor('plan_inputs');
    this.planOutputs = tensor('plan_outputs');
    this.planBits = new Float64Array(this.toPlanBits.bias.length);
    this.size = this.known.length;
    // Of each voice: on how many steps it has to differ, at most 2 being more;
    // on how many it does so far.
    this.plan = new Array(NUM_VOICES).fill(0);
    this.differences = new Array(NUM_VOICES).fill(0);
    const rows = this.fromPast.length / this.size;
    this.planRow = rows - 3 * NUM_VOICES;
    this.entropyRow = this.planRow - 2;
  }

  decode(z, options) {
    const strikes = this.begin(z, options);
    const codes = new Array(NUM_STEPS).fill(0);
    this.entropy.begin();
    this.block = 0;
    for (let step = 0; step < NUM_STEPS; step++) {
      const number = this.blocks.indexOf(step);
      if (number >= 0) {
        this.look(codes, step, NUM_STEPS + number);
        this.makePlan(strikes);
        this.block = step;
      }
      const told = this.plan.map((_, v) => this.told(codes, step, v));
      if (told.includes(undefined)) {
        this.look(codes, step, step);
        codes[step] = this.strike(strikes, (v) => told[v]);
      } else {
        // The plan leaves nothing open.
        codes[step] = toCode(told);
      }
      this.note(codes, step);
    }
    return codes;
  }

  /** How many differences a voice still owes. */
  owed(v) {
    return Math.max(this.plan[v] - this.differences[v], 0);
  }

  /** Adds the entropy so far and, but before a plan is made, the plan. */
  tell(step, position) {
    const {known, fromPast, plan, planRow, entropyRow} = this;
    this.entropy.tell(known, fromPast, entropyRow, step);
    if (!this.block || position >= NUM_STEPS) return;
    for (let v = 0; v < NUM_VOICES; v++) {
      if (!plan[v]) continue;
      const row = planRow + v;
      addRow(known, fromPast, row + (plan[v] - 1) * NUM_VOICES, 1);
      if (this.owed(v)) addRow(known, fromPast, row + 2 * NUM_VOICES, 1);
    }
  }

  /** Draws how often each voice will differ: never, once, more than once. */
  makePlan(strikes) {
    const {known, plan, planBits, planInputs, planOutputs} = this;
    this.toPlanHead.run(known, this.head);
    this.toPlanBits.run(known, planBits);
    const drawn = this.draw(
      strikes, (b, before) => b % 2 && !before[b - 1] ? false : undefined,
      planBits, planInputs, planOutputs,
    );
    for (let v = 0; v < NUM_VOICES; v++) {
      plan[v] = drawn[2 * v] + drawn[2 * v + 1];
    }
    this.differences.fill(0);
  }

  /** Says what the plan makes of a voice, or nothing. */
  told(codes, step, v) {
    if (!this.block) return undefined;
    const model = Boolean(codes[step - this.block] >> v & 1);
    const owed = this.owed(v);
    if (owed && owed >= 2 * this.block - step) return !model;
    return !owed && this.plan[v] < 2 ? model : undefined;
  }

  /** Notes a step that was written. */
  note(codes, step) {
    this.count(codes, step);
    this.entropy.note(codes, step);
    if (!this.block) return;
    const differs = codes[step] ^ codes[step - this.block];
    for (let v = 0; v < NUM_VOICES; v++) {
      this.differences[v] += differs >> v & 1;
    }
  }
}
