/**
 * Regions: where genres gather, under words that don't hide each other.
 *
 * A word stands for what lies there and nothing else: the areas of a genre have
 * its name each. Those of many beats are larger, and come first where there is
 * no room for all; genres too small to test are words without an area.
 */

const [LEAST_SIZE, MOST_SIZE, SMALL_SIZE] = [12, 19, 11];
// Of bold capitals, and of small letters, in parts of the type's size.
const [WIDE, NARROW] = [0.74, 0.56];
const LINE = 1.25;
const TRIES = [0, 1, -1];
const GAP = 6;
// A map of so many pixels across has words as large as that; smaller ones less.
const PLAIN_PIXELS = 600;
// Buttons at the sides of the map are so wide.
const SIDE = 46;

/**
 * Tells how far each word is to be moved down, in pixels; null: no room now.
 * @param {!Array<!Object>} words `{x, y, text, size, isSmall}`, the first ones
 *     move least; small ones don't, and stand only where they are free.
 * @param {number} unit Of the map a pixel.
 * @param {!Object} room Where words may stand, in units of the map.
 * @return {!Array<?number>}
 */
export function shifts(words, unit, {
  left: west = -Infinity, right: east = Infinity,
  low: south = -Infinity, high: north = Infinity,
} = {}) {
  const placed = [];
  return words.map(({x, y, text, size, isSmall}) => {
    const half = text.length * size * (isSmall ? NARROW : WIDE) / 2;
    const [left, high] = [x / unit, size * LINE];
    const isWithin = (top) => left - half >= west / unit &&
      left + half <= east / unit && top - size / 2 >= -north / unit &&
      top + size / 2 <= -south / unit;
    const isFree = (top) => isWithin(top) && placed.every((other) =>
      Math.abs(other.top - top) >= (other.high + high) / 2 ||
      Math.abs(other.left - left) >= other.half + half + GAP);
    const top = (isSmall ? [0] : TRIES)
      .map((lines) => lines * high - y / unit).find(isFree);
    if (top === undefined) return null;
    placed.push({left, top, half, high});
    return top + y / unit;
  });
}

/** Returns the words of regions and of small genres, the strongest first. */
function wordsOf(regions, small) {
  const most = Math.max(...regions.map(({inside}) => inside), 1);
  const plain = (genre) => genre.replaceAll('_', ' ');
  return [
    ...regions.map(({genre, inside, center: [x, y]}) => ({
      x, y, text: plain(genre).toUpperCase(), isSmall: false,
      size: Math.round(LEAST_SIZE +
        (MOST_SIZE - LEAST_SIZE) * Math.sqrt(inside / most)),
    })),
    ...[...small].sort((a, b) => b.count - a.count)
      .map(({genre, center: [x, y]}) => ({
        x, y, text: plain(genre), isSmall: true, size: SMALL_SIZE,
      })),
  ];
}

export class Regions {
  /**
   * Draws regions on a plot, and chooses their words at every zoom.
   * @param {!Plot} plot
   * @param {!Object} data `genres`, `regions` and `small_genres`.
   */
  constructor(plot, {genres, regions, small_genres: small}) {
    this.plot = plot;
    this.regions = [...regions].sort((a, b) => b.inside - a.inside);
    this.numbers = this.regions.map(({genre}) => genres.indexOf(genre));
    this.words = wordsOf(this.regions, small);
    this.colours = null;
    this.unit = null;
    plot.on('scale', (unit) => {
      this.unit = unit;
      this.write();
    });
  }

  /** Gives areas the colours of their genres, and words those of the page. */
  paint(colours) {
    this.colours = colours;
    this.plot.set('regions', {
      xs: this.regions.map(({outline}) => outline.map(([x]) => x)),
      ys: this.regions.map(({outline}) => outline.map(([, y]) => y)),
      colour: this.numbers.map(
        (number) => colours.genres[number] ?? colours.grey),
    });
    this.write();
  }

  /** Where words hide nothing and are hidden by nothing on the whole map. */
  room(width) {
    const {left, right, low, high} = this.plot.index.bounds;
    const half = Math.max(right - left, (width - 2 * SIDE) * this.unit) / 2;
    return {low, high, left: (left + right) / 2 - half,
      right: (left + right) / 2 + half};
  }

  write() {
    if (!this.colours || this.unit === null) return;
    const {ink, soft} = this.colours;
    const {clientWidth: width, clientHeight: height} = this.plot.host;
    const share = Math.min(Math.sqrt(width * height) / PLAIN_PIXELS, 1);
    const words = this.words.map((word) => ({...word,
      size: Math.max(Math.round(word.size * share), SMALL_SIZE)}));
    const moved = shifts(words, this.unit, this.room(width));
    const shown = words.map((word, i) => ({...word, shift: moved[i]}))
      .filter(({shift}) => shift !== null);
    const column = (value) => shown.map(value);
    const columns = {
      x: column(({x}) => x), y: column(({y}) => y),
      text: column(({text}) => text), shift: column(({shift}) => shift),
      size: column(({size}) => `${size}px`),
      style: column(({isSmall}) => isSmall ? 'italic' : 'bold'),
      colour: column(({isSmall}) => isSmall ? soft : ink),
    };
    this.plot.set('halos', columns);
    this.plot.set('names', columns);
  }
}
