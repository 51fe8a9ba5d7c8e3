/**
 * The app: what is on show, and who is told when it changes.
 */

import {silence, STEPS_PER_QUARTER} from '../beat/beats.js';
import {Beatmaker} from '../model/beatmaker.js';
import {NextFrame} from './frames.js';
import {Grid} from '../beat/grid.js';
import {Panel} from './panel.js';
import {Player} from '../sound/player.js';
import {Plot} from '../map/plot.js';
import {PointIndex} from '../model/space.js';
import {Favourites, History} from './store.js';
import {BlendSquare, Path, Radio} from './tools.js';

const byId = (id) => document.getElementById(id);
const SETTLE_MS = 250;

export class App {
  constructor(data) {
    this.data = data;
    this.maker = new Beatmaker(data);
    this.player = new Player(data.kit);
    this.history = new History();
    this.favourites = new Favourites();
    this.settings = {qpm: 120, swing: 0, humanise: 0, accents: true,
      volume: 0.8, threshold: 0.5, temperature: 0, seed: 0};
    this.current = {codes: silence(), z: null, place: null, origin: null};
    this.grid = new Grid(byId('grid'), data.voices, {
      toggle: (voice, step) => this.edit(voice, step),
      mute: (voice) => this.flip('muted', voice),
      solo: (voice) => this.flip('soloed', voice),
    });
    const index = new PointIndex(data.layers);
    this.plot = new Plot({host: byId('map'), canvas: byId('points')},
      data.layers, index);
    this.panel = new Panel(this);
    this.path = new Path(this);
    this.radio = new Radio(this);
    this.square = new BlendSquare(this, byId('blend'));
    this.player.onStep((step, _, codes) => this.onStep(step, codes));
    this.queue = [];
    this.next = new NextFrame((beat, options) => this.show(beat, options));
    this.history.push(this.current);
    this.grid.show(this.current.codes);
    this.calm = matchMedia('(prefers-reduced-motion: reduce)');
    // What a hand does from press to release is undone as one.
    this.isHeld = false;
    for (const name of ['pointerdown', 'pointerup', 'pointercancel']) {
      document.addEventListener(name, () => {
        this.isHeld = name === 'pointerdown';
      }, true);
    }
  }

  get colours() {
    return this.panel.colours;
  }

  /** Puts a setting to work wherever it counts. */
  set(name, value) {
    this.settings[name] = value;
    const {player, maker} = this;
    if (name === 'qpm') player.setTempo(value);
    if (name === 'swing') player.setSwing(value);
    if (name === 'accents') player.setAccents(value);
    if (name === 'volume') player.setVolume(value);
    if (name === 'humanise') player.setHumanise(value, this.settings.seed);
    if (name in maker.options) {
      maker.options[name] = value;
      const {z, place, origin, isDecoded} = this.current;
      // What comes anyway is made with the new value, and what a person made
      // is not decoded.
      if (z && !this.next.coming && (origin || isDecoded)) {
        this.soon(() => maker.ofLatent(z, place ?? undefined));
      }
    }
  }

  flip(list, voice) {
    const set = this.player.settings[list];
    const isOn = !set.has(voice);
    if (list === 'muted') this.player.mute(voice, isOn);
    else this.player.solo(voice, isOn);
    return isOn;
  }

  /**
   * Shows a beat, and plays it if something plays or `plays` says so.
   * @param {!Object} beat See beatmaker.js.
   * @param {!Object} options `keeps`: it is a step of undo at once; `plays`;
   *     `sounds` is false for what is heard already.
   */
  show(beat, {keeps = true, plays = false, sounds = true} = {}) {
    if (!beat) return;
    this.next.cancel();
    // What only went by can be gone back to where a hand goes on from it.
    if (sounds && this.goesBy) this.history.keep(this.current);
    this.goesBy = !sounds;
    this.current = beat;
    this.grid.show(beat.codes);
    this.plot.mark(beat.place);
    this.panel.quick(beat);
    if (sounds) {
      // A hand takes over from the radio and the path.
      this.radio.isOn = false;
      this.queue = [];
      if (plays || this.player.playing) this.player.next(beat.codes);
    }
    this.panel.playing();
    clearTimeout(this.settling);
    if (keeps) {
      this.history.push(beat);
      this.panel.settled(beat);
    } else {
      this.settling = setTimeout(() => this.settle(), SETTLE_MS);
    }
  }

  /** Makes and shows a beat at the next frame; it can't be undone yet. */
  soon(make, {plays = false, z = null} = {}) {
    this.next.set(make, z, {keeps: false, plays});
  }

  /** The latent vector that is on show, or about to be. */
  get z() {
    return this.next.coming?.z ?? this.current.z;
  }

  /** Does for what is on show what takes longer than a frame. */
  settle() {
    this.next.arrive();
    clearTimeout(this.settling);
    if (!this.isHeld && !this.goesBy) this.history.keep(this.current);
    this.panel.settled(this.current);
  }

  go(by) {
    if (this.goesBy) this.history.keep(this.current);
    this.goesBy = false;
    const beat = this.history.go(by);
    if (!beat) return;
    this.show(beat, {keeps: false});
    clearTimeout(this.settling);
    this.panel.settled(beat);
  }

  edit(voice, step) {
    const codes = [...this.current.codes];
    codes[step] ^= 1 << voice;
    this.show(this.maker.ofCodes(codes));
  }

  toggle() {
    if (this.player.playing) this.stop();
    else if (this.current.codes.some(Boolean)) {
      this.player.start(this.current.codes);
      this.panel.playing();
    } else {
      this.panel.say('There is no beat yet: click a point of the map.');
    }
  }

  stop() {
    this.radio.isOn = false;
    this.queue = [];
    this.player.stop();
    this.grid.playhead(null);
    this.panel.playing();
  }

  /** Plays beat after beat, and shows each when it is heard. */
  playSequence(source, every) {
    this.queue = [];
    this.player.sequence((step) => {
      const beat = source(step);
      if (!beat) return null;
      this.queue.push(beat);
      return beat.codes;
    }, every);
    this.panel.playing();
  }

  onStep(step, codes) {
    const beat = step - step % STEPS_PER_QUARTER;
    this.grid.playhead(this.calm.matches ? beat : step);
    // What a stall passed over was never heard.
    const heard = this.queue.findIndex((coming) => coming.codes === codes);
    if (heard < 0) return;
    const [shown] = this.queue.splice(0, heard + 1).slice(-1);
    this.show(shown, {keeps: false, sounds: false});
  }
}
