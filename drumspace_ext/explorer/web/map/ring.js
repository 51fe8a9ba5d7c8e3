/**
 * The ring around what plays: an element of its own, for Bokeh draws all that
 * it has once more when one mark moves, at every beat under a hand.
 */

import {make} from '../elements.js';

const STYLE = {
  position: 'absolute', width: '21px', height: '21px', margin: '-10.5px',
  border: '3px solid', borderRadius: '50%', pointerEvents: 'none',
};

export class Ring {
  /** @param {!HTMLElement} host Of the map, which it lies over. */
  constructor(host) {
    this.place = null;
    this.element = make('div', {'aria-hidden': 'true', hidden: true});
    Object.assign(this.element.style, STYLE);
    host.after(this.element);
  }

  paint(colour) {
    this.element.style.borderColor = colour;
  }

  /** Marks a place of the map, or none. */
  mark(place, view) {
    this.place = place;
    this.element.hidden = !place;
    if (place) this.follow(view);
  }

  /** Stays at its place when the view moves. */
  follow({left, right, low, high}) {
    if (!this.place) return;
    const {x, y} = this.place;
    this.element.style.left = `${100 * (x - left) / (right - left)}%`;
    this.element.style.top = `${100 * (high - y) / (high - low)}%`;
  }
}
