/**
 * The grid: a beat as 14 voices by 32 steps, to look at and to edit.
 */

import {
  NUM_STEPS, NUM_VOICES, STEPS_PER_BAR, STEPS_PER_QUARTER,
} from '../constants.js';
import {make} from '../elements.js';
import {rowsFromTop} from './drawing.js';

const MOVES = {
  ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0],
};

export class Grid {
  /**
   * @param {!HTMLElement} host
   * @param {!Array<string>} voices Names, by voice.
   * @param {!Object} calls `toggle(voice, step)`, `mute(voice)`, `solo(voice)`.
   */
  constructor(host, voices, calls) {
    this.cells = [];
    this.names = voices.map((name) => name.replaceAll('_', ' '));
    this.rows = [];
    this.focused = [0, 0];
    host.setAttribute('role', 'grid');
    rowsFromTop.forEach((voice, row) => {
      const cells = Array.from({length: NUM_STEPS}, (_, step) => {
        const cell = make('button', {
          type: 'button', role: 'gridcell', tabIndex: row || step ? -1 : 0,
        });
        if (step % STEPS_PER_BAR === 0) cell.classList.add('bar');
        else if (step % STEPS_PER_QUARTER === 0) cell.classList.add('beat');
        cell.addEventListener('click', () => calls.toggle(voice, step));
        cell.addEventListener('focus', () => this.focus(row, step, false));
        return cell;
      });
      this.cells[voice] = cells;
      host.append(make('div', {role: 'row', class: 'voice'},
        this.header(voice, calls),
        make('div', {class: 'cells', role: 'presentation'}, ...cells)));
      this.rows.push(cells);
    });
    host.addEventListener('keydown', (event) => this.key(event));
  }

  header(voice, calls) {
    const name = this.names[voice];
    const button = (text, what, call) => {
      const element = make('button', {
        type: 'button', class: `small ${what}`, title: `${what} ${name}`,
        'aria-label': `${what} ${name}`, 'aria-pressed': 'false',
      }, text);
      element.addEventListener('click', () => element.setAttribute(
        'aria-pressed', String(call(voice))));
      return element;
    };
    return make('div', {role: 'rowheader', class: 'name'},
      make('span', {}, name), button('M', 'mute', calls.mute),
      button('S', 'solo', calls.solo));
  }

  focus(row, step, moves = true) {
    const [oldRow, oldStep] = this.focused;
    this.rows[oldRow][oldStep].tabIndex = -1;
    this.focused = [row, step];
    const cell = this.rows[row][step];
    cell.tabIndex = 0;
    if (moves) cell.focus();
  }

  key(event) {
    const move = MOVES[event.key];
    if (!move || event.target.getAttribute('role') !== 'gridcell') return;
    event.preventDefault();
    event.stopPropagation();
    const [row, step] = this.focused;
    this.focus((row + move[0] + NUM_VOICES) % NUM_VOICES,
      (step + move[1] + NUM_STEPS) % NUM_STEPS);
  }

  show(codes) {
    this.cells.forEach((cells, voice) => cells.forEach((cell, step) => {
      const isHit = Boolean(codes[step] >> voice & 1);
      if (cell.hit === isHit) return;
      cell.hit = isHit;
      cell.classList.toggle('hit', isHit);
      cell.setAttribute('aria-selected', String(isHit));
      cell.setAttribute('aria-label', `${this.names[voice]}, step ${step + 1}` +
        `, ${isHit ? 'hit' : 'empty'}`);
    }));
  }

  /** Lights a column up, or none. */
  playhead(step) {
    if (this.lit !== undefined) {
      this.cells.forEach((cells) => cells[this.lit].classList.remove('now'));
    }
    this.lit = step ?? undefined;
    if (this.lit !== undefined) {
      this.cells.forEach((cells) => cells[this.lit].classList.add('now'));
    }
  }
}
