/**
 * Packs: a MIDI file for each beat, in folders by genre, with a readme, as
 * drumspace_convert makes them.
 */

import {fileName, fileNameOf} from '../beat/file_names.js';
import {inBpm} from '../beat/tempo.js';
import {zipOf} from '../midi/packing.js';
import {patternsToMidi} from '../midi/writing.js';

const LEAST_DIGITS = 4;
// Names that Windows keeps for devices.
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)$/;

/**
 * Names a beat of a pack.
 * @param {!Array<!Object>} layers See app/data.js.
 * @param {!Object} beat See beat.js.
 * @param {!Array<string>} around Genres around it, if it is made.
 * @param {number} qpm
 * @param {string} own What a person calls it, if anything.
 * @return {{folder: string, title: string}}
 */
export function packName(layers, beat, around, qpm, own = '') {
  const {origin} = beat;
  const [genre = ''] = origin?.layer === 0 ?
    layers[0].genreNames(origin.index) : around;
  const folder = fileName([genre]);
  return {
    folder: DEVICE.test(folder) ? `${folder}_` : folder,
    title: own ? fileName([genre, own, `${Math.round(qpm)}bpm`]) :
      fileNameOf(layers, beat, around, qpm),
  };
}

function readme(names, tempos) {
  const counts = new Map();
  for (const {folder} of names) {
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  const spans = {low: Math.min(...tempos), high: Math.max(...tempos)};
  return [
    'Drum loops of two bars in 4/4.', '',
    `${names.length} MIDI files, ${inBpm(spans)}.`, '',
    'A name says the place of a beat in the collection, its genre, its name',
    'and its tempo. Each file is two bars long, and loops without a gap.',
    '', 'Beats by genre:',
    ...[...counts].map(
      ([folder, count]) => `  ${folder || 'none known'}: ${count}`),
    '',
  ].join('\n');
}

/**
 * Returns a pack as a zip archive.
 * @param {!Object} kit See midi/writing.js, and for settings.
 * @param {!Object} settings
 * @param {!Object} what `patterns`, `tempos` and `names`, a row each.
 * @return {!Uint8Array}
 */
export function packOf(kit, settings, {patterns, tempos, names}) {
  const digits = Math.max(LEAST_DIGITS, String(patterns.length).length);
  const files = patterns.map((codes, i) => {
    const {folder, title} = names[i];
    const name = `${String(i + 1).padStart(digits, '0')}_${title}.mid`;
    return {
      name: folder ? `${folder}/${name}` : name,
      bytes: Uint8Array.from(
        patternsToMidi(kit, [codes], settings, title, [tempos[i]])),
    };
  });
  const text = new TextEncoder().encode(readme(names, tempos));
  return zipOf([...files, {name: 'README.txt', bytes: text}]);
}
