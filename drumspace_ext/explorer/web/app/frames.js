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
    /** The beat that is being made elsewhere, and its latent vector. */
    this.making = null;
    this.makingZ = null;
  }

  /** The latent vector of what comes, as far as it is known before. */
  get z() {
    return this.coming?.z ?? (this.making && this.makingZ);
  }

  /**
   * @param {function(): (!Object|!Promise<!Object>)} make Makes a beat.
   * @param {?Array<number>} z Its latent vector, if that is known before.
   * @param {!Object} options For `show`.
   */
  set(make, z, options) {
    if (!this.coming) requestAnimationFrame(() => this.arrive());
    this.coming = {make, z, options};
  }

  cancel() {
    this.coming = null;
    this.making = null;
  }

  /** Shows it now; if that takes a while, says so and calls back then. */
  delays(call) {
    this.arrive();
    this.making?.then(call);
    return this.making !== null;
  }

  /** Shows it now, if there is anything. */
  arrive() {
    const {coming} = this;
    if (this.making || !coming) return;
    this.coming = null;
    const made = coming.make();
    if (made instanceof Promise) this.wait(made, coming);
    else this.show(made, coming.options);
  }

  /** Shows a beat when it is made, unless another one was shown meanwhile. */
  wait(made, {options, z}) {
    this.makingZ = z;
    const making = made.then((beat) => {
      if (this.making !== making) return;
      const {coming} = this;
      this.making = null;
      this.show(beat, options);
      this.coming = coming;
      this.arrive();
    });
    this.making = making;
  }
}
