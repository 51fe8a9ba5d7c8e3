/**
 * Blending: what lies on the square between four beats, (0, 0) is the first.
 */

import {mix} from './space.js';

const GRID_SIDE = 5;

/** Returns the corner of the square that a place is, if it is one. */
export function cornerAt(corners, u, v) {
  return corners[[[0, 0], [1, 0], [0, 1], [1, 1]].findIndex(
    ([cu, cv]) => Math.abs(u - cu) < 1e-9 && Math.abs(v - cv) < 1e-9)] ?? null;
}

/** Returns the beat at a place of the square. */
export function blend(maker, corners, u, v) {
  const corner = cornerAt(corners, u, v);
  if (corner) return corner;
  const [a, b, c, d] = corners.map(({z}) => z);
  return maker.ofLatent(mix(mix(a, b, u), mix(c, d, u), v));
}

/** Returns all beats of the square, row by row. */
export function blendGrid(maker, corners, side = GRID_SIDE) {
  const shares = Array.from({length: side}, (_, k) => k / (side - 1));
  return shares.flatMap((v) => shares.map((u) => blend(maker, corners, u, v)));
}
