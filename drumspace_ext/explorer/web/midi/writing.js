/**
 * MIDI writing: patterns as the bytes of a file, those of midi_writing.py.
 */

import {
  DRUM_CHANNEL, NUM_STEPS, STEPS_PER_QUARTER, TICKS_PER_QUARTER,
} from '../constants.js';
import {played} from '../sound/playing.js';

const TICKS_PER_STEP = TICKS_PER_QUARTER / STEPS_PER_QUARTER;
const MAX_MICROS = 0xFFFFFF;

function variableLength(value) {
  const parts = [value & 0x7F];
  while ((value >>= 7)) parts.unshift(value & 0x7F | 0x80);
  return parts;
}

function uint32(value) {
  return [value >>> 24, value >>> 16 & 255, value >>> 8 & 255, value & 255];
}

const ascii = (text) => [...text].map((letter) => letter.charCodeAt(0));

/** Returns the notes, {start, end, pitch, velocity}, by their start. */
function notesOf(kit, patterns, settings, {swings, wholes}) {
  const codes = patterns.flat();
  const at = (parts, count) =>
    parts[Math.floor(count * parts.length / codes.length)];
  const lastOf = new Map();
  const notes = [];
  codes.forEach((code, count) => {
    for (let voice = 0; voice < kit.voices.length; voice++) {
      if (!(code >> voice & 1)) continue;
      const {delay, velocity} = played(
        kit, {...settings, swing: at(swings, count)}, voice,
        count % NUM_STEPS, count, at(wholes, count));
      const start = Math.round((count + delay) * TICKS_PER_STEP);
      const end = Math.min(
        start + TICKS_PER_STEP, codes.length * TICKS_PER_STEP);
      const note = {start, end, pitch: kit.voices[voice].pitch, velocity};
      // A late note makes room for the next of its voice.
      const last = lastOf.get(voice);
      if (last) last.end = Math.min(last.end, start);
      lastOf.set(voice, note);
      notes.push(note);
    }
  });
  return notes;
}

/**
 * Writes patterns, one after the other, as a MIDI file for a DAW.
 * @param {!Object} kit From `rendering.page_description`.
 * @param {!Array<!Array<number>>} patterns Each 32 step codes.
 * @param {!Object} settings Values of settings.js: tempo and dynamics.
 * @param {string} name Of the track.
 * @param {!Object} parts `tempos`, one, or some for as many parts of the same
 *     length, in quarter notes a minute; and likewise `swings`, and `wholes`,
 *     the patterns that the parts are of: a groove is that of all of one.
 * @return {!Uint8Array} The file: 480 ticks a quarter, one track, exactly as
 *     long as its bars.
 */
export function patternsToMidi(
  kit, patterns, settings, name,
  {tempos = [settings.qpm], swings = [settings.swing], wholes = patterns} = {},
) {
  const end = patterns.length * NUM_STEPS * TICKS_PER_STEP;
  const changes = tempos.map((qpm, i) => ({
    tick: Math.round(end * i / tempos.length), order: -1,
    bytes: [0xFF, 0x51, 3, ...uint32(
      Math.min(Math.round(60e6 / qpm), MAX_MICROS)).slice(1)],
  }));
  const title = new TextEncoder().encode(name);
  const body = [
    0, 0xFF, 0x58, 4, 4, 2, 24, 8,
    0, ...changes[0].bytes,
    ...(name ? [0, 0xFF, 0x03, ...variableLength(title.length), ...title] : []),
    0, 0xC0 | DRUM_CHANNEL, 0,
  ];
  const events = notesOf(kit, patterns, settings, {swings, wholes})
    .flatMap(({start, end, pitch, velocity}) => [
      {tick: start, order: 1, bytes: [0x90 | DRUM_CHANNEL, pitch, velocity]},
      {tick: end, order: 0, bytes: [0x80 | DRUM_CHANNEL, pitch, velocity]},
    ]).concat(changes.slice(1).filter(({bytes}, i) =>
      bytes.join() !== changes[i].bytes.join()));
  events.sort((a, b) => a.tick - b.tick || a.order - b.order);
  let now = 0;
  let running = 0;
  for (const {tick, bytes: [status, ...data]} of events) {
    body.push(...variableLength(tick - now));
    if (status !== running) body.push(status);
    body.push(...data);
    now = tick;
    // A meta event ends a running status.
    running = status === 0xFF ? 0 : status;
  }
  body.push(...variableLength(end - now), 0xFF, 0x2F, 0);
  return Uint8Array.from([
    ...ascii('MThd'), 0, 0, 0, 6, 0, 1, 0, 1,
    TICKS_PER_QUARTER >> 8, TICKS_PER_QUARTER & 255,
    ...ascii('MTrk'), ...uint32(body.length), ...body,
  ]);
}
