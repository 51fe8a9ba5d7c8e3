/**
 * The transport: play, stop, undo and the radio, and how they look.
 */

import {byId} from '../elements.js';
import {say} from './status.js';

/**
 * Connects the buttons.
 * @param {!Object} parts `deck`, `player` and `radio`.
 * @return {function()} Plays or stops.
 */
export function connectTransport({deck, player, radio}) {
  const toggle = () => {
    if (!deck.toggle()) {
      say('There is no beat yet: click a point of the map.');
    }
  };
  const on = (id, call) => byId(id).addEventListener('click', call);
  on('play', toggle);
  on('undo', () => deck.go(-1));
  on('redo', () => deck.go(1));
  on('radio', () => radio.toggle());
  deck.on('playing', () => {
    const {playing} = player;
    byId('play').textContent = playing ? '■' : '▶';
    byId('play').setAttribute('aria-pressed', String(playing));
    byId('radio').setAttribute('aria-pressed', String(radio.isOn));
    byId('welcome').hidden ||= playing;
  });
  return toggle;
}
