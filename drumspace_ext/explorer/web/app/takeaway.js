/**
 * Take away: MIDI files, step codes, primers and links.
 */

import {fileName, fileNameOf} from '../beat/file_names.js';
import {toPrimer} from '../beat/patterns.js';
import {describe} from '../beat/words.js';
import {byId} from '../elements.js';
import {toHash} from './link.js';
import {NOTHING, Outgoing} from './outgoing.js';
import {originOf} from './pack.js';
import {say} from './status.js';
import {WavPack} from './wav_pack.js';

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
 * Returns what tells how fast beats go and how much they swing, as heard: that
 * of the beat on show unless the next one of several has taken over already.
 */
function heardPace({deck, settings}) {
  const asHeard = (one) => (beat) =>
    beat === deck.current && !deck.queue.length ? one.value :
      one.of(beat) ?? settings[one.name];
  return {tempoOf: asHeard(deck.pace.tempo), swingOf: asHeard(deck.pace.swing)};
}

/**
 * Connects the buttons that make files.
 * @param {!Object} data See app/data.js.
 * @param {!Object} parts `settings`, their values, `deck`, `path`, `square`,
 *     `favourites`, `maker`, `panel`, `song`, `player` and `studio`.
 */
function connectFiles({kit, layers, model}, {
  settings, deck, maker, path, square, favourites, panel, song, player, studio,
}) {
  const outgoing = new Outgoing({kit, player, settings});
  const {tempoOf, swingOf} = heardPace({deck, settings});
  const files = (name, find, {patterns, tempo = tempoOf} = {}) => {
    const told = (beats) => ({
      patterns: patterns?.() ?? beats.map(({codes}) => codes),
      title: typeof name === 'string' ? name : beats.length ? name() : '',
      tempos: beats.map(tempo), swings: beats.map(swingOf),
      wholes: beats.map(({codes}) => codes)});
    const look = () => {
      const beats = find();
      return beats instanceof Promise ? beats.then(told) : told(beats);
    };
    return (id, kind) => outgoing.connect(id, kind, look);
  };
  const beat = files(
    () => fileNameOf(layers, deck.current, panel.genresAround(deck.current),
      tempoOf(deck.current)),
    () => deck.current.codes.some(Boolean) ? [deck.current] : []);
  beat('get-midi', 'midi');
  beat('get-wav', 'wav');
  files('blend', () => square.beats())('blend-midi', 'midi');
  files('path', () => path.beats, {patterns: () => path.patterns()})(
    'path-midi', 'midi');
  const kept = () => favourites.items.map(
    ({codes, own}) => deck.pace.beatOf(codes, own));
  files('favourites', kept)('favourites-midi', 'midi');
  const packed = () => {
    const beats = kept();
    const tempos = beats.map(tempoOf);
    return {title: 'favourites', tempos, swings: beats.map(swingOf),
      patterns: beats.map(({codes}) => codes),
      origins: beats.map((beat, i) => {
        const {name} = favourites.items[i];
        // What the page calls it says nothing that its origin does not.
        const given = describe(layers, beat, panel.genresAround(beat)).name;
        return originOf(
          layers, maker, model.name, beat, name === given ? '' : name);
      })};
  };
  outgoing.connect('favourites-pack', 'pack', packed);
  new WavPack('favourites-wavs', packed, {player, studio, outgoing});
  const whole = files(
    () => fileName(
      ['song', `${song.numBars} bars`, `${Math.round(song.qpm)}bpm`]),
    () => song.beats(), {tempo: () => song.qpm});
  whole('song-midi', 'midi');
  whole('song-wav', 'wav');
}

/**
 * Connects the buttons.
 * @param {!Object} data See app/data.js.
 * @param {!Object} parts See `connectFiles`; and `plot`.
 */
export function connectTakeaway(data, parts) {
  const {deck, plot, settings, song, favourites} = parts;
  const {tempoOf, swingOf} = heardPace(parts);
  connectFiles(data, parts);
  const onShow = () =>
    deck.current.codes.some(Boolean) ? [deck.current.codes] : [];
  const text = (id, what, write) => byId(id).addEventListener('click', () => {
    const [codes] = onShow();
    if (codes) copy(write(codes), what);
    else say(NOTHING);
  });
  text('copy-codes', 'Step codes', (codes) => codes.join(','));
  text('copy-primer', 'Primer',
    (codes) => toPrimer(codes, data.primer_pitches));
  byId('share').addEventListener('click', () => {
    // A frame of a notebook has no address of its own.
    if (location.protocol === 'about:') {
      say('In a notebook the map has no address. Open its file, ' +
        'map.html, in a browser, and share it from there.');
      return;
    }
    const {current} = deck;
    const hash = toHash({...current, view: plot.view, song,
      settings: {...settings, qpm: tempoOf(current), swing: swingOf(current)},
      favourites: favourites.isKept ? [] : favourites.items});
    history.replaceState(null, '', hash);
    if (onShow().length) copy(location.href, 'Link');
    else say(NOTHING);
  });
}
