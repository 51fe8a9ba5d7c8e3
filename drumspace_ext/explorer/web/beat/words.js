/**
 * Words: what a beat is called.
 */

import {inBpm} from './tempo.js';

const plain = (text) => text.replaceAll('_', ' ');

/**
 * Names a beat.
 * @param {!Array<!Object>} layers See app/data.js.
 * @param {!Object} beat See beat.js.
 * @param {!Array<string>} genres Those around it, if it is made.
 * @return {{name: string, from: string}} And what it was read from.
 */
export function describe(layers, {codes, origin, isDecoded}, genres = []) {
  if (origin && !origin.layer) return describePoint(layers, origin);
  const [first, second] = genres.map(plain);
  const between = second ? `Between ${first} and ${second}` :
    first ? `Near ${first}` : 'Between the points';
  if (origin) {
    const {name, from} = describePoint(layers, origin);
    return {name: between, from: [name, from].filter(Boolean).join(' · ')};
  }
  const name = isDecoded ? between :
    codes.some(Boolean) ? 'Your own beat' : 'No beat yet';
  return {name, from: ''};
}

/**
 * The title of a point: what drummers call it, or else its file's, without
 * folders and ending.
 */
export function titleOf(layers, {layer: number, index}) {
  const layer = layers[number];
  const [source = ''] = layer.sourceNames(index);
  const last = source.split(/[/\\]/).pop().replace(/\.\w{1,4}$/, '');
  return layer.title(index) || plain(last).trim() ||
    `${layer.name}, beat ${index + 1}`;
}

/** Names a point of the map, `{layer, index}`, as `describe`. */
export function describePoint(layers, point) {
  const {index} = point;
  const layer = layers[point.layer];
  const genres = plain(layer.genreNames(index).join(', '));
  const sources = layer.sourceNames(index);
  const more = layer.numSources(index) - sources.length;
  const from = sources.join(', ') + (more > 0 ? ` and ${more} more` : '');
  const words = [titleOf(layers, point), genres, inBpm(layer.tempo(index))];
  return {name: words.filter(Boolean).join(' · '), from};
}

/** So many hits in words; none for 0. */
export const inHits = (count) =>
  count && `${count} ${count === 1 ? 'hit' : 'hits'}`;
