/**
 * Drawing: a beat as a small picture.
 */

import {
  NUM_STEPS, NUM_VOICES, STEPS_PER_BAR, STEPS_PER_QUARTER,
} from '../constants.js';
import {familyOf, rowsFromTop} from './families.js';

const NAMES_WIDTH = 62;
// Lines between lower rows would hide the hits.
const LINED_HEIGHT = 5;

/**
 * Draws a beat small, as it looks in the grid.
 * @param {!HTMLCanvasElement} canvas
 * @param {!Array<number>} codes
 * @param {!Object} colours `ink`, `faint`, and `families` by their names.
 * @param {?Array<string>} names Of the voices, to stand beside their rows.
 */
export function drawBeat(canvas, codes, {ink, faint, families}, names = null) {
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth || canvas.width;
  const height = canvas.clientHeight || canvas.height;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const context = canvas.getContext('2d');
  context.scale(ratio, ratio);
  const left = names ? NAMES_WIDTH : 0;
  const [w, h] = [(width - left) / NUM_STEPS, height / NUM_VOICES];
  if (names) {
    context.fillStyle = ink;
    context.font = `${Math.floor(h)}px system-ui, sans-serif`;
    context.textBaseline = 'middle';
    rowsFromTop.forEach((voice, row) => context.fillText(
      names[voice], 0, (row + 0.5) * h, left - 4));
    context.translate(left, 0);
  }
  context.fillStyle = faint;
  for (let step = 0; step < NUM_STEPS; step += STEPS_PER_QUARTER) {
    context.fillRect(step * w, 0, step % STEPS_PER_BAR ? 0.5 : 1.5, height);
  }
  rowsFromTop.forEach((voice, row) => {
    if (h >= LINED_HEIGHT) {
      context.fillStyle = faint;
      context.fillRect(0, (row + 1) * h - 0.5, width - left, 0.5);
    }
    codes.forEach((code, step) => {
      if (code >> voice & 1) {
        context.fillStyle = families[familyOf[voice]];
        context.fillRect(step * w + 0.5, row * h + 0.5,
          Math.max(w - 1, 1), Math.max(h - 1, 1));
      }
    });
  });
}
