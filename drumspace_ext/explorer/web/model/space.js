/**
 * The space: between places of the map, latent vectors and patterns.
 *
 * The map is t-SNE's, which has no inverse: a place between points stands for
 * the latents of the points around it, weighted by their distance, and a latent
 * lies where its nearest known latents lie.
 */

const NEIGHBOURS = 6;

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

/** The training patterns, between map and latent space. */
export class Space {
  constructor(layer, zSize) {
    this.layer = layer;
    this.zSize = zSize;
  }

  /**
   * Returns the points around a place of the map, nearest first.
   * @return {{near: !Array<number>, squares: !Float32Array}} Their indices,
   *     and the squared distances of all points.
   */
  around({x, y}) {
    const {layer, last} = this;
    // A beat's place is asked for by its name, its tempo and more.
    if (last?.x === x && last.y === y) return last.found;
    const squares = new Float32Array(layer.size);
    for (let i = 0; i < layer.size; i++) {
      squares[i] = (layer.x[i] - x) ** 2 + (layer.y[i] - y) ** 2;
    }
    const found = {near: smallest(squares, NEIGHBOURS), squares};
    this.last = {x, y, found};
    return found;
  }

  /** Returns the latent vector that a place of the map stands for. */
  latentAt(place) {
    const {layer, zSize} = this;
    const {near, squares} = this.around(place);
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

/** Returns mean and standard deviation of each latent dimension of a layer. */
export function spread({z, size}, zSize) {
  return Array.from({length: zSize}, (_, d) => {
    let [sum, squares] = [0, 0];
    for (let i = 0; i < size; i++) {
      sum += z[i * zSize + d];
      squares += z[i * zSize + d] ** 2;
    }
    const mean = sum / size;
    return {mean, std: Math.sqrt(Math.max(squares / size - mean * mean, 1e-9))};
  });
}

/** Returns the mix of two latents. */
export function mix(a, b, share) {
  return a.map((value, d) => value + share * (b[d] - value));
}
