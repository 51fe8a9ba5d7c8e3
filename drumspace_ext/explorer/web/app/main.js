/**
 * The page's start, and what an address holds.
 */

import {App} from './app.js';
import {silence} from '../beat/beats.js';
import {connectControls} from './controls.js';
import {readData} from './data.js';
import {connectMap} from './mapping.js';
import {fromHash} from './store.js';
import {connectTakeaway} from './takeaway.js';

const byId = (id) => document.getElementById(id);

/** Takes the state over that an address holds. */
function restore(app, hash) {
  const state = fromHash(hash, app.data.model.z_size);
  if (!state) return;
  app.current = {codes: silence(), z: null, place: null, origin: null};
  for (const [name, value] of Object.entries(state.settings)) {
    app.set(name, value);
  }
  const beat = app.maker.ofCodes(state.codes);
  if (state.z && !beat.origin) {
    beat.z = state.z;
    beat.isDecoded = state.isDecoded;
    beat.place = app.maker.space.placeOf(state.z);
  }
  app.show(beat);
  if (state.view) app.plot.showWhole(state.view);
  app.panel.settings();
}

async function start() {
  const began = performance.now();
  const data = await readData(byId('data').textContent);
  byId('data').remove();
  const app = new App(data);
  await app.plot.start(JSON.parse(byId('plot-item').dataset.item));
  app.panel.start();
  connectMap(app);
  connectControls(app);
  connectTakeaway(app);
  restore(app, location.hash);
  window.addEventListener('hashchange', () => restore(app, location.hash));
  // Sounds and the search for neighbours are prepared while nothing happens.
  const prepare = () => {
    if (app.player.prepare() || app.maker.prepare()) setTimeout(prepare, 20);
    else app.panel.settled(app.current);
  };
  setTimeout(prepare, 200);
  app.ready = performance.now() - began;
  window.drumspace = app;
  document.body.dataset.ready = 'true';
}

start().catch((error) => {
  const text = `This page can't be shown here: ${error.message}`;
  byId('status').textContent = text;
  byId('welcome').textContent = text;
  console.error(error);
});
