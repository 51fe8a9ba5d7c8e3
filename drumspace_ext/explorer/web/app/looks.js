/**
 * Looks: light or dark, and the colours of what style sheets don't reach.
 */

// Told apart by hue and by lightness; after them genres are grey.
const GENRE_COLOURS = [
  '#4e79a7', '#f28e2b', '#59a14f', '#b07aa1', '#edc948', '#76b7b2',
  '#9c755f', '#ff9da7', '#8cd17d', '#499894', '#d37295', '#a0a0f0',
];

const LOOKS = {
  light: {grey: '#7a776f',
    generated: ['#d62718', '#8a2be2', '#0b84a5', '#2e8b57']},
  dark: {grey: '#b0b2b9',
    generated: ['#ff5240', '#c58bff', '#4cc9f0', '#67d99a']},
};

/** Returns the colours of a look, which the page must have already. */
function coloursOf(look) {
  const style = getComputedStyle(document.documentElement);
  const [background, ink, faint, accent] = ['background', 'ink', 'line',
    'accent'].map((name) => style.getPropertyValue(`--${name}`).trim());
  return {background, ink, faint, accent, genres: GENRE_COLOURS,
    ...LOOKS[look]};
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
