/**
 * Editing: the grid, and what a hand on it does to the beat.
 */

import {Grid} from '../beat/grid.js';
import {Pads} from '../beat/pads.js';
import {STEPS_PER_BAR, STEPS_PER_QUARTER} from '../constants.js';
import {byId, make} from '../elements.js';
import {played} from '../sound/playing.js';
import {isAudible} from '../sound/sequencer.js';

/**
 * Lets a person choose the bar that a narrow page shows; until then, or when it
 * is chosen again, it is the one that is heard.
 */
function connectBars(grid, deck) {
  let chosen = null;
  const show = (bar) => {
    grid.host.classList.toggle('second-bar', bar === 1);
    buttons.forEach((button, i) => {
      button.setAttribute('aria-pressed', String(i === chosen));
      button.classList.toggle('shown', i === bar);
    });
  };
  const buttons = [0, 1].map((bar) => {
    const button = make('button', {type: 'button',
      title: 'Show this bar; again: follow what is heard'}, `Bar ${bar + 1}`);
    button.addEventListener('click', () => {
      chosen = chosen === bar ? null : bar;
      show(bar);
    });
    return button;
  });
  byId('bars').append(...buttons);
  deck.on('step', (step) => {
    if (chosen === null && step !== null && step % STEPS_PER_BAR === 0) {
      show(step / STEPS_PER_BAR);
    }
  });
  show(0);
  return (step) => {
    chosen = Math.floor(step / STEPS_PER_BAR);
    show(chosen);
  };
}

/**
 * Makes the grid of the beat on show.
 * @param {!Object} data `kit`.
 * @param {!Object} parts `deck`, `player` and `settings` (settings.js).
 */
export function makeGrid({kit}, {deck, player, settings}) {
  const flip = (set, put) => (voice) => {
    const isOn = !set.has(voice);
    put(voice, isOn);
    grid.silence((other) => isAudible(player.mixer, other));
    return isOn;
  };
  const {muted, soloed} = player.mixer;
  const manner = (voice, step) =>
    played(kit, {...settings.values, humanize: 0}, voice, step, step,
      deck.current?.codes);
  const sound = (voice) =>
    player.strike(voice, manner(voice, 0).velocity);
  const grid = new Grid(byId('grid'), {
    manner,
    paint: (voice, step, isOn) => {
      stay(step);
      deck.paint(voice, step, isOn);
      if (isOn && !player.playing) {
        player.strike(voice, manner(voice, step).velocity);
      }
    },
    painted: () => deck.settle(),
    sound,
    mute: flip(muted, (voice, isOn) => player.mute(voice, isOn)),
    solo: flip(soloed, (voice, isOn) => player.solo(voice, isOn)),
  });
  const pads = new Pads(byId('pads'), grid, sound);
  // What is edited does not turn its page.
  const stay = connectBars(grid, deck);
  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  const fold = (isFolded) => {
    grid.setFolded(isFolded);
    pads.show();
  };
  const show = (codes) => {
    if (deck.hand.isDown) grid.hold(true);
    grid.show(codes);
  };
  deck.on('show', ({codes}) => {
    show(codes);
    pads.show();
  });
  deck.on('settled', () => {
    fold(settings.values.folded);
    // What rests under a hand may go on.
    if (!deck.hand.isDown) grid.hold(false);
  });
  deck.on('step', (step) =>
    pads.light(step === null ? 0 : deck.current.codes[step]));
  deck.on('step', (step) => grid.playhead(
    step && calm.matches ? step - step % STEPS_PER_QUARTER : step));
  settings.onChange(({name}) => {
    if (name === 'folded') fold(settings.values.folded);
    else show(deck.current.codes);
  });
  grid.show(deck.current.codes);
  return grid;
}
