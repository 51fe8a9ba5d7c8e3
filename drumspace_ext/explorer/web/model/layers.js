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

/** Puts weight times input plus start into output, four rows at a time. */
export function multiply(weight, start, input, output) {
  const size = input.length;
  const rows = output.length;
  let row = 0;
  for (; row + 4 <= rows; row += 4) {
    let a = start[row];
    let b = start[row + 1];
    let c = start[row + 2];
    let d = start[row + 3];
    let i = row * size;
    for (let j = 0; j < size; j++, i++) {
      const value = input[j];
      a += weight[i] * value;
      b += weight[i + size] * value;
      c += weight[i + 2 * size] * value;
      d += weight[i + 3 * size] * value;
    }
    output[row] = a;
    output[row + 1] = b;
    output[row + 2] = c;
    output[row + 3] = d;
  }
  for (; row < rows; row++) {
    let sum = start[row];
    for (let j = 0; j < size; j++) sum += weight[row * size + j] * input[j];
    output[row] = sum;
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
