/**
 * Pads: the voices on show as large buttons, for fingers on a narrow page,
 * where the names beside the rows are small. They light up as they are heard.
 */

import {VOICES} from '../constants.js';
import {make} from '../elements.js';
import {familyOf, rowsFromTop} from './families.js';

export class Pads {
  /**
   * @param {!HTMLElement} host
   * @param {!Grid} grid
   * @param {function(number)} sound Lets a voice be heard.
   */
  constructor(host, grid, sound) {
    this.grid = grid;
    // As they lie under the hand of a drum machine's player: the kick first.
    this.pads = [...rowsFromTop].reverse().map((voice) => {
      const name = VOICES[voice].replaceAll('_', ' ');
      const button = make('button', {type: 'button',
        class: `pad-of ${familyOf[voice]}`, 'aria-label': `Hear ${name}`},
      name);
      // A pad sounds as it is pressed, not when it is let go.
      button.addEventListener('pointerdown', ({button: which}) => {
        if (!which) sound(voice);
      });
      button.addEventListener('click', ({detail}) => {
        if (!detail) sound(voice);
      });
      return {voice, button};
    });
    host.append(...this.pads.map(({button}) => button));
    this.show();
  }

  /** Shows the pads of the rows that are shown. */
  show() {
    const shown = new Set(this.grid.rows.filter(({element}) => !element.hidden)
      .map(({voice}) => voice));
    for (const {voice, button} of this.pads) button.hidden = !shown.has(voice);
  }

  /** Lights up what is struck; nothing of null. */
  light(code) {
    for (const {voice, button} of this.pads) {
      button.classList.toggle('lit', Boolean(code >> voice & 1));
    }
  }
}
