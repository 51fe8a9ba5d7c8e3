"""The map's page: one HTML file that works from file:// without a network.

It is put together of the files of `explorer/web/`: a template, a style sheet,
and modules (`bundling`), with the data (`page_data`) and Bokeh, which draws
the map and comes with note_seq. A Content-Security-Policy allows just these
scripts, by their hashes, and nothing from anywhere else.
"""

import html
import json
import re

from drumspace_ext.explorer import bundling
from drumspace_ext.explorer import groove_data
from drumspace_ext.explorer import page_data
from drumspace_ext.files import result_names
from drumspace_ext.latent_map import data as map_data
from drumspace_ext.models import trained_model
from drumspace_ext.sound import rendering

FILE_NAME = result_names.MAP_PAGE
_PLOT = 'map'


def _plot() -> str:
  """Returns the plot, still without points, as Bokeh's JSON.

  The points lie under it, drawn by the page itself (`map/points.js` says
  why); what is few is drawn by Bokeh, from sources that the page fills.
  """
  from bokeh import embed
  from bokeh import models
  from bokeh.core import properties
  from bokeh.core import types as bokeh_types
  from bokeh.models import glyph as glyph_base
  from bokeh.models import glyphs as kinds

  pan, wheel = models.PanTool(name='pan'), models.WheelZoomTool()
  plot = models.Plot(
      name=_PLOT, sizing_mode='stretch_both', toolbar_location=None,
      x_range=models.Range1d(start=-1, end=1),
      y_range=models.Range1d(start=-1, end=1),
      min_border=0, outline_line_color=None,
      background_fill_alpha=0.0, border_fill_alpha=0.0,
  )
  plot.add_tools(pan, wheel)
  plot.toolbar.active_drag, plot.toolbar.active_scroll = pan, wheel

  def words() -> kinds.Text:
    return kinds.Text(
        x='x', y='y', y_offset='shift', text='text', text_align='center',
        text_baseline='middle', text_font_size='size', text_font_style='style',
        text_font=properties.value('system-ui, sans-serif'),
    )

  halos, names = words(), words()
  # An outline lies over its own text: it is a text of its own, below.
  halos.text_outline_width = 4
  names.text_color = 'colour'
  glyphs: dict[str, glyph_base.Glyph] = {
      'regions': kinds.Patches(
          xs='xs', ys='ys', fill_color='colour', line_color='colour',
          fill_alpha=0.09, line_alpha=0.8, line_dash='dashed',
      ),
      'line': kinds.Line(x='x', y='y', line_width=3),
      'corners': kinds.Scatter(
          x='x', y='y', marker='square', size=14, fill_alpha=0, line_width=2
      ),
      'halos': halos, 'names': names,
  }
  for name, glyph in glyphs.items():
    fields = ['xs', 'ys', 'colour'] if name == 'regions' else ['x', 'y']
    if name in ('halos', 'names'):
      fields += ['text', 'shift', 'size', 'style', 'colour']
    source = models.ColumnDataSource(
        data={field: [] for field in fields}, name=f'{name} data'
    )
    plot.add_glyph(source, glyph, name=f'{name} glyph')
  text = json.dumps(embed.json_item(plot, bokeh_types.ID(_PLOT)))
  # Bokeh numbers what it makes from the start of the process on.
  numbers: dict[str, str] = {}
  return re.sub(
      r'"p\d+"',
      lambda match: numbers.setdefault(match[0], f'"p{1001 + len(numbers)}"'),
      text,
  )


def _bokeh() -> str:
  """Returns Bokeh's own script."""
  from bokeh import resources

  inline = resources.Resources(mode='inline', components=['bokeh'])
  # What follows sets a log level, and says so on the console.
  return inline.js_raw[0]


def render(
    latent_map: map_data.LatentMap, model: trained_model.TrainedModel,
    groove: groove_data.GrooveData | None = None,
) -> str:
  """Returns the page of a map.

  Args:
    latent_map: What it shows.
    model: What it decodes with.
    groove: How it plays beats, see `groove_data.of_name`; as `shipped:groove`
      does if None.
  """
  if groove is None:
    groove = groove_data.of_name()
  scripts = [
      bundling.for_html(_bokeh()),
      bundling.bundle(*groove.scripts, 'app/main.js'),
  ]
  policy = '; '.join([
      "default-src 'none'",
      'script-src ' + ' '.join(map(bundling.policy_hash, scripts)),
      # Bokeh writes its styles into the page as it goes.
      "style-src 'unsafe-inline'", 'img-src data: blob:', "base-uri 'none'",
      "form-action 'none'",
      # Its own script once more, as a thread (`app/workshop.js`).
      'worker-src blob:',
  ])
  parts = {
      'policy': html.escape(policy), 'title': html.escape(latent_map.title),
      'style': bundling.read('style.css'), 'plot': html.escape(_plot()),
      'data': page_data.render(
          latent_map, model, rendering.page_description(), groove
      ),
      'bokeh': scripts[0], 'main': scripts[1],
  }
  # In one pass, so that no text that is put in is read as a place.
  return re.sub(
      r'\{\{(\w+)\}\}', lambda match: parts[match[1]],
      bundling.read('page.html'),
  )
