/**
 * Search: the points whose genre, source or layer holds some words.
 */

import {byId} from '../elements.js';

const PAUSE_MS = 120;

/**
 * Connects the field.
 * @param {!Array<!Object>} layers See app/data.js.
 * @param {function(?Array<!Uint8Array>)} show Gets which points match, by
 *     layer, or null if nothing is searched for.
 */
export function connectSearch(layers, show) {
  const input = byId('search');
  const apply = () => {
    const plain = input.value.toLowerCase().trim();
    const words = plain.replaceAll(' ', '_');
    let count = 0;
    const matches = plain ? layers.map((layer) => {
      const is = new Uint8Array(layer.size);
      for (let i = 0; i < layer.size; i++) {
        const hit =
          layer.genreNames(i).some((genre) => genre.includes(words)) ||
          layer.sourceNames(i).some((id) => id.toLowerCase().includes(plain)) ||
          layer.name.toLowerCase().includes(plain);
        if (hit) {
          is[i] = 1;
          count++;
        }
      }
      return is;
    }) : null;
    byId('matches').textContent =
      plain ? `${count.toLocaleString()} beats` : '';
    show(matches);
  };
  let waiting = 0;
  input.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, PAUSE_MS);
  });
}
