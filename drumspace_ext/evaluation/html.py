"""The panel of an evaluation as one HTML page, without scripts or sources."""

from collections.abc import Mapping
from collections.abc import Sequence
import html

from drumspace_ext.dataset import report_html
from drumspace_ext.evaluation import columns
from drumspace_ext.evaluation import groove_judging
from drumspace_ext.evaluation import groove_panel
from drumspace_ext.evaluation import groove_truth
from drumspace_ext.evaluation import panel as evaluation
from drumspace_ext.evaluation import song_panel
from drumspace_ext.files import result_names
from drumspace_ext.patterns import text_grids

FILE_NAME = result_names.EVALUATION_PAGE

# In pixels.
_PLOT_WIDTH, _PLOT_HEIGHT, _MARGIN = 320, 22, 6
_VOICE_WIDTH, _VOICE_HEIGHT = 110, 8
_BAR_WIDTH, _HISTOGRAM_HEIGHT = 6, 70
# Beyond it a pattern is far from all that was learnt; one bar holds the rest.
_MAX_DISTANCE = 40

_STYLE = """
svg { display: block; } .given { color: #c8372d; } .real { color: #77777c; }
.axis { stroke: #88888c; stroke-width: 1; opacity: .4; }
.ceiling { stroke: #77777c; stroke-dasharray: 2 3; }
.whisker { stroke: currentColor; stroke-width: 2; }
.mark { fill: currentColor; }
td.number { white-space: nowrap; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 600; padding-right: 1rem; }
.wide { overflow-x: auto; } .voices { width: auto; } .name { min-width: 12rem; }
@media (prefers-color-scheme: dark) {
  .given { color: #e5564b; } .real { color: #a0a0a5; } }
/* A phone has a name, its dot and its numbers below one another. */
@media (max-width: 45rem) {
  table:not(.voices) :is(tbody, tr, td) { display: block; padding-right: 0; }
  table:not(.voices) td { width: auto; white-space: normal; }
  table:not(.voices) tr { margin-bottom: .6rem; } }
"""

# How each number comes about; what it means stands in `evaluation.COLUMNS`.
_HOW = {
    'auc': 'Two classifiers (logistic regression and boosted trees) see the '
    'hits, the hits of each voice and step, and how often hits come again 4, 8 '
    'and 16 steps later. Each pattern is judged by one that never saw it. The '
    'better of the two counts. 1: given one of these and a real pattern, it is '
    'always right.',
    'precision': 'A pattern lies among real ones if a real pattern is as near '
    'to it as to its own third nearest real neighbour, in bits that differ. '
    'Low: many are unlike anything real.',
    'recall': 'The same with the roles exchanged. Low: much of what real music '
    'does is missing. Patterns without any order lie far apart and so reach '
    'many others; look at precision too.',
    'pass': 'The published rule: 0.9 nats of entropy or more, and no rotation '
    'of it is a training pattern.',
    'distinct': 'Rotations of one beat count as one. It falls with the number '
    'of patterns.',
    'novel': 'Copies of training patterns, at any rotation, are not new.',
    'distance': 'The best of all 32 rotations and all training patterns. '
    'Smaller than the ceiling: it repeats what it learnt. Larger: it makes up '
    'what no one plays.',
    'hits_per_step': 'How dense the beats are.',
    'hits_ratio': 'Below 1: thinner than real music.',
    'nats': 'Minus the natural logarithm of the chance that a model gives to '
    'what is really played next, all voices of a step together. Each song is '
    'heard from its beginning, and nothing is carried on to the next.',
    'repeat_16': 'All voices of a step are as they were a bar before.',
    'repeat_16_ratio': 'Below 1: it varies more than songs do.',
    'repeat_32': 'All voices of a step are as they were two bars before.',
    'repeat_32_ratio': 'Below 1: it varies more than songs do.',
    'hits': 'How dense what follows is.',
    'drift': 'Above 0: it grows denser.',
}

# The same of grooves, whatever of a hit is told.
_HOW_PLAYED = {
    'r2': "Each loop's mean is taken out: 0 is told by one number for all.",
    'gain': 'In nats. The likelihood is that of what the mean answer leaves, '
    'by the spreads that the model has learned.',
    'spread': 'The standard deviation over the hits of a loop.',
    'in_50': f'Of {groove_truth.NUM_DRAWS} draws for each loop.',
    'in_90': f'Of {groove_truth.NUM_DRAWS} draws for each loop.',
    'auc': 'Two classifiers see spreads, quantiles, means of voices and places '
    'in the beat, and how the bars differ; no file is on both sides. The '
    'better of the two counts.',
}


