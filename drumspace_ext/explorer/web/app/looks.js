/**
 * Looks: the colours of what style sheets don't reach.
 */

// Told apart by hue and by lightness; after them genres are grey.
export const GENRE_COLOURS = [
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
export function coloursOf(look) {
  const style = getComputedStyle(document.documentElement);
  const [background, ink, faint, accent] = ['background', 'ink', 'line',
    'accent'].map((name) => style.getPropertyValue(`--${name}`).trim());
  return {background, ink, faint, accent, ...LOOKS[look]};
}
