/**
 * The grid's focus: arrow keys from cell to cell, and one tab stop for all.
 */

const MOVES = {
  ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0],
};

export class GridFocus {
  /**
   * @param {!HTMLElement} host
   * @param {!Array<!Object>} rows Each `{element, columns}`, its buttons.
   */
  constructor(host, rows) {
    this.rows = rows;
    this.stop = null;
    for (const {columns} of rows) {
      for (const button of columns) button.tabIndex = -1;
    }
    host.addEventListener('keydown', (event) => this.key(event));
    host.addEventListener('focusin', ({target}) => this.at(target));
  }

  /** Makes a button the one to which tab leads. */
  at(button) {
    if (this.stop === button || !this.placeOf(button)) return;
    if (this.stop) this.stop.tabIndex = -1;
    this.stop = button;
    button.tabIndex = 0;
  }

  placeOf(button) {
    const row = this.rows.findIndex(({columns}) => columns.includes(button));
    return row < 0 ? null : [row, this.rows[row].columns.indexOf(button)];
  }

  get shown() {
    return this.rows.filter(({element}) => !element.hidden);
  }

  /** Sees that tab leads to a row that is shown. */
  mend() {
    if (this.stop?.closest('[role=row]')?.hidden === false) return;
    const [{columns}] = this.shown;
    this.at(columns[columns.length - this.rows[0].columns.length]);
  }

  key(event) {
    const {shown} = this;
    const row = shown.findIndex(({columns}) => columns.includes(event.target));
    if (row < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    const {columns} = shown[row];
    const column = columns.indexOf(event.target);
    const ends = {Home: 0, End: columns.length - 1};
    const move = MOVES[event.key];
    if (!move && !(event.key in ends)) return;
    event.preventDefault();
    event.stopPropagation();
    // Steps of a bar that is not on show have no place of their own.
    let to = columns[ends[event.key]];
    let [r, c] = [row, column];
    do {
      if (!move) break;
      r = (r + move[0] + shown.length) % shown.length;
      c = (c + move[1] + columns.length) % columns.length;
      to = shown[r].columns[c];
    } while (!to.offsetParent && to !== event.target);
    to.focus();
  }
}
