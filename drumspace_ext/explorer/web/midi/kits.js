/**
 * MIDI kits: which notes are drums, by bank select and system exclusive.
 *
 * Channel 10 is a kit from the start; others become one, and stop being one, at
 * the tick of a message. A note is {tick, channel, track, order}, a message
 * {tick, channel, track, order, isKit} with channel -1 for all.
 */

import {DRUM_CHANNEL, KIT_BANKS} from '../constants.js';

const ALL = -1;
const GM_RESETS = [[0x7E, 0x7F, 9, 1], [0x7E, 0x7F, 9, 3]];
// Bank select MSB of a melody part in General MIDI 2, on channel 10 too.
const MELODY_BANK = 121;

const startsWith = (body, start, at = 0) =>
  start.every((byte, i) => body[at + i] === byte);

/** Returns {channel, isKit} of a bank select. */
export function ofBank(channel, bank) {
  if (channel === DRUM_CHANNEL) return {channel, isKit: bank !== MELODY_BANK};
  return {channel, isKit: KIT_BANKS.includes(bank)};
}

/**
 * Returns {channel, isKit} of a system exclusive message, or null.
 * @param {!Uint8Array} body Its bytes behind F0 and the length.
 */
export function ofSysex(body) {
  const reset = {channel: ALL, isKit: false};
  if (GM_RESETS.some((start) => startsWith(body, start))) return reset;
  if (body[0] === 0x41 && startsWith(body, [0x42, 0x12, 0x40], 2)) {
    if (startsWith(body, [0, 0x7F], 5)) return reset;
    // GS, "use for rhythm part": part 0 is channel 10, 1 to 9 are themselves.
    if (body[5] >> 4 === 1 && body[6] === 0x15 && body.length >= 8) {
      const part = body[5] & 15;
      const channel = part === 0 ? DRUM_CHANNEL : part <= 9 ? part - 1 : part;
      return {channel, isKit: body[7] === 1 || body[7] === 2};
    }
  }
  if (body[0] === 0x43) {
    if (startsWith(body, [0x4C, 0, 0, 0x7E], 2)) return reset;
    // XG, part mode; 0 is an ordinary part.
    if (startsWith(body, [0x4C, 8], 2) && body[4] < 16 && body[5] === 7) {
      return {channel: body[4], isKit: body[6] > 0};
    }
  }
  return null;
}

/**
 * Returns the notes that are drums when they are struck. Within a track the
 * order of the file decides; what another says at a note's tick goes before.
 */
export function drumNotes(notes, messages) {
  const ordered = [...messages].sort((a, b) => a.tick - b.tick
    || (a.channel === ALL ? 0 : 1) - (b.channel === ALL ? 0 : 1)
    || a.track - b.track || a.order - b.order);
  return notes.filter((note) => {
    let isKit = note.channel === DRUM_CHANNEL;
    for (const message of ordered) {
      if (message.tick > note.tick) break;
      const isLater = message.tick === note.tick
        && message.track === note.track && message.order > note.order;
      if (isLater) continue;
      if (message.channel === ALL) isKit = note.channel === DRUM_CHANNEL;
      if (message.channel === note.channel) isKit = message.isKit;
    }
    return isKit;
  });
}
