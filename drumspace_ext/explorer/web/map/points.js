/**
 * The points of the map, tens of thousands, drawn at every frame.
 *
 * Bokeh draws 33,000 glyphs in a tenth of a second, and again whenever a mark
 * moves; setting the pixels of an image takes a few milliseconds, so that the
 * map follows the hand (tests/benchmarks/page_speed.py). What is few (regions,
 * names, marks) is left to Bokeh, on top.
 */

import {NO_GENRE} from '../constants.js';

const RADII = [0.7, 1.0, 1.4, 1.9, 2.4, 3.0, 3.6, 4.3, 5.0];
const RING_WIDTH = 1.1;
// Rings are drawn somewhat larger than dots, which lie on them.
const RING_SHARE = 1.2;
// A map of so many pixels across shows dots as they are; smaller ones less.
const PLAIN_PIXELS = 700;

/** Returns [dx, dy, how much of that pixel it covers] of a disc in a row. */
function discOf(radius, hole = -1) {
  const disc = [];
  const most = Math.ceil(radius);
  for (let dy = -most; dy <= most; dy++) {
    for (let dx = -most; dx <= most; dx++) {
      const from = Math.hypot(dx, dy);
      const cover = Math.min(radius + 0.5 - from, from - hole + 0.5, 1);
      if (cover > 0.05) disc.push(dx, dy, cover);
    }
  }
  return disc;
}

// Of known beats, and of made ones, so that these are told by their shape too.
const DISCS = RADII.map((radius) => discOf(radius));
const RINGS = RADII.map((radius) => discOf(radius, radius - RING_WIDTH));

/** Returns [red, green, blue] of a CSS colour like #rrggbb. */
export function channels(colour) {
  return [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
}

export class Points {
  /**
   * @param {!HTMLCanvasElement} canvas
   * @param {!Array<!Object>} layers See data.js.
   */
  constructor(canvas, layers) {
    this.canvas = canvas;
    this.layers = layers;
    this.count = layers.reduce((sum, layer) => sum + layer.size, 0);
    this.context = canvas.getContext('2d');
  }

  /**
   * Draws the points.
   * @param {!Object} view `{left, right, low, high}` of the map.
   * @param {!Object} look `background` and `colourOf(layer, index)`, both
   *     [r, g, b], null for a hidden point; `scale` of the points.
   */
  draw(view, look) {
    const {canvas} = this;
    const ratio = window.devicePixelRatio || 1;
    const width = Math.max(Math.round(canvas.clientWidth * ratio), 1);
    const height = Math.max(Math.round(canvas.clientHeight * ratio), 1);
    if (canvas.width !== width || canvas.height !== height || !this.image) {
      Object.assign(canvas, {width, height});
      this.image = this.context.createImageData(width, height);
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    const [r, g, b] = look.background;
    this.pixels.fill((255 << 24 | b << 16 | g << 8 | r) >>> 0);
    // What is known lies on top of what was made.
    for (let number = this.layers.length - 1; number >= 0; number--) {
      this.drawLayer(this.layers[number], number, view, look, ratio);
    }
    this.context.putImageData(this.image, 0, 0);
  }

  drawLayer(layer, number, view, look, ratio) {
    const {width, height} = this.canvas;
    const {pixels} = this;
    // Few points may be large; many would hide each other.
    const crowd = Math.min(Math.max(Math.log10(2e5 / this.count), 0.4), 2.5);
    const room = Math.min(
      Math.sqrt(width * height) / ratio / PLAIN_PIXELS, 1) ** 0.5;
    const zoom = crowd * room * look.scale * ratio * (number ? RING_SHARE : 1);
    const disc = (number ? RINGS : DISCS)[
      Math.min(Math.max(Math.round(2 * zoom), 0), DISCS.length - 1)];
    const kx = width / (view.right - view.left);
    const ky = height / (view.high - view.low);
    for (let i = 0; i < layer.size; i++) {
      const px = Math.round((layer.x[i] - view.left) * kx);
      const py = Math.round((view.high - layer.y[i]) * ky);
      if (px < -9 || py < -9 || px > width + 9 || py > height + 9) continue;
      const colour = look.colourOf(number, i);
      if (!colour) continue;
      const [r, g, b, alpha] = colour;
      for (let k = 0; k < disc.length; k += 3) {
        const x = px + disc[k];
        const y = py + disc[k + 1];
        if (x < 0 || y < 0 || x >= width || y >= height) continue;
        const a = alpha * disc[k + 2];
        const at = y * width + x;
        const old = pixels[at];
        const red = (old & 255) + (r - (old & 255)) * a | 0;
        const green = (old >> 8 & 255) + (g - (old >> 8 & 255)) * a | 0;
        const blue = (old >> 16 & 255) + (b - (old >> 16 & 255)) * a | 0;
        pixels[at] = (255 << 24 | blue << 16 | green << 8 | red) >>> 0;
      }
    }
  }
}

/**
 * Tells the colour of each point: what the legend says, and what is hidden.
 * @param {!Object} state `byGenre`, `hiddenGenres`, `hiddenLayers`, `matches`.
 * @param {!Object} settings Values of settings.js; `exact` hides the others.
 */
export function colouring(layers, palette, state, settings) {
  const tables = palette.genres.map((c) => [...channels(c), 1]);
  const grey = [...channels(palette.grey), 1];
  const dim = [...channels(palette.grey), 0.1];
  const found = [...channels(palette.accent), 1];
  const made = palette.generated.map((c) => [...channels(c), 0.85]);
  return (number, i) => {
    if (state.hiddenLayers.has(number)) return null;
    if (settings.exact && layers[number].isOnlyNear(i)) return null;
    const genre = number ? NO_GENRE : layers[0].firstGenre(i);
    if (!number && state.hiddenGenres.has(genre)) return null;
    if (state.matches && !state.matches[number][i]) return dim;
    if (number) return made[(number - 1) % made.length];
    if (state.matches) return found;
    if (!state.byGenre || genre === NO_GENRE) return grey;
    return tables[genre] ?? grey;
  };
}
