/**
 * The plot: Bokeh's pan, zoom and touch, regions and marks, over the points.
 */

import {embedded} from './embedding.js';
import {listen} from './gestures.js';
import {Points} from './points.js';
import {Ring} from './ring.js';
import {between} from './views.js';

const PARTS = ['regions', 'halos', 'names', 'line', 'corners'];
const HOVER_PIXELS = 14;
const ZOOM_STEP = 1.4;
// Parts of the whole map's height that a view may have.
const LEAST_VIEW = 1e-4;
const MOST_VIEW = 4;
const MARGIN = 1.06;

export class Plot {
  /**
   * @param {!Object} elements `host` for Bokeh, `canvas` for the points, and
   *     `over`, `under` and `beside`, what hides their top, bottom and right.
   * @param {!Array<!Object>} layers See data.js.
   * @param {!PointIndex} index
   */
  constructor({host, canvas, ...hiding}, layers, index) {
    Object.assign(this, {host, ...hiding, index, listeners: {}, look: null,
      mode: 'move', unit: NaN});
    this.points = new Points(canvas, layers);
    this.ring = new Ring(host);
  }

  /** Embeds Bokeh's plot. */
  async start(item) {
    const model = await embedded(this.host, item);
    this.model = model('map');
    this.sources = {};
    for (const name of PARTS) {
      this.sources[name] = model(`${name} data`);
      this.sources[`${name} glyph`] = model(`${name} glyph`);
    }
    this.pan = model('pan');
    for (const range of [this.model.x_range, this.model.y_range]) {
      range.change.connect(() => this.redraw());
    }
    const sizes = new ResizeObserver(() => this.resized());
    for (const element of [this.host, this.over]) sizes.observe(element);
    listen(this);
    this.fit(this.index.core);
  }

  get view() {
    const {x_range: x, y_range: y} = this.model;
    return {left: x.start, right: x.end, low: y.start, high: y.end};
  }

  setView({left, right, low, high}) {
    this.model.x_range.setv({start: left, end: right});
    this.model.y_range.setv({start: low, end: high});
    this.redraw();
  }

  /** How much wider than high the map is on the screen. */
  get aspect() {
    const {clientWidth, clientHeight} = this.host;
    return Math.max(clientWidth, 1) / Math.max(clientHeight, 1);
  }

  /** Shows a part of the map around a centre, equally scaled both ways. */
  show(x, y, height) {
    const {aspect} = this;
    const [least, most] = [LEAST_VIEW, MOST_VIEW].map((k) => k * this.full);
    height = Math.min(Math.max(height, least), most);
    const width = height * aspect;
    // Beyond these Bokeh's wheel and pinch would lose all digits.
    this.model.y_range.setv({min_interval: least, max_interval: most});
    this.model.x_range.setv(
      {min_interval: least * aspect, max_interval: most * aspect});
    this.setView({left: x - width / 2, right: x + width / 2,
      low: y - height / 2, high: y + height / 2});
  }

  /** Shows all of a part of the map, equally scaled both ways. */
  showWhole({left, right, low, high}) {
    const {aspect} = this;
    this.show((left + right) / 2, (low + high) / 2,
      Math.max(high - low, (right - left) / aspect));
  }

  /** Shows all of a part of the map, below what lies over it. */
  showFreely(part) {
    this.show(...between(part, this));
  }

  /** Shows the whole map, or at first its core, whatever its size becomes. */
  fit(part = this.index.bounds) {
    this.full = Math.max(between(this.index.bounds, this)[2], 1e-3) * MARGIN;
    const [x, y, height] = between(part, this);
    this.show(x, y, height * MARGIN);
    this.fitted = {part, view: this.view};
  }

  zoom(factor) {
    const {left, right, low, high} = this.view;
    this.show((left + right) / 2, (low + high) / 2, (high - low) / factor);
  }

  zoomIn() {
    this.zoom(ZOOM_STEP);
  }

  zoomOut() {
    this.zoom(1 / ZOOM_STEP);
  }

  /** Moves the view so that a place is seen. */
  reveal(x, y) {
    const {left, right, low, high} = this.view;
    if (x < left || x > right || y < low || y > high) {
      this.show(x, y, high - low);
    }
  }

  resized() {
    const {left, right, low, high} = this.view;
    const {part, view} = this.fitted;
    if (left === view.left && high === view.high) return this.fit(part);
    // Turned or not, it shows as much of the map as before.
    const {aspect} = this;
    this.show((left + right) / 2, (low + high) / 2,
      Math.sqrt((right - left) * (high - low) / aspect));
  }

  redraw() {
    if (this.waiting || !this.look) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      const {view} = this;
      const scale = Math.sqrt(this.full / (view.high - view.low));
      this.points.draw(view, {...this.look, scale});
      this.ring.follow(view);
      const unit = (view.high - view.low) / Math.max(this.host.clientHeight, 1);
      if (Math.abs(unit / this.unit - 1) < 1e-3) return;
      this.unit = unit;
      this.listeners.scale?.(unit);
    });
  }

  setLook(look) {
    this.look = look;
    this.sources['halos glyph'].glyph.setv(
      {text_color: look.paper, text_outline_color: look.paper});
    this.ring.paint(look.accent);
    this.sources['line glyph'].glyph.setv({line_color: look.accent});
    this.sources['corners glyph'].glyph.setv({line_color: look.accent});
    this.redraw();
  }

  /** Gives the points other colours; all else stays. */
  recolour(colourOf) {
    this.look = {...this.look, colourOf};
    this.redraw();
  }

  set(name, columns) {
    this.sources[name].data = columns;
  }

  /** Marks the place of what plays, or none. */
  mark(place) {
    this.ring.mark(place, this.view);
  }

  /** @param {string} mode `move`, `roam` or `draw`. */
  setMode(mode) {
    this.mode = mode;
    this.pan.active = mode === 'move';
    this.host.dataset.mode = mode;
  }

  on(name, listener) {
    this.listeners[name] = listener;
  }

  /** Returns where on the map a pointer is. */
  placeOf(event) {
    const box = this.host.getBoundingClientRect();
    const {left, right, low, high} = this.view;
    const x = left + (event.clientX - box.left) / box.width * (right - left);
    const y = high - (event.clientY - box.top) / box.height * (high - low);
    return {x, y, unit: (high - low) / box.height};
  }

  pointNear(place) {
    return this.index.nearest(place.x, place.y, HOVER_PIXELS * place.unit,
      (layer, i) => this.look.colourOf(layer, i) !== null);
  }
}
