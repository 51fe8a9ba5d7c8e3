"""The report of a run as one HTML page, without scripts or outside sources."""

from collections.abc import Mapping
import html

from drumspace_ext import rejections
from drumspace_ext.dataset import report as dataset_report
from drumspace_ext.files import result_names
from drumspace_ext.patterns import percussion_names
from drumspace_ext.patterns import text_grids

FILE_NAME = result_names.REPORT_PAGE

# Shows the examples of one kind: which, is what a radio button says.
_KINDS = {'all': 'all', 'exact': 'exact loops', 'near': 'near repeats alone'}
_KINDS_STYLE = '.kind { display: none; }' + ', '.join(
    f'#kind-{kind}:checked ~ .{kind}' for kind in _KINDS
) + ' { display: block; }'

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem;
  margin: 2rem auto; padding: 0 1rem; color: #1c1c1e; background: #fcfcfb; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
table { border-collapse: collapse; width: 100%; }
td { padding: .15rem .6rem .15rem 0; vertical-align: top; }
td.count { text-align: right; font-variant-numeric: tabular-nums; width: 6rem; }
td.name { width: 18rem; }
.bar { background: #c8372d; height: .8rem; margin-top: .35rem; min-width: 1px; }
.hint { color: #6b6b70; font-size: .9rem; }
pre { background: #f1efec; padding: .8rem; overflow-x: auto;
  line-height: 1.25; }
.numbers { display: flex; flex-wrap: wrap; gap: 2rem; }
.numbers b { display: block; font-size: 1.7rem; }
@media (prefers-color-scheme: dark) {
  body { color: #ececec; background: #1b1b1d; } pre { background: #2a2a2d; }
  .hint { color: #a0a0a5; } .bar { background: #e5564b; } }
@media (max-width: 40rem) { td.name { width: 8rem; overflow-wrap: anywhere; }
  td.count { width: 3.5rem; } }
"""


def _bars(counts: Mapping[str, int], limit: int = 30) -> str:
  """Returns a table of names, counts and bars."""
  rows = list(counts.items())
  most = max((count for _, count in rows), default=0) or 1
  lines = [
      f'<tr><td class="name">{html.escape(str(name))}</td>'
      f'<td class="count">{count:,}</td>'
      f'<td><div class="bar" style="width:{100 * count / most:.1f}%"></div>'
      '</td></tr>'
      for name, count in rows[:limit]
  ]
  if len(rows) > limit:
    rest = sum(count for _, count in rows[limit:])
    lines.append(
        f'<tr><td>{len(rows) - limit} others</td>'
        f'<td class="count">{rest:,}</td><td></td></tr>'
    )
  return '<table>' + ''.join(lines) + '</table>'


def _rejections(report: Mapping) -> str:
  rows = []
  for reason, count in report['rejected'].items():
    meaning, _ = rejections.REASONS[reason]
    hint = dataset_report.hint(report, reason)
    rows.append(
        f'<tr><td class="count">{count:,}</td><td>{html.escape(meaning)}'
        f'<div class="hint">{html.escape(hint)}</div></td></tr>'
    )
  return '<table>' + ''.join(rows) + '</table>'


def _remarks(remarks: Mapping[str, Mapping]) -> str:
  parts = []
  for kind, remark in remarks.items():
    meaning, hint = rejections.REMARKS[kind]
    named = ''.join(
        f'<li>{html.escape(input_id)}: {html.escape(detail)}</li>'
        for input_id, detail in remark['named'].items()
    )
    parts.append(
        f'<p>{remark["inputs"]:,} inputs: {html.escape(meaning)}</p>'
        f'<div class="hint">{html.escape(hint)}</div>'
        f'<details><summary>Which</summary><ul>{named}</ul></details>'
    )
  return ''.join(parts)


def _examples(examples: list[Mapping]) -> str:
  parts = []
  for example in examples:
    genres = ', '.join(list(example['genres'])[:4])
    grid = '\n'.join(example['grid'])
    parts.append(
        f'<p>in {example["inputs"]:,} inputs, played '
        f'{example["repeats"]:,} times'
        + (f', which differ from it in {example["mean_flips"]:.3g} cells on '
           f'average and {example["max_flips"]} at most'
           if 'max_flips' in example else '')
        + (f' <span class="hint">({html.escape(genres)})</span>'
           if genres else '')
        + f'</p><pre>{html.escape(grid)}</pre>'
    )
  return ''.join(parts)


def _examples_by_kind(report: Mapping) -> str:
  """Returns the examples of a report, with buttons where it has kinds."""
  most_common = report['shape']['most_common']
  if 'most_common_exact' not in report:
    return _examples(most_common)
  buttons = ''.join(
      f'<input type="radio" name="kind" id="kind-{kind}"'
      f'{" checked" if kind == "all" else ""}>'
      f'<label for="kind-{kind}"> {label} </label>'
      for kind, label in _KINDS.items()
  )
  return '<div>' + buttons + ''.join(
      f'<div class="kind {kind}">'
      + (_examples(examples) or '<p>There are none.</p>') + '</div>'
      for kind, examples in (
          ('all', most_common), ('exact', report['most_common_exact']),
          ('near', report['most_common_near']),
      )
  ) + '</div>'


def page(title: str, body: str, *, style: str = '') -> str:
  """Returns a whole HTML page that needs and allows nothing from outside.

  Args:
    title: Its title and heading, plain text.
    body: What stands below the heading, HTML.
    style: More CSS.
  """
  title = html.escape(title)
  return (
      '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
      '<meta name="viewport" content="width=device-width, initial-scale=1">'
      '<meta http-equiv="Content-Security-Policy" '
      'content="default-src \'none\'; style-src \'unsafe-inline\'">'
      f'<title>{title}</title><style>{_STYLE}{style}</style></head>'
      f'<body><h1>{title}</h1>{body}</body></html>\n'
  )


def render(report: Mapping) -> str:
  """Returns the page for a report as `report.make` gives it."""
  numbers = ''.join(
      f'<div><b>{report[key]:,}</b>{label}</div>' for key, label in (
          ('inputs', 'inputs'), ('with_drums', 'with drums'),
          ('in_4_4', 'in 4/4'), ('loops', 'loops'),
          ('patterns', 'unique patterns'),
      )
  )
  if 'patterns_with_exact_loops' in report:
    numbers += (
        f'<div><b>{report["patterns_with_exact_loops"]:,}</b>'
        'of them exact loops</div>'
    )
  shape = report['shape']
  # Cymbals above, kick below, as in the grids.
  by_voice = {
      name: shape['patterns_with_voice'][name]
      for name in text_grids.SCORE_ORDER
  }
  by_step = {
      f'bar {step // 16 + 1}, beat {step % 16 // 4 + 1}'
      + ('', ' e', ' &', ' a')[step % 4]: count
      for step, count in enumerate(shape['hits_on_step'])
  }
  dropped = {
      percussion_names.named(pitch): count
      for pitch, count in report['dropped_pitches'].items()
  }
  sections = [
      ('Why inputs gave no pattern', _rejections(report),
       report['rejected']),
      ('Inputs to look at', _remarks(report.get('remarks', {})),
       report.get('remarks')),
      ('Genres, by inputs', _bars(report['genres']), report['genres']),
      ('Patterns that use a voice', _bars(by_voice), report['patterns']),
      ('Hits on each step', _bars(by_step, limit=32), report['patterns']),
      ('Patterns by tempo (quarter notes a minute)',
       _bars(shape['patterns_by_qpm']), report['patterns']),
      ('Patterns by the number of inputs that hold them',
       _bars(shape['patterns_by_inputs']), report['patterns']),
      ('Patterns by the cells in which a repeat differs, at most',
       _bars(report.get('patterns_by_max_flips', {})),
       'patterns_by_max_flips' in report),
      ('The most common patterns', _examples_by_kind(report),
       report['patterns']),
      ('Notes left out: pitches without a voice',
       _bars(dropped), dropped),
      ('Sections in other meters', _bars(report['sections_in_other_meters']),
       report['sections_in_other_meters']),
  ]
  body = ''.join(
      f'<h2>{html.escape(title)}</h2>{content}'
      for title, content, shown in sections if shown
  )
  return page(
      'Drum patterns: report', f'<div class="numbers">{numbers}</div>{body}',
      style=_KINDS_STYLE if 'most_common_exact' in report else '',
  )
