/**
 * Favourites: beats that a person wants to keep.
 *
 * They lie in this browser's store, where it lets us. What is read from there
 * is untrusted: patterns, or nothing.
 */

import {fromText, isPattern, sameBeat, toText} from '../beat/patterns.js';
import {byId, make} from '../elements.js';
import {SETTINGS, valueOf} from '../settings.js';
import {say} from './status.js';

const MOST_FAVOURITES = 500;
const MOST_LETTERS = 80;
const KEY = 'drumspace_ext favourites';

/** Returns a favourite of what was kept, or null: a text alone has no name. */
function read(kept) {
  const codes = fromText(typeof kept === 'string' ? kept : kept?.beat);
  const name = typeof kept?.name === 'string' ? kept.name : '';
  const own = SETTINGS.map((row) => [row.name, kept?.own?.[row.name], row])
    .filter(([, value, row]) => typeof value === 'number' &&
      valueOf(row, value) === value);
  return codes && {codes, name: name.slice(0, MOST_LETTERS),
    own: Object.fromEntries(own)};
}

export class Favourites {
  constructor() {
    /** Each `{codes, name, own}`, the newest first; see `Pace.own`. */
    this.items = [];
    /** Whether this browser keeps them. */
    this.isKept = true;
    this.onChange = () => {};
    this.renew();
    // Another window of this browser keeps its own in the same place.
    window.addEventListener('storage', () => {
      this.renew();
      this.onChange();
    });
  }

  /** Takes over what is kept, by whichever window; a link's stay beside it. */
  renew() {
    if (!this.isKept) return;
    try {
      const kept = JSON.parse(localStorage.getItem(KEY) ?? '[]');
      if (!Array.isArray(kept)) return;
      const given = this.items.filter(({isGiven}) => isGiven);
      this.items = kept.map(read).filter((item) => item !== null);
      this.join(given);
    } catch {
      // A browser may forbid it, and another page may have written nonsense.
    }
  }

  /** Adds those that are not there yet. */
  join(items) {
    this.items = [...this.items, ...items.filter(({codes}) => !this.has(codes))]
      .slice(0, MOST_FAVOURITES);
  }

  get codes() {
    return this.items.map(({codes}) => codes);
  }

  set codes(all) {
    this.items = all.map((codes) => ({codes, name: ''}));
  }

  save() {
    for (const item of this.items) item.isGiven = false;
    try {
      localStorage.setItem(KEY, JSON.stringify(this.items.map(
        ({codes, name, own}) => ({beat: toText(codes), name, own}))));
    } catch {
      // They stay for as long as the page is open.
      this.isKept = false;
    }
    this.onChange();
  }

  has(codes) {
    return this.items.some((kept) => sameBeat(kept.codes, codes));
  }

  /** Adds a beat or takes it away, whatever other windows did meanwhile. */
  toggle(codes, name = '', own = {}) {
    const wasThere = this.has(codes);
    this.renew();
    const others = this.items.filter((kept) => !sameBeat(kept.codes, codes));
    this.items = wasThere ? others :
      [{codes, name: name.slice(0, MOST_LETTERS), own}, ...others]
        .slice(0, MOST_FAVOURITES);
    this.save();
  }

  rename({codes}, name) {
    this.renew();
    const item = this.items.find((kept) => sameBeat(kept.codes, codes));
    if (item) item.name = name.trim().slice(0, MOST_LETTERS);
    this.save();
  }

  /** Adds those of a link that are not there yet; they are not kept. */
  add(items) {
    const given = items.filter(({codes}) => isPattern(codes));
    this.join(given.map((item) => ({...item, isGiven: true})));
    if (given.length) this.onChange();
  }
}

/**
 * Shows the favourites as a list, and whether the beat on show is one.
 * @param {!Object} parts `favourites`, `deck`, `list` (app/list.js), `looks`;
 *     `nameOf(beat)` gives a new one its name.
 * @return {function()} Makes a favourite of the beat on show, or no more.
 */
export function connectFavourites({
  favourites, deck, list, looks, nameOf,
}) {
  const star = () => {
    const isKept = favourites.has(deck.current.codes);
    byId('favourite').setAttribute('aria-pressed', String(isKept));
    byId('favourite').textContent = isKept ? '★' : '☆';
  };
  const item = (kept, i) => {
    const element = list.item(
      kept, '', '', `favourite ${i + 1}: ${kept.name}`,
      () => deck.pace.beatOf(kept.codes, kept.own));
    const field = make('input', {type: 'text', value: kept.name,
      maxLength: MOST_LETTERS, 'aria-label': `Name of favourite ${i + 1}`});
    field.addEventListener(
      'change', () => favourites.rename(kept, field.value));
    const remove = make('button', {type: 'button', class: 'small',
      'aria-label': `Remove favourite ${i + 1}`, title: 'Remove it'}, '✕');
    remove.addEventListener('click', () => favourites.toggle(kept.codes));
    element.append(field, remove);
    return element;
  };
  const show = () => {
    byId('favourites').replaceChildren(...favourites.items.map(item));
    star();
  };
  deck.on('settled', star);
  looks.onChange(show);
  favourites.onChange = show;
  return () => {
    if (!deck.current.codes.some(Boolean)) return;
    favourites.toggle([...deck.current.codes], nameOf(deck.current),
      deck.pace.own(deck.current));
    if (!favourites.isKept) {
      say('This browser keeps nothing for this page: Copy link holds your ' +
        'favourites, too.');
    }
  };
}
