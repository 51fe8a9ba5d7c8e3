/**
 * The page's data: the block of bytes that page_data.py writes, read back.
 */

import {ofGenre} from '../beat/swing.js';
import {NUM_STEPS, TEMPO_PARTS} from '../constants.js';

const TYPES = {
  uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array,
  int32: Int32Array, float32: Float32Array,
};
const FORMAT_VERSION = 1;

/**
 * Returns float16 as float32: Float16Array is not everywhere yet.
 *
 * Exponent and fraction moved to their places make a float32 that is 2 ** 112
 * too small, subnormal numbers included. Infinity is not among the columns.
 */
function fromHalf(bits) {
  const values = new Float32Array(bits.length);
  const words = new Uint32Array(values.buffer);
  for (let i = 0; i < bits.length; i++) {
    words[i] = (bits[i] & 0x8000) << 16 | (bits[i] & 0x7FFF) << 13;
    values[i] *= 2 ** 112;
  }
  return values;
}

/** Unpacks base64 of deflated bytes. */
async function inflate(text) {
  const letters = atob(text);
  // Some millions: an iterator over them takes ten times as long.
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = letters.charCodeAt(i);
  const stream = new Blob([bytes]).stream()
    .pipeThrough(new DecompressionStream('deflate'));
  return new Response(stream).arrayBuffer();
}

/** Returns latent vectors as floats, from bytes and what leads back to them. */
function latents(bytes, {low, step}, size) {
  const values = new Float32Array(bytes.length);
  for (let i = 0; i < values.length; i++) {
    values[i] = low[i % size] + step[i % size] * bytes[i];
  }
  return values;
}

/**
 * A set of patterns that belong together.
 * codes: 32 a pattern; x, y: map coordinates; z: latents; genres, sources:
 * numbers of names.
 */
function makeLayer(header, column, zSize, names, titles) {
  const key = (name) => column(`${header.key}.${name}`);
  const coordinates = key('coordinates');
  const size = coordinates.length / 2;
  const x = new Float32Array(size);
  const y = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    x[i] = coordinates[2 * i];
    y[i] = coordinates[2 * i + 1];
  }
  const genres = key('genres');
  const sources = key('sources');
  const perGenre = genres.length / size;
  const perSource = sources.length / size;
  const known = key('num_sources');
  const codes = key('codes');
  const tempos = key('tempos');
  const near = key('only_near');
  const z = latents(key('latents'), header.latents, zSize);
  const cut = (values, i, width) =>
    [...values.subarray(i * width, (i + 1) * width)];
  return {
    name: header.name, size, x, y, codes, z,
    // What drummers call it; empty for what has no name.
    titles, title: (i) => titles.get(i) ?? '',
    firstGenre: (i) => genres[i * perGenre],
    genreNames: (i) => cut(genres, i, perGenre)
      .filter((g) => g < names.length).map((g) => names[g]),
    sourceNames: (i) => cut(sources, i, perSource)
      .filter((s) => s >= 0).map((s) => header.ids[s]),
    numSources: (i) => known[i],
    // Which beats have a genre or a source of which that is said, by name and
    // number, 1 or 0 each.
    which: (isGenre, isSource) => {
      const genreIs = names.map(isGenre);
      const sourceIs = header.ids.map(isSource);
      return Uint8Array.from({length: size}, (_, i) => {
        for (let k = i * perGenre; k < (i + 1) * perGenre; k++) {
          if (genreIs[genres[k]]) return 1;
        }
        for (let k = i * perSource; k < (i + 1) * perSource; k++) {
          if (sourceIs[sources[k]]) return 1;
        }
        return 0;
      });
    },
    // Slowest and fastest, or null if nobody knows.
    tempo: (i) => tempos[2 * i] ? {low: tempos[2 * i] / TEMPO_PARTS,
      high: tempos[2 * i + 1] / TEMPO_PARTS} : null,
    // That of its genre.
    swing: (i) => ofGenre(names[genres[i * perGenre]]),
    // Whether it was found as near repeats alone, as far as that is known.
    isOnlyNear: (i) => near?.[i] === 1,
    pattern: (i) => cut(codes, i, NUM_STEPS),
    latent: (i) => cut(z, i, zSize),
  };
}

/**
 * Reads the data of this page.
 * @param {string} text Base64.
 * @return {!Promise<!Object>} See `unpack`.
 */
export const readData = async (text) => unpack(await inflate(text.trim()));

/**
 * Reads the data's bytes.
 * @param {!ArrayBuffer} buffer
 * @return {!Object} The header, with `layers`, `column` and the `buffer`.
 */
export function unpack(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(
    new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  if (header.format_version !== FORMAT_VERSION) {
    throw new Error(`The data has format ${header.format_version}.`);
  }
  const start = Math.ceil((4 + length) / 8) * 8;
  const column = (name) => {
    // Of origins that nobody knows there is no column.
    if (!(name in header.columns)) return null;
    const {dtype, shape, offset} = header.columns[name];
    const count = shape.reduce((a, b) => a * b, 1);
    const isHalf = dtype === 'float16';
    const values = new TYPES[isHalf ? 'uint16' : dtype](
      buffer, start + offset, count);
    return isHalf ? fromHalf(values) : values;
  };
  const zSize = header.model.z_size;
  const layers = header.layers.map(
    (layer, number) => makeLayer(layer, column, zSize, header.genres,
      new Map(number ? [] : header.titles)));
  return {...header, layers, column, buffer};
}
