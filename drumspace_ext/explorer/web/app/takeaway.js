/**
 * Take away and bring in: MIDI files, step codes, primers, links, MIDI out.
 */

import {toPrimer} from '../beat/beats.js';
import {midiToPattern} from '../midi/reading.js';
import {patternsToMidi} from '../midi/writing.js';
import {toHash} from './store.js';

const MOST_BYTES = 4 << 20;
const byId = (id) => document.getElementById(id);

function download(app, name, beats) {
  if (!beats.length) {
    app.panel.say('There is nothing to take away yet.');
    return;
  }
  const {qpm, swing, humanise, accents, seed} = app.settings;
  const midi = patternsToMidi(app.data.kit, beats.map(({codes}) => codes), qpm,
    {name, swing, humanise, accents, seed});
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([midi], {type: 'audio/midi'}));
  link.download = `${name}.mid`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  app.panel.say(`${name}.mid: ${beats.length} ` +
    `${beats.length === 1 ? 'beat' : 'beats'} at ${qpm} qpm`);
}

async function copy(app, text, what) {
  if (!app.current.codes.some(Boolean)) {
    app.panel.say('There is nothing to take away yet.');
    return;
  }
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
  app.panel.say(isCopied ? `${what} copied` :
    `The browser does not let the page copy: ${text}`);
}

async function open(app, file) {
  try {
    if (file.size > MOST_BYTES) throw new Error('it is too large');
    const bytes = new Uint8Array(await file.arrayBuffer());
    const codes = midiToPattern(bytes, app.data.voice_of_pitch);
    // Nothing sounds before a gesture, and a drop is none to some browsers.
    app.show(app.maker.ofCodes(codes),
      {plays: Boolean(navigator.userActivation?.hasBeenActive)});
    app.panel.say(`${file.name}: its first two bars with drums`);
    const {place} = app.current;
    if (place) app.plot.reveal(place.x, place.y);
  } catch (error) {
    app.panel.say(`${file.name} can't be read: ${error.message}`);
  }
}

async function midiOut(app) {
  if (!navigator.requestMIDIAccess) return;
  const select = byId('midi-out');
  byId('midi-label').hidden = false;
  let access = null;
  // Browsers ask for leave: only when a person wants it.
  const fill = async () => {
    if (access) return;
    try {
      access = await navigator.requestMIDIAccess();
    } catch {
      app.panel.say('The browser gives no leave for MIDI.');
      return;
    }
    for (const output of access.outputs.values()) {
      const option = document.createElement('option');
      option.value = output.id;
      option.textContent = output.name;
      select.append(option);
    }
  };
  select.addEventListener('pointerdown', fill);
  select.addEventListener('keydown', fill);
  select.addEventListener('change', () => {
    app.player.midiOut = access?.outputs.get(select.value) ?? null;
  });
}

export function connectTakeaway(app) {
  const on = (id, call) => byId(id).addEventListener('click', call);
  on('get-midi', () => download(app, 'beat',
    app.current.codes.some(Boolean) ? [app.current] : []));
  on('blend-midi', () => download(app, 'blend', app.square.beats()));
  on('path-midi', () => download(app, 'path', app.path.heard()));
  on('favourites-midi', () => download(app, 'favourites',
    app.favourites.codes.map((codes) => ({codes}))));
  on('copy-codes', () => copy(app, app.current.codes.join(','), 'Step codes'));
  on('copy-primer', () => copy(app,
    toPrimer(app.current.codes, app.data.primer_pitches), 'Primer'));
  on('share', () => {
    // A frame of a notebook has no address of its own.
    if (location.protocol === 'about:') {
      app.panel.say('In a notebook the map has no address. Open its file, ' +
        'map.html, in a browser, and share it from there.');
      return;
    }
    const hash = toHash({...app.current, view: app.plot.view,
      settings: app.settings});
    history.replaceState(null, '', hash);
    copy(app, location.href, 'Link');
  });
  byId('open').addEventListener('change', (event) => {
    const [file] = event.target.files;
    if (file) open(app, file);
    event.target.value = '';
  });
  for (const name of ['dragover', 'drop']) {
    document.addEventListener(name, (event) => {
      event.preventDefault();
      document.body.classList.toggle('dropping', name === 'dragover');
      if (name === 'drop' && event.dataTransfer.files.length) {
        open(app, event.dataTransfer.files[0]);
      }
    });
  }
  document.addEventListener('dragleave', () =>
    document.body.classList.remove('dropping'));
  midiOut(app);
}
