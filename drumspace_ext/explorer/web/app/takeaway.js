/**
 * Take away: MIDI files, step codes, primers and links.
 */

import {toPrimer} from '../beat/patterns.js';
import {inBpm} from '../beat/tempo.js';
import {byId} from '../elements.js';
import {patternsToMidi} from '../midi/writing.js';
import {toHash} from './link.js';
import {say} from './status.js';

const NOTHING = 'There is nothing to take away yet.';

function download(kit, settings, name, patterns, tempos) {
  if (!patterns.length) {
    say(NOTHING);
    return;
  }
  const midi = patternsToMidi(kit, patterns, settings, name, tempos);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([midi], {type: 'audio/midi'}));
  link.download = `${name}.mid`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  const spans = {low: Math.min(...tempos), high: Math.max(...tempos)};
  say(`${name}.mid: ${patterns.length} ` +
    `${patterns.length === 1 ? 'beat' : 'beats'} at ${inBpm(spans)}`);
}

async function copy(text, what) {
  let isCopied = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // file:// may not have the clipboard; an old way still works.
    const focused = document.activeElement;
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    isCopied = document.execCommand('copy');
    area.remove();
    focused?.focus();
  }
  say(isCopied ? `${what} copied` :
    `The browser does not let the page copy: ${text}`);
}

/**
 * Connects the buttons.
 * @param {!Object} data `kit`, and `primer_pitches` of the voices.
 * @param {!Object} parts `settings`, their values, `deck`, `plot`, `path`,
 *     `square`, `favourites` and `maker`.
 */
export function connectTakeaway({kit, primer_pitches: pitches}, {
  settings, deck, maker, plot, path, square, favourites,
}) {
  const onShow = () =>
    deck.current.codes.some(Boolean) ? [deck.current.codes] : [];
  const patternsOf = (beats) => beats.map(({codes}) => codes);
  const file = (id, name, beats, patterns = patternsOf) =>
    byId(id).addEventListener('click', () => {
      const found = beats();
      download(kit, settings, name, patterns(found), found.map(
        (beat) => beat === deck.current ? deck.tempo.qpm :
          deck.tempo.of(beat) ?? settings.qpm));
    });
  file('get-midi', 'beat', () => onShow().length ? [deck.current] : []);
  file('blend-midi', 'blend', () => square.beats());
  file('path-midi', 'path', () => path.beats, () => path.patterns());
  file('favourites-midi', 'favourites',
    () => favourites.codes.map((codes) => maker.ofCodes(codes)));
  const text = (id, what, write) => byId(id).addEventListener('click', () => {
    const [codes] = onShow();
    if (codes) copy(write(codes), what);
    else say(NOTHING);
  });
  text('copy-codes', 'Step codes', (codes) => codes.join(','));
  text('copy-primer', 'Primer', (codes) => toPrimer(codes, pitches));
  byId('share').addEventListener('click', () => {
    // A frame of a notebook has no address of its own.
    if (location.protocol === 'about:') {
      say('In a notebook the map has no address. Open its file, ' +
        'map.html, in a browser, and share it from there.');
      return;
    }
    const hash = toHash({...deck.current, view: plot.view, settings});
    history.replaceState(null, '', hash);
    if (onShow().length) copy(location.href, 'Link');
    else say(NOTHING);
  });
}
