/**
 * The list: beats as small pictures with words, each one click away.
 */

import {drawBeat} from '../beat/drawing.js';
import {make} from '../elements.js';

export class BeatList {
  /** @param {!Object} parts `deck`, `plot` and `looks`. */
  constructor({deck, plot, looks}) {
    Object.assign(this, {deck, plot, looks});
  }

  /**
   * Returns an item of a list.
   * @param {!Object} beat Its `codes` are drawn.
   * @param {string} text And `more` below it.
   * @param {string} label For those who hear it; the text if empty.
   * @param {function(): !Object} whole Makes the beat that a press shows.
   */
  item(beat, text, more = '', label = '', whole = () => beat) {
    const canvas = make(
      'canvas', {width: 96, height: 42, 'aria-hidden': 'true'});
    const button = make('button', {type: 'button', class: 'item'}, canvas,
      make('span', {}, make('b', {}, text), make('small', {}, more)));
    if (label) button.setAttribute('aria-label', label);
    button.addEventListener('click', () => {
      const shown = whole();
      this.deck.show(shown, {plays: true});
      this.plot.reveal(shown.place.x, shown.place.y);
    });
    drawBeat(canvas, beat.codes, this.looks.colours);
    return make('li', {}, button);
  }
}
