/**
 * File names: what a beat's file is called, `punk_d-beat_184bpm`.
 */

import {UNSAFE} from './pack_names.js';
import {describe, titleOf} from './words.js';

const MOST_LETTERS = 60;

/** Returns words as a part of a file's name, safe on every system. */
function part(text) {
  return text.normalize('NFKC').toLowerCase()
    .replace(UNSAFE, '-').replace(/[_.-]+/g, '-').replace(/^-+|-+$/g, '')
    .slice(0, MOST_LETTERS).replace(/-+$/, '');
}

/** Joins parts to a name, without those that say nothing. */
export function fileName(parts) {
  return parts.map(part).filter(Boolean).join('_');
}

/**
 * Names the file of a beat by its genre, its title and its tempo.
 * @param {!Array<!Object>} layers See app/data.js.
 * @param {!Object} beat See beat.js.
 * @param {!Array<string>} genres Those around it, if it is made.
 * @param {number} qpm
 */
export function fileNameOf(layers, beat, genres, qpm) {
  const {origin} = beat;
  const bpm = `${Math.round(qpm)}bpm`;
  if (origin?.layer !== 0) {
    return fileName([describe(layers, beat, genres).name, bpm]);
  }
  const [genre = ''] = layers[0].genreNames(origin.index);
  return fileName([genre, titleOf(layers, origin), bpm]);
}
