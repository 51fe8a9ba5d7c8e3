/**
 * The square between four beats.
 */

import {drawBeat} from '../beat/drawing.js';
import {cornerAt} from '../model/blending.js';
import {random} from '../model/chance.js';
import {say} from './status.js';

const CORNERS = ['top left', 'top right', 'bottom left', 'bottom right'];
const NUDGE = 0.1;

/** Four beats on a square, and all that lies between. */
export class BlendSquare {
  /**
   * @param {!HTMLElement} host
   * @param {!Object} parts `deck`, `maker`, `player`, `workshop`, `plot`,
   *     `looks`, and `settings`: the values of settings.js.
   */
  constructor(host, {deck, maker, player, workshop, plot, looks, settings}) {
    Object.assign(
      this, {deck, maker, player, workshop, plot, looks, settings});
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
    this.pad.addEventListener('pointerup', () => this.deck.settle());
    this.pad.addEventListener('keydown', (event) => {
      const move = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1],
        ArrowDown: [0, 1]}[event.key];
      if (!move) return;
      event.preventDefault();
      event.stopPropagation();
      this.play(this.at.u + move[0] * NUDGE, this.at.v + move[1] * NUDGE);
      this.deck.settle();
    });
    looks.onChange(() => this.paint());
  }

  get isReady() {
    return this.corners.every((corner) => corner?.z);
  }

  setCorner(i, beat = this.deck.current) {
    if (!beat?.z) return;
    this.corners[i] = beat;
    const button = this.buttons[i];
    button.setAttribute('aria-label', `${CORNERS[i]}: set; set anew`);
    button.classList.add('set');
    drawBeat(button.querySelector('canvas'), beat.codes, this.looks.colours);
    this.pad.setAttribute('aria-disabled', String(!this.isReady));
    this.pad.classList.toggle('ready', this.isReady);
    const places = this.corners.flatMap((corner) => corner?.place ?? []);
    this.plot.set('corners', {
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
    const {maker} = this;
    const isFull = this.corners.every(Boolean);
    const rng = random(this.settings.seed + 1 + 2 * this.fills++);
    this.corners.forEach((corner, i) => {
      if (isFull || !corner) {
        const index = Math.floor(rng() * maker.training.size);
        this.setCorner(i, maker.ofPoint(0, index));
      }
    });
  }

  play(u, v) {
    if (!this.isReady) {
      say('Put a beat on each corner first, or fill them.');
      return;
    }
    this.at = {u: Math.min(Math.max(u, 0), 1), v: Math.min(Math.max(v, 0), 1)};
    this.pad.style.setProperty('--u', this.at.u);
    this.pad.style.setProperty('--v', this.at.v);
    const {corners, at} = this;
    const [right, down] = [at.u, at.v].map((share) => Math.round(100 * share));
    this.pad.setAttribute('aria-valuenow', String(right));
    this.pad.setAttribute('aria-valuetext', `${right} % right, ${down} % down`);
    const four = [...corners];
    this.player.wake();
    this.deck.soon(() => cornerAt(four, at.u, at.v) ??
      this.workshop.call('blend', four, at.u, at.v), {plays: true});
  }

  /** Has the beats of the square made, row by row. */
  async beats() {
    return this.isReady ? this.workshop.call('square', this.corners) : [];
  }
}
