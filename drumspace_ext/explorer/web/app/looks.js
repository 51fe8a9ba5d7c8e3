/**
 * Looks: light or dark, and the colours of what style sheets don't reach.
 */

import {familyNames} from '../beat/families.js';

// Genres are told apart by hue and by lightness, the first ones (those of Okabe
// and Ito, darker or lighter) by the colour-blind too, and stand out from the
// ground by 3:1 or more; after them genres are grey.
const LOOKS = {
  light: {grey: '#85827a',
    genres: ['#0072b2', '#c45100', '#007a5a', '#a8407c', '#8a6d00', '#2f8199',
      '#7a4a2b', '#d1495b', '#5b7f1f', '#4b4fa8', '#b0308a', '#4f5d6b'],
    generated: ['#d62718', '#8a2be2', '#0b84a5', '#2e8b57']},
  dark: {grey: '#8b8e96',
    genres: ['#56b4e9', '#f0803c', '#2fbf8f', '#e08cc0', '#e6c229', '#7fd3e0',
      '#c49a7a', '#ff8fa3', '#a6cf5f', '#9fa4ff', '#e36bd0', '#c3cad6'],
    generated: ['#ff5240', '#c58bff', '#4cc9f0', '#67d99a']},
};

/** Returns the colours of a look, which the page must have already. */
function coloursOf(look) {
  const style = getComputedStyle(document.documentElement);
  const value = (name) => style.getPropertyValue(`--${name}`).trim();
  const [background, ink, faint, accent] =
    ['background', 'ink', 'line', 'accent'].map(value);
  const families = Object.fromEntries(
    familyNames.map((name) => [name, value(name)]));
  return {background, ink, faint, accent, families, ...LOOKS[look]};
}

export class Looks {
  constructor() {
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
    this.colours = coloursOf(look);
    for (const painter of this.painters) painter(this.colours);
    if (this.painted === look) return;
    // Small pictures of beats have the page's colours, too.
    this.painted = look;
    for (const listener of this.listeners) listener();
  }
}
