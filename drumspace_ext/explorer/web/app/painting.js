/**
 * The colours of the map: of looks, of what the legend and a search show.
 */

import {channels, colouring} from '../map/points.js';
import {connectSearch} from '../map/search.js';
import {around} from '../map/views.js';

/** Puts the map's colours to work, and what of it is shown. */
export function paintMap(
  layers, legend, {looks, plot, settings, deck, maker, workshop}) {
  const colourOf = () =>
    colouring(layers, looks.colours, legend.shown, settings.values);
  looks.onPaint((colours) => {
    plot.setLook({
      background: channels(colours.background), paper: colours.background,
      accent: colours.accent, colourOf: colourOf(),
    });
    legend.paint(colours);
  });
  legend.changed = () => {
    legend.paint(looks.colours);
    plot.recolour(colourOf());
  };
  settings.onChange(({paints}) => {
    if (paints) plot.recolour(colourOf());
  });
  connectSearch({
    find: (plain) => workshop.call('search', plain),
    show: (matches) => {
      legend.shown.matches = matches;
      plot.recolour(colourOf());
    },
    zoom: (points) => plot.showFreely(around(points.map(
      ({layer, index}) => ({x: layers[layer].x[index],
        y: layers[layer].y[index]})), plot.full)),
    go: ({layer, index}) => {
      const beat = maker.ofPoint(layer, index);
      deck.show(beat, {plays: true});
      plot.reveal(beat.place.x, beat.place.y);
    },
  });
}
