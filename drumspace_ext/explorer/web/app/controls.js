/**
 * Controls: a slider, box or list for each setting, and what its keys do.
 */

import {byId, make} from '../elements.js';
import {SETTINGS} from '../settings.js';

function box(row, settings) {
  const {name, label, does} = row;
  const input = make('input', {id: name, type: 'checkbox'});
  input.addEventListener('change', () => {
    settings.set(name, input.checked);
    settings.settle(row);
  });
  return {
    element: make('label', {class: 'check', title: does}, input, ` ${label}`),
    show: (value) => {
      input.checked = value;
    },
  };
}

function list({name, label, does, choices}, settings) {
  const select = make('select', {id: name}, ...choices.map(
    (word, number) => make('option', {value: String(number)}, word)));
  select.addEventListener(
    'change', () => settings.set(name, Number(select.value)));
  return {
    element: make('label', {class: 'check', title: does}, `${label} `, select),
    show: (value) => {
      select.value = String(value);
    },
  };
}

function slider(row, settings) {
  const {name, label, does, range: [min, max], step, digits} = row;
  const shown = make('span', {class: 'value'});
  const input = make('input', {id: name, type: 'range', min: String(min),
    max: String(max), step: String(step)});
  input.addEventListener(
    'input', () => settings.set(name, Number(input.value)));
  input.addEventListener('change', () => settings.settle(row));
  return {
    element: make('label', {title: does}, `${label} `, shown, input),
    show: (value) => {
      input.value = String(value);
      shown.textContent = value.toFixed(digits);
    },
  };
}

/**
 * Makes the controls of all settings that have a place on the page.
 * @param {!Settings} settings
 */
export function makeControls(settings) {
  for (const row of SETTINGS) {
    if (!row.host || !(row.name in settings.values)) continue;
    const control = row.choices ? list :
      typeof row.initial === 'boolean' ? box : slider;
    const {element, show} = control(row, settings);
    byId(row.host).append(element);
    show(settings.values[row.name]);
    settings.onChange(({name}) => {
      if (name === row.name) show(settings.values[name]);
    });
    if (row.keys) {
      const {down, up, words} = row.keys;
      byId('keys-of-zoom').before(
        make('dt', {}, `${down} ${up}`), make('dd', {}, words));
    }
  }
}

/** Returns what the keys of settings do, by key. */
export function settingKeys(settings) {
  return Object.fromEntries(SETTINGS.filter(({keys}) => keys)
    .flatMap((row) => [
      [row.keys.down, () => settings.move(row, -row.keys.by)],
      [row.keys.up, () => settings.move(row, row.keys.by)],
    ]));
}
