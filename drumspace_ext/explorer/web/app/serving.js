/**
 * Serving: the jobs of the workshop, and its side of the messages.
 */

import {Beatmaker} from '../model/beatmaker.js';
import {random} from '../model/chance.js';
import {variations} from '../model/inventing.js';
import {unpack} from './data.js';

/** What can be done there, each with a beatmaker. */
export const JOBS = {
  place: (maker, place) => maker.goodOfPlace(place),
  /** Beats of places; where one is trivial the beat before it goes on. */
  path: (maker, places) => {
    let last = null;
    return places.map((place) => (last = maker.goodOfPlace(place) ?? last))
      .filter(Boolean);
  },
  vary: (maker, beat, count, seed) =>
    variations(maker, beat, count, random(seed)),
  far: (maker) => {
    while (maker.prepare());
    return maker.farBits;
  },
};

/** Answers messages: the first one has the data, others are jobs. */
export function serve(scope) {
  let maker = null;
  scope.onmessage = ({data: {buffer, id, name, args, settings}}) => {
    if (buffer) {
      maker = new Beatmaker(unpack(buffer), {});
      return;
    }
    Object.assign(maker.settings, settings);
    scope.postMessage({id, result: JOBS[name](maker, ...args)});
  };
}
