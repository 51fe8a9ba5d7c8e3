/**
 * The panel: what is said of the beat on show, and the look of the page.
 */

import {drawBeat, make} from '../beat/grid.js';
import {Legend} from './legend.js';
import {coloursOf, GENRE_COLOURS} from './looks.js';
import {channels, colouring} from '../map/points.js';
import {showRegions} from '../map/regions.js';

const NUM_NEIGHBOURS = 6;
const SAID_MS = 12000;
const inBits = (count) => count && `${count} ${count === 1 ? 'bit' : 'bits'}`;
const BADGES = {
  known: () => 'known beat', copy: () => 'copy of a known beat',
  near: (bits) => `near: ${inBits(bits)}`,
  novel: (bits) => `novel: ${inBits(bits)}`,
};
const byId = (id) => document.getElementById(id);

export class Panel {
  constructor(app) {
    this.app = app;
    this.media = matchMedia('(prefers-color-scheme: dark)');
  }

  start() {
    const {data} = this.app;
    byId('title').textContent = data.title;
    this.legend = new Legend(data, () => this.paint());
    this.paint();
    this.media.addEventListener('change', () => this.paint());
    const {trustworthiness: trust, preservation, neighbors} = data.quality;
    const says = trust === undefined ? [] : [
      `trustworthiness ${trust.toPrecision(3)}`,
      `${Math.round(100 * preservation)} % of the ${neighbors} nearest kept`,
    ];
    byId('about').textContent = `${data.layers[0].size.toLocaleString()} ` +
      `patterns, model ${data.model.name}. ${says.join(', ')}`;
    showRegions(this.app.plot, data.regions);
    this.settings();
  }

  get look() {
    return this.theme ?? (this.media.matches ? 'dark' : 'light');
  }

  /** Puts the look to work on all that style sheets don't reach. */
  paint() {
    const {app} = this;
    const {plot, data, current} = app;
    document.documentElement.dataset.theme = this.look;
    const colours = coloursOf(this.look);
    this.colours = colours;
    const palette = {...colours, genres: GENRE_COLOURS};
    plot.setLook({
      background: channels(colours.background), ink: colours.ink,
      accent: colours.accent,
      colourOf: colouring(data.layers, palette, this.legend.shown),
    });
    this.legend.paint(colours);
    if (this.painted === this.look) return;
    // Small pictures of beats have the page's colours, too.
    this.painted = this.look;
    this.favourites();
    app.square.paint();
    this.settled(current);
  }

  describe({codes, origin, isDecoded}) {
    if (!origin) {
      const name = isDecoded ? 'Between the points' :
        codes.some(Boolean) ? 'Your own beat' : 'No beat yet';
      return {name, from: ''};
    }
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
    this.plausible(this.app.maker.plausibility(beat.codes));
    byId('badge').textContent = '';
    const {name, from} = this.describe(beat);
    byId('name').textContent = name;
    byId('origin').textContent = from;
  }

  plausible({isTrivial, isFar, text}) {
    const isSilent = !this.app.current.codes.some(Boolean);
    byId('plausible').textContent = isSilent ? '' : text;
    byId('beat').classList.toggle(
      'implausible', !isSilent && (isTrivial || isFar));
  }

  /** What takes longer. */
  settled(beat) {
    const {app} = this;
    this.star();
    this.sliders?.(beat);
    const list = byId('neighbours').querySelector('ol');
    list.replaceChildren();
    if (!beat.codes.some(Boolean)) return;
    const {found, word, bits} = app.maker.neighbours(beat, NUM_NEIGHBOURS);
    this.plausible(app.maker.plausibility(beat.codes, bits));
    const badge = byId('badge');
    badge.textContent = BADGES[word](bits);
    badge.dataset.word = word;
    badge.title = 'Beside the nearest known beat, started on any step';
    list.append(...found.map(({index, distance}) => {
      const {name, from} = this.describe({origin: {layer: 0, index}});
      return this.item(app.maker.ofPoint(0, index),
        `${inBits(distance) || 'the same'} · ${name}`, from);
    }));
  }

  /** Shows whether the beat on show is a favourite. */
  star() {
    const isKept = this.app.favourites.has(this.app.current.codes);
    byId('favourite').setAttribute('aria-pressed', String(isKept));
    byId('favourite').textContent = isKept ? '★' : '☆';
  }

  /** A beat in a list, one click away. */
  item(beat, text, more = '') {
    const canvas = make(
      'canvas', {width: 96, height: 42, 'aria-hidden': 'true'});
    const button = make('button', {type: 'button', class: 'item'}, canvas,
      make('span', {}, text, make('small', {}, more)));
    button.addEventListener('click', () => {
      this.app.show(beat, {plays: true});
      this.app.plot.reveal(beat.place.x, beat.place.y);
    });
    drawBeat(canvas, beat.codes, this.colours);
    return make('li', {}, button);
  }

  favourites() {
    const {favourites, maker} = this.app;
    byId('favourites').replaceChildren(...favourites.codes.map((codes, i) =>
      this.item(maker.ofCodes(codes), `favourite ${i + 1}`)));
    this.star();
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
      if (input.type === 'checkbox') {
        input.checked = value;
        continue;
      }
      input.value = value;
      const shown = name === 'qpm' ? value : Number(value).toFixed(2);
      input.parentElement.querySelector('.value').textContent = shown;
    }
  }

  /** Says something that is read out, too, and gone when it is old. */
  say(text) {
    const status = byId('status');
    status.textContent = text;
    clearTimeout(this.said);
    this.said = setTimeout(() => {
      status.textContent = '';
    }, SAID_MS);
  }
}