def _style_of(row: Mapping) -> str:
  fixed = row['name'] in (
      evaluation.CEILING, evaluation.FLOOR, song_panel.REAL
  )
  return 'real' if fixed else 'given'


def _scale(
    numbers: Sequence[Mapping], column: columns.Column
) -> tuple[float, float]:
  """Returns the ends of a column's scale; all intervals lie inside."""
  low = min(column.low, *(number['low'] for number in numbers))
  high = max(column.high or 0.0, *(number['high'] for number in numbers))
  return low, high if high > low else low + 1


def _whisker(
    number: Mapping, scale: tuple[float, float], ceiling: float
) -> str:
  """Draws a dot on its interval, and where the ceiling's dot is."""
  low, high = scale
  middle = _PLOT_HEIGHT // 2

  def x(value: float) -> str:
    share = (value - low) / (high - low)
    return f'{_MARGIN + share * (_PLOT_WIDTH - 2 * _MARGIN):.1f}'

  def line(kind: str, start: str, end: str, top: int, bottom: int) -> str:
    return (
        f'<line class="{kind}" x1="{start}" x2="{end}" y1="{top}" '
        f'y2="{bottom}"/>'
    )

  return (
      f'<svg width="{_PLOT_WIDTH}" height="{_PLOT_HEIGHT}" aria-hidden="true">'
      + line('axis', x(low), x(high), middle, middle)
      + line('ceiling', x(ceiling), x(ceiling), 0, _PLOT_HEIGHT)
      + line('whisker', x(number['low']), x(number['high']), middle, middle)
      + f'<circle class="mark" cx="{x(number["value"])}" cy="{middle}" r="4"/>'
      '</svg>'
  )


def _parts(numbers: Mapping, key: str) -> str:
  """Names the numbers that one was chosen from, as `auc_trees` for `auc`."""
  return ''.join(
      f'; {part.removeprefix(key).strip("_")} {number["value"]:.2f}'
      for part, number in numbers.items() if part.startswith(f'{key}_')
  )


def _column(
    all_rows: Sequence[Mapping], key: str, column: columns.Column, how: str
) -> str:
  """Shows a number of all rows that have it; the first is the ceiling."""
  rows = [row for row in all_rows if key in row['numbers']]
  scale = _scale([row['numbers'][key] for row in rows], column)
  ceiling = all_rows[0]['numbers'].get(key, {'value': column.low})['value']
  lines = []
  for row in rows:
    number = row['numbers'][key]
    lines.append(
        f'<tr><td class="name">{html.escape(row["name"])}</td>'
        f'<td class="{_style_of(row)}">{_whisker(number, scale, ceiling)}</td>'
        f'<td class="number"><b>{number["value"]:.{column.decimals}f}</b> '
        '<span class="hint">'
        f'{columns.interval_text(number, column.decimals)}'
        f'{_parts(row["numbers"], key)}</span></td></tr>'
    )
  ends = '{:g} to {:g}'.format(*(round(end, column.decimals) for end in scale))
  return (
      f'<h2>{html.escape(column.header)}: {html.escape(column.words)}</h2>'
      f'<p class="hint">{html.escape(how)} Scale: {ends}.</p>'
      f'<div class="wide"><table>{"".join(lines)}</table></div>'
  )


def _songs(songs: Mapping) -> str:
  """Shows what only songs have; nothing where none were continued."""
  if not songs:
    return ''
  return (
      f'<p>{html.escape(song_panel.judges_text(songs))}. '
      f'<b>{song_panel.REAL}</b> is also drawn as a dotted line.</p>'
      + ''.join(
          _column(songs['rows'], key, column, _HOW[key])
          for key, column in columns.SONG_COLUMNS.items()
      )
  )


def _grooves(part: Mapping) -> str:
  """Shows how beats are played; nothing where that was not judged."""
  if not part:
    return ''
  notes = ''.join(f'<p>{html.escape(note)}</p>' for note in part['notes'])
  return (
      f'<p>{html.escape(groove_judging.judges_text(part))}, with '
      f'{part["settings"]["confidence"]:.0%} intervals over blocks of '
      f'neighboring inputs.</p>{notes}' + ''.join(
          _column(part['rows'], key, column, _HOW_PLAYED[key.split('_', 1)[-1]])
          for key, column in groove_panel.COLUMNS.items()
          if any(key in row['numbers'] for row in part['rows'])
      )
  )


