/**
 * MIDI reading: a dropped file as a song: its drum hits, tempos and meters.
 *
 * Hits fall on the same steps as in grids.py.
 */

import {
  NUM_STEPS, SEARCH_BYTES, SLACK_STEPS, STEPS_PER_BAR, STEPS_PER_QUARTER,
  STYLE_CHUNK,
} from '../constants.js';
import {readTrack} from './events.js';
import {drumNotes} from './kits.js';

const FORMAT_OF_PATTERNS = 2;

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
  if (resolution < 0) {
    throw new Error('The MIDI file counts frames of film, not beats.');
  }
  if (!resolution) {
    throw new Error('The MIDI file does not say how long a beat is.');
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
    throw new Error(drums.length ?
      'The drum notes of the MIDI file stand for none of the voices.' :
      'The MIDI file has no drum notes on channel 10.');
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

/** Returns the step at which the first bar with drums begins, in 4/4. */
export function firstBar({hits}) {
  const first = hits.reduce(
    (least, {quarter}) => Math.min(least, stepOf(quarter)), Infinity);
  return first - first % STEPS_PER_BAR;
}

/** Returns the first two bars with drums of a song, in 4/4: 32 step codes. */
export function firstBars(song) {
  const bar = firstBar(song);
  const codes = new Array(NUM_STEPS).fill(0);
  for (const {quarter, voice} of song.hits) {
    const step = stepOf(quarter) - bar;
    if (step < NUM_STEPS) codes[step] |= 1 << voice;
  }
  return codes;
}
