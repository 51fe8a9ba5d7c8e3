"""The map's page: one HTML file that works from file:// without a network.

It is put together of the files of `explorer/`: a template, a style sheet, and
modules (`page_scripts`), with the data (`page_data`) and Bokeh, which draws the
map and comes with note_seq. A Content-Security-Policy allows just these scripts,
by their hashes, and nothing from anywhere else.
"""

import html
import json

from drumspace_ext import map_data
from drumspace_ext import page_data
from drumspace_ext import page_scripts
from drumspace_ext import sound
from drumspace_ext import trained_model

FILE_NAME = 'map.html'
_PLOT = 'map'


def _plot() -> str:
  """Returns the plot, still without points, as Bokeh's JSON."""
  from bokeh import embed  # pylint: disable=g-import-not-at-top
  from bokeh import models  # pylint: disable=g-import-not-at-top

  pan, wheel = models.PanTool(), models.WheelZoomTool()
  plot = models.Plot(
      name=_PLOT, sizing_mode='stretch_both', toolbar_location=None,
      x_range=models.DataRange1d(name='x'), y_range=models.DataRange1d(name='y'),
      match_aspect=True, min_border=0, outline_line_color=None,
      background_fill_alpha=0.0, border_fill_alpha=0.0,
      # A tenth of the points while the map moves, all of them when it rests.
      lod_threshold=3000, lod_factor=10, lod_timeout=200, lod_interval=200,
  )
  plot.x_range = models.Range1d(start=-1, end=1, name='x')
  plot.y_range = models.Range1d(start=-1, end=1, name='y')
  plot.add_tools(pan, wheel)
  plot.toolbar.active_drag, plot.toolbar.active_scroll = pan, wheel
  item = embed.json_item(plot, _PLOT)
  # Ids are drawn by chance otherwise, and the same map is to be the same bytes.
  return json.dumps(item, sort_keys=True)


def _bokeh() -> str:
  """Returns Bokeh's own script."""
  from bokeh import resources  # pylint: disable=g-import-not-at-top

  inline = resources.Resources(mode='inline', components=['bokeh'])
  return '\n'.join(inline.js_raw)


def render(
    latent_map: map_data.LatentMap, model: trained_model.TrainedModel
) -> str:
  """Returns the page of a map.

  Args:
    latent_map: What it shows.
    model: What it decodes with.
  """
  scripts = [
      page_scripts.for_html(_bokeh()), page_scripts.bundle('main.js')
  ]
  policy = '; '.join([
      "default-src 'none'",
      'script-src ' + ' '.join(map(page_scripts.policy_hash, scripts)),
      # Bokeh writes its styles into the page as it goes.
      "style-src 'unsafe-inline'", 'img-src data: blob:', "base-uri 'none'",
      "form-action 'none'",
  ])
  data = page_data.render(latent_map, model, sound.page_description())
  parts = {
      'policy': html.escape(policy), 'title': html.escape(latent_map.title),
      'style': page_scripts.read('style.css'),
      'data': data, 'plot': page_scripts.for_html(_plot()),
      'bokeh': scripts[0], 'main': scripts[1],
  }
  page = page_scripts.read('page.html')
  for name, text in parts.items():
    before, mark, after = page.partition('{{' + name + '}}')
    if not mark:
      raise ValueError(f'explorer/page.html has no place for {name}.')
    page = before + text + after
  return page
