/**
 * Regions: where genres gather, under names that don't hide each other.
 */

// Of the names' type, in pixels.
const LETTER = 8;
const LINE = 15;
const TRIES = [0, 1, -1, 2, -2, 3, -3, 4, -4];

/**
 * Tells how far each name is to be moved down, in pixels.
 * @param {!Array<!Object>} names `{x, y, text}`; the first ones move least.
 * @param {number} unit Of the map a pixel.
 * @return {!Array<number>}
 */
export function shifts(names, unit) {
  const placed = [];
  return names.map(({x, y, text}) => {
    const [left, half] = [x / unit, text.length * LETTER / 2];
    const isFree = (top) => placed.every((other) =>
      Math.abs(other.top - top) >= LINE ||
      Math.abs(other.left - left) >= other.half + half);
    const tops = TRIES.map((lines) => lines * LINE - y / unit);
    const top = tops.find(isFree) ?? tops[0];
    placed.push({left, top, half});
    return top + y / unit;
  });
}

/** Draws regions on a plot, and moves their names at every zoom. */
export function showRegions(plot, regions) {
  const ordered = [...regions].sort((a, b) => b.count - a.count);
  plot.set('regions', {
    xs: ordered.map(({outline}) => outline.map(([x]) => x)),
    ys: ordered.map(({outline}) => outline.map(([, y]) => y)),
  });
  const names = ordered.map(({genre, count, center: [x, y]}) => ({
    x, y, text: `${genre.replaceAll('_', ' ').toUpperCase()} ${count}`,
  }));
  plot.on('scale', (unit) => plot.set('names', {
    x: names.map(({x}) => x), y: names.map(({y}) => y),
    text: names.map(({text}) => text), shift: shifts(names, unit),
  }));
}
