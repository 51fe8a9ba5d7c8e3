/**
 * Sliders of the space: a beat moved along its dimensions, and towards genres.
 */

import {byId, make} from '../elements.js';
import {spread} from '../model/space.js';

// Sliders reach so many standard deviations of the training latents.
const REACH = 3;
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

/**
 * Makes the sliders.
 * @param {!Object} data See app/data.js.
 * @param {!Object} parts `maker` and `deck`.
 */
export function makeSliders(data, {maker, deck}) {
  const note = byId('space').querySelector('.note');
  note.textContent = 'Each slider moves the beat towards a genre, or along ' +
    'one dimension of the space; the map shows where it lands.';
  const zSize = data.model.z_size;
  const ranges = spread(maker.training, zSize);
  // Where the genre sliders set out from, and the latent that they made of it.
  let [base, made] = [null, null];
  const amounts = data.directions.map(() => 0);
  const here = () => [...deck.z ?? ranges.map(({mean}) => mean)];
  const move = (z) => {
    deck.soon(() => maker.ofLatent(z), {plays: true, z});
    return z;
  };
  const dims = ranges.slice(0, MOST_SLIDERS).map(({mean, std}, d) => slider(
    `z${d + 1}`, mean - REACH * std, mean + REACH * std, (value) => {
      const z = here();
      z[d] = value;
      move(z);
    }, () => deck.settle()));
  byId('sliders').append(...dims.map(({label}) => label));
  const genres = data.directions.map(({genre, count, separation}, g) =>
    slider(`More like ${genre.replaceAll('_', ' ').toUpperCase()} ` +
      `(${count} beats, ${separation.toFixed(1)} sd apart)`, -2, 2, (value) => {
      if (deck.z !== made) {
        base = here();
        amounts.fill(0);
      }
      amounts[g] = value;
      made = move(base.map((from, d) => from + data.directions.reduce(
        (sum, {way}, k) => sum + amounts[k] * way[d], 0)));
    }, () => deck.settle()));
  byId('directions').append(...genres.map(({label}) => label));
  deck.on('settled', (beat) => {
    if (!beat.z) return;
    dims.forEach(({set}, d) => set(beat.z[d]));
    // A beat from elsewhere is a new place to set out from.
    if (beat.z !== made) genres.forEach(({set}) => set(0));
  });
}
