/**
 * MIDI kits: which notes are drums, by bank select and system exclusive, with
 * the rules of midi_kits.py.
 *
 * Channel 10 is a kit from the start; others become one, and stop being one, at
 * the tick of a message. A note is {tick, channel, track, order}, a message
 * {tick, track, order, kind, channel, value}.
 */

import {
  DRUM_CHANNEL, KIT_BANKS, KIT_PROGRAMS, MELODY_BANK, STYLE_CHANNELS,
} from '../constants.js';

export const BANK = 'bank';
export const PROGRAM = 'program';
const PART = 'part';
const MODE = 'mode';
const CHANNELS = [...Array(16).keys()];
const [GM1, GM2, GS, XG] = [1, 2, 3, 4];

const startsWith = (body, start, at = 0) =>
  start.every((byte, i) => body[at + i] === byte);
const mode = (value) => ({kind: MODE, channel: -1, value});
const part = (channel, isKit) => ({kind: PART, channel, value: isKit});

/**
 * Returns {kind, channel, value} of a system exclusive message, or null.
 * @param {!Uint8Array} body Its bytes behind F0 and the length.
 */
export function ofSysex(body) {
  if (startsWith(body, [0x7E, 0x7F, 9, 1])) return mode(GM1);
  if (startsWith(body, [0x7E, 0x7F, 9, 3])) return mode(GM2);
  if (body[0] === 0x41 && startsWith(body, [0x42, 0x12, 0x40], 2)
      && body.length >= 8) {
    if (startsWith(body, [0, 0x7F], 5)) return mode(GS);
    // GS, "use for rhythm part": part 0 is channel 10, 1 to 9 are themselves.
    if (body[5] >> 4 === 1 && body[6] === 0x15) {
      const number = body[5] & 15;
      const channel = number === 0 ? DRUM_CHANNEL
        : number <= 9 ? number - 1 : number;
      return part(channel, body[7] === 1 || body[7] === 2);
    }
  }
  if (body[0] === 0x43 && body.length >= 7) {
    if (startsWith(body, [0x4C, 0, 0, 0x7E], 2)) return mode(XG);
    // XG, part mode; 0 is an ordinary part.
    if (startsWith(body, [0x4C, 8], 2) && body[4] < 16 && body[5] === 7) {
      return part(body[4], body[6] > 0);
    }
  }
  return null;
}

/** Says whether a channel's notes are drums by what it is set to. */
function soundsAsKit(state, channel, system, defaults) {
  if (state[PART] !== null) return state[PART];
  const isDefault = defaults.includes(channel);
  if (channel === DRUM_CHANNEL) {
    return !(system === GM2 && state[BANK] === MELODY_BANK);
  }
  if (state[BANK] === null || system === GS) return isDefault;
  return KIT_BANKS.includes(state[BANK]) && (
    system === XG || system === GM2 || isDefault
    || KIT_PROGRAMS.includes(state[PROGRAM]));
}

/** Returns, for each channel, the messages where it becomes a kit or stops. */
function changesOf(messages, defaults) {
  const set = () => ({[BANK]: null, [PROGRAM]: 0, [PART]: null});
  const states = CHANNELS.map(set);
  const isKit = CHANNELS.map((channel) => defaults.includes(channel));
  const changes = CHANNELS.map(() => []);
  // At one tick, what resets all channels goes before what sets one up.
  const late = ({kind}) => (kind === MODE ? 0 : 1);
  const ordered = [...messages].sort((a, b) => a.tick - b.tick
    || late(a) - late(b) || a.track - b.track || a.order - b.order);
  let system = 0;
  for (const message of ordered) {
    const {kind, channel, value} = message;
    if (kind === MODE) {
      system = value;
      CHANNELS.forEach((each) => { states[each] = set(); });
    } else {
      states[channel][kind] = value;
      // In XG the later of part mode and bank holds.
      if (kind === BANK && system === XG) states[channel][PART] = null;
    }
    for (const each of kind === MODE ? CHANNELS : [channel]) {
      const now = soundsAsKit(states[each], each, system, defaults);
      if (now !== isKit[each]) {
        isKit[each] = now;
        changes[each].push({...message, isKit: now});
      }
    }
  }
  return changes;
}

/**
 * Returns the notes that are drums when they are struck. Within a track the
 * order of the file decides; what another says at a note's tick goes before.
 * @param {!Array} notes The notes.
 * @param {!Array} messages What sets kits up.
 * @param {boolean} isStyle Whether the file is a Yamaha style.
 */
export function drumNotes(notes, messages, isStyle = false) {
  const defaults = isStyle ? STYLE_CHANNELS : [DRUM_CHANNEL];
  const changes = changesOf(messages, defaults);
  return notes.filter((note) => {
    // What another track says at a tick stands before all notes of it.
    const own = ({track, order}) => (track === note.track ? order : -1);
    let last = null;
    for (const change of changes[note.channel]) {
      const isBefore = change.tick < note.tick
        || (change.tick === note.tick && own(change) < note.order);
      const isLater = last === null || change.tick > last.tick
        || own(change) >= own(last);
      if (isBefore && isLater) last = change;
    }
    return last === null ? defaults.includes(note.channel) : last.isKit;
  });
}
