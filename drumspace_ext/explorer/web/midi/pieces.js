/**
 * Pieces: a song's hits on the grid, cut where grids.py cuts them.
 *
 * A section is a stretch of one meter, and its steps count from where that
 * begins; a piece is a stretch of 4/4 without a long pause.
 */

import {
  GAP_STEPS, MOST_STEPS, NUM_STEPS, SLACK_STEPS, STEPS_PER_QUARTER,
} from '../constants.js';
import {stepOf} from './reading.js';

/** Returns the sections of a song, `{start, isCommon}`, in quarters. */
function sectionsOf(meters) {
  const sections = [{start: 0, beats: 4, unit: 4}];
  const least = (1 - SLACK_STEPS) / STEPS_PER_QUARTER;
  for (const {quarter, beats, unit} of
    [...meters].sort((a, b) => a.quarter - b.quarter)) {
    if (beats < 1) continue;
    let start = quarter;
    // What holds for less than a step says nothing.
    if (start - sections[sections.length - 1].start < least) {
      ({start} = sections.pop());
    }
    const last = sections[sections.length - 1];
    const isCommon = beats === unit;
    const same = last && (isCommon ? last.beats === last.unit :
      last.beats === beats && last.unit === unit);
    if (!same) sections.push({start, beats, unit});
  }
  return sections.map(({start, beats, unit}) =>
    ({start, isCommon: beats === unit}));
}

/**
 * Cuts a song into pieces.
 * @return {!Array<!Object>} Each `{codes, step, start}`: a code a step with 32
 *     silent ones at both ends, the step of its section that the first one is,
 *     and the quarter at which its section begins. None of a song that is
 *     longer than ten hours.
 */
export function piecesOf({hits, meters}) {
  const sections = sectionsOf(meters);
  const lengths = sections.map(({start}, s) => STEPS_PER_QUARTER * (
    (sections[s + 1]?.start ?? Infinity) - start));
  const bySection = sections.map(() => new Map());
  for (const {quarter, voice} of hits) {
    let s = sections.length - 1;
    while (s > 0 && sections[s].start > quarter) s--;
    const step = () => Math.max(stepOf(quarter - sections[s].start), 0);
    // A hit belongs to the section in which its rounded step falls.
    while (step() >= lengths[s] - SLACK_STEPS) s++;
    const steps = bySection[s];
    steps.set(step(), (steps.get(step()) ?? 0) | 1 << voice);
  }
  const pieces = [];
  let total = 0;
  sections.forEach(({start, isCommon}, s) => {
    if (!isCommon) return;
    const struck = [...bySection[s]].sort((a, b) => a[0] - b[0]);
    let from = 0;
    struck.forEach(([step], i) => {
      if (i + 1 < struck.length && struck[i + 1][0] - step <= GAP_STEPS) return;
      const first = struck[from][0] - NUM_STEPS;
      total += step - first + NUM_STEPS + 1;
      if (total > MOST_STEPS) return;
      const codes = new Uint16Array(step - first + NUM_STEPS + 1);
      for (const [at, code] of struck.slice(from, i + 1)) {
        codes[at - first] = code;
      }
      pieces.push({codes, step: first, start});
      from = i + 1;
    });
  });
  return total > MOST_STEPS ? [] : pieces;
}
