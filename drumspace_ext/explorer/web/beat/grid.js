/**
 * The grid: a beat as 14 voices by 32 steps, to look at, to hear and to edit.
 *
 * It is one tab stop. A row has columns of its own: the voice's name, mute and
 * solo, then the steps. Rows of voices that nothing strikes are folded away.
 */

import {
  NUM_STEPS, STEPS_PER_BAR, STEPS_PER_QUARTER, VOICES,
} from '../constants.js';
import {make} from '../elements.js';
import {familyOf, hasRow, rowsFromTop} from './families.js';
import {listenToHand} from './grid_hand.js';
import {GridFocus} from './grid_focus.js';

const LOUDEST = 127;

/** Numbers above the steps: of quarters in their bar. */
function ruler() {
  const marks = Array.from({length: NUM_STEPS}, (_, step) => make('i', {
    class: classOfStep(step)}, step % STEPS_PER_QUARTER ? '' :
    String(step % STEPS_PER_BAR / STEPS_PER_QUARTER + 1)));
  return {marks, element: make('div', {class: 'ruler', 'aria-hidden': 'true'},
    make('span', {class: 'name'}), make('div', {class: 'cells'}, ...marks))};
}

function classOfStep(step) {
  const quarter = Math.floor(step / STEPS_PER_QUARTER);
  return [step < STEPS_PER_BAR ? 'first' : 'second',
    step % STEPS_PER_BAR === 0 ? 'bar' :
      step % STEPS_PER_QUARTER === 0 ? 'beat' : '',
    quarter % 2 ? 'odd' : ''].filter(Boolean).join(' ');
}

export class Grid {
  /**
   * @param {!HTMLElement} host
   * @param {!Object} calls `paint(voice, step, isOn)` and `painted()`, at the
   *     end of a stroke; `sound(voice)`; `mute(voice)`, `solo(voice)`, which
   *     say whether it is on; `manner(voice, step)`, how a hit is played:
   *     `{velocity, delay}`, the latter in steps.
   */
  constructor(host, calls) {
    Object.assign(this, {host, calls, codes: new Array(NUM_STEPS).fill(0)});
    this.names = VOICES.map((name) => name.replaceAll('_', ' '));
    this.cells = [];
    this.rows = [];
    this.isFolded = true;
    this.isHeld = false;
    host.setAttribute('role', 'grid');
    const {marks, element} = ruler();
    this.marks = marks;
    host.append(element);
    for (const voice of rowsFromTop) host.append(this.row(voice));
    this.focus = new GridFocus(host, this.rows);
    listenToHand(host, this);
    this.fold();
  }

  row(voice) {
    const cells = Array.from({length: NUM_STEPS}, (_, step) => {
      const cell = make('button', {
        type: 'button', role: 'gridcell', class: classOfStep(step),
      });
      Object.assign(cell, {voice, step});
      return cell;
    });
    this.cells[voice] = cells;
    const heads = this.heads(voice);
    const element = make('div', {
      role: 'row', class: `voice ${familyOf[voice]}`,
      'data-voice': String(voice),
    }, make('div', {class: 'name', role: 'presentation'},
      // A button may say that it is pressed, a cell of a grid may not.
      ...heads.map((head, i) => make(
        'span', {role: i ? 'gridcell' : 'rowheader'}, head))),
    make('div', {class: 'cells', role: 'presentation'}, ...cells));
    this.rows.push({voice, element, columns: [...heads, ...cells]});
    return element;
  }

  /** The name of a voice, which sounds, and what silences it or others. */
  heads(voice) {
    const name = this.names[voice];
    const head = make('button', {
      type: 'button', class: 'sound',
      'aria-label': `${name}: hear it`, title: `Hear ${name}`,
    }, name);
    head.voice = voice;
    const button = (text, what) => {
      const element = make('button', {
        type: 'button', class: `small ${what}`,
        title: `${what} ${name}`, 'aria-label': `${what} ${name}`,
        'aria-pressed': 'false',
      }, text);
      element.addEventListener('click', () => element.setAttribute(
        'aria-pressed', String(this.calls[what](voice))));
      return element;
    };
    return [head, button('M', 'mute'), button('S', 'solo')];
  }

  isHit(voice, step) {
    return Boolean(this.codes[step] >> voice & 1);
  }

  /** Shows a beat; a row that it needs comes at once. */
  show(codes) {
    this.codes = codes;
    this.cells.forEach((cells, voice) => cells.forEach((cell, step) => {
      this.showCell(cell, this.isHit(voice, step));
    }));
    this.fold(false);
  }

  showCell(cell, isHit) {
    const {voice, step} = cell;
    if (isHit) {
      const {velocity, delay} = this.calls.manner(voice, step);
      const look = `${velocity} ${delay}`;
      if (cell.look !== look) {
        cell.look = look;
        cell.style.setProperty('--loud', (velocity / LOUDEST).toFixed(3));
        cell.style.setProperty('--late', delay.toFixed(3));
      }
    }
    if (cell.hit === isHit) return;
    cell.hit = isHit;
    cell.classList.toggle('hit', isHit);
    cell.setAttribute('aria-selected', String(isHit));
    cell.setAttribute('aria-label', `${this.names[voice]}, step ${step + 1}` +
      `, ${isHit ? 'hit' : 'empty'}`);
  }

  /** Folds the rows of voices that nothing strikes; under a hand, none more. */
  fold(hides = true) {
    const isNeeded = hasRow(this.codes);
    for (const {voice, element} of this.rows) {
      const isUsed = isNeeded(voice) ||
        element.contains(document.activeElement);
      if (!this.isFolded || isUsed) element.hidden = false;
      else if (hides) element.hidden = true;
    }
    this.focus.mend();
  }

  /** Keeps its height while more rows come, or lets it go. */
  hold(isHeld) {
    if (isHeld === this.isHeld) return;
    this.isHeld = isHeld;
    const {host} = this;
    if (isHeld) host.style.setProperty('--held', `${host.offsetHeight}px`);
    host.classList.toggle('held', isHeld);
  }

  /** Folds unused rows or shows all. */
  setFolded(isFolded) {
    const opens = this.isFolded && !isFolded;
    this.isFolded = isFolded;
    this.fold();
    // Where there is no room for all, the kick and the snare stay in view.
    if (opens) this.host.scrollTop = this.host.scrollHeight;
  }

  /** Shows which voices are heard. */
  silence(isAudible) {
    for (const {voice, element} of this.rows) {
      element.classList.toggle('silent', !isAudible(voice));
    }
  }

  /** Lights a column up, or none. */
  playhead(step) {
    const flip = (isOn) => {
      if (this.lit === undefined) return;
      this.marks[this.lit].classList.toggle('now', isOn);
      for (const cells of this.cells) {
        cells[this.lit].classList.toggle('now', isOn);
      }
    };
    flip(false);
    this.lit = step ?? undefined;
    flip(true);
  }
}
