/**
 * The page's start.
 */

import {App} from './app.js';
import {connectControls} from './controls.js';
import {readData} from './data.js';
import {connectMap} from './mapping.js';
import {connectTakeaway} from './takeaway.js';

const byId = (id) => document.getElementById(id);

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
  app.restore(location.hash);
  window.addEventListener('hashchange', () => app.restore(location.hash));
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
