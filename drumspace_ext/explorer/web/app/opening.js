/**
 * Opening: MIDI files that a person drops or chooses, by their loops.
 */

import {inBpm} from '../beat/tempo.js';
import {byId, make} from '../elements.js';
import {say} from './status.js';

const MOST_BYTES = 4 << 20;
const MOST_FILES = 20;
// What a song plays most often stands for it; more chips hide the grid.
const MOST_LOOPS = 8;

async function read(file, workshop) {
  if (file.size > MOST_BYTES) throw new Error('it is too large');
  const {loops, what, why, loss, error} = await workshop.call(
    'song', new Uint8Array(await file.arrayBuffer()));
  if (error) throw new Error(error);
  const count = loops.length;
  const said = why ?? `${count} ${what}${count === 1 ? '' : 's'}`;
  const shown = loops.length > MOST_LOOPS ?
    [...loops].sort((a, b) => b.plays - a.plays).slice(0, MOST_LOOPS) : loops;
  return {loops: loops.filter((loop) => shown.includes(loop)), what,
    said: [`${file.name}: ${said}`, loss].filter(Boolean).join('; ')};
}

export class Opening {
  /** @param {!Object} parts `deck`, `workshop` and `plot`. */
  constructor({deck, workshop, plot}) {
    Object.assign(this, {deck, workshop, plot});
    this.chips = [];
    deck.on('show', (beat) => this.press(beat));
  }

  /** Shows which chip is on show, if any. */
  press(shown) {
    for (const {button, beat} of this.chips) {
      button.setAttribute('aria-pressed', String(beat === shown));
    }
  }

  /** Reads files, shows the first loop, and a chip for each. */
  async open(files) {
    const [found, said] = [[], []];
    for (const file of files.slice(0, MOST_FILES)) {
      try {
        const song = await read(file, this.workshop);
        found.push({name: file.name, ...song});
        said.push(song.said);
      } catch (error) {
        said.push(`${file.name} can't be read: ${error.message}`);
      }
    }
    if (files.length > MOST_FILES) {
      said.push(`${files.length - MOST_FILES} more files were left out`);
    }
    if (found.length) await this.list(found);
    say(said.join('. '));
  }

  async list(found) {
    const beats = await this.workshop.call(
      'loops', found.flatMap(({loops}) => loops));
    const chipsOf = ({loops, what}) => loops.map(({plays, tempo}, i) => {
      const button = make('button', {type: 'button',
        title: [plays && `${plays} times`, inBpm(tempo)]
          .filter(Boolean).join(', ')},
      what ? `loop ${i + 1}` : 'first bars');
      const beat = beats.shift();
      button.addEventListener('click', () => this.show(beat));
      return {button, beat};
    });
    this.chips = [];
    const groups = found.map((file) => {
      const chips = chipsOf(file);
      this.chips.push(...chips);
      return make('div', {role: 'group', 'aria-label': file.name},
        make('span', {title: file.name, 'aria-hidden': 'true'}, file.name),
        ...chips.map(({button}) => button));
    });
    const close = make('button', {type: 'button',
      'aria-label': 'Close the loops'}, '✕');
    close.addEventListener('click', () => this.close());
    byId('loops').replaceChildren(make('div', {}, ...groups), close);
    byId('loops').hidden = false;
    // The map gets another size by it, which takes a frame.
    await new Promise(requestAnimationFrame);
    this.show(this.chips[0].beat);
  }

  close() {
    this.chips = [];
    byId('loops').replaceChildren();
    byId('loops').hidden = true;
  }

  show(beat) {
    // Nothing sounds before a gesture, and a drop is none to some browsers.
    this.deck.show(beat,
      {plays: Boolean(navigator.userActivation?.hasBeenActive)});
    const {place} = beat;
    if (place) this.plot.reveal(place.x, place.y);
  }
}

/** Connects the page and its button. */
export function connectOpening(opening) {
  byId('open').addEventListener('change', (event) => {
    const files = [...event.target.files];
    event.target.value = '';
    if (files.length) opening.open(files);
  });
  for (const name of ['dragover', 'drop']) {
    document.addEventListener(name, (event) => {
      event.preventDefault();
      document.body.classList.toggle('dropping', name === 'dragover');
      if (name === 'drop' && event.dataTransfer.files.length) {
        opening.open([...event.dataTransfer.files]);
      }
    });
  }
  document.addEventListener('dragleave', () =>
    document.body.classList.remove('dropping'));
}
