/**
 * MIDI reading: a dropped file as a pattern.
 *
 * Hits fall on the same steps as in grids.py; 4/4 is taken for granted.
 */

import {
  NUM_STEPS, SEARCH_BYTES, SLACK_STEPS, STEPS_PER_BAR, STEPS_PER_QUARTER,
  STYLE_CHUNK,
} from '../constants.js';
import {BANK, PROGRAM, drumNotes, ofSysex} from './kits.js';

// Messages to one file that make kits; what has more is no song.
const MAX_MESSAGES = 16384;
const FORMAT_OF_PATTERNS = 2;

// How many data bytes an event has, by the upper half of its status.
const DATA_BYTES = {8: 2, 9: 2, 10: 2, 11: 2, 12: 1, 13: 1, 14: 2};

/** Reads the note-ons of a track, and what makes kits, into lists. */
function readTrack(bytes, start, end, track, notes, messages) {
  let position = start;
  const said = (found, tick) => {
    if (!found) return;
    if (messages.length >= MAX_MESSAGES) {
      throw new Error('The MIDI file changes its kits too often.');
    }
    messages.push({...found, tick, track, order: position});
  };
  let tick = 0;
  let status = 0;
  const byte = () => {
    if (position >= end) throw new Error('The MIDI file ends too early.');
    return bytes[position++];
  };
  const number = () => {
    let value = 0;
    for (let length = 0; length < 4; length++) {
      const part = byte();
      value = value * 128 + (part & 0x7F);
      if (part < 128) return value;
    }
    throw new Error('The MIDI file has a number that does not end.');
  };
  while (position < end) {
    tick += number();
    let data = byte();
    if (data >= 0xF0) {
      const kind = data === 0xFF ? byte() : 0;
      if (kind === 0x2F) return;
      const length = number();
      if (data === 0xF0) {
        said(ofSysex(bytes.subarray(
          position, Math.min(position + length, end))), tick);
      }
      position += length;
      continue;
    }
    if (data >= 0x80) {
      status = data;
      data = byte();
    } else if (!status) {
      throw new Error('The MIDI file has data where an event should be.');
    }
    const second = DATA_BYTES[status >> 4] === 2 ? byte() : 0;
    if (status >> 4 === 9 && second) {
      notes.push({
        tick, track, order: position,
        channel: status & 15, pitch: data & 0x7F,
      });
    } else if (status >> 4 === 11 && data === 0) {
      said({kind: BANK, channel: status & 15, value: second}, tick);
    } else if (status >> 4 === 12) {
      said({kind: PROGRAM, channel: status & 15, value: data & 0x7F}, tick);
    }
  }
}

/**
 * Reads the first two bars with drums of a MIDI file, in 4/4.
 * @param {!Uint8Array} bytes The file.
 * @param {!Array<number>} voiceOfPitch The voice of each pitch, -1 for none.
 * @param {boolean} assumeDrums Take the notes of all channels.
 * @return {!Array<number>} 32 step codes.
 */
export function midiToPattern(bytes, voiceOfPitch, assumeDrums = false) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const named = (at) => String.fromCharCode(...bytes.subarray(at, at + 4));
  // It may stand in RIFF or behind some other header.
  let start = 0;
  while (start < SEARCH_BYTES && named(start) !== 'MThd') start++;
  if (start === SEARCH_BYTES || bytes.length < start + 14) {
    throw new Error('This is no MIDI file.');
  }
  const resolution = view.getInt16(start + 12);
  if (resolution <= 0) {
    throw new Error('The MIDI file counts frames of film, not beats.');
  }
  const notes = [];
  const messages = [];
  let isStyle = false;
  let before = '';
  let broken = null;
  let at = start + 8 + view.getUint32(start + 4);
  while (at + 8 <= bytes.length) {
    const end = at + 8 + view.getUint32(at + 4);
    isStyle ||= before === 'MTrk' && named(at) === STYLE_CHUNK;
    before = named(at);
    if (before === 'MTrk') {
      try {
        readTrack(
          bytes, at + 8, Math.min(end, bytes.length), at, notes, messages);
      } catch (error) {
        // Of a file that was cut or damaged, what is there is heard.
        broken ??= error;
      }
    }
    at = end;
  }
  const drums = assumeDrums ? notes : drumNotes(notes, messages, isStyle);
  if (view.getUint16(start + 8) === FORMAT_OF_PATTERNS
      && new Set(drums.map(({track}) => track)).size > 1) {
    // They do not sound together: their sum is a beat that nobody wrote.
    throw new Error('The MIDI file is of format 2: patterns of their own.');
  }
  const hits = drums
    .map(({tick, pitch}) => ({
      voice: voiceOfPitch[pitch],
      step: Math.floor(
        tick * STEPS_PER_QUARTER / resolution + 0.5 + SLACK_STEPS),
    }))
    .filter(({voice}) => voice >= 0);
  if (!hits.length) {
    if (broken) throw broken;
    throw new Error('The MIDI file has no drum notes on channel 10.');
  }
  const first = hits.reduce((least, {step}) => Math.min(least, step), Infinity);
  const bar = first - first % STEPS_PER_BAR;
  const codes = new Array(NUM_STEPS).fill(0);
  for (const {voice, step} of hits) {
    if (step < bar + NUM_STEPS) codes[step - bar] |= 1 << voice;
  }
  return codes;
}
