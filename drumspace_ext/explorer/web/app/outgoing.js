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
   * @param {!Object} what `title`, `patterns`, `tempos` and `swings`.
   */
  midi({title, patterns, tempos, swings}) {
    return {name: `${title}.mid`, type: 'audio/midi', bytes: patternsToMidi(
      this.kit, patterns, this.settings, title, {tempos, swings})};
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
   *     `patterns`, `tempos` and `swings`.
   */
  connect(id, kind, look) {
    const button = byId(id);
    button.addEventListener('click', async () => {
      const what = await look();
      if (!what.patterns.length) {
        say(NOTHING);
        return;
      }
      this.save(await this[kind](what), what);
    });
    // Sound takes a moment, which a drag does not give: it is made before.
    let ready = null;
    const prepare = async () => {
      const what = await look();
      ready = null;
      if (what.patterns.length) ready = await this[kind](what);
    };
    button.draggable = true;
    button.title ||= 'Press, or drag the file elsewhere';
    button.addEventListener('pointerenter', prepare);
    button.addEventListener('dragstart', (event) => {
      const what = look();
      const isAtHand = kind === 'midi' && !(what instanceof Promise);
      const file = isAtHand ? what.patterns.length && this.midi(what) : ready;
      if (file) this.drag(event, file);
      else event.preventDefault();
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
