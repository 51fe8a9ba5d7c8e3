/**
 * MIDI events: a track's notes, tempos, meters and what makes kits.
 */

import {BANK, PROGRAM, ofSysex} from './kits.js';

// Messages to one file that make kits; what has more is no song.
const MAX_MESSAGES = 16384;

// How many data bytes an event has, by the upper half of its status.
const DATA_BYTES = {8: 2, 9: 2, 10: 2, 11: 2, 12: 1, 13: 1, 14: 2};

/**
 * Reads a track into the lists of a song in ticks: note-ons, what makes kits,
 * tempos and meters.
 * @return {{position: number, error: ?Error}} How far it could be read.
 */
export function readTrack(bytes, start, end, track, song) {
  const at = {position: start, error: null};
  try {
    readEvents(bytes, at, end, track, song);
  } catch (error) {
    // Of a file that was cut or damaged, what is there is heard.
    at.error = error;
  }
  return at;
}

/** Puts what a meta event says of tempo and meter into the lists of a song. */
function readMeta(kind, body, tick, {tempos, meters}) {
  if (kind === 0x51 && body.length >= 3) {
    const micros = body[0] << 16 | body[1] << 8 | body[2];
    tempos.push({tick, qpm: 60e6 / Math.max(micros, 1)});
  } else if (kind === 0x58 && body.length >= 2) {
    meters.push({tick, beats: body[0], unit: 2 ** body[1]});
  }
}

function readEvents(bytes, at, end, track, song) {
  const {notes, messages} = song;
  const said = (found, tick) => {
    if (!found) return;
    if (messages.length >= MAX_MESSAGES) {
      throw new Error('The MIDI file changes its kits too often.');
    }
    messages.push({...found, tick, track, order: at.position});
  };
  let tick = 0;
  let status = 0;
  const byte = () => {
    if (at.position >= end) throw new Error('The MIDI file ends too early.');
    return bytes[at.position++];
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
  while (at.position < end) {
    tick += number();
    let data = byte();
    if (data >= 0xF0) {
      const kind = data === 0xFF ? byte() : 0;
      if (kind === 0x2F) return;
      const length = number();
      const body = bytes.subarray(
        at.position, Math.min(at.position + length, end));
      if (data === 0xF0) said(ofSysex(body), tick);
      else readMeta(kind, body, tick, song);
      at.position += length;
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
        tick, track, order: at.position,
        channel: status & 15, pitch: data & 0x7F,
      });
    } else if (status >> 4 === 11 && data === 0) {
      said({kind: BANK, channel: status & 15, value: second}, tick);
    } else if (status >> 4 === 12) {
      said({kind: PROGRAM, channel: status & 15, value: data & 0x7F}, tick);
    }
  }
}
