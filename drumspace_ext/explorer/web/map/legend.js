/**
 * The legend: what the colours mean, and what is shown. It is one tab stop,
 * with arrow keys.
 *
 * Groups of genres that share a colour stand beside the layers, and their
 * genres, one by one, behind a click.
 */

import {plain} from '../beat/words.js';
import {byId, make} from '../elements.js';

/** Returns how many beats have each genre as their first. */
function countsOf(layer) {
  const counts = new Map();
  for (let i = 0; i < layer.size; i++) {
    const genre = layer.firstGenre(i);
    counts.set(genre, (counts.get(genre) ?? 0) + 1);
  }
  return counts;
}

/** A box with a name, and with a dot in its colour. */
function box(text, isOn, {colour = '', title = ''} = {}) {
  const input = make('input', {type: 'checkbox', checked: isOn});
  const swatch = colour ?
    [make('i', {class: colour.startsWith('0') ? 'swatch' : 'swatch ring',
      'data-colour': colour})] : [];
  return {input, label: make('label', title ? {title} : {}, input, ...swatch,
    make('span', {}, text))};
}

export class Legend {
  /** @param {!Object} data See data.js. */
  constructor(data) {
    this.shown = {byGenre: true, hiddenGenres: new Set(),
      hiddenLayers: new Set(), matches: null};
    this.host = byId('legend').querySelector('div');
    /** Is called after a choice. */
    this.changed = () => {};
    /** The boxes of genres, each with those that it stands for. */
    this.boxes = [];
    data.layers.forEach((layer, number) => this.layer(layer, number));
    // Where no beat has a genre there is nothing to say of them.
    if (data.genres.length) this.genres(data, countsOf(data.layers[0]));
    this.host.addEventListener('keydown', (event) => this.key(event));
    this.host.addEventListener('focusin', ({target}) => this.stopAt(target));
    this.stopAt(this.stops[0]);
    const narrow = matchMedia('(max-width: 960px)');
    narrow.addEventListener('change', () => this.suit(narrow));
    this.suit(narrow);
  }

  /** Suits a window, also one that is turned or made narrower. */
  suit({matches: isNarrow}) {
    // On a phone it would hide the map, and there is room for one at a time.
    byId('legend').open = !isNarrow;
    for (const id of ['legend', 'blend']) {
      if (isNarrow) byId(id).setAttribute('name', 'over');
      else byId(id).removeAttribute('name');
    }
  }

  /** What a key may reach: boxes, a button and what opens to more boxes. */
  get stops() {
    return [...this.host.querySelectorAll('input, button, summary')];
  }

  /** Makes one of them the tab stop of the legend. */
  stopAt(one) {
    for (const other of this.stops) other.tabIndex = other === one ? 0 : -1;
  }

  key(event) {
    const by = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1,
      ArrowUp: -1}[event.key];
    if (!by) return;
    event.preventDefault();
    const shown = this.stops.filter((one) => one.checkVisibility());
    const at = shown.indexOf(event.target);
    shown[(at + by + shown.length) % shown.length].focus();
  }

  layer({name, size}, number) {
    const {input, label} = box(`${name} ${size.toLocaleString()}`, true,
      {colour: `${number} -1`});
    input.addEventListener('change', () => {
      this.shown.hiddenLayers[input.checked ? 'delete' : 'add'](number);
      this.changed();
    });
    this.host.append(label);
  }

  genres({genres: names, genre_groups: groups}, counts) {
    const nameOf = (genre) => plain(names[genre] ?? 'no genre');
    const one = (genre) => this.genreBox(nameOf(genre), [genre], counts, '');
    const rest = [...counts.keys()].filter((genre) => !(genre in names));
    this.host.append(
      ...groups.map(({name, genres}) =>
        this.genreBox(plain(name), genres, counts, genres.length > 1 ?
          genres.map(nameOf).join(', ') : '')),
      ...rest.map(one));
    if (counts.size > 1) {
      const all = make('button', {type: 'button'}, 'All or no genres');
      all.addEventListener('click', () =>
        this.hide([...counts.keys()], !this.shown.hiddenGenres.size));
      this.host.append(all);
    }
    if (groups.some(({genres}) => genres.length > 1)) {
      const each = groups.flatMap(({genres}) => genres);
      this.host.append(make('details', {},
        make('summary', {}, `Each of ${each.length} genres`),
        make('div', {}, ...each.map(one))));
    }
    const byGenre = box('Colour by genre', true);
    byGenre.input.addEventListener('change', () => {
      this.shown.byGenre = byGenre.input.checked;
      this.changed();
    });
    this.host.append(byGenre.label);
  }

  genreBox(name, genres, counts, title) {
    const count = genres.reduce(
      (sum, genre) => sum + (counts.get(genre) ?? 0), 0);
    const made = box(`${name} ${count.toLocaleString()}`, true,
      {colour: `0 ${genres[0]}`, title});
    made.label.dataset.genre = '';
    made.input.addEventListener('change', () =>
      this.hide(genres, !made.input.checked));
    this.boxes.push({...made, genres});
    return made.label;
  }

  /** Hides genres or shows them, and says so in all boxes. */
  hide(genres, isHidden) {
    const {hiddenGenres} = this.shown;
    const change = isHidden ? 'add' : 'delete';
    for (const genre of genres) hiddenGenres[change](genre);
    for (const {input, genres: own} of this.boxes) {
      const hidden = own.filter((genre) => hiddenGenres.has(genre)).length;
      input.checked = hidden < own.length;
      input.indeterminate = hidden > 0 && hidden < own.length;
    }
    this.changed();
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
