/**
 * The legend: what the colours mean, and what is shown.
 */

import {byId, make} from '../elements.js';

export class Legend {
  /**
   * @param {!Object} data See data.js.
   * @param {!Array<number>} order Genres as they get colours.
   * @param {function()} changed Is called after a choice.
   */
  constructor(data, order, changed) {
    this.shown = {byGenre: true, hiddenGenres: new Set(),
      hiddenLayers: new Set(), matches: null};
    this.host = byId('legend').querySelector('div');
    // On a phone it would hide the map.
    byId('legend').open = !matchMedia('(max-width: 900px)').matches;
    this.changed = changed;
    const flip = (set, value) => (isOn) => set[isOn ? 'delete' : 'add'](value);
    this.toggle('Colour by genre', true, (isOn) => {
      this.shown.byGenre = isOn;
    });
    data.layers.forEach((layer, number) => this.toggle(
      `${layer.name} ${layer.size.toLocaleString()}`, true,
      flip(this.shown.hiddenLayers, number), `${number} -1`));
    const counts = new Map();
    for (let i = 0; i < data.layers[0].size; i++) {
      const genre = data.layers[0].firstGenre(i);
      counts.set(genre, (counts.get(genre) ?? 0) + 1);
    }
    const rank = new Map(order.map((genre, i) => [genre, i]));
    const place = ([genre]) => rank.get(genre) ?? Infinity;
    const genres = [...counts].sort((a, b) => place(a) - place(b));
    genres.forEach(([genre, count]) => this.toggle(
      `${data.genres[genre]?.replaceAll('_', ' ') ?? 'no genre'} ` +
      count.toLocaleString(), true, flip(this.shown.hiddenGenres, genre),
      `0 ${genre}`));
    const boxes = [...this.host.querySelectorAll('[data-genre] input')];
    const all = make('button', {type: 'button'}, 'All or no genres');
    all.addEventListener('click', () => {
      const isOn = this.shown.hiddenGenres.size > 0;
      boxes.forEach((box, i) => {
        box.checked = isOn;
        flip(this.shown.hiddenGenres, genres[i][0])(isOn);
      });
      changed();
    });
    if (boxes.length > 1) boxes[0].parentElement.before(all);
  }

  toggle(text, isOn, change, colour = '') {
    const box = make('input', {type: 'checkbox', checked: isOn});
    box.addEventListener('change', () => {
      change(box.checked);
      this.changed();
    });
    const swatch = colour ?
      [make('i', {class: colour.startsWith('0') ? 'swatch' : 'swatch ring',
        'data-colour': colour})] : [];
    const label = make('label', {}, box, ...swatch, text);
    const isGenre = colour.startsWith('0 ') && colour !== '0 -1';
    if (isGenre) {
      label.dataset.genre = '';
      label.title = 'Beats by the first of their genres';
    }
    this.host.append(label);
  }

  /** Gives the swatches their colours. */
  paint({grey, generated, genres}) {
    this.host.querySelectorAll('[data-colour]').forEach((swatch) => {
      const [layer, genre] = swatch.dataset.colour.split(' ').map(Number);
      const ofGenre = this.shown.byGenre ? genres[genre] : undefined;
      swatch.style.color = layer ?
        generated[(layer - 1) % generated.length] : ofGenre ?? grey;
    });
  }
}
