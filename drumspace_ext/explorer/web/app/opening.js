/**
 * Opening: MIDI files that are dropped or chosen, as beats on the map.
 */

import {byId} from '../elements.js';
import {midiToPattern} from '../midi/reading.js';
import {say} from './status.js';

const MOST_BYTES = 4 << 20;

async function open(file, voiceOfPitch, {deck, maker, plot}) {
  try {
    if (file.size > MOST_BYTES) throw new Error('it is too large');
    const bytes = new Uint8Array(await file.arrayBuffer());
    const codes = midiToPattern(bytes, voiceOfPitch);
    // Nothing sounds before a gesture, and a drop is none to some browsers.
    deck.show(maker.ofCodes(codes),
      {plays: Boolean(navigator.userActivation?.hasBeenActive)});
    say(`${file.name}: its first two bars with drums`);
    const {place} = deck.current;
    if (place) plot.reveal(place.x, place.y);
  } catch (error) {
    say(`${file.name} can't be read: ${error.message}`);
  }
}

/**
 * Connects the page and its button.
 * @param {!Array<number>} voiceOfPitch The voice of each pitch, -1 for none.
 * @param {!Object} parts `deck`, `maker` and `plot`.
 */
export function connectOpening(voiceOfPitch, parts) {
  const take = (file) => open(file, voiceOfPitch, parts);
  byId('open').addEventListener('change', (event) => {
    const [file] = event.target.files;
    if (file) take(file);
    event.target.value = '';
  });
  for (const name of ['dragover', 'drop']) {
    document.addEventListener(name, (event) => {
      event.preventDefault();
      document.body.classList.toggle('dropping', name === 'dragover');
      if (name === 'drop' && event.dataTransfer.files.length) {
        take(event.dataTransfer.files[0]);
      }
    });
  }
  document.addEventListener('dragleave', () =>
    document.body.classList.remove('dropping'));
}
