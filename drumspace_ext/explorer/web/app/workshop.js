/**
 * The workshop: a thread of its own, in which beats and sounds are made while
 * the page goes on.
 *
 * It runs this very script, from a blob, on a copy of the page's data. Where a
 * browser gives no such thread, the page does the work itself, job by job.
 */

import {JOBS} from './serving.js';

// What runs there; modules of a test have no such script.
const source = typeof document === 'undefined' ? '' :
  document.currentScript?.textContent ?? '';

export class Workshop {
  /**
   * @param {?Beatmaker} maker What jobs are done with, if they need it.
   * @param {?ArrayBuffer} buffer The page's data, see app/data.js, likewise.
   */
  constructor(maker = null, buffer = null) {
    Object.assign(this, {maker, buffer});
    this.waiting = new Map();
    this.count = 0;
    this.worker = null;
  }

  /** Opens it; whatever goes wrong, the page goes on without it. */
  open() {
    if (!source || this.worker || this.isClosed) return;
    const address = URL.createObjectURL(
      new Blob([source], {type: 'text/javascript'}));
    try {
      this.worker = new Worker(address);
    } catch {
      this.close();
      return;
    }
    this.worker.onmessage = ({data: {id, result}}) => {
      URL.revokeObjectURL(address);
      this.waiting.get(id)?.done(result);
      this.waiting.delete(id);
    };
    this.worker.onerror = (event) => {
      event.preventDefault();
      this.close();
    };
    if (this.buffer) this.worker.postMessage({buffer: this.buffer});
  }

  /** Does what waits here, and all that comes. */
  close() {
    this.isClosed = true;
    this.worker?.terminate();
    this.worker = null;
    for (const id of this.waiting.keys()) this.doHere(id);
  }

  work(name, args) {
    return JOBS[name](this.maker, ...args);
  }

  /** Does a job in the page, when there is time. */
  doHere(id) {
    setTimeout(() => {
      if (!this.waiting.has(id)) return;
      const {name, args, done, fail} = this.waiting.get(id);
      this.waiting.delete(id);
      try {
        done(this.work(name, args));
      } catch (error) {
        fail(error);
      }
    });
  }

  /**
   * Has a job done.
   * @param {string} name Of `JOBS`.
   * @param {...*} args What a message can hold.
   * @return {!Promise<*>} It fails where the page can't do it either.
   */
  call(name, ...args) {
    this.open();
    const id = ++this.count;
    return new Promise((done, fail) => {
      this.waiting.set(id, {name, args, done, fail});
      if (!this.worker) {
        this.doHere(id);
        return;
      }
      this.worker.postMessage(
        {id, name, args, settings: {...this.maker?.settings}});
    });
  }
}
