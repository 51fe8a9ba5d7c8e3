/**
 * Words: what a beat is called.
 */

import {inBpm} from './tempo.js';

/**
 * Names a beat.
 * @param {!Array<!Object>} layers See app/data.js.
 * @param {!Object} beat See beat.js.
 * @return {{name: string, from: string}} And what it was read from.
 */
export function describe(layers, {codes, origin, isDecoded}) {
  if (origin) return describePoint(layers, origin);
  const name = isDecoded ? 'Between the points' :
    codes.some(Boolean) ? 'Your own beat' : 'No beat yet';
  return {name, from: ''};
}

/** Names a point of the map, `{layer, index}`, as `describe`. */
export function describePoint(layers, {layer: number, index}) {
  const layer = layers[number];
  const genres = layer.genreNames(index).join(', ').replaceAll('_', ' ');
  const sources = layer.sourceNames(index);
  const more = layer.numSources(index) - sources.length;
  const from = sources.join(', ') + (more > 0 ? ` and ${more} more` : '');
  const name = `${layer.name}, beat ${index + 1}`;
  const words = [name, genres, inBpm(layer.tempo(index))];
  return {name: words.filter(Boolean).join(' · '), from};
}

/** So many bits in words; none for 0. */
export const inBits = (count) =>
  count && `${count} ${count === 1 ? 'bit' : 'bits'}`;
