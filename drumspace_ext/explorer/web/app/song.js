/**
 * The song: beats in slots, A, B and a fill, and the order in which they play.
 *
 * Each place of the order is two bars; all of it goes at one tempo, in files
 * too: that of what plays when it begins, or as a hand sets it meanwhile.
 */

import {drawBeat} from '../beat/drawing.js';
import {fromText, toText} from '../beat/patterns.js';
import {NUM_STEPS, STEPS_PER_BAR} from '../constants.js';
import {byId, make} from '../elements.js';
import {say} from './status.js';

const MOST_BARS = 64;
const BARS = NUM_STEPS / STEPS_PER_BAR;
/** What slots are called, by their letter in a link. */
const SLOTS = {A: 'A', B: 'B', F: 'Fill'};

export class Song {
  /**
   * @param {!Object} parts `deck`, `maker`, `looks`, `settings`, and
   *     `titleOf(beat)`, what it is called.
   */
  constructor({deck, maker, looks, settings, titleOf}) {
    Object.assign(this, {deck, maker, looks, settings, titleOf});
    this.slots = {A: null, B: null, F: null};
    this.order = [];
    this.heard = 0;
    /** Where in the order a beat that plays stands. */
    this.places = new WeakMap();
    this.canvases = {};
    this.titles = {};
    byId('slots').append(...Object.keys(SLOTS).map((slot) => this.row(slot)));
    byId('song-play').addEventListener('click', () => this.play());
    byId('song-clear').addEventListener('click', () => this.reorder([]));
    deck.on('show', (beat) => this.light(this.places.get(beat)));
    looks.onChange(() => this.paint());
    this.setOrder([]);
    deck.history.include(this);
  }

  /** What is undone of it: the beats of the slots, and their order. */
  get state() {
    const {slots, order} = this;
    return {slots, order};
  }

  set state({slots, order}) {
    if (order !== this.order) this.setOrder(order);
    if (slots === this.slots) return;
    this.slots = slots;
    this.paint();
  }

  row(slot) {
    const name = SLOTS[slot];
    const canvas = make(
      'canvas', {width: 96, height: 36, 'aria-hidden': 'true'});
    this.canvases[slot] = canvas;
    this.titles[slot] = make('small', {}, 'empty');
    const button = (text, title, call) => {
      const element = make('button', {type: 'button', title,
        'aria-label': title}, ...text);
      element.addEventListener('click', call);
      return element;
    };
    return make('div', {class: 'slot', 'data-slot': slot},
      button([make('strong', {}, name), canvas, this.titles[slot]],
        `Hear ${name}`,
        () => this.hear(slot)),
      button(['Put'], `Put what plays into ${name}`,
        () => this.put(slot, this.deck.current)),
      button(['+'], `Add ${name} to the song`, () => this.add(slot)));
  }

  get numBars() {
    return BARS * this.beats().length;
  }

  /** Fills a slot; returns whether it did. */
  fill(slot, beat) {
    if (!beat.codes.some(Boolean)) {
      say('There is no beat yet to be kept.');
      return false;
    }
    this.slots = {...this.slots, [slot]: beat};
    this.paint();
    return true;
  }

  /** Keeps a beat in a slot. */
  put(slot, beat) {
    if (this.fill(slot, beat)) this.reorder(this.order);
  }

  hear(slot) {
    const beat = this.slots[slot];
    if (beat) this.deck.show(beat, {plays: true});
    else this.put(slot, this.deck.current);
  }

  add(slot) {
    if (BARS * (this.order.length + 1) > MOST_BARS) {
      say(`A song has ${MOST_BARS} bars at most.`);
      return;
    }
    if (!this.slots[slot] && !this.fill(slot, this.deck.current)) return;
    this.reorder([...this.order, slot]);
  }

  /** A hand has changed it, which can be undone; the beat stays. */
  reorder(order) {
    this.setOrder(order);
    this.deck.history.push(this.deck.history.beat);
  }

  setOrder(order) {
    this.order = order;
    byId('order').replaceChildren(...order.map((slot, i) => {
      const name = `bars ${BARS * i + 1} and ${BARS * i + 2}: ${SLOTS[slot]}`;
      const button = make('button', {type: 'button', title: 'Take it out',
        'aria-label': `${name}; take it out`}, SLOTS[slot]);
      button.addEventListener('click', () =>
        this.reorder(this.order.filter((_, k) => k !== i)));
      return make('li', {}, button);
    }));
    byId('song-length').textContent = order.length ?
      `${BARS * order.length} of ${MOST_BARS} bars` :
      'Put beats into slots, then add them one after the other.';
  }

  paint() {
    for (const [slot, beat] of Object.entries(this.slots)) {
      const canvas = this.canvases[slot];
      canvas.hidden = !beat;
      this.titles[slot].textContent = beat ? this.titleOf(beat) : 'empty';
      if (beat) drawBeat(canvas, beat.codes, this.looks.colours);
    }
  }

  light(place) {
    [...byId('order').children].forEach((item, i) =>
      item.classList.toggle('now', i === place));
  }

  /** The beats of the song; without an order, of the slots. */
  beats() {
    const order = this.order.length ? this.order : Object.keys(SLOTS);
    return order.map((slot) => this.slots[slot]).filter(Boolean);
  }

  /** How fast it goes. */
  get qpm() {
    return this.deck.pace.tempo.value;
  }

  play() {
    if (!this.beats().length) {
      say('A song needs a beat in a slot: press Put.');
      return;
    }
    this.heard = 0;
    this.deck.playFrom(this, NUM_STEPS);
  }

  /** See `Deck.playFrom`. */
  beatAt() {
    const beats = this.beats();
    if (!beats.length) return null;
    const place = this.heard++ % beats.length;
    const {qpm} = this;
    // A beat of its own for each place, so that it is known where it stands.
    const beat = this.deck.pace.swingAs({...beats[place],
      codes: [...beats[place].codes],
      tempo: {low: qpm, high: qpm, isKnown: true},
    }, beats[place]);
    this.places.set(beat, place);
    return beat;
  }

  /** What a link says of it, by its keys. */
  toLink() {
    const kept = Object.entries(this.slots).filter(([, beat]) => beat);
    return {...Object.fromEntries(kept.map(
      ([slot, {codes}]) => [slot, toText(codes)])),
    ...(this.order.length ? {o: this.order.join('')} : {})};
  }

  /** Takes over what a link says, as far as it is in order. */
  fromLink(parts) {
    this.slots = Object.fromEntries(Object.keys(SLOTS).map((slot) => {
      const codes = fromText(parts[slot]);
      return [slot, codes && this.maker.ofCodes(codes)];
    }));
    const order = [...(parts.o ?? '')].slice(0, MOST_BARS / BARS);
    this.setOrder(order.filter((slot) => this.slots[slot]));
    this.paint();
    byId('song').open = this.beats().length > 0;
  }
}
