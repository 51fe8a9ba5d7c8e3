/**
 * Looks: light or dark, and the colours of what style sheets don't reach.
 */

import {familyNames} from '../beat/families.js';

// The colours of groups of genres, those of the most beats first, and the grey
// of what has none stand out from the ground by 3:1 or more, and differ by 12
// or more (CIEDE2000) with and without protanopia, deuteranopia and tritanopia:
// more than eight don't. Groups after them are grey. Rings are made ones, whose
// layers differ by 12 as most people see them; the accent is for what plays or
// is found.
const LOOKS = {
  light: {grey: '#85827a',
    genres: ['#034cff', '#06a44f', '#e35ea8', '#886800', '#7a0d8a', '#0990ff',
      '#b5004a', '#783202'],
    generated: ['#7a6fa0', '#a8672a', '#2f8199', '#5b7f1f', '#34101c',
      '#10287c', '#644c40', '#105864']},
  dark: {grey: '#8b8e96',
    genres: ['#0f66ff', '#0efdae', '#fea4e8', '#e6ea21', '#d70cac', '#ed950d',
      '#f40402', '#0c8939'],
    generated: ['#9a8fc4', '#c99a66', '#6fb3c4', '#93ad60', '#7c644c',
      '#f4f4d0', '#7058b8', '#b8f4f4']},
};

/**
 * Returns the colours of a look, which the page must have already.
 * @param {!Array<!Object>} groups Of genres that share a colour, `{genres}`,
 *     their numbers.
 */
function coloursOf(look, groups) {
  const style = getComputedStyle(document.documentElement);
  const value = (name) => style.getPropertyValue(`--${name}`).trim();
  const [background, ink, soft, faint, accent] =
    ['background', 'ink', 'soft', 'line', 'accent'].map(value);
  const families = Object.fromEntries(
    familyNames.map((name) => [name, value(name)]));
  const {genres, ...rest} = LOOKS[look];
  const ofGenre = [];
  groups.slice(0, genres.length).forEach((group, i) => {
    for (const genre of group.genres) ofGenre[genre] = genres[i];
  });
  return {background, ink, soft, faint, accent, families, genres: ofGenre,
    ...rest};
}

export class Looks {
  /** @param {!Array<!Object>} groups See `coloursOf`. */
  constructor(groups) {
    this.groups = groups;
    this.media = matchMedia('(prefers-color-scheme: dark)');
    this.media.addEventListener('change', () => this.paint());
    this.painters = [];
    this.listeners = [];
    /** What a person chose: `light`, `dark` or, as the system has it, null. */
    this.chosen = null;
    this.painted = null;
    this.colours = null;
  }

  get look() {
    return this.chosen ?? (this.media.matches ? 'dark' : 'light');
  }

  /** @param {function(!Object)} painter Gets the colours at every painting. */
  onPaint(painter) {
    this.painters.push(painter);
  }

  /** @param {function()} listener Is called when the colours are others. */
  onChange(listener) {
    this.listeners.push(listener);
  }

  flip() {
    this.chosen = this.look === 'dark' ? 'light' : 'dark';
    this.paint();
  }

  /** Puts the look to work on all that style sheets don't reach. */
  paint() {
    const {look} = this;
    document.documentElement.dataset.theme = look;
    this.colours = coloursOf(look, this.groups);
    for (const painter of this.painters) painter(this.colours);
    if (this.painted === look) return;
    // Small pictures of beats have the page's colours, too.
    this.painted = look;
    for (const listener of this.listeners) listener();
  }
}
