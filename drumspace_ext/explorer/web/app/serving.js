/**
 * Serving: the jobs of the workshop, and its side of the messages.
 */

import {NUM_STEPS} from '../constants.js';
import {matchesOf} from '../map/search.js';
import {readLoops} from '../midi/loops.js';
import {crc32} from '../midi/packing.js';
import {Beatmaker} from '../model/beatmaker.js';
import {blend, blendGrid} from '../model/blending.js';
import {random} from '../model/chance.js';
import {Continuer} from '../model/continuing.js';
import {inventBeat, variations} from '../model/inventing.js';
import {strokeOf} from '../sound/strokes.js';
import {toWav} from '../sound/wav.js';
import {unpack} from './data.js';

/** What can be done there, each with a beatmaker if it needs one. */
export const JOBS = {
  /** The bytes of a WAV file, and their checksum for an archive. */
  wav: (_, channels, sampleRate) => {
    const bytes = toWav(channels, sampleRate);
    return {bytes, crc: crc32(bytes)};
  },
  stroke: (_, voice, stroke) => strokeOf(voice, stroke),
  latent: (maker, z, place) => maker.ofLatent(z, place),
  place: (maker, place) => maker.goodOfPlace(place),
  /** Beats of places; where one is trivial the beat before it goes on. */
  path: (maker, places) => {
    let last = null;
    return places.map((place) => (last = maker.goodOfPlace(place) ?? last))
      .filter(Boolean);
  },
  vary: (maker, beat, count, seed) =>
    variations(maker, beat, count, random(seed)),
  invent: (maker, seed) => inventBeat(maker, random(seed)),
  blend,
  square: (maker, corners) => blendGrid(maker, corners),
  /** Beats of two bars each that follow one another behind a pattern. */
  follow: (maker, codes, count, seed) => {
    maker.continuer ??= new Continuer(maker.data);
    const more = maker.continuer.continued(codes, count * NUM_STEPS, {seed});
    return Array.from({length: count}, (_, i) => maker.ofCodes(
      more.slice(i * NUM_STEPS, (i + 1) * NUM_STEPS)));
  },
  loops: (maker, loops) =>
    loops.map(({codes, tempo}) => maker.ofLoop(codes, tempo)),
  neighbours: (maker, beat, count) => maker.neighbours(beat, count),
  song: (maker, bytes) => readLoops(bytes, maker.data),
  search: (maker, plain) => matchesOf(maker.data, plain),
  /** How far is far? Null while there is more to do. */
  far: (maker) => maker.prepare() ? null : maker.farBits,
};

/** Answers messages: the first one may have the data, others are jobs. */
export function serve(scope) {
  let maker = null;
  scope.onmessage = ({data: {buffer, id, name, args, settings}}) => {
    if (buffer) {
      maker = new Beatmaker(unpack(buffer), {});
      return;
    }
    Object.assign(maker?.settings ?? {}, settings);
    const result = JOBS[name](maker, ...args);
    // Sounds are handed over, not copied.
    const moved = Object.values(result ?? {}).filter(ArrayBuffer.isView);
    scope.postMessage({id, result}, moved.map(({buffer: own}) => own));
  };
}
