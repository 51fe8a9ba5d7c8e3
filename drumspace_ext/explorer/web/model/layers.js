/**
 * Layers: sums of products, and the unit between them, in double precision.
 */

// A step on the way to the next knot is 1/64 at most: with six terms that is
// 1e-13 from the true value.
const KNOTS_PER_UNIT = 32;
const LAST_KNOT = 9 * KNOTS_PER_UNIT;
const TERMS = 6;

/** The normal distribution's values and derivatives at knots from 0 on. */
const NORMAL = (() => {
  const table = new Float64Array((LAST_KNOT + 1) * TERMS);
  for (let k = 0; k <= LAST_KNOT; k++) {
    const x = k / KNOTS_PER_UNIT;
    const density = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    let sum = 0;
    for (let n = 1, term = x; sum + term !== sum; n++) {
      sum += term;
      term *= x * x / (2 * n + 1);
    }
    table.set([0.5 + density * sum, density, -x * density / 2,
      (x ** 2 - 1) * density / 6, -(x ** 3 - 3 * x) * density / 24,
      (x ** 4 - 6 * x ** 2 + 3) * density / 120], k * TERMS);
  }
  return table;
})();

/** Gaussian error linear unit: x times the normal distribution at x. */
export function gelu(x) {
  const size = x < 0 ? -x : x;
  const knot = Math.round(size * KNOTS_PER_UNIT);
  if (knot > LAST_KNOT) return x < 0 ? 0 : x;
  const t = size - knot / KNOTS_PER_UNIT;
  const i = knot * TERMS;
  const share = NORMAL[i] + t * (NORMAL[i + 1] + t * (NORMAL[i + 2] +
    t * (NORMAL[i + 3] + t * (NORMAL[i + 4] + t * NORMAL[i + 5]))));
  return x < 0 ? x * (1 - share) : x * share;
}

const BLOCK = 8;

/**
 * A layer of weights, in double precision and eight columns at a time, which is
 * the order in which they are read.
 */
export class Layer {
  /** @param {!Object} tensors `weight`, rows of it are outputs, and `bias`. */
  constructor({weight, bias}) {
    const rows = bias.length;
    this.bias = bias;
    this.size = weight.length / rows;
    this.weights = new Float64Array(weight.length);
    let at = 0;
    for (let start = 0; start < this.size; start += BLOCK) {
      const end = Math.min(start + BLOCK, this.size);
      for (let row = 0; row < rows; row++) {
        for (let j = start; j < end; j++) {
          this.weights[at++] = weight[row * this.size + j];
        }
      }
    }
  }

  /** Puts weight times input plus bias into output. */
  run(input, output) {
    const {size, weights} = this;
    const rows = output.length;
    output.set(this.bias);
    let i = 0;
    let j = 0;
    for (; j + BLOCK <= size; j += BLOCK) {
      const a = input[j];
      const b = input[j + 1];
      const c = input[j + 2];
      const d = input[j + 3];
      const e = input[j + 4];
      const f = input[j + 5];
      const g = input[j + 6];
      const h = input[j + 7];
      for (let row = 0; row < rows; row++, i += BLOCK) {
        output[row] = output[row] + weights[i] * a + weights[i + 1] * b +
          weights[i + 2] * c + weights[i + 3] * d + weights[i + 4] * e +
          weights[i + 5] * f + weights[i + 6] * g + weights[i + 7] * h;
      }
    }
    const left = size - j;
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < left; k++) output[row] += weights[i++] * input[j + k];
    }
  }
}

/** Returns a matrix with its columns as rows. */
export function transposed(weight, rows) {
  const columns = weight.length / rows;
  const result = new Float32Array(weight.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      result[j * rows + i] = weight[i * columns + j];
    }
  }
  return result;
}

/** Adds `share` of a row of a matrix to values. */
export function addRow(values, matrix, row, share) {
  const start = row * values.length;
  for (let i = 0; i < values.length; i++) {
    values[i] += share * matrix[start + i];
  }
}
