/**
 * Changes: what a press does to the whole beat.
 */

import {rotated, silence} from '../beat/patterns.js';
import {inHits} from '../beat/words.js';
import {popcount} from '../beat/nearest.js';
import {byId, make} from '../elements.js';
import {say} from './status.js';

const NUM_VARIATIONS = 4;

/** How many cells differ between two patterns. */
const apart = (a, b) =>
  a.reduce((sum, code, step) => sum + popcount(code ^ b[step]), 0);

/** Variations of a beat, side by side, each one click away. */
class Variations {
  constructor({deck, workshop, list}) {
    Object.assign(this, {deck, workshop, list, beats: []});
    this.host = byId('variants');
    deck.on('show', (beat) => this.press(beat));
  }

  press(shown) {
    [...this.host.querySelectorAll('.item')].forEach((button, i) =>
      button.setAttribute(
        'aria-pressed', String(this.beats[i].codes === shown.codes)));
  }

  async show(from, seed) {
    const beats = await this.workshop.call(
      'vary', from, NUM_VARIATIONS, seed);
    if (!beats.length) {
      say('The model knows no other beat near this one.');
      return;
    }
    // What it was is the first, so that one can go back to it.
    this.beats = [from, ...beats];
    const close = make('button', {type: 'button',
      'aria-label': 'Close the variations'}, '✕');
    close.addEventListener('click', () => this.close());
    this.host.hidden = false;
    this.host.replaceChildren(...this.beats.map((beat, i) => this.list.item(
      beat, i ? inHits(apart(beat.codes, from.codes)) : 'as it was')),
    make('li', {class: 'close'}, close));
    this.press(this.deck.current);
  }

  close() {
    this.beats = [];
    this.host.replaceChildren();
    this.host.hidden = true;
  }
}

/**
 * Makes the buttons.
 * @param {!Object} parts `deck`, `maker`, `player`, `workshop`, `list`
 *     (app/list.js), `settings`, their values, and `continuation`.
 * @return {!Object} What keys may do: `vary` and `die`.
 */
export function connectChanges({
  deck, maker, player, workshop, list, settings, continuation,
}) {
  const shown = new Variations({deck, workshop, list});
  let draws = 0;
  const seed = () => settings.seed + 1000 + draws++;
  const edited = (codes) => deck.alter(codes);
  const turn = (by) => edited(rotated(deck.current.codes, by));
  const die = async () => {
    player.wake();
    deck.show(await workshop.call('invent', seed()), {plays: true});
  };
  const vary = () => {
    const {current} = deck;
    if (current.z && current.codes.some(Boolean)) shown.show(current, seed());
    else say('There is no beat yet to be varied.');
  };
  const rows = [
    ['earlier', '⇤', 'A step earlier', () => turn(1)],
    ['later', '⇥', 'A step later', () => turn(-1)],
    ['clear', 'Clear', 'Empty the grid', () => edited(silence())],
    ['die', '⚄', 'A beat by chance', die],
    ['vary', 'Vary', 'Four variations of this beat', vary],
    ['continue', 'Continue', 'Four bars more, dealt anew',
      () => continuation.deal()],
  ];
  for (const [id, text, title, call] of rows) {
    const button = make('button', {type: 'button', id, title,
      'aria-label': title}, text);
    button.addEventListener('click', call);
    byId('changes').append(button);
  }
  return {die, vary};
}
