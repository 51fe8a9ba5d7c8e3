/**
 * The WAV pack: a file of audio for each beat, made one after the other, while
 * the page goes on.
 *
 * The browser mixes them and the workshop writes them, each on a thread of its
 * own; a press meanwhile stops it.
 */

import {PACK_FILES, SAMPLE_RATE} from '../constants.js';
import {byId} from '../elements.js';
import {zipParts} from '../midi/packing.js';
import {recorded, takeSetUp} from '../sound/recording.js';
import {NOTHING} from './outgoing.js';
import {pathsOf, readmeFile} from './pack.js';
import {say} from './status.js';

export class WavPack {
  /**
   * @param {string} id Of its button.
   * @param {function(): !Object} look See `packOf`; and `title`.
   * @param {!Object} parts `player`, `studio`, a workshop, and `outgoing`.
   */
  constructor(id, look, {player, studio, outgoing}) {
    Object.assign(this, {look, player, studio, outgoing});
    this.button = byId(id);
    this.words = this.button.textContent;
    /** The pack that is being made: an object of its own, or null. */
    this.making = null;
    this.button.addEventListener('click', () => this.press());
  }

  async press() {
    if (this.making) {
      this.making = null;
      return;
    }
    const what = this.look();
    if (!what.patterns.length) {
      say(NOTHING);
      return;
    }
    const making = this.making = {};
    try {
      const files = await this.files(what, making);
      // A hand has stopped it.
      if (!files) say('The pack was stopped; nothing is saved.');
      else this.save(files, what);
    } catch (error) {
      // Memory has an end.
      say(`The pack can't be made: ${error.message}`);
    } finally {
      if (this.making === making) this.making = null;
      // Another one may have begun meanwhile.
      if (!this.making) this.button.textContent = this.words;
    }
  }

  /** Makes the files, or null if a hand stops that. */
  async files(what, making) {
    const {patterns, tempos, swings} = what;
    const count = patterns.length;
    const setUp = await takeSetUp(this.player);
    const files = [];
    say(`The pack of ${count} is being made; press again to stop.`);
    for (const [i, {path}] of pathsOf(what, '.wav').entries()) {
      if (this.making !== making) return null;
      this.button.textContent = `Stop: ${i + 1} of ${count}`;
      const channels = await recorded(setUp, [
        {codes: patterns[i], qpm: tempos[i], swing: swings[i]}]);
      const made = await this.studio.call('wav', channels, SAMPLE_RATE);
      files.push({name: path, ...made});
    }
    return this.making === making ? files : null;
  }

  save(files, what) {
    this.outgoing.save({
      name: `${what.title}_wav.zip`, type: 'application/zip',
      bytes: zipParts([...files, readmeFile(what, PACK_FILES.wav)]),
    }, what);
  }
}
