/**
 * MIDI out: what plays, on an instrument of the system.
 */

import {byId} from '../elements.js';
import {say} from './status.js';

/** Lets a person choose where notes are sent to, if the browser can. */
export function connectMidiOut(player) {
  if (!navigator.requestMIDIAccess) return;
  const select = byId('midi-out');
  byId('midi-label').hidden = false;
  let access = null;
  // Browsers ask for leave: only when a person wants it.
  const fill = async () => {
    if (access) return;
    try {
      access = await navigator.requestMIDIAccess();
    } catch {
      say('The browser gives no leave for MIDI.');
      return;
    }
    for (const output of access.outputs.values()) {
      const option = document.createElement('option');
      option.value = output.id;
      option.textContent = output.name;
      select.append(option);
    }
  };
  select.addEventListener('pointerdown', fill);
  select.addEventListener('keydown', fill);
  select.addEventListener('change', () => {
    player.midiOut = access?.outputs.get(select.value) ?? null;
  });
}
