/**
 * Packs: a file for each beat, in folders by genre, with a readme, as
 * drumspace_convert makes them.
 */

import {packName, packPath} from '../beat/pack_names.js';
import {whole} from '../beat/tempo.js';
import {PACK_FILES} from '../constants.js';
import {zipOf} from '../midi/packing.js';
import {patternsToMidi} from '../midi/writing.js';

const GENRE_LETTERS = 24;
const VERDICTS = {
  copy: 'are a known beat', near: 'differ from one in four hits or fewer',
  novel: 'are new',
};
// What a beat is called that a hand made, where others name their model.
const BY_HAND = 'new';

/**
 * Tells where a beat comes from, as the origins of a pack do.
 * @param {!Array<!Object>} layers See app/data.js.
 * @param {!Beatmaker} maker
 * @param {string} model What the page's model is called.
 * @param {!Object} beat See beat.js.
 * @param {string} own What a person calls it, if anything: its source then.
 * @return {{genre: string, source: string, model: string, verdict: string}}
 */
export function originOf(layers, maker, model, beat, own = '') {
  const {origin} = beat;
  const of = ({layer, index}) => ({
    genre: layers[layer].genreNames(index)[0] ?? '',
    source: own || (layers[layer].sourceNames(index)[0] ?? '')});
  // Layers of files are known as the collection is.
  const isFound = origin &&
    (!origin.layer || layers[origin.layer].numSources(origin.index) > 0);
  if (isFound) return {...of(origin), model: '', verdict: ''};
  const {found: [{index}], word} = maker.neighbours(beat, 1);
  const near = of({layer: 0, index});
  return own ? {...near, model: '', verdict: ''} : {...near, verdict: word,
    model: origin || beat.isDecoded ? model : BY_HAND};
}

function table(title, counts) {
  if ([...counts.keys()].join() === '') return [];
  const ordered = [...counts].sort(([a, n], [b, m]) =>
    m - n || (a < b ? -1 : 1));
  return [`${title}:`, ...ordered.map(([name, count]) =>
    `  ${(name || 'none known').padEnd(GENRE_LETTERS)} ` +
    count.toLocaleString('en').padStart(6))];
}

function counted(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function ofModels(origins) {
  const made = origins.filter(({model}) => model);
  if (!made.length) return [];
  const verdicts = counted(made.map(({verdict}) => verdict));
  const names = [...new Set(made.map(({model}) => model))].join(', ');
  return ['',
    `Made by a model: ${names}. Genre and source are those of the`,
    'nearest known beat (like_SOURCE). Of these beats',
    ...Object.entries(VERDICTS).filter(([word]) => verdicts.has(word)).map(
      ([word, words]) => '  ' +
        `${verdicts.get(word).toLocaleString('en').padStart(5)} ${words}`)];
}

/** Returns the readme of a pack, that of conversion/pack_readme.py. */
export function readmeOf(origins, tempos, what = PACK_FILES.midi) {
  const [low, high] = [Math.min(...tempos), Math.max(...tempos)];
  const span = low === high ? whole(low) : `${whole(low)} to ${whole(high)}`;
  return [
    'Drum loops of two bars in 4/4.', '',
    `${origins.length.toLocaleString('en')} ${what}, ${span} bpm.`, '',
    'A name says the place of a beat in the collection, its genre, its',
    'tempo, and the first file that it was found in. Each file is exactly',
    'two bars long, and loops without a gap.',
    ...ofModels(origins), '',
    ...table('Beats by genre', counted(origins.map(({genre}) => genre))), '',
  ].join('\n');
}

/** Returns what files of a pack are called: `{path, title}` each. */
export function pathsOf({tempos, origins}, extension) {
  const hasGenres = origins.some(({genre}) => genre);
  return origins.map((origin, i) => {
    const name = packName(origin, tempos[i], hasGenres);
    return {title: name.title,
      path: packPath(name, i + 1, origins.length, extension)};
  });
}

/** Returns the file that says what lies in a pack. */
export const readmeFile = ({origins, tempos}, what) => ({name: 'README.txt',
  bytes: new TextEncoder().encode(readmeOf(origins, tempos, what))});

/**
 * Returns a pack of MIDI files as a zip archive.
 * @param {!Object} kit See midi/writing.js, and for settings.
 * @param {!Object} settings
 * @param {!Object} what `patterns`, `tempos`, `swings` and `origins`, a row
 *     each.
 * @return {!Uint8Array}
 */
export function packOf(kit, settings, what) {
  const {patterns, tempos, swings} = what;
  const files = pathsOf(what, '.mid').map(({path, title}, i) => ({
    name: path, bytes: patternsToMidi(kit, [patterns[i]], settings, title,
      {tempos: [tempos[i]], swings: [swings[i]]}),
  }));
  return zipOf([...files, readmeFile(what, PACK_FILES.midi)]);
}
