/**
 * The map under the hand: hover, click, roam, draw, keys, search.
 */

import {drawBeat} from '../beat/grid.js';

const byId = (id) => document.getElementById(id);
const KEY_REACH = 0.25;

function hoverCard(app) {
  const card = byId('hover');
  const canvas = card.querySelector('canvas');
  const words = card.querySelector('p');
  let shown = null;
  return (point, event) => {
    if (!point) {
      card.hidden = true;
      shown = null;
      return;
    }
    const box = byId('stage').getBoundingClientRect();
    card.hidden = false;
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    const inside = (value, size, whole) =>
      Math.max(Math.min(value, whole - size - 4), 4);
    const [width, height] = [card.offsetWidth, card.offsetHeight];
    const left = inside(
      x > box.width / 2 ? x - width - 14 : x + 14, width, box.width);
    const top = inside(
      y > box.height / 2 ? y - height - 14 : y + 14, height, box.height);
    card.style.transform = `translate(${left}px, ${top}px)`;
    const key = `${point.layer} ${point.index}`;
    if (key === shown) return;
    shown = key;
    drawBeat(canvas, app.data.layers[point.layer].pattern(point.index),
      app.colours, app.grid.names);
    const {name, from} = app.panel.describe({origin: point});
    words.textContent = from ? `${name} · ${from}` : name;
  };
}

/** Goes from what is on show to the next beat in a direction. */
function step(app, dx, dy) {
  const {bounds} = app.plot.index;
  const from = app.current.place ?? {
    x: (bounds.left + bounds.right) / 2, y: (bounds.low + bounds.high) / 2};
  const reach = KEY_REACH * Math.max(
    bounds.right - bounds.left, bounds.high - bounds.low);
  const {origin} = app.current;
  const found = app.plot.index.nearest(from.x, from.y, reach, (layer, i) => {
    if (origin?.layer === layer && origin.index === i) return false;
    if (!app.plot.look.colourOf(layer, i)) return false;
    const x = app.data.layers[layer].x[i] - from.x;
    const y = app.data.layers[layer].y[i] - from.y;
    const along = x * dx + y * dy;
    return along > 0 && along >= Math.abs(x * dy) + Math.abs(y * dx);
  });
  if (!found) return;
  const beat = app.maker.ofPoint(found.layer, found.index);
  app.show(beat, {plays: true});
  app.plot.reveal(beat.place.x, beat.place.y);
}

function search(app) {
  const input = byId('search');
  const apply = () => {
    const plain = input.value.toLowerCase().trim();
    const words = plain.replaceAll(' ', '_');
    let count = 0;
    app.panel.legend.shown.matches = plain ? app.data.layers.map((layer) => {
      const is = new Uint8Array(layer.size);
      for (let i = 0; i < layer.size; i++) {
        const hit =
          layer.genreNames(i).some((genre) => genre.includes(words)) ||
          layer.sourceNames(i).some((id) => id.toLowerCase().includes(plain)) ||
          layer.name.toLowerCase().includes(plain);
        if (hit) {
          is[i] = 1;
          count++;
        }
      }
      return is;
    }) : null;
    byId('matches').textContent =
      plain ? `${count.toLocaleString()} beats` : '';
    app.panel.paint();
  };
  let waiting = 0;
  input.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 120);
  });
}

export function connectMap(app) {
  const {plot} = app;
  const hover = hoverCard(app);
  plot.on('hover', (place, event) => {
    // A finger hides what it points at.
    if (event.pointerType !== 'touch') hover(plot.pointNear(place), event);
  });
  plot.on('leave', () => hover(null));
  const click = (place) => {
    const point = plot.pointNear(place);
    if (point) {
      app.radio.isOn = false;
      app.show(app.maker.ofPoint(point.layer, point.index), {plays: true});
    }
  };
  plot.on('click', click);
  plot.on('dragstart', (place) => {
    if (plot.mode === 'roam') {
      // At once: some browsers let sound begin in the gesture itself alone.
      app.show(app.maker.ofPlace(place), {keeps: false, plays: true});
    } else {
      app.path.begin(place);
    }
  });
  plot.on('drag', (place) => {
    if (plot.mode === 'roam') {
      app.soon(() => app.maker.ofPlace(place), {plays: true});
    } else {
      app.path.add(place);
    }
  });
  plot.on('dragend', (place, event, moved) => {
    if (plot.mode === 'roam') app.settle();
    else if (moved) app.path.end();
    else click(place);
  });
  const modes = [...document.querySelectorAll('#modes button')];
  const choose = (button) => {
    modes.forEach((other) => {
      other.setAttribute('aria-checked', String(other === button));
      other.tabIndex = other === button ? 0 : -1;
    });
    plot.setMode(button.dataset.mode);
  };
  modes.forEach((button, i) => {
    button.addEventListener('click', () => choose(button));
    button.addEventListener('keydown', (event) => {
      const by = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1};
      if (!(event.key in by)) return;
      event.preventDefault();
      event.stopPropagation();
      const next = modes[(i + by[event.key] + modes.length) % modes.length];
      choose(next);
      next.focus();
    });
  });
  choose(modes[0]);
  byId('zoom-in').addEventListener('click', () => plot.zoomIn());
  byId('zoom-out').addEventListener('click', () => plot.zoomOut());
  byId('fit').addEventListener('click', () => plot.fit());
  byId('map').addEventListener('keydown', (event) => {
    const move = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1],
      ArrowDown: [0, -1]}[event.key];
    if (!move) return;
    event.preventDefault();
    step(app, ...move);
  });
  search(app);
}
