/**
 * The point index: what lies near a place of the map.
 */

const CELLS = 96;
// Of the points, that may lie further out on each side than the core has them.
const FAR_SHARE = 0.005;
// The core is told apart where it has less than this of the whole's extent.
const CLOSE_SHARE = 0.8;
// Around the core, of its extent, so that no point is cut.
const CORE_MARGIN = 0.04;

/**
 * Returns from where to where nearly all of some numbers lie; all of them
 * where none lies far off.
 */
function core(values, low, high) {
  const sorted = Float64Array.from(values).sort();
  const far = Math.floor(FAR_SHARE * sorted.length);
  const [from, to] = [sorted[far], sorted.at(-1 - far)];
  if (!(to - from < CLOSE_SHARE * (high - low))) return [low, high];
  const margin = CORE_MARGIN * (to - from);
  return [Math.max(from - margin, low), Math.min(to + margin, high)];
}

/** Points of the map in a net of cells, for what is near. */
export class PointIndex {
  /**
   * @param {!Array<!Object>} layers See app/data.js.
   * @param {!Array<!Array<number>>} more Places that the bounds hold, too.
   */
  constructor(layers, more = []) {
    this.layers = layers;
    this.bounds = {left: Infinity, right: -Infinity, low: Infinity,
      high: -Infinity};
    const b = this.bounds;
    const hold = (x, y) => {
      if (x < b.left) b.left = x;
      if (x > b.right) b.right = x;
      if (y < b.low) b.low = y;
      if (y > b.high) b.high = y;
    };
    for (const {x, y, size} of layers) {
      for (let i = 0; i < size; i++) hold(x[i], y[i]);
    }
    for (const [x, y] of more) hold(x, y);
    const [left, right] = core(
      layers.flatMap(({x}) => [...x]), b.left, b.right);
    const [low, high] = core(layers.flatMap(({y}) => [...y]), b.low, b.high);
    /** Where nearly all points are: a few far off would make a map small. */
    this.core = {left, right, low, high};
    this.cell = Math.max(b.right - b.left, b.high - b.low, 1e-6) / CELLS;
    this.cells = new Map();
    layers.forEach(({x, y}, layer) => {
      for (let i = 0; i < x.length; i++) {
        const key = this.key(this.column(x[i]), this.row(y[i]));
        if (!this.cells.has(key)) this.cells.set(key, []);
        this.cells.get(key).push([layer, i]);
      }
    });
  }

  column(x) {
    return Math.floor((x - this.bounds.left) / this.cell);
  }

  row(y) {
    return Math.floor((y - this.bounds.low) / this.cell);
  }

  key(column, row) {
    return column * 4096 + row;
  }

  /**
   * Returns the nearest point for which `wanted(layer, index)` holds, or null.
   * @param {number} reach In units of the map.
   */
  nearest(x, y, reach, wanted = () => true) {
    let found = null;
    let best = reach * reach;
    const [c, r] = [this.column(x), this.row(y)];
    const most = Math.min(Math.ceil(reach / this.cell), CELLS * 2);
    for (let ring = 0; ring <= most; ring++) {
      if (found && (ring - 1) * this.cell > Math.sqrt(best)) break;
      for (let dc = -ring; dc <= ring; dc++) {
        const edge = Math.abs(dc) === ring;
        for (let dr = -ring; dr <= ring; dr += edge ? 1 : 2 * ring || 1) {
          for (const [layer, i] of
            this.cells.get(this.key(c + dc, r + dr)) ?? []) {
            const dx = this.layers[layer].x[i] - x;
            const dy = this.layers[layer].y[i] - y;
            const square = dx * dx + dy * dy;
            if (square < best && wanted(layer, i)) {
              best = square;
              found = {layer, index: i, distance: Math.sqrt(square)};
            }
          }
        }
      }
    }
    return found;
  }
}
