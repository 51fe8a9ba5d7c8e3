/**
 * Tools: the square between four beats, the path over the map, the radio.
 */

import {NUM_STEPS, random, STEPS_PER_BAR} from '../beat/beats.js';
import {drawBeat} from '../beat/grid.js';
import {alongLine} from '../model/space.js';

const CORNERS = ['top left', 'top right', 'bottom left', 'bottom right'];
const PATH_BEATS = 8;
const NUDGE = 0.1;

/** Four beats on a square, and all that lies between. */
export class BlendSquare {
  constructor(app, host) {
    this.app = app;
    this.corners = [null, null, null, null];
    this.pad = host.querySelector('.pad');
    this.at = {u: 0.5, v: 0.5};
    this.fills = 0;
    this.buttons = [...host.querySelectorAll('.corner')];
    this.buttons.forEach((button, i) => {
      button.addEventListener('click', () => this.setCorner(i));
    });
    const follow = (event) => {
      const box = this.pad.getBoundingClientRect();
      this.play((event.clientX - box.left) / box.width,
        (event.clientY - box.top) / box.height);
    };
    this.pad.addEventListener('pointerdown', (event) => {
      this.pad.setPointerCapture(event.pointerId);
      follow(event);
    });
    this.pad.addEventListener('pointermove', (event) => {
      if (event.buttons) follow(event);
    });
    this.pad.addEventListener('pointerup', () => this.app.settle());
    this.pad.addEventListener('keydown', (event) => {
      const move = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1],
        ArrowDown: [0, 1]}[event.key];
      if (!move) return;
      event.preventDefault();
      event.stopPropagation();
      this.play(this.at.u + move[0] * NUDGE, this.at.v + move[1] * NUDGE);
      this.app.settle();
    });
  }

  get isReady() {
    return this.corners.every((corner) => corner?.z);
  }

  setCorner(i, beat = this.app.current) {
    if (!beat?.z) return;
    this.corners[i] = beat;
    const button = this.buttons[i];
    button.setAttribute('aria-label', `${CORNERS[i]}: set; set anew`);
    button.classList.add('set');
    drawBeat(button.querySelector('canvas'), beat.codes, this.app.colours);
    this.pad.setAttribute('aria-disabled', String(!this.isReady));
    this.pad.classList.toggle('ready', this.isReady);
    const places = this.corners.flatMap((corner) => corner?.place ?? []);
    this.app.plot.set('corners', {
      x: places.map(({x}) => x), y: places.map(({y}) => y)});
  }

  /** Draws the corners anew, in the colours of the page. */
  paint() {
    this.corners.forEach((corner, i) => {
      if (corner) this.setCorner(i, corner);
    });
  }

  /** Puts beats by chance on the corners where none is set, or on all. */
  fill() {
    const {app} = this;
    const isFull = this.corners.every(Boolean);
    const rng = random(app.settings.seed + 1 + 2 * this.fills++);
    this.corners.forEach((corner, i) => {
      if (isFull || !corner) {
        const index = Math.floor(rng() * app.maker.training.size);
        this.setCorner(i, app.maker.ofPoint(0, index));
      }
    });
  }

  play(u, v) {
    if (!this.isReady) {
      this.app.panel.say('Put a beat on each corner first, or fill them.');
      return;
    }
    this.at = {u: Math.min(Math.max(u, 0), 1), v: Math.min(Math.max(v, 0), 1)};
    this.pad.style.setProperty('--u', this.at.u);
    this.pad.style.setProperty('--v', this.at.v);
    const {corners, at} = this;
    const [right, down] = [at.u, at.v].map((share) => Math.round(100 * share));
    this.pad.setAttribute('aria-valuenow', String(right));
    this.pad.setAttribute('aria-valuetext', `${right} % right, ${down} % down`);
    this.app.soon(() => this.app.maker.blend([...corners], at.u, at.v),
      {plays: true});
  }

  beats() {
    return this.isReady ? this.app.maker.blendGrid(this.corners) : [];
  }
}

/** A line drawn over the map, heard bar by bar. */
export class Path {
  constructor(app) {
    this.app = app;
    this.line = [];
    this.beats = [];
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
    this.app.plot.set('line', {
      x: this.line.map(({x}) => x), y: this.line.map(({y}) => y)});
  }

  end() {
    const {app} = this;
    this.beats = alongLine(this.line, PATH_BEATS)
      .map((place) => app.maker.ofPlace(place));
    this.show();
    this.play();
  }

  play() {
    if (!this.beats.length) return;
    const {app} = this;
    app.radio.isOn = false;
    let next = 0;
    // It begins with a loop, as its file does; until then the old beat goes on.
    app.playSequence((step) => !next && step % NUM_STEPS ? app.current :
      this.beats[next++ % this.beats.length], STEPS_PER_BAR);
  }

  /** Returns whole beats of what is heard: a bar of each beat on the way. */
  heard() {
    return this.beats.filter((_, i) => i % 2).map(({codes}, i) => ({codes: [
      ...this.beats[2 * i].codes.slice(0, STEPS_PER_BAR),
      ...codes.slice(STEPS_PER_BAR)]}));
  }

  clear() {
    this.line = [];
    this.beats = [];
    this.show();
  }
}

/** An endless stroll through the space. */
export class Radio {
  constructor(app) {
    this.app = app;
    this.isOn = false;
    this.starts = 0;
  }

  toggle() {
    this.isOn = !this.isOn;
    if (!this.isOn) return;
    const {app} = this;
    const way = app.maker.stroll(
      app.current, random(app.settings.seed + 2 + 2 * this.starts++));
    app.playSequence(() => this.isOn ? way.next().value : null, NUM_STEPS);
  }
}
