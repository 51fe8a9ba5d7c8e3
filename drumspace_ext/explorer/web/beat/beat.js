/**
 * A beat: a pattern, and what is known of it.
 */

/**
 * Makes a beat; nothing else does.
 * @param {!Array<number>} codes Its pattern.
 * @param {!Object} known `z`, its latent vector; `place` on the map, `{x, y}`;
 *     `origin`, the point that it is, `{layer, index}`; whether it was made of
 *     z, `isDecoded`; its `tempo`, where that is no point's (tempo.js), and
 *     likewise the `swing` of its genre (swing.js).
 */
export function makeBeat(codes, {
  z = null, place = null, origin = null, isDecoded = false,
  tempo = null, swing = null,
} = {}) {
  return {codes, z, place, origin, isDecoded, tempo, swing};
}
