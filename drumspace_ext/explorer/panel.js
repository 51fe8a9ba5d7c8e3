/**
 * The panel: what is said of the beat on show, and the look of the page.
 */

import {drawBeat, make} from './grid.js';
import {channels, colouring} from './points.js';

const NUM_NEIGHBOURS = 6;
// Told apart by hue and by lightness; after them genres are grey.
const GENRE_COLOURS = [
  '#4e79a7', '#f28e2b', '#59a14f', '#b07aa1', '#edc948', '#76b7b2',
  '#9c755f', '#ff9da7', '#8cd17d', '#499894', '#d37295', '#a0a0f0',
];
const LOOKS = {
  light: {background: '#fbfaf7', ink: '#26231f', grey: '#8d8a84',
    faint: '#d9d5cc', accent: '#c8351f', generated: ['#d62718', '#8a2be2',
      '#0b84a5', '#2e8b57']},
  dark: {background: '#16171a', ink: '#ece9e2', grey: '#85878e',
    faint: '#383a40', accent: '#ff6a4d', generated: ['#ff5240', '#c58bff',
      '#4cc9f0', '#67d99a']},
};
const byId = (id) => document.getElementById(id);

export class Panel {
  constructor(app) {
    this.app = app;
    this.shown = {byGenre: false, hiddenGenres: new Set(),
      hiddenLayers: new Set(), matches: null};
    this.media = matchMedia('(prefers-color-scheme: dark)');
  }

  start() {
    const {data} = this.app;
    byId('title').textContent = data.title;
    this.legend();
    this.paint();
    this.media.addEventListener('change', () => this.paint());
    const {quality} = data;
    const says = Object.entries(quality).map(([name, value]) =>
      `${name.replaceAll('_', ' ')} ${Number(value).toPrecision(3)}`);
    byId('about').textContent = `${data.layers[0].size.toLocaleString()} ` +
      `patterns, model ${data.model.name}. ${says.join(', ')}`;
    this.showRegions();
    this.favourites();
    this.settings();
  }

  get look() {
    return this.theme ?? (this.media.matches ? 'dark' : 'light');
  }

  get colours() {
    return LOOKS[this.look];
  }

  /** Puts the look to work on all that style sheets don't reach. */
  paint() {
    const {plot, data, current} = this.app;
    document.documentElement.dataset.theme = this.look;
    const colours = this.colours;
    const palette = {...colours, genres: GENRE_COLOURS};
    plot.setLook({
      background: channels(colours.background), ink: colours.ink,
      accent: colours.accent,
      colourOf: colouring(data.layers, palette, this.shown),
    });
    document.querySelectorAll('#legend [data-colour]').forEach((swatch) => {
      const [layer, genre] = swatch.dataset.colour.split(' ').map(Number);
      const colour = layer ? colours.generated[(layer - 1) %
        colours.generated.length] : GENRE_COLOURS[genre];
      swatch.style.background = this.shown.byGenre || layer ?
        colour ?? colours.grey : colours.grey;
    });
    this.favourites();
    if (current) this.settled(current);
  }

  legend() {
    const {data} = this.app;
    const host = byId('legend').querySelector('div');
    const toggle = (text, isOn, change, colour) => {
      const box = make('input', {type: 'checkbox', checked: isOn});
      box.addEventListener('change', () => {
        change(box.checked);
        this.paint();
      });
      const swatch = colour ?
        [make('i', {class: 'swatch', 'data-colour': colour})] : [];
      host.append(make('label', {}, box, ...swatch, text));
    };
    const flip = (set, value) => (isOn) => set[isOn ? 'delete' : 'add'](value);
    toggle('Colour by genre', false, (isOn) => {
      this.shown.byGenre = isOn;
    });
    data.layers.forEach((layer, number) => toggle(
      `${layer.name} ${layer.size.toLocaleString()}`, true,
      flip(this.shown.hiddenLayers, number), `${number} -1`));
    const counts = new Map();
    for (let i = 0; i < data.layers[0].size; i++) {
      const genre = data.layers[0].firstGenre(i);
      counts.set(genre, (counts.get(genre) ?? 0) + 1);
    }
    [...counts].sort((a, b) => a[0] - b[0]).forEach(([genre, count]) => toggle(
      `${data.genres[genre]?.replaceAll('_', ' ') ?? 'no genre'} ` +
      count.toLocaleString(), true, flip(this.shown.hiddenGenres, genre),
      `0 ${genre}`));
  }

