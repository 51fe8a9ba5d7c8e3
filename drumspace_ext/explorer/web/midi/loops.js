/**
 * Loops: what a song plays several times in a row, by the rules of loops.py and
 * near_loops.py.
 */

import {popcount} from '../beat/nearest.js';
import {entropy, toText} from '../beat/patterns.js';
import {
  DEFAULTS, MIN_REPEATS, NUM_STEPS, NUM_VOICES, STEPS_PER_BAR,
  STEPS_PER_QUARTER,
} from '../constants.js';
import {piecesOf} from './pieces.js';
import {firstBar, firstBars, readSong} from './reading.js';

// As in onsets.py.
const SAME_QUARTER = 2.5e-7;

/**
 * Yields the runs of starts whose windows differ in so many flips at most, from
 * where their plays differ least from one to the next.
 */
function* runsOf({codes}, maxFlips) {
  const sums = [0];
  for (let t = 0; t + NUM_STEPS < codes.length; t++) {
    sums.push(sums[t] + popcount(codes[t] ^ codes[t + NUM_STEPS]));
  }
  const isAlike = (t) => sums[t + NUM_STEPS] - sums[t] <= maxFlips;
  for (let start = 0, end; start + NUM_STEPS < sums.length; start = end + 1) {
    for (end = start; end + NUM_STEPS < sums.length && isAlike(end);) end++;
    const room = end - start + 2 * NUM_STEPS - 1;
    const plays = Math.floor(room / NUM_STEPS);
    const changes = (t) => sums[t + (plays - 1) * NUM_STEPS] - sums[t];
    let best = start;
    for (let t = start; t <= start + room % NUM_STEPS && end > start; t++) {
      if (changes(t) < changes(best)) best = t;
    }
    if (end > start) yield {start: best, plays};
  }
}

/** Returns what more than half of the plays have, step by step. */
function consensus(plays) {
  return Array.from({length: NUM_STEPS}, (_, step) => {
    let code = 0;
    for (let voice = 0; voice < NUM_VOICES; voice++) {
      const struck = plays.filter((play) => play[step] >> voice & 1).length;
      if (2 * struck > plays.length) code |= 1 << voice;
    }
    return code;
  });
}

/** Yields the parts of a run whose plays are all like their consensus. */
function* steady(first, plays, maxFlips) {
  while (plays.length >= MIN_REPEATS) {
    const codes = consensus(plays);
    const isSteady = plays.every((play) => codes.reduce(
      (sum, code, step) => sum + popcount(code ^ play[step]), 0) <= maxFlips);
    if (isSteady) {
      yield {first, plays, codes};
      return;
    }
    if (plays.length >= 2 * MIN_REPEATS) {
      const middle = (plays.length + 1) >> 1;
      yield* steady(first, plays.slice(0, middle), maxFlips);
      [first, plays] = [first + middle, plays.slice(middle)];
    } else {
      plays = plays.slice(0, -1);
    }
  }
}

function* loopsOf(piece, maxFlips) {
  for (const {start, plays: count} of runsOf(piece, maxFlips)) {
    const plays = Array.from({length: count}, (_, k) => piece.codes.slice(
      start + k * NUM_STEPS, start + (k + 1) * NUM_STEPS));
    for (const found of steady(0, plays, maxFlips)) {
      const at = start + found.first * NUM_STEPS;
      const turn = (STEPS_PER_BAR - (piece.step + at) % STEPS_PER_BAR)
        % STEPS_PER_BAR;
      const codes = found.codes.map(
        (_, step) => found.codes[(step + turn) % NUM_STEPS]);
      yield {codes, at, steps: found.plays.length * NUM_STEPS,
        plays: found.plays.length, piece};
    }
  }
}

/** Returns the slowest and fastest tempo from a quarter to another one. */
function tempoOf(tempos, first, last) {
  let qpm = DEFAULTS.qpm;
  const inside = new Map();
  for (const {quarter, qpm: value} of
    [...tempos].sort((a, b) => a.quarter - b.quarter)) {
    if (quarter <= first + SAME_QUARTER) qpm = value;
    else if (quarter <= last + SAME_QUARTER) inside.set(quarter, value);
  }
  const all = [qpm, ...inside.values()];
  return {low: Math.min(...all), high: Math.max(...all), isKnown: true};
}

/** A text that is the same for all rotations of a pattern. */
function classOf(codes) {
  return codes.map((_, turn) => toText(
    [...codes.slice(turn), ...codes.slice(0, turn)])).sort()[0];
}

/** Where the hits of a stretch of a piece begin and end, in quarters. */
function hitQuarters({codes, step, start}, from, count) {
  let [first, last] = [from, from + count - 1];
  while (first < last && !codes[first]) first++;
  while (last > first && !codes[last]) last--;
  return [first, last].map((at) => start + (step + at) / STEPS_PER_QUARTER);
}

/**
 * Finds the loops of a song that are not trivial, one of each rotation class.
 * @param {!Object} song See `readSong`.
 * @param {number} minEntropy What is less is trivial.
 * @param {number} maxFlips Cells in which a repeat may differ.
 * @return {!Array<!Object>} `{codes, plays, tempo}`, as they are first heard;
 *     `plays` counts all of its class.
 */
export function findLoops(song, minEntropy, maxFlips = 0) {
  const found = new Map();
  for (const piece of piecesOf(song)) {
    for (const loop of loopsOf(piece, maxFlips)) {
      if (entropy(loop.codes) < minEntropy) continue;
      const name = classOf(loop.codes);
      const known = found.get(name);
      const tempo = tempoOf(
        song.tempos, ...hitQuarters(piece, loop.at, loop.steps));
      if (known) {
        known.plays += loop.plays;
        known.tempo.low = Math.min(known.tempo.low, tempo.low);
        known.tempo.high = Math.max(known.tempo.high, tempo.high);
      } else {
        found.set(name, {codes: loop.codes, plays: loop.plays, tempo});
      }
    }
  }
  return [...found.values()];
}

/** Returns the first two bars of a song like a loop, which nothing repeats. */
function firstOf(song) {
  const codes = firstBars(song);
  return {codes, tempo: tempoOf(song.tempos, ...hitQuarters(
    {codes, step: firstBar(song), start: 0}, 0, NUM_STEPS))};
}

/**
 * Reads a MIDI file by its loops.
 * @param {!Uint8Array} bytes The file.
 * @param {!Object} data `voice_of_pitch`, `min_entropy` and `near_bits`.
 * @return {!Object} `loops`, as `findLoops`, `what` they are, in words, and the
 *     `loss` of a damaged file; or the `error` of one that can't be read. If
 *     nothing is played again, `why` says so.
 */
export function readLoops(
  bytes, {voice_of_pitch: voices, min_entropy: least, near_bits: flips}) {
  try {
    const song = readSong(bytes, voices);
    const {loss} = song;
    const exact = findLoops(song, least);
    if (exact.length) return {loops: exact, what: 'loop', loss};
    // Hands never play the same twice.
    const near = findLoops(song, least, flips);
    if (near.length) return {loops: near, what: 'near loop', loss};
    const isOther = !piecesOf(song).length &&
      song.meters.some(({beats, unit}) => beats !== unit);
    const why = isOther ? 'its drums play in other meters than 4/4; the ' +
      'first 32 sixteenths of them' : 'no loop; its first two bars with drums';
    return {loops: [firstOf(song)], what: '', why, loss};
  } catch ({message}) {
    return {error: message};
  }
}
