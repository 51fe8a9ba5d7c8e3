/**
 * How a hit is played: velocity and lateness, by the rules of dynamics.py.
 *
 * In this order: accents or one velocity for all; a groove takes their place
 * and moves hits off the grid; swing moves them on; humanize varies both.
 */

import {STEPS_PER_BAR} from '../constants.js';
import {hash32} from './kit.js';

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
  if (groove) delay += groove.offsets[cell];
  if (step % 2) delay += swing * tables.swing;
  delay = Math.min(Math.max(delay, -tables.most_late), tables.most_late);
  // Nothing comes before the beginning.
  if (count === 0) delay = Math.max(delay, 0);
  const plain = groove ? groove.velocities[cell] : accents ?
    tables.velocities[step % STEPS_PER_BAR][voice] : tables.velocity;
  const velocity = Math.round(plain + vary(0) * tables.human_velocity);
  return {delay, velocity: Math.min(Math.max(velocity, 1), 127)};
}
