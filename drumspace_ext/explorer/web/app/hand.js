/**
 * The hand: whether it is down. What it does from press to release is undone
 * as one.
 */

export class Hand {
  constructor() {
    this.isDown = false;
    for (const name of ['pointerdown', 'pointerup', 'pointercancel']) {
      document.addEventListener(name, () => {
        this.isDown = name === 'pointerdown';
      }, true);
    }
  }
}
