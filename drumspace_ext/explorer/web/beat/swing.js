/**
 * Swing: how late second sixteenths come, from 0 to 1, which makes triplets.
 *
 * A beat swings as its genre does (patterns/genre_swings.py), where it has hits
 * that can: those of odd steps.
 */

import {GENRE_SWINGS} from '../constants.js';

/** Returns the swing of a genre; 0 if it has none. */
export const ofGenre = (genre) =>
  Object.hasOwn(GENRE_SWINGS, genre) ? GENRE_SWINGS[genre] : 0;

/** Says whether a pattern has hits that swing could move. */
export const canSwing = (codes) =>
  codes.some((code, step) => step % 2 && code);

/** Says a swing in words; nothing of none. */
export const inPercent = (swing) =>
  swing ? `swing ${Math.round(100 * swing)} %` : '';
