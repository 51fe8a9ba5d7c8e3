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

  /** Returns an item of a list. */
  item(beat, text, more = '', label = '') {
    const canvas = make(
      'canvas', {width: 96, height: 42, 'aria-hidden': 'true'});
    const button = make('button', {type: 'button', class: 'item'}, canvas,
      make('span', {}, text, make('small', {}, more)));
    if (label) button.setAttribute('aria-label', label);
    button.addEventListener('click', () => {
      this.deck.show(beat, {plays: true});
      this.plot.reveal(beat.place.x, beat.place.y);
    });
    drawBeat(canvas, beat.codes, this.looks.colours);
    return make('li', {}, button);
  }
}