  showRegions() {
    const {plot, data} = this.app;
    const {regions} = data;
    plot.set('regions', {
      xs: regions.map(({outline}) => outline.map(([x]) => x)),
      ys: regions.map(({outline}) => outline.map(([, y]) => y)),
    });
    plot.set('names', {
      x: regions.map(({center}) => center[0]),
      y: regions.map(({center}) => center[1]),
      text: regions.map(({genre, count}) =>
        `${genre.replaceAll('_', ' ').toUpperCase()} ${count}`),
    });
  }

  describe({origin}) {
    if (!origin) return {name: 'Your own beat', from: ''};
    const layer = this.app.data.layers[origin.layer];
    const genres = layer.genreNames(origin.index).join(', ')
      .replaceAll('_', ' ');
    const sources = layer.sourceNames(origin.index);
    const more = layer.numSources(origin.index) - sources.length;
    const from = sources.join(', ') + (more > 0 ? ` and ${more} more` : '');
    const name = `${layer.name}, beat ${origin.index + 1}`;
    return {name: genres ? `${name} · ${genres}` : name, from};
  }

  /** What can be said at every frame. */
  quick(beat) {
    const {nats, isTrivial, bits} = this.app.maker.plausibility(beat.codes);
    byId('plausible').textContent = `entropy ${nats.toFixed(2)} nats` +
      `${isTrivial ? ' (trivial)' : ''} · ${bits} bits from a known beat`;
    byId('beat').classList.toggle('implausible', isTrivial);
    const {name, from} = this.describe(beat);
    byId('name').textContent = name;
    byId('origin').textContent = from;
  }

  /** What takes longer. */
  settled(beat) {
    const {app} = this;
    if (!beat.codes.some(Boolean)) return;
    const {found, word} = app.maker.neighbours(beat.codes, NUM_NEIGHBOURS);
    byId('badge').textContent = word;
    byId('badge').dataset.word = word;
    byId('neighbours').querySelector('ol').replaceChildren(
      ...found.map(({index, distance}) => {
        const point = {layer: 0, index};
        const {name, from} = this.describe({origin: point});
        return this.item(app.maker.ofPoint(0, index),
          `${distance} bits · ${name}`, from);
      }));
    byId('favourite').setAttribute(
      'aria-pressed', String(app.favourites.has(beat.codes)));
    this.sliders?.(beat);
  }

  /** A beat in a list, one click away. */
  item(beat, text, more = '') {
    const canvas = make('canvas', {width: 96, height: 42, 'aria-hidden': 'true'});
    const button = make('button', {type: 'button', class: 'item'}, canvas,
      make('span', {}, text, make('small', {}, more)));
    button.addEventListener('click', () => {
      this.app.show(beat, {plays: true});
      if (beat.place) this.app.plot.reveal(beat.place.x, beat.place.y);
    });
    drawBeat(canvas, beat.codes, this.colours);
    return make('li', {}, button);
  }

  favourites() {
    const {app} = this;
    byId('favourites').replaceChildren(...app.favourites.codes.map((codes, i) =>
      this.item(app.maker.ofCodes(codes), `favourite ${i + 1}`)));
  }

  playing() {
    const {playing} = this.app.player;
    const play = byId('play');
    play.textContent = playing ? '■' : '▶';
    play.setAttribute('aria-pressed', String(playing));
    byId('radio').setAttribute('aria-pressed', String(this.app.radio.isOn));
    byId('welcome').hidden ||= playing;
  }

  /** Shows the settings on their sliders. */
  settings() {
    for (const [name, value] of Object.entries(this.app.settings)) {
      const input = byId(name);
      if (!input) continue;
      input.value = value;
      const shown = name === 'qpm' ? value : Number(value).toFixed(2);
      input.parentElement.querySelector('output').textContent = shown;
    }
  }

  say(text) {
    byId('status').textContent = text;
  }
}
