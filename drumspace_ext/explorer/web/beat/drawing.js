/**
 * Drawing: a beat as a small picture.
 */

import {
  NUM_STEPS, STEPS_PER_BAR, STEPS_PER_QUARTER,
} from '../constants.js';
import {families, familyOf, hasRow, rowsFromTop} from './families.js';

const NAMES_WIDTH = 72;
const [ROW_HEIGHT, NAME_SIZE] = [16, 11];
// Lines between lower rows would hide the hits.
const LINED_HEIGHT = 5;

/**
 * Draws a beat small, as it looks in the grid; without names a row for each
 * family of voices, so that marks are large enough, and with them one for each
 * voice that has a row, as high as they need.
 * @param {!HTMLCanvasElement} canvas
 * @param {!Array<number>} codes
 * @param {!Object} colours `ink`, `faint`, and `families` by their names.
 * @param {?Array<string>} names Of the voices, to stand beside their rows.
 */
export function drawBeat(
  canvas, codes, {ink, faint, families: colours}, names = null) {
  const rows = names ? rowsFromTop.filter(hasRow(codes)).map(
    (voice) => ({name: familyOf[voice], voices: [voice]})) : families;
  if (names) canvas.style.height = `${ROW_HEIGHT * rows.length}px`;
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth || canvas.width;
  const height = canvas.clientHeight || canvas.height;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const context = canvas.getContext('2d');
  context.scale(ratio, ratio);
  const left = names ? NAMES_WIDTH : 0;
  const [w, h] = [(width - left) / NUM_STEPS, height / rows.length];
  if (names) {
    context.fillStyle = ink;
    context.font = `${NAME_SIZE}px system-ui, sans-serif`;
    context.textBaseline = 'middle';
    rows.forEach(({voices: [voice]}, row) => context.fillText(
      names[voice], 0, (row + 0.5) * h, left - 4));
    context.translate(left, 0);
  }
  context.fillStyle = faint;
  for (let step = 0; step < NUM_STEPS; step += STEPS_PER_QUARTER) {
    context.fillRect(step * w, 0, step % STEPS_PER_BAR ? 0.5 : 1.5, height);
  }
  rows.forEach(({name, voices}, row) => {
    if (h >= LINED_HEIGHT) {
      context.fillStyle = faint;
      context.fillRect(0, (row + 1) * h - 0.5, width - left, 0.5);
    }
    const mask = voices.reduce((all, voice) => all | 1 << voice, 0);
    context.fillStyle = colours[name];
    codes.forEach((code, step) => {
      if (!(code & mask)) return;
      context.fillRect(step * w + 0.5, row * h + 0.5,
        Math.max(w - 1, 1), Math.max(h - 1, 1));
    });
  });
}
