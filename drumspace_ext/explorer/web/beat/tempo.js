/**
 * Tempo: how fast a beat goes, `{low, high, isKnown}`, quarter notes a minute.
 */

/** The tempo that stands for all at which a beat is played. */
export const middle = ({low, high}) => (low + high) / 2;

/** A whole number of them: halves go to the even one, as Python has it. */
export const whole = (qpm) =>
  qpm % 2 === 0.5 ? Math.floor(qpm) : Math.round(qpm);

// Bands speed up by so much without a word.
const STEADY_QPM = 3;

/** Says a tempo in words; nothing of what nobody knows. */
export function inBpm(tempo) {
  if (!tempo) return '';
  const [low, high] = [tempo.low, tempo.high].map(whole);
  return high - low <= STEADY_QPM ? `${whole(middle(tempo))} bpm` :
    `${low}–${high} bpm`;
}

/** The median of numbers; NaN of none. */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  return (sorted[Math.floor(half)] + sorted[Math.ceil(half)]) / 2;
}

/** The median of tempos, as that of a made beat; null of none. */
export function medianOf(tempos) {
  if (!tempos.length) return null;
  const qpm = median(tempos.map(middle));
  return {low: qpm, high: qpm, isKnown: false};
}
