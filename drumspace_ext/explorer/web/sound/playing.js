/**
 * How a hit is played: velocity and lateness, by the rules of dynamics.py.
 *
 * In this order: accents or one velocity for all; a groove takes their place
 * and moves hits off the grid, as far as its two strengths say; swing moves
 * them on; humanize varies both. The swing of a genre is less what the groove
 * swings already.
 */

import {STEPS_PER_BAR} from '../constants.js';
import {hash32} from './kit.js';

/**
 * Tells how much of a beat's swing is left to do beside its groove.
 * @param {!Object} kit From `rendering.page_description`.
 * @param {!Object} settings Values of settings.js.
 * @param {!Array<number>} codes The pattern.
 * @param {number} swing On the whole, 0 to 1.
 */
export function swingBeside(kit, settings, codes, swing) {
  const groove = settings.groove && swing ? kit.groove?.of(codes) : null;
  if (!groove) return swing;
  const [even, odd] = [0, 1].map((parity) => {
    let [hits, sum] = [0, 0];
    codes.forEach((code, step) => {
      if (step % 2 !== parity) return;
      kit.voices.forEach((_, voice) => {
        if (!(code >> voice & 1)) return;
        hits++;
        sum += groove.offsets[step * kit.voices.length + voice];
      });
    });
    return hits ? sum / hits : 0;
  });
  const own = settings.grooveTiming * (odd - even) / kit.dynamics.swing;
  return Math.max(swing - Math.max(own, 0), 0);
}

/**
 * Tells how a hit is played.
 * @param {!Object} kit From `rendering.page_description`.
 * @param {!Object} settings Values of settings.js.
 * @param {number} voice Its voice.
 * @param {number} step Its step in the pattern.
 * @param {number} count How many steps were played before.
 * @param {?Array<number>} codes The pattern, for the groove of it.
 * @return {{delay: number, velocity: number}} How late it is, in steps, and its
 *     MIDI velocity.
 */
export function played(kit, settings, voice, step, count, codes = null) {
  const {swing, humanize, accents, seed} = settings;
  const tables = kit.dynamics;
  const vary = (which) => humanize * (hash32(
    (seed << 20) + (count * kit.voices.length + voice) * 2 + which
  ) / 2 ** 31 - 1);
  const cell = step * kit.voices.length + voice;
  // Cells without a hit, which can be tried too, have no groove.
  const isStruck = codes && codes[step] >> voice & 1;
  const groove = settings.groove && isStruck ? kit.groove?.of(codes) : null;
  let delay = vary(1) * tables.human_step;
  if (groove) delay += settings.grooveTiming * groove.offsets[cell];
  if (step % 2) delay += swing * tables.swing;
  delay = Math.min(Math.max(delay, -tables.most_late), tables.most_late);
  // Nothing comes before the beginning.
  if (count === 0) delay = Math.max(delay, 0);
  let loud = accents ? tables.velocities[step % STEPS_PER_BAR][voice] :
    tables.velocity;
  if (groove) {
    loud += settings.grooveVelocity * (groove.velocities[cell] - loud);
  }
  const velocity = Math.round(loud + vary(0) * tables.human_velocity);
  return {delay, velocity: Math.min(Math.max(velocity, 1), 127)};
}
