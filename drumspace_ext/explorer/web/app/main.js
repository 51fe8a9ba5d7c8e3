/**
 * The page's start: its parts are made, and each is given what it needs.
 */

import {inBpm} from '../beat/tempo.js';
import {byId, make} from '../elements.js';
import {hoverCard} from '../map/hover.js';
import {Legend} from '../map/legend.js';
import {connectMap} from '../map/mapping.js';
import {Plot} from '../map/plot.js';
import {PointIndex} from '../map/point_index.js';
import {Regions} from '../map/regions.js';
import {Beatmaker} from '../model/beatmaker.js';
import {GrooveModel} from '../model/groove.js';
import {typicalBeat} from '../model/typical.js';
import {Settings} from '../settings.js';
import {Player} from '../sound/player.js';
import {BlendSquare} from './blend.js';
import {connectChanges} from './changes.js';
import {Continuation} from './continuing.js';
import {makeControls, settingKeys} from './controls.js';
import {readData} from './data.js';
import {Deck} from './deck.js';
import {makeGrid} from './editing.js';
import {connectFavourites, Favourites} from './favourites.js';
import {connectKeys} from './keys.js';
import {restore} from './link.js';
import {BeatList} from './list.js';
import {Looks} from './looks.js';
import {connectMidiOut} from './midi_out.js';
import {connectOpening, Opening} from './opening.js';
import {paintMap} from './painting.js';
import {introduce, Panel} from './panel.js';
import {Path} from './path.js';
import {Radio} from './radio.js';
import {serve} from './serving.js';
import {makeSliders} from './sliders.js';
import {Song} from './song.js';
import {say} from './status.js';
import {connectTakeaway} from './takeaway.js';
import {connectTransport} from './transport.js';
import {Workshop} from './workshop.js';

function connectSettings(settings, deck, player) {
  settings.onChange(({name, decodes}) => {
    player.refresh();
    if (decodes) deck.decodeAnew();
  });
  settings.onSettle(({decodes, undone}) => {
    if (decodes) deck.settle();
    if (undone) deck.history.push(deck.current);
  });
}

async function makePage() {
  const data = await readData(byId('data').textContent);
  byId('data').remove();
  const {layers} = data;
  GrooveModel.give(data);
  const settings = new Settings(data.columns);
  const {values} = settings;
  makeControls(settings);
  const maker = new Beatmaker(data, values);
  const player = new Player(data.kit, values);
  player.onSilent = say;
  const workshop = new Workshop(maker, data.buffer);
  // Sounds have a thread of their own: they take longer than a beat may.
  const studio = new Workshop();
  const deck = new Deck({maker, player, settings, workshop});
  const plot = new Plot({host: byId('map'), canvas: byId('points'),
    over: byId('over'), under: byId('welcome'), beside: byId('zoom')}, layers,
  new PointIndex(layers, data.regions.flatMap(({outline}) => outline)));
  await plot.start(JSON.parse(byId('plot-item').dataset.item));
  const looks = new Looks(data.genre_groups);
  deck.on('show', ({place}) => plot.mark(place));
  const parts = {
    deck, maker, player, plot, looks, workshop, settings: values};
  const grid = makeGrid(data, {deck, player, settings});
  const list = new BeatList(parts);
  const path = new Path(parts);
  const radio = new Radio(parts);
  const square = new BlendSquare(byId('blend'), parts);
  const favourites = new Favourites();
  introduce(data);
  const regions = new Regions(plot, data);
  looks.onPaint((colours) => regions.paint(colours));
  paintMap(layers, new Legend(data), {...parts, settings});
  const panel = new Panel({...parts, layers, list});
  const song = new Song({...parts,
    titleOf: (beat) => panel.describe(beat).title});
  const keep = connectFavourites({...parts, favourites, list,
    nameOf: (beat) => panel.describe(beat).name});
  makeSliders(data, parts);
  connectSettings(settings, deck, player);
  const tell = ({layer, index}) => {
    const beat = maker.ofPoint(layer, index);
    const told = panel.describe(beat);
    // Of a made beat it is that of the known ones around it.
    return {...told, facts: told.facts || inBpm(maker.tempoOf(beat))};
  };
  connectMap(layers, hoverCard(layers, grid.names, looks, tell),
    {...parts, path});
  connectTakeaway(
    data, {...parts, path, square, favourites, panel, song, studio});
  connectOpening(new Opening(parts));
  connectMidiOut(player);
  const continuation = new Continuation({...parts, list});
  const {die, vary} = connectChanges({...parts, list, continuation});
  const play = connectTransport({...parts, radio});
  const help = () => byId('helping').showModal();
  for (const [id, call] of Object.entries({
    favourite: keep, theme: () => looks.flip(), help,
    'blend-fill': () => square.fill(),
  })) byId(id).addEventListener('click', call);
  connectKeys({
    ' ': play, '+': () => plot.zoomIn(), '=': () => plot.zoomIn(),
    '-': () => plot.zoomOut(), 0: () => plot.fit(), f: keep,
    r: () => radio.toggle(), d: () => byId('get-midi').click(), '?': help,
    x: die, v: vary, escape: () => path.clear(),
  }, settingKeys(settings), (by) => deck.go(by));
  looks.paint();
  return {
    data, maker, player, deck, looks, plot, path, radio, square, favourites,
    panel, settings, song, workshop, studio, continuation,
  };
}

/** Begins with a beat, so that there is something to play. */
function showTypical({data, maker, deck}) {
  const index = typicalBeat(data.layers[0], data.min_entropy);
  deck.show(maker.ofPoint(0, index));
}

/** Has found out how far is far, piece by piece: other jobs come between. */
async function findFar({maker, workshop, deck}) {
  let bits = null;
  while (bits === null) bits = await workshop.call('far');
  maker.farBits = bits;
  deck.tell('settled', deck.current);
}

/** Opens the way to the ear at the first press, before it is let go. */
function wakeEarly(player) {
  for (const name of ['pointerdown', 'keydown']) {
    document.addEventListener(name, () => {
      if (!player.context && navigator.userActivation?.isActive) player.wake();
    }, {capture: true, passive: true});
  }
}

async function start() {
  const began = performance.now();
  const page = await makePage();
  if (!restore(location.hash, page)) showTypical(page);
  window.addEventListener('hashchange', () => restore(location.hash, page));
  const {player, deck, studio} = page;
  // A browser without sounds shows the map all the same.
  if ('AudioBuffer' in window) {
    player.sounds.prepare(
      (voice, stroke) => studio.call('stroke', voice, stroke),
      deck.current.codes);
  }
  wakeEarly(player);
  findFar(page);
  // For tests, and for those who look under the lid.
  window.drumspace = {...page, ready: performance.now() - began};
  document.body.dataset.ready = 'true';
}

/** Leaves nothing on the page that would do nothing. */
function fail(error) {
  document.body.replaceChildren(make('main', {class: 'failed'},
    make('h1', {}, 'This map can\'t be shown here'),
    make('p', {role: 'alert'}, 'Its file may be cut or damaged, or the ' +
      `browser too old. What it says: ${error.message}`)));
  console.error(error);
}

// The workshop is a thread without a page.
if (typeof document === 'undefined') serve(self);
else start().catch(fail);
