/**
 * MIDI reading: a dropped file as a song: its drum hits, tempos and meters.
 *
 * Hits fall on the same steps as in grids.py.
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

/**
 * Reads a track into the lists of a song in ticks: note-ons, what makes kits,
 * tempos and meters.
 * @return {{position: number, error: ?Error}} How far it could be read.
 */
function readTrack(bytes, start, end, track, song) {
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

/** Finds the chunks behind the header, `{start, end, name}`. */
function* chunksOf(bytes, view, start) {
  let at = start + 8 + view.getUint32(start + 4);
  while (at + 8 <= bytes.length) {
    const end = at + 8 + view.getUint32(at + 4);
    yield {start: at + 8, end, name: nameAt(bytes, at)};
    at = end;
  }
}

const nameAt = (bytes, at) =>
  String.fromCharCode(...bytes.subarray(at, at + 4));

/**
 * Reads the drums of a MIDI file.
 * @param {!Uint8Array} bytes The file.
 * @param {!Array<number>} voiceOfPitch The voice of each pitch, -1 for none.
 * @param {boolean} assumeDrums Take the notes of all channels.
 * @return {!Object} `hits`, `{quarter, voice}`; `tempos`, `{quarter, qpm}`;
 *     `meters`, `{quarter, beats, unit}`; and of a damaged file, `loss`, how
 *     much of it was read, in words.
 */
export function readSong(bytes, voiceOfPitch, assumeDrums = false) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // It may stand in RIFF or behind some other header.
  let start = 0;
  while (start < SEARCH_BYTES && nameAt(bytes, start) !== 'MThd') start++;
  if (start === SEARCH_BYTES || bytes.length < start + 14) {
    throw new Error('This is no MIDI file.');
  }
  const resolution = view.getInt16(start + 12);
  if (resolution <= 0) {
    throw new Error('The MIDI file counts frames of film, not beats.');
  }
  const song = {notes: [], messages: [], tempos: [], meters: []};
  let broken = null;
  let [read, whole, tracks] = [0, 0, 0];
  let isStyle = false;
  let before = '';
  for (const chunk of chunksOf(bytes, view, start)) {
    isStyle ||= before === 'MTrk' && chunk.name === STYLE_CHUNK;
    before = chunk.name;
    if (before !== 'MTrk') continue;
    const end = Math.min(chunk.end, bytes.length);
    const {position, error} = readTrack(
      bytes, chunk.start, end, chunk.start, song);
    broken ??= error;
    tracks++;
    whole += chunk.end - chunk.start;
    read += (error ? Math.min(position, end) : end) - chunk.start;
  }
  const drums = assumeDrums ? song.notes :
    drumNotes(song.notes, song.messages, isStyle);
  if (view.getUint16(start + 8) === FORMAT_OF_PATTERNS
      && new Set(drums.map(({track}) => track)).size > 1) {
    // They do not sound together: their sum is a beat that nobody wrote.
    throw new Error('The MIDI file is of format 2: patterns of their own.');
  }
  const inQuarters = ({tick, ...said}) =>
    ({quarter: tick / resolution, ...said});
  const hits = drums
    .map(({tick, pitch}) =>
      ({quarter: tick / resolution, voice: voiceOfPitch[pitch]}))
    .filter(({voice}) => voice >= 0);
  if (!hits.length) {
    if (broken) throw broken;
    throw new Error('The MIDI file has no drum notes on channel 10.');
  }
  const promised = view.getUint16(start + 10);
  const loss = [
    read < whole &&
      `${read.toLocaleString()} of ${whole.toLocaleString()} bytes`,
    tracks < promised && `${tracks} of ${promised} tracks`,
  ].filter(Boolean).join(', ');
  return {
    hits, loss: loss && `damaged, ${loss} read`,
    tempos: song.tempos.map(inQuarters), meters: song.meters.map(inQuarters),
  };
}

/** Returns the step of a hit that stands some quarters in. */
export const stepOf = (quarters) =>
  Math.floor(quarters * STEPS_PER_QUARTER + 0.5 + SLACK_STEPS);

/** Returns the first two bars with drums of a song, in 4/4: 32 step codes. */
export function firstBars({hits}) {
  const steps = hits.map(
    ({quarter, voice}) => ({voice, step: stepOf(quarter)}));
  const first = steps.reduce(
    (least, {step}) => Math.min(least, step), Infinity);
  const bar = first - first % STEPS_PER_BAR;
  const codes = new Array(NUM_STEPS).fill(0);
  for (const {voice, step} of steps) {
    if (step < bar + NUM_STEPS) codes[step - bar] |= 1 << voice;
  }
  return codes;
}

/** Reads the first two bars with drums of a MIDI file; see `readSong`. */
export const midiToPattern = (...file) => firstBars(readSong(...file));
