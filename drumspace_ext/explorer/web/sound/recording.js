/**
 * Recording: beats as the bytes of a WAV file, by the code that plays them.
 */

import {NUM_STEPS, SAMPLE_RATE, STEPS_PER_QUARTER} from '../constants.js';
import {toWav} from './wav.js';

const secondsOf = ({qpm}) => NUM_STEPS * 60 / (qpm * STEPS_PER_QUARTER);

/**
 * Records beats one after the other, exactly as long as their bars.
 *
 * One beat is a loop without a seam: what sounds at its end sounds on at its
 * beginning. Mute, solo and volume are for the ear alone.
 * @param {!Player} player
 * @param {!Array<!Object>} parts Each `{codes, qpm, swing}`.
 * @return {!Promise<!Uint8Array>} The file.
 */
export async function record(player, parts) {
  await player.sounds.filled;
  const rounds = parts.length === 1 ? 2 : 1;
  const all = Array.from({length: rounds}, () => parts).flat();
  const seconds = all.reduce((sum, part) => sum + secondsOf(part), 0);
  const context = new OfflineAudioContext(
    2, Math.round(seconds * SAMPLE_RATE), SAMPLE_RATE);
  const [{qpm: first, swing}] = all;
  const settings = {...player.settings, volume: 1, qpm: first, swing};
  const sequencer = player.makeSequencer(
    context, {muted: new Set(), soloed: new Set()}, settings);
  sequencer.begin(all[0].codes, 0);
  let next = 0;
  sequencer.sequence(() => {
    const part = all[next++];
    if (!part) return null;
    Object.assign(settings, {qpm: part.qpm, swing: part.swing});
    return part.codes;
  });
  // Half a step, for sums of times that are not exact.
  const {qpm} = all[all.length - 1];
  sequencer.advance(seconds - 30 / (qpm * STEPS_PER_QUARTER));
  const audio = await context.startRendering();
  const start = Math.round(audio.length * (rounds - 1) / rounds);
  return toWav([0, 1].map((c) => audio.getChannelData(c).subarray(start)),
    SAMPLE_RATE);
}
