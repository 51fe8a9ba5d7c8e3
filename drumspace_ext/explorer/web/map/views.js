/**
 * Views: parts of the map, `{left, right, low, high}`.
 */

// Around places: of their extent, and of the whole map's height.
const MARGIN = 0.08;
const LEAST_ROOM = 0.03;

/**
 * Returns the view of all of some places, with a margin around them.
 * @param {!Array<!Object>} places Each `{x, y}`.
 * @param {number} full The height of the whole map.
 */
export function around(places, full) {
  const span = (values) => {
    let [low, high] = [Infinity, -Infinity];
    for (const value of values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    const margin = Math.max(MARGIN * (high - low), LEAST_ROOM * full);
    return [low - margin, high + margin];
  };
  const [left, right] = span(places.map(({x}) => x));
  const [low, high] = span(places.map(({y}) => y));
  return {left, right, low, high};
}

/**
 * Returns how to show all of a part of the map where nothing hides it.
 * @param {!Object} part A view.
 * @param {!Object} elements `host`, of the map; `over`, `under` and `beside`,
 *     what lies over its top, its bottom and its right.
 * @return {!Array<number>} The middle, x and y, and the height of the view.
 */
export function between(
  {left, right, low, high}, {host, over, under, beside}) {
  const {clientWidth: width, clientHeight: height} = host;
  const top = Math.min(over.offsetTop + over.offsetHeight, height / 2);
  const bottom = Math.min(under.offsetHeight, height / 4);
  const unit = Math.max((high - low) / Math.max(height - top - bottom, 1),
    (right - left) / Math.max(beside.offsetLeft, 1));
  const hidden = width / 2 + (right - left) / 2 / unit - beside.offsetLeft;
  return [(left + right) / 2 + unit * Math.max(hidden, 0),
    (low + high) / 2 + unit * (top - bottom) / 2, unit * height];
}
