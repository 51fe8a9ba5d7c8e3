/**
 * Sliders of the space: a beat moved along its dimensions, and towards genres.
 */

import {byId, make} from '../elements.js';
import {spread} from '../model/space.js';

// Sliders reach so many standard deviations of the training latents.
const REACH = 3;
// Those of words and of genres so many of their steps.
const [WORD_REACH, GENRE_REACH] = [3, 2];
// More sliders than this say nothing to anyone.
const MOST_SLIDERS = 32;

function slider(text, low, high, change, settle) {
  // An output would take the label from the slider.
  const output = make('span', {class: 'value'});
  const input = make('input', {type: 'range', min: String(low),
    max: String(high), step: String((high - low) / 200)});
  input.addEventListener('input', () => {
    output.textContent = Number(input.value).toFixed(2);
    change(Number(input.value));
  });
  input.addEventListener('change', settle);
  return {
    label: make('label', {}, text, ' ', output, input),
    set: (value) => {
      input.value = String(value);
      output.textContent = value.toFixed(2);
    },
  };
}

/** Returns the ways that have a word: what a beat does, then genres. */
function waysOf({words, directions}) {
  const capital = (text) => text[0].toUpperCase() + text.slice(1);
  return [
    ...words.map(({word, way}) => ({
      way, reach: WORD_REACH, text: capital(word),
      title: 'In standard deviations of the known beats',
    })),
    ...directions.map(({genre, count, separation, way}) => ({
      way, reach: GENRE_REACH,
      text: `More like ${genre.replaceAll('_', ' ')}`,
      title: `${count} beats, ${separation.toFixed(1)} sd apart from others`,
    })),
  ];
}

/**
 * Makes the sliders.
 * @param {!Object} data See app/data.js.
 * @param {!Object} parts `maker`, `deck`, `player`, `workshop`.
 */
export function makeSliders(data, {maker, deck, player, workshop}) {
  const note = byId('space').querySelector('.note');
  note.textContent = 'Each slider makes the beat more, or less, of what it ' +
    'says; the map shows where it lands.';
  const zSize = data.model.z_size;
  const ranges = spread(maker.training, zSize);
  const ways = waysOf(data);
  // Where their sliders set out from, and the latent that they made of it.
  let [base, made] = [null, null];
  const amounts = ways.map(() => 0);
  const here = () => [...deck.z ?? ranges.map(({mean}) => mean)];
  const move = (z) => {
    player.wake();
    // It comes with a copy of the latent vector that it was made of.
    deck.soon(async () => ({...await workshop.call('latent', z), z}),
      {plays: true, z});
    return z;
  };
  const dims = ranges.slice(0, MOST_SLIDERS).map(({mean, std}, d) => slider(
    `z${d + 1}`, mean - REACH * std, mean + REACH * std, (value) => {
      const z = here();
      z[d] = value;
      move(z);
    }, () => deck.settle()));
  byId('sliders').append(...dims.map(({label}) => label));
  const worded = ways.map(({text, title, reach}, w) => {
    const control = slider(text, -reach, reach, (value) => {
      // An empty grid that is gone back to has no latent either.
      if (!base || deck.z !== made) {
        base = here();
        amounts.fill(0);
      }
      amounts[w] = value;
      made = move(base.map((from, d) => from + ways.reduce(
        (sum, {way}, k) => sum + amounts[k] * way[d], 0)));
    }, () => deck.settle());
    control.label.title = title;
    return control;
  });
  byId('directions').append(...worded.map(({label}) => label));
  deck.on('settled', (beat) => {
    if (!beat.z) return;
    dims.forEach(({set}, d) => set(beat.z[d]));
    // A beat from elsewhere is a new place to set out from.
    if (beat.z !== made) worded.forEach(({set}) => set(0));
  });
}
