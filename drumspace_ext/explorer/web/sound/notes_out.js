/**
 * Notes out: what sounds, as notes of an instrument of the system.
 */

import {DRUM_CHANNEL} from '../constants.js';

const NOTE_ON = 0x90 | DRUM_CHANNEL;
const NOTE_OFF = 0x80 | DRUM_CHANNEL;
const ALL_NOTES_OFF = [0xB0 | DRUM_CHANNEL, 123, 0];
// Of a hit's length, so that the next one of its voice is struck anew.
const HELD = 0.9;

/**
 * Sends a hit.
 * @param {?MIDIOutput} output None gets nothing.
 * @param {!Object} hit `pitch` and `velocity`, in how many `seconds` it is
 *     heard, and its `length`, likewise.
 */
export function sendHit(output, {pitch, velocity, seconds, length}) {
  if (!output) return;
  const at = performance.now() + 1000 * seconds;
  output.send([NOTE_ON, pitch, velocity], at);
  output.send([NOTE_OFF, pitch, 0], at + 1000 * HELD * length);
}

/** Lets what was sent fall silent. */
export function silence(output) {
  output?.clear?.();
  output?.send(ALL_NOTES_OFF);
}
