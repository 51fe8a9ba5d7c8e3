/**
 * Tempo: how fast a beat goes, `{low, high, isKnown}`, quarter notes a minute.
 */

/** The tempo that stands for all at which a beat is played. */
export const middle = ({low, high}) => (low + high) / 2;

/** Says a tempo in words; nothing of what nobody knows. */
export function inBpm(tempo) {
  if (!tempo) return '';
  const [low, high] = [tempo.low, tempo.high].map(Math.round);
  return `${low === high ? low : `${low}–${high}`} bpm`;
}
