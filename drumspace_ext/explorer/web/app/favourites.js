/**
 * Favourites: beats that a person wants to keep.
 *
 * They lie in this browser's store, where it lets us. What is read from there
 * is untrusted: patterns, or nothing.
 */

import {fromText, toText} from '../beat/patterns.js';
import {byId} from '../elements.js';

const MOST_FAVOURITES = 500;
const KEY = 'drumspace_ext favourites';

export class Favourites {
  constructor() {
    this.codes = [];
    try {
      const kept = JSON.parse(localStorage.getItem(KEY) ?? '[]');
      if (Array.isArray(kept)) {
        this.codes = kept.map(fromText).filter((codes) => codes !== null)
          .slice(0, MOST_FAVOURITES);
      }
    } catch {
      // A browser may forbid it, and another page may have written nonsense.
    }
  }

  save() {
    try {
      localStorage.setItem(KEY, JSON.stringify(this.codes.map(toText)));
    } catch {
      // They stay for as long as the page is open.
    }
  }

  has(codes) {
    return this.codes.some((kept) => toText(kept) === toText(codes));
  }

  /** Adds a beat or takes it away. */
  toggle(codes) {
    if (this.has(codes)) {
      this.codes = this.codes.filter((kept) => toText(kept) !== toText(codes));
    } else {
      this.codes = [codes, ...this.codes].slice(0, MOST_FAVOURITES);
    }
    this.save();
  }
}

/**
 * Shows the favourites as a list, and whether the beat on show is one.
 * @param {!Object} parts `favourites`, `deck`, `maker`, `list` (app/list.js),
 *     `looks`.
 * @return {function()} Makes a favourite of the beat on show, or no more.
 */
export function connectFavourites({favourites, deck, maker, list, looks}) {
  const star = () => {
    const isKept = favourites.has(deck.current.codes);
    byId('favourite').setAttribute('aria-pressed', String(isKept));
    byId('favourite').textContent = isKept ? '★' : '☆';
  };
  const show = () => {
    byId('favourites').replaceChildren(...favourites.codes.map((codes, i) =>
      list.item(maker.ofCodes(codes), `favourite ${i + 1}`)));
    star();
  };
  deck.on('settled', star);
  looks.onChange(show);
  return () => {
    if (!deck.current.codes.some(Boolean)) return;
    favourites.toggle([...deck.current.codes]);
    show();
  };
}
