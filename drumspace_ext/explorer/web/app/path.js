/**
 * The path: a line drawn over the map, heard bar by bar.
 *
 * A hand that takes hold of it pulls it to another way.
 */

import {NUM_STEPS, STEPS_PER_BAR} from '../constants.js';
import {byId} from '../elements.js';

const PATH_BEATS = 8;
// How far along a line, of its length, a pull is felt.
const PULL = 0.2;

const apart = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);

/** How far along a line each of its points lies. */
function lengthsOf(line) {
  const lengths = [0];
  for (let i = 1; i < line.length; i++) {
    lengths.push(lengths[i - 1] + apart(line[i], line[i - 1]));
  }
  return lengths;
}

/** Places along a line of points, evenly spaced. */
function alongLine(line, count) {
  const lengths = lengthsOf(line);
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

/** Returns a line that is pulled at one of its points, most felt there. */
function pulled(line, held, dx, dy) {
  const lengths = lengthsOf(line);
  const reach = PULL * lengths[lengths.length - 1] || 1;
  return line.map(({x, y}, i) => {
    const share = Math.exp(-(((lengths[i] - lengths[held]) / reach) ** 2));
    return {x: x + share * dx, y: y + share * dy};
  });
}

export class Path {
  /** @param {!Object} parts `deck`, `workshop` and `plot`. */
  constructor({deck, workshop, plot}) {
    Object.assign(this, {deck, workshop, plot});
    this.line = [];
    this.beats = [];
    this.heard = 0;
    /** The line before a pull, the point that is held, and from where. */
    this.pull = null;
    byId('path-again').addEventListener('click', () => this.play());
    byId('path-clear').addEventListener('click', () => this.clear());
  }

  /**
   * Begins a line, or takes hold of the one that there is.
   * @param {!Object} place `{x, y}`.
   * @param {number} reach How far a hand reaches, in units of the map.
   */
  begin(place, reach = 0) {
    const dense = this.beats.length ? alongLine(this.line, 64) : [];
    const gaps = dense.map((point) => apart(point, place));
    const held = gaps.indexOf(Math.min(...gaps));
    this.before = {line: this.line, beats: this.beats};
    if (gaps[held] <= reach) {
      this.pull = {line: dense, held, from: place};
    } else {
      this.line = [place];
      this.beats = [];
    }
  }

  add(place) {
    if (this.pull) {
      const {line, held, from} = this.pull;
      this.line = pulled(line, held, place.x - from.x, place.y - from.y);
      this.show();
      return;
    }
    const last = this.line[this.line.length - 1];
    if (apart(place, last) > 3 * place.unit) {
      this.line.push(place);
      this.show();
    }
  }

  show() {
    this.plot.set('line', {
      x: this.line.map(({x}) => x), y: this.line.map(({y}) => y)});
    const isThere = this.beats.length > 0;
    byId('path-again').hidden = byId('path-clear').hidden = !isThere;
  }

  /** Has the beats on the way made, and plays them. */
  async end() {
    this.pull = null;
    const {line} = this;
    const beats = await this.workshop.call(
      'path', alongLine(line, PATH_BEATS));
    // Meanwhile it may have been cleared, or drawn anew.
    if (line !== this.line) return;
    this.beats = beats;
    this.show();
    this.play();
  }

  /** A press that was no line leaves the path as it was. */
  cancel() {
    this.pull = null;
    Object.assign(this, this.before);
    this.show();
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

  /** Takes it off the map; what it plays goes on as it is. */
  clear() {
    if (this.deck.source === this) this.deck.leave();
    this.line = [];
    this.beats = [];
    this.show();
  }
}
