/**
 * The hover card: the beat of the point under the pointer.
 */

import {drawBeat} from '../beat/drawing.js';
import {byId} from '../elements.js';

/**
 * Returns what shows a point beside the pointer, or nothing for null.
 * @param {!Array<!Object>} layers See app/data.js.
 * @param {!Array<string>} names Of the voices.
 * @param {!Looks} looks
 * @param {function(!Object): !Object} tell What a point is called: words.js.
 */
export function hoverCard(layers, names, looks, tell) {
  const card = byId('hover');
  const canvas = card.querySelector('canvas');
  const heading = card.querySelector('strong');
  const words = card.querySelector('p');
  let shown = null;
  return (point, event) => {
    if (!point) {
      card.hidden = true;
      shown = null;
      return;
    }
    card.hidden = false;
    const key = `${point.layer} ${point.index}`;
    if (key !== shown) {
      shown = key;
      const {title, facts, from} = tell(point);
      heading.textContent = title;
      words.textContent = [facts, from].filter(Boolean).join(' · ');
      drawBeat(canvas, layers[point.layer].pattern(point.index),
        looks.colours, names);
    }
    const box = byId('stage').getBoundingClientRect();
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
  };
}
