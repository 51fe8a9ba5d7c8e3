/**
 * Outgoing: files that leave the page, by a press or by a drag.
 */

import {inBpm} from '../beat/tempo.js';
import {byId} from '../elements.js';
import {patternsToMidi} from '../midi/writing.js';
import {record} from '../sound/recording.js';
import {packOf} from './pack.js';
import {say} from './status.js';

export const NOTHING = 'There is nothing to take away yet.';
const KEPT_MS = 10000;

/** Files are `{name, type, bytes}`, the latter also in parts. */
export class Outgoing {
  /** @param {!Object} parts `kit`, `player` and `settings`, their values. */
  constructor({kit, player, settings}) {
    Object.assign(this, {kit, player, settings});
  }

  /**
   * Returns the MIDI file of some patterns, each at its tempo and swing.
   * @param {!Object} what `title`, `patterns`, `tempos`, `swings` and `wholes`.
   */
  midi({title, patterns, ...parts}) {
    return {name: `${title}.mid`, type: 'audio/midi', bytes: patternsToMidi(
      this.kit, patterns, this.settings, title, parts)};
  }

  /** Returns the WAV file likewise, in a while. */
  async wav({title, patterns, tempos, swings}) {
    const parts = patterns.map((codes, i) => {
      const part = Math.floor(i * tempos.length / patterns.length);
      return {codes, qpm: tempos[part], swing: swings[part]};
    });
    return {name: `${title}.wav`, type: 'audio/wav',
      bytes: await record(this.player, parts)};
  }

  /** Returns a pack likewise, a file each under its `names`. */
  pack(what) {
    return {name: `${what.title}.zip`, type: 'application/zip',
      bytes: packOf(this.kit, this.settings, what)};
  }

  save({name, type, bytes}, {patterns, tempos}) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([bytes].flat(), {type}));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
    const spans = {low: Math.min(...tempos), high: Math.max(...tempos)};
    const count = patterns.length;
    say(`${name}: ${count} ${count === 1 ? 'beat' : 'beats'} ` +
      `at ${inBpm(spans)}`);
  }

  /**
   * Makes a button save a file, and be dragged as one.
   * @param {string} id Of the button.
   * @param {string} kind `midi`, `wav` or `pack`.
   * @param {function(): (!Object|!Promise<!Object>)} look Returns `title`,
   *     `patterns`, `tempos`, `swings` and, but of a pack, `wholes`.
   */
  connect(id, kind, look) {
    const button = byId(id);
    button.addEventListener('click', async () => {
      const what = await look();
      if (!what.patterns.length) {
        say(NOTHING);
        return;
      }
      try {
        this.save(await this[kind](what), what);
      } catch (error) {
        // Memory has an end, and some browsers make no sound.
        say(`The file can't be made: ${error.message}`);
      }
    });
    this.letDrag(button, kind, look);
  }

  /** Lets a button be dragged as the file that a press of it saves. */
  letDrag(button, kind, look) {
    // Sound takes a moment, which a drag does not give: it is made before, and
    // is of no use when something else is heard by then.
    let ready = null;
    const keyOf = (what) => JSON.stringify([what, this.settings]);
    const prepare = async () => {
      const what = await look();
      const key = keyOf(what);
      if (ready?.key === key || !what.patterns.length) return;
      try {
        ready = {key, file: await this[kind](what)};
      } catch {
        // A press says so.
      }
    };
    const atHand = (what) => {
      if (what instanceof Promise) return ready?.file;
      if (kind === 'midi') return what.patterns.length && this.midi(what);
      return ready?.key === keyOf(what) && ready.file;
    };
    button.draggable = true;
    button.title ||= 'Press, or drag the file elsewhere';
    for (const name of ['pointerenter', 'pointerdown']) {
      button.addEventListener(name, prepare);
    }
    button.addEventListener('dragstart', (event) => {
      const file = atHand(look());
      if (file) {
        this.drag(event, file);
        return;
      }
      event.preventDefault();
      prepare();
    });
  }

  /** Hands a file to whatever it is dropped on. */
  drag({dataTransfer}, {name, type, bytes}) {
    const file = new File([bytes], name, {type});
    const address = URL.createObjectURL(file);
    setTimeout(() => URL.revokeObjectURL(address), 12 * KEPT_MS);
    dataTransfer.effectAllowed = 'copy';
    // Chromium makes a file of this for other programs, and pages get the file.
    dataTransfer.setData('DownloadURL', `${type}:${name}:${address}`);
    dataTransfer.items.add(file);
  }
}
