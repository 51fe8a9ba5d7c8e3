/**
 * A beat: a pattern, and what is known of it.
 */

/**
 * Makes a beat; nothing else does.
 * @param {!Array<number>} codes Its pattern.
 * @param {!Object} known `z`, its latent vector; `place` on the map, `{x, y}`;
 *     `origin`, the point that it is, `{layer, index}`; and whether it was made
 *     of z, `isDecoded`.
 */
export function makeBeat(codes, {
  z = null, place = null, origin = null, isDecoded = false,
} = {}) {
  return {codes, z, place, origin, isDecoded};
}
