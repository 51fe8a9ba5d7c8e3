/**
 * The space: between places of the map, latent vectors and patterns.
 *
 * The map is t-SNE's, which has no inverse: a place between points stands for
 * the latents of the points around it, weighted by their distance, and a latent
 * lies where its nearest known latents lie.
 */

const NEIGHBOURS = 6;
const CELLS = 96;

/** Returns the indices of the `count` smallest values. */
function smallest(values, count) {
  const found = [];
  let worst = Infinity;
  for (let i = 0; i < values.length; i++) {
    if (values[i] >= worst && found.length === count) continue;
    found.push(i);
    found.sort((a, b) => values[a] - values[b]);
    if (found.length > count) found.pop();
    worst = values[found[found.length - 1]];
  }
  return found;
}

function weighted(indices, squares, value) {
  // A point that is hit exactly counts alone.
  const weights = indices.map((_, k) => 1 / (squares[k] + 1e-9));
  const total = weights.reduce((a, b) => a + b, 0);
  return value((i) => weights[i] / total);
}

/** Points of the map in a net of cells, for what is near. */
export class PointIndex {
  constructor(layers) {
    this.layers = layers;
    this.bounds = {left: Infinity, right: -Infinity, low: Infinity,
      high: -Infinity};
    const b = this.bounds;
    for (const {x, y} of layers) {
      for (let i = 0; i < x.length; i++) {
        if (x[i] < b.left) b.left = x[i];
        if (x[i] > b.right) b.right = x[i];
        if (y[i] < b.low) b.low = y[i];
        if (y[i] > b.high) b.high = y[i];
      }
    }
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

/** The training patterns, between map and latent space. */
export class Space {
  constructor(layer, zSize) {
    this.layer = layer;
    this.zSize = zSize;
  }

  /** Returns the latent vector that a place of the map stands for. */
  latentAt(x, y) {
    const {layer, zSize} = this;
    const squares = new Float32Array(layer.size);
    for (let i = 0; i < layer.size; i++) {
      squares[i] = (layer.x[i] - x) ** 2 + (layer.y[i] - y) ** 2;
    }
    const near = smallest(squares, NEIGHBOURS);
    return weighted(near, near.map((i) => squares[i]), (share) => {
      const z = new Array(zSize).fill(0);
      near.forEach((i, k) => {
        for (let d = 0; d < zSize; d++) {
          z[d] += share(k) * layer.z[i * zSize + d];
        }
      });
      return z;
    });
  }

  /** Returns where a latent vector lies on the map, `{x, y}`. */
  placeOf(z) {
    const {layer, zSize} = this;
    const squares = new Float32Array(layer.size);
    for (let i = 0; i < layer.size; i++) {
      let sum = 0;
      for (let d = 0; d < zSize; d++) {
        sum += (layer.z[i * zSize + d] - z[d]) ** 2;
      }
      squares[i] = sum;
    }
    const near = smallest(squares, NEIGHBOURS);
    // Neighbours of a latent may lie in two parts of the map, and their mean in
    // neither: those near the first count.
    const [first] = near;
    const spread = 0.05 * Math.max(this.width(), 1e-6);
    const kept = near.filter((i) => Math.hypot(
      layer.x[i] - layer.x[first], layer.y[i] - layer.y[first]) < spread);
    return weighted(kept, kept.map((i) => squares[i]), (share) => ({
      x: kept.reduce((sum, i, k) => sum + share(k) * layer.x[i], 0),
      y: kept.reduce((sum, i, k) => sum + share(k) * layer.y[i], 0),
    }));
  }

  width() {
    if (this.cached === undefined) {
      let [low, high] = [Infinity, -Infinity];
      for (const x of this.layer.x) {
        low = Math.min(low, x);
        high = Math.max(high, x);
      }
      this.cached = high - low;
    }
    return this.cached;
  }
}

/** Returns the mix of two latents. */
export function mix(a, b, share) {
  return a.map((value, d) => value + share * (b[d] - value));
}

/** Places along a line of points, evenly spaced. */
export function alongLine(line, count) {
  const lengths = [0];
  for (let i = 1; i < line.length; i++) {
    lengths.push(lengths[i - 1] +
      Math.hypot(line[i].x - line[i - 1].x, line[i].y - line[i - 1].y));
  }
  const total = lengths[lengths.length - 1];
  return Array.from({length: count}, (_, k) => {
    const at = count === 1 ? 0 : total * k / (count - 1);
    let i = lengths.findIndex((length) => length >= at);
    if (i < 1) i = Math.min(1, line.length - 1);
    const span = lengths[i] - lengths[i - 1] || 1;
    const share = line.length === 1 ? 0 : (at - lengths[i - 1]) / span;
    const from = line[Math.max(i - 1, 0)];
    return {x: from.x + share * (line[i].x - from.x),
      y: from.y + share * (line[i].y - from.y)};
  });
}
