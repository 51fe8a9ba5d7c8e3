/**
 * Song memory: what a song has played so far, as a next-step model hears it.
 *
 * The rules and the words are those of models/song_contexts.py; its tables come
 * with the model. Steps are step codes, counted from a bar line.
 */

import {NUM_VOICES, STEPS_PER_BAR} from '../constants.js';

/** Returns the share of good ones, drawn towards a half where there are few. */
function rate(good, count) {
  return (good + 0.5) / (count + 1);
}

/** Returns how many of the last rows of flags, `[rows][column]`, are true. */
function recent(rows, width, column) {
  let good = 0;
  const start = Math.max(0, rows.length - width);
  for (let i = start; i < rows.length; i++) good += rows[i][column];
  return rate(good, rows.length - start);
}

export class SongMemory {
  constructor(tables) {
    this.tables = tables;
    this.codes = [];
    this.known = 0;
    // A number of each context that was met, what was found under it (rests,
    // strikes, run), and what was played when it was met last.
    [this.numbers, this.found, this.last] = [new Map(), new Map(), new Map()];
    [this.followed, this.repeated] = [[], []];
    this.agreements = tables.repeat_lags.map(() => 0);
    this.lastEntry = 0;
    this.open();
  }

  /** What was played `lag` steps before the next one. */
  before(lag) {
    return this.codes[this.codes.length - lag] || 0;
  }

  /** Returns a number for a context, 2 ** 15 apart from the others. */
  numberOf(key) {
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.numbers.size;
      this.numbers.set(key, number);
    }
    return number * 2 ** (NUM_VOICES + 1);
  }

  /** Looks up the contexts of the next step. */
  open() {
    const step = this.codes.length;
    this.keys = this.tables.step_contexts.map(({lags, period}, place) =>
      this.numberOf(`${place}:${step % period}:` +
        lags.map((lag) => this.before(lag)).join(',')));
  }

  /** Returns where a voice is looked up, below the voices told before it. */
  voiceKeys(voice, told) {
    const step = this.codes.length;
    return [
      ...this.keys.map((key) => key + (1 << voice | told)),
      ...this.tables.voice_contexts.map(({lags, period}, place) =>
        this.numberOf(`v${place}:${voice}:${step % period}:` +
          lags.map((lag) => this.before(lag) >> voice & 1).join(''))),
    ];
  }

  /** Writes the inputs for what was found of a voice. */
  countInputs(voice, told, inputs) {
    const {count_delta: delta} = this.tables;
    const keys = this.voiceKeys(voice, told);
    keys.forEach((key, i) => {
      const [rests, strikes, run] = this.found.get(key) || [0, 0, 0];
      inputs[i] = Math.log((strikes + delta) / (rests + delta)) / 4;
      inputs[keys.length + i] =
        Math.sign(run) * Math.log1p(Math.abs(run)) / 2;
      inputs[2 * keys.length + i] = Math.log1p(rests + strikes) / 4;
    });
    return 3 * keys.length;
  }

  /** Returns the inputs of the next step. */
  stepInputs() {
    const {tables, known} = this;
    const step = this.codes.length;
    const far = (length) => Math.log1p(Math.min(length, tables.max_steps));
    const inputs = this.keys.map((_, column) =>
      recent(this.followed, tables.followed_steps, column));
    tables.repeat_lags.forEach((_, column) => {
      for (const width of tables.repeat_steps) {
        inputs.push(recent(this.repeated, width, column));
      }
      inputs.push(far(this.agreements[column]) / 4);
    });
    for (let i = 0; i < STEPS_PER_BAR; i++) {
      inputs.push(Number(step % STEPS_PER_BAR === i));
    }
    inputs.push(Math.floor(step / STEPS_PER_BAR) % 2,
      Math.floor(step / (2 * STEPS_PER_BAR)) % 2,
      far(step) / 5, far(step - this.lastEntry) / 4);
    const shown = tables.shown_lags.map((lag) => this.before(lag));
    for (const code of [...shown, known]) {
      for (let v = 0; v < NUM_VOICES; v++) inputs.push(code >> v & 1);
    }
    return inputs;
  }

  /** Adds the step that is played next. */
  append(code) {
    const step = this.codes.length;
    const seen = this.known | code;
    const played = code & this.known;
    for (let v = 0; v < NUM_VOICES; v++) {
      if (seen >> v & 1) this.count(v, played & (1 << v) - 1, code >> v & 1);
    }
    this.followed.push(this.keys.map((key) => this.last.get(key) === code));
    for (const key of this.keys) this.last.set(key, code);
    const good = this.tables.repeat_lags.map((lag) =>
      step >= lag && this.before(lag) === code);
    this.repeated.push(good);
    this.agreements = good.map((same, i) => same ? this.agreements[i] + 1 : 0);
    if (code & ~this.known) this.lastEntry = step + 1;
    this.known = seen;
    this.codes.push(code);
    this.open();
  }

  /** Remembers whether a voice was struck. */
  count(voice, told, struck) {
    for (const key of this.voiceKeys(voice, told)) {
      const [rests, strikes, run] = this.found.get(key) || [0, 0, 0];
      this.found.set(key, struck ?
        [rests, strikes + 1, Math.max(run, 0) + 1] :
        [rests + 1, strikes, Math.min(run, 0) - 1]);
    }
  }
}
