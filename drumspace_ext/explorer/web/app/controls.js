/**
 * Controls: playing, settings, sliders of the space, keys.
 */

import {make} from '../beat/grid.js';

const byId = (id) => document.getElementById(id);
// Sliders reach so many standard deviations of the training latents.
const REACH = 3;
// More sliders than this say nothing to anyone.
const MOST_SLIDERS = 32;

/** Mean and standard deviation of each latent dimension. */
function spread({z, size}, zSize) {
  return Array.from({length: zSize}, (_, d) => {
    let [sum, squares] = [0, 0];
    for (let i = 0; i < size; i++) {
      sum += z[i * zSize + d];
      squares += z[i * zSize + d] ** 2;
    }
    const mean = sum / size;
    return {mean, std: Math.sqrt(Math.max(squares / size - mean * mean, 1e-9))};
  });
}

function slider(text, low, high, change, settle) {
  // An output would take the label from the slider.
  const output = make('span', {class: 'value'});
  const input = make('input', {type: 'range', min: String(low),
    max: String(high), step: String((high - low) / 200)});
  input.addEventListener('input', () => {
    output.textContent = Number(input.value).toFixed(2);
    change(Number(input.value));
  });
  input.addEventListener('change', settle);
  return {
    label: make('label', {}, text, ' ', output, input),
    set: (value) => {
      input.value = String(value);
      output.textContent = value.toFixed(2);
    },
  };
}

function latentSliders(app) {
  const {data, maker} = app;
  const note = byId('space').querySelector('.note');
  note.textContent = 'Each slider moves the beat along one dimension of the ' +
    'space; the map shows where it lands.';
  const zSize = data.model.z_size;
  const ranges = spread(maker.training, zSize);
  // Where the genre sliders set out from, and the latent that they made of it.
  let [base, made] = [null, null];
  const amounts = data.directions.map(() => 0);
  const here = () => [...app.z ?? ranges.map(({mean}) => mean)];
  const move = (z) => {
    app.soon(() => maker.ofLatent(z), {plays: true, z});
    return z;
  };
  const dims = ranges.slice(0, MOST_SLIDERS).map(({mean, std}, d) => slider(
    `z${d + 1}`, mean - REACH * std, mean + REACH * std, (value) => {
      const z = here();
      z[d] = value;
      move(z);
    }, () => app.settle()));
  byId('sliders').append(...dims.map(({label}) => label));
  const genres = data.directions.map(({genre, count, separation}, g) =>
    slider(`More like ${genre.replaceAll('_', ' ').toUpperCase()} ` +
      `(${count} beats, ${separation.toFixed(1)} sd apart)`, -2, 2, (value) => {
      if (app.z !== made) {
        base = here();
        amounts.fill(0);
      }
      amounts[g] = value;
      made = move(base.map((from, d) => from + data.directions.reduce(
        (sum, {way}, k) => sum + amounts[k] * way[d], 0)));
    }, () => app.settle()));
  byId('directions').append(...genres.map(({label}) => label));
  app.panel.sliders = (beat) => {
    if (!beat.z) return;
    dims.forEach(({set}, d) => set(beat.z[d]));
    // A beat from elsewhere is a new place to set out from.
    if (beat.z !== made) genres.forEach(({set}) => set(0));
  };
}

function keys(app, actions) {
  document.addEventListener('keydown', (event) => {
    const {target, key} = event;
    // Some keyboards have these behind AltGr or Option.
    const isTyped = '[]'.includes(key);
    if (target.closest('dialog') ||
        target.matches('input[type=search], select')) return;
    if ((event.ctrlKey || event.metaKey) && !isTyped) {
      const by = {z: event.shiftKey ? 1 : -1, y: 1}[key.toLowerCase()];
      if (by) {
        event.preventDefault();
        app.go(by);
      }
      return;
    }
    if (event.altKey && !isTyped) return;
    // Buttons and boxes have their own space, sliders their own arrows.
    if (key === ' ' && target.matches(
      'button, summary, input:not([type=range])')) return;
    const action = actions[key.length === 1 ? key.toLowerCase() : key];
    if (!action) return;
    event.preventDefault();
    // A key that is held does its work once, but for tempo and zoom.
    if (!event.repeat || '[]+=-'.includes(key)) action();
  });
}

export function connectControls(app) {
  // After a click the keys are those of the page again.
  document.addEventListener('click', ({detail, target}) => {
    if (detail) target.closest('button:not([role=gridcell])')?.blur();
  });
  const on = (id, call) => byId(id).addEventListener('click', call);
  on('play', () => app.toggle());
  on('undo', () => app.go(-1));
  on('redo', () => app.go(1));
  const radio = () => {
    app.radio.toggle();
    app.panel.playing();
  };
  on('radio', radio);
  const favourite = () => {
    if (!app.current.codes.some(Boolean)) return;
    app.favourites.toggle([...app.current.codes]);
    app.panel.favourites();
  };
  on('favourite', favourite);
  for (const name of ['qpm', 'swing', 'humanise', 'volume', 'threshold',
    'temperature']) {
    byId(name).addEventListener('input', (event) => {
      app.set(name, Number(event.target.value));
      app.panel.settings();
    });
    byId(name).addEventListener('change', () => {
      if (name in app.maker.options) app.settle();
    });
    app.set(name, app.settings[name]);
  }
  byId('accents').addEventListener('change', ({target}) =>
    app.set('accents', target.checked));
  on('theme', () => {
    app.panel.theme = app.panel.look === 'dark' ? 'light' : 'dark';
    app.panel.paint();
  });
  on('help', () => byId('helping').showModal());
  on('blend-fill', () => app.square.fill());
  latentSliders(app);
  const tempo = (by) => {
    app.set('qpm', Math.min(Math.max(app.settings.qpm + by, 40), 240));
    app.panel.settings();
  };
  keys(app, {
    ' ': () => app.toggle(), '[': () => tempo(-2), ']': () => tempo(2),
    '+': () => app.plot.zoomIn(), '=': () => app.plot.zoomIn(),
    '-': () => app.plot.zoomOut(), 0: () => app.plot.fit(),
    f: favourite, r: radio, d: () => byId('get-midi').click(),
    '?': () => byId('helping').showModal(),
  });
}
