/**
 * Frames: what comes of pointer moves, once a frame.
 */

/**
 * What is to be shown at the next frame.
 *
 * Pointers move more often than that: the last call before a frame counts, so
 * that nothing queues up however long a beat takes to make.
 */
export class NextFrame {
  constructor(show) {
    this.show = show;
    this.coming = null;
  }

  /**
   * @param {function(): !Object} make Makes a beat.
   * @param {?Array<number>} z Its latent vector, if that is known before.
   * @param {!Object} options For `show`.
   */
  set(make, z, options) {
    if (!this.coming) requestAnimationFrame(() => this.arrive());
    this.coming = {make, z, options};
  }

  cancel() {
    this.coming = null;
  }

  /** Shows it now, if there is anything. */
  arrive() {
    const {coming} = this;
    this.coming = null;
    if (coming) this.show(coming.make(), coming.options);
  }
}
