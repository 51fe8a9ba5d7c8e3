/**
 * Words: what a beat is called.
 */

import {canSwing, inPercent} from './swing.js';
import {inBpm} from './tempo.js';

// Hebrew, Arabic and their kin, with their presentation forms.
const FROM_THE_RIGHT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/;

/** Lets what stands beside a name from the right keep its side. */
const isolated = (name) =>
  FROM_THE_RIGHT.test(name) ? `\u2068${name}\u2069` : name;

/** Returns a name as it is read. */
export const plain = (name) => isolated(name.replaceAll('_', ' ').trim());

/**
 * Names a beat.
 * @param {!Array<!Object>} layers See app/data.js.
 * @param {!Object} beat See beat.js.
 * @param {!Array<string>} genres Those around it, if it is made.
 * @return {{title: string, facts: string, name: string, from: string}} The
 *     name is both, title and facts; and what it was read from.
 */
export function describe(
  layers, {codes = [], origin, isDecoded}, genres = []) {
  if (origin && !origin.layer) return describePoint(layers, origin);
  const [first, second] = genres.map(plain);
  const between = second ? `Between ${first} and ${second}` :
    first ? `Near ${first}` : 'Between the points';
  if (origin) {
    const {name, from} = describePoint(layers, origin);
    return {title: between, facts: '', name: between,
      from: [name, from].filter(Boolean).join(' · ')};
  }
  const title = isDecoded ? between :
    codes.some(Boolean) ? 'Your own beat' : 'No beat yet';
  return {title, facts: '', name: title, from: ''};
}

/**
 * The title of a point: what drummers call it, or else its file's, without
 * folders and ending.
 */
export function titleOf(layers, {layer: number, index}) {
  const layer = layers[number];
  const [source = ''] = layer.sourceNames(index);
  const last = source.split(/[/\\]/).pop().replace(/\.\w{1,4}$/, '');
  return layer.title(index) || plain(last) ||
    `${layer.name}, beat ${index + 1}`;
}

/** Names a point of the map, `{layer, index}`, as `describe`. */
export function describePoint(layers, point) {
  const {index} = point;
  const layer = layers[point.layer];
  const genres = layer.genreNames(index);
  const title = titleOf(layers, point);
  const names = layer.sourceNames(index);
  const more = layer.numSources(index) - names.length;
  // The starter collection's say no more than its beats' names.
  const sources = names.filter((source) =>
    !genres.some((genre) => source.endsWith(`/${genre}/${title}`)));
  const from = sources.map(isolated).join(', ') +
    (more > 0 ? ` and ${more} more` : '');
  const swing = canSwing(layer.pattern(index)) ? layer.swing(index) : 0;
  const facts = [genres.map(plain).join(', '), inBpm(layer.tempo(index)),
    inPercent(swing)].filter(Boolean).join(' · ');
  return {title, facts, from,
    name: [title, facts].filter(Boolean).join(' · ')};
}

/** So many hits in words; none for 0. */
export const inHits = (count) =>
  count && `${count} ${count === 1 ? 'hit' : 'hits'}`;
