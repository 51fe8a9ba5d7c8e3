/**
 * Recording: beats as audio, by the code that plays them.
 *
 * Mute, solo and volume are for the ear alone.
 */

import {NUM_STEPS, SAMPLE_RATE, STEPS_PER_QUARTER} from '../constants.js';
import {Sequencer} from './sequencer.js';
import {toWav} from './wav.js';

const secondsOf = ({qpm}) => NUM_STEPS * 60 / (qpm * STEPS_PER_QUARTER);

/**
 * Keeps what beats are recorded with, whatever is set while they are.
 * @param {!Player} player
 * @return {!Promise<!Object>} `sounds` and `settings`.
 */
export async function takeSetUp(player) {
  const settings = {...player.settings, volume: 1};
  await player.sounds.filled;
  return {sounds: player.sounds.now, settings};
}

/**
 * Records beats one after the other, exactly as long as their bars.
 *
 * One beat is a loop without a seam: what sounds at its end sounds on at its
 * beginning.
 * @param {!Object} setUp See `takeSetUp`.
 * @param {!Array<!Object>} parts Each `{codes, qpm, swing}`.
 * @return {!Promise<!Array<!Float32Array>>} The channels.
 */
export async function recorded({sounds, settings: given}, parts) {
  const rounds = parts.length === 1 ? 2 : 1;
  const seconds = parts.reduce((sum, part) => sum + secondsOf(part), 0);
  const length = Math.round(seconds * SAMPLE_RATE);
  const context = new OfflineAudioContext(2, rounds * length, SAMPLE_RATE);
  const settings = {...given};
  const sequencer = new Sequencer(
    context, sounds, settings, {muted: new Set(), soloed: new Set()});
  for (let round = 0; round < rounds; round++) {
    // On a whole sample, so that rounds are the same.
    const start = round * length / SAMPLE_RATE;
    let next = 0;
    const take = () => {
      const part = parts[next++];
      if (!part) return null;
      Object.assign(settings, {qpm: part.qpm, swing: part.swing});
      return part.codes;
    };
    sequencer.begin(parts[0].codes, start);
    sequencer.sequence(take);
    // Half a step, for sums of times that are not exact.
    const {qpm} = parts[parts.length - 1];
    sequencer.advance(start + seconds - 30 / (qpm * STEPS_PER_QUARTER));
  }
  const audio = await context.startRendering();
  return [0, 1].map((c) => audio.getChannelData(c).slice(-length));
}

/** Records beats likewise, as the bytes of a WAV file. */
export const record = async (player, parts) =>
  toWav(await recorded(await takeSetUp(player), parts), SAMPLE_RATE);
