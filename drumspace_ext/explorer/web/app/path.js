/**
 * The path: a line drawn over the map, heard bar by bar.
 */

import {NUM_STEPS, STEPS_PER_BAR} from '../constants.js';

const PATH_BEATS = 8;

/** Places along a line of points, evenly spaced. */
function alongLine(line, count) {
  const lengths = [0];
  for (let i = 1; i < line.length; i++) {
    lengths.push(lengths[i - 1] +
      Math.hypot(line[i].x - line[i - 1].x, line[i].y - line[i - 1].y));
  }
  const total = lengths[lengths.length - 1];
  return Array.from({length: count}, (_, k) => {
    const at = count === 1 ? 0 : total * k / (count - 1);
    let i = lengths.findIndex((length) => length >= at);
    if (i < 1) i = Math.min(1, line.length - 1);
    const span = lengths[i] - lengths[i - 1] || 1;
    const share = line.length === 1 ? 0 : (at - lengths[i - 1]) / span;
    const from = line[Math.max(i - 1, 0)];
    return {x: from.x + share * (line[i].x - from.x),
      y: from.y + share * (line[i].y - from.y)};
  });
}

export class Path {
  /** @param {!Object} parts `deck`, `maker` and `plot`. */
  constructor({deck, maker, plot}) {
    Object.assign(this, {deck, maker, plot});
    this.line = [];
    this.beats = [];
    this.heard = 0;
  }

  begin(place) {
    this.line = [place];
  }

  add(place) {
    const last = this.line[this.line.length - 1];
    if (Math.hypot(place.x - last.x, place.y - last.y) > 3 * place.unit) {
      this.line.push(place);
      this.show();
    }
  }

  show() {
    this.plot.set('line', {
      x: this.line.map(({x}) => x), y: this.line.map(({y}) => y)});
  }

  end() {
    this.beats = alongLine(this.line, PATH_BEATS)
      .map((place) => this.maker.ofPlace(place));
    this.show();
    this.play();
  }

  play() {
    if (!this.beats.length) return;
    this.heard = 0;
    this.deck.playFrom(this, STEPS_PER_BAR);
  }

  /** See `Deck.playFrom`. */
  beatAt(step) {
    // It begins with a loop, as its file does; until then the old beat goes on.
    return !this.heard && step % NUM_STEPS ? this.deck.current :
      this.beats[this.heard++ % this.beats.length];
  }

  /** Returns what is heard as patterns: a bar of each beat on the way. */
  patterns() {
    return this.beats.filter((_, i) => i % 2).map(({codes}, i) => [
      ...this.beats[2 * i].codes.slice(0, STEPS_PER_BAR),
      ...codes.slice(STEPS_PER_BAR)]);
  }

  clear() {
    this.line = [];
    this.beats = [];
    this.show();
  }
}
