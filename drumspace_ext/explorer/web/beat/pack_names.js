/**
 * Pack names: what a beat is called where it is a file of its own, by the rules
 * of conversion/pack_names.py: `rock/0001_rock_96bpm_SOURCE.mid`.
 */

import {MIDI_EXTENSIONS} from '../constants.js';

const NAMELESS = 'no_genre';
/** What is no letter with its marks, figure, `_`, `-` or `.`. */
export const UNSAFE = new RegExp('(?:[^\\p{L}\\p{N}\\p{Mn}\\p{Mc}_.-]|' +
  '(?<!\\p{L}[\\p{Mn}\\p{Mc}]*)[\\p{Mn}\\p{Mc}])+', 'gu');
// Names that Windows keeps for devices.
const DEVICE = /^(con|prn|aux|nul|com\p{Nd}|lpt\p{Nd})(\..*)?$/iu;
const [GENRE_BYTES, MODEL_BYTES, SOURCE_BYTES] = [40, 40, 80];
const LEAST_DIGITS = 4;

/** Returns the end of a text, of so many bytes in UTF-8 at most. */
function cut(text, mostBytes) {
  const bytes = new TextEncoder().encode(text).slice(-mostBytes);
  // Not from the middle of a letter on.
  const start = bytes.findIndex((byte) => (byte & 0xC0) !== 0x80);
  return new TextDecoder().decode(bytes.slice(Math.max(start, 0)));
}

/** Makes a text fit for a part of a file's name; it may become empty. */
function safePart(text, mostBytes) {
  return cut(text.normalize('NFC').replace(UNSAFE, '_'), mostBytes)
    .replace(/^[._-]+|[._-]+$/g, '');
}

function folderOf(genre) {
  const name = safePart(genre.toLowerCase(), GENRE_BYTES) || NAMELESS;
  return DEVICE.test(name) ? `${name}_` : name;
}

/** The name of a source, without folders and ending. */
function titleOf(source) {
  let name = source.split(/[/\\]/).pop();
  for (const extension of MIDI_EXTENSIONS) {
    if (name.toLowerCase().endsWith(extension)) {
      name = name.slice(0, -extension.length);
    }
  }
  return safePart(name, SOURCE_BYTES);
}

/**
 * Names a beat of a pack.
 * @param {!Object} origin `genre` and `source`, of a made beat those of the
 *     nearest known one; the `model` that made it; all may be empty.
 * @param {number} qpm The tempo that it is written at.
 * @param {boolean} hasGenres Whether any beat has a genre.
 * @return {{folder: string, title: string}} The title without its number.
 */
export function packName({genre, source, model}, qpm, hasGenres = true) {
  const title = titleOf(source);
  return {
    folder: hasGenres ? folderOf(genre) : '',
    title: [safePart(model, MODEL_BYTES), safePart(genre, GENRE_BYTES),
      `${qpm.toFixed(1).replace(/\.0$/, '')}bpm`,
      model && title ? `like_${title}` : title].filter(Boolean).join('_'),
  };
}

/** Returns a beat's path in a pack of so many, `number` from 1. */
export function packPath({folder, title}, number, count, extension) {
  const digits = Math.max(LEAST_DIGITS, String(Math.max(number, count)).length);
  const name = `${String(number).padStart(digits, '0')}_${title}${extension}`;
  return folder ? `${folder}/${name}` : name;
}
