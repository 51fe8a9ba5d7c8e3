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
 * @param {!Object} elements `host`, of the map; `over` and `under`, what lies
 *     over its top and its bottom.
 * @return {!Array<number>} The middle, x and y, and the height of the view.
 */
export function between({left, right, low, high}, {host, over, under}) {
  const {clientWidth: width, clientHeight: height} = host;
  const top = Math.min(over.offsetTop + over.offsetHeight, height / 2);
  const bottom = Math.min(under.offsetHeight, height / 4);
  const unit = Math.max((high - low) / Math.max(height - top - bottom, 1),
    (right - left) / Math.max(width, 1));
  return [(left + right) / 2, (low + high) / 2 + unit * (top - bottom) / 2,
    unit * height];
}