def _histogram(distances: list[int]) -> str:
  """Draws how many patterns are at each distance."""
  counts = distances[:_MAX_DISTANCE] + [sum(distances[_MAX_DISTANCE:])]
  most = max(counts) or 1
  bars = ''.join(
      f'<rect class="mark" x="{i * _BAR_WIDTH}" width="{_BAR_WIDTH - 1}" '
      f'y="{_HISTOGRAM_HEIGHT * (1 - count / most):.1f}" '
      f'height="{_HISTOGRAM_HEIGHT * count / most:.1f}">'
      f'<title>{i} bits: {count:,}</title></rect>'
      for i, count in enumerate(counts) if count
  )
  width = (_MAX_DISTANCE + 1) * _BAR_WIDTH
  return (
      f'<svg width="{width}" height="{_HISTOGRAM_HEIGHT + 1}">{bars}'
      f'<line class="axis" x1="0" x2="{width}" y1="{_HISTOGRAM_HEIGHT}" '
      f'y2="{_HISTOGRAM_HEIGHT}"/></svg>'
  )


def _distances(panel: Mapping) -> str:
  rows = ''.join(
      f'<tr><td class="name">{html.escape(row["name"])}</td>'
      f'<td class="{_style_of(row)}">{_histogram(row["distances"])}</td></tr>'
      for row in panel['rows']
  )
  return (
      '<h2>Distances to the nearest training pattern</h2>'
      f'<p class="hint">One bar a bit, from 0 on the left; {_MAX_DISTANCE} and '
      f'more stand in the last.</p><table>{rows}</table>'
  )


def _voices(panel: Mapping) -> str:
  """Shows the hits of each voice, of real patterns and of each row."""
  sets = [('reference', 'real', panel['reference']['hits_per_voice'])] + [
      (row['name'], _style_of(row), row['hits_per_voice'])
      for row in panel['rows'][1:-1]
  ]
  most = max(max(hits.values()) for _, _, hits in sets) or 1
  head = ''.join(f'<th>{html.escape(name)}</th>' for name, _, _ in sets)
  lines = []
  for voice in text_grids.SCORE_ORDER:
    cells = ''.join(
        f'<td class="number">{hits[voice]:.2f}<svg class="{style}" '
        f'width="{_VOICE_WIDTH}" height="{_VOICE_HEIGHT}"><rect class="mark" '
        f'width="{_VOICE_WIDTH * hits[voice] / most:.1f}" '
        f'height="{_VOICE_HEIGHT}"/></svg></td>'
        for _, style, hits in sets
    )
    lines.append(f'<tr><th>{voice.replace("_", " ")}</th>{cells}</tr>')
  return (
      '<h2>Hits of each voice in a pattern</h2><div class="wide">'
      f'<table class="voices"><tr><th></th>{head}</tr>{"".join(lines)}</table>'
      '</div>'
  )


def render(panel: Mapping) -> str:
  """Returns the page for a panel as `evaluation.evaluate` gives it."""
  grooves = _grooves(panel.get(groove_judging.KEY, {}))
  if not panel['rows']:
    return report_html.page('Drum grooves: evaluation', grooves, style=_STYLE)
  settings = panel['settings']
  notes = ''.join(f'<p>{html.escape(note)}</p>' for note in panel['notes'])
  charts = ''.join(
      _column(panel['rows'], key, column, _HOW[key])
      for key, column in evaluation.COLUMNS.items()
  )
  return report_html.page(
      'Drum patterns: evaluation',
      f'{_songs(panel.get(song_panel.KEY, {}))}'
      f'<p>{html.escape(columns.judges_text(settings))}; '
      f'{settings["training_patterns"]:,} patterns were for training. '
      f'<b>{evaluation.CEILING}</b> is the ceiling, also drawn as a dotted '
      f'line; <b>{evaluation.FLOOR}</b> is the floor: as many hits '
      'of each voice, on steps drawn at random. Dots have '
      f'{settings["confidence"]:.0%} intervals ({settings["resamples"]:,} '
      f'bootstrap resamples, seed {settings["seed"]}).</p>{notes}{charts}'
      f'{_distances(panel)}{_voices(panel)}{grooves}',
      style=_STYLE,
  )
