/**
 * The status: what the page says to a person.
 */

import {byId} from '../elements.js';

const SAID_MS = 12000;
let forgetting = 0;

/** Says something that is read out, too, and gone when it is old. */
export function say(text) {
  const status = byId('status');
  status.textContent = text;
  clearTimeout(forgetting);
  forgetting = setTimeout(() => {
    status.textContent = '';
  }, SAID_MS);
}
