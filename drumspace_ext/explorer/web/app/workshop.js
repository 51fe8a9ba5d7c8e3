/**
 * The workshop: a thread of its own, in which beats are made while the page
 * goes on.
 *
 * It runs this very script, from a blob, on a copy of the page's data. Where a
 * browser gives no such thread, the page does the work itself.
 */

import {JOBS} from './serving.js';

// What runs there; modules of a test have no such script.
const source = typeof document === 'undefined' ? '' :
  document.currentScript?.textContent ?? '';

export class Workshop {
  /**
   * @param {!Object} data See app/data.js.
   * @param {!Beatmaker} maker
   */
  constructor(data, maker) {
    Object.assign(this, {data, maker});
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
    this.worker.postMessage({buffer: this.data.buffer});
  }

  /** Does what waits here, and all that comes. */
  close() {
    this.isClosed = true;
    this.worker?.terminate();
    this.worker = null;
    for (const {name, args, done} of this.waiting.values()) {
      done(this.work(name, args));
    }
    this.waiting.clear();
  }

  work(name, args) {
    return JOBS[name](this.maker, ...args);
  }

  /**
   * Has a job done.
   * @param {string} name Of `JOBS`.
   * @param {...*} args What a message can hold.
   * @return {!Promise<*>}
   */
  call(name, ...args) {
    this.open();
    if (!this.worker) return Promise.resolve(this.work(name, args));
    const id = ++this.count;
    return new Promise((done) => {
      this.waiting.set(id, {name, args, done});
      this.worker.postMessage(
        {id, name, args, settings: {...this.maker.settings}});
    });
  }
}
