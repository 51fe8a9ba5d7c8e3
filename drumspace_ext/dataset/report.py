"""Reports: what a run found, as one JSON object and as ten lines of text.

The report says nothing of times, paths of this machine or numbers of workers:
the same inputs give the same bytes.
"""

import collections
from collections.abc import Mapping

import numpy as np

from drumspace_ext import rejections
from drumspace_ext.dataset import collection as collection_lib
from drumspace_ext.dataset import sums
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.extraction import lost_voices
from drumspace_ext.extraction import map_choice
from drumspace_ext.extraction import near_hints
from drumspace_ext.extraction import one_input
from drumspace_ext.extraction import verdicts
from drumspace_ext.inputs import listing
from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import percussion_names
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import text_grids
from drumspace_ext.patterns import voices

# What the report says of inputs without a loop that were tried otherwise.
TRIED = 'tried_with_max_flips'
_NUM_EXAMPLES = 5
_MAX_NAMED = 1000
_TOP = 12
_QPM_BIN = 10
# Patterns whose hits are counted at once.
_TOGETHER = 256


class Shape:
  """What the unique patterns look like, gathered one by one."""

  def __init__(self):
    self._codes: list[np.ndarray] = []
    self._hits_per_voice = np.zeros(step_codes.NUM_VOICES, np.int64)
    self._hits_per_step = np.zeros(step_codes.NUM_STEPS, np.int64)
    self._qpm: collections.Counter[int] = collections.Counter()
    self._num_inputs: collections.Counter[int] = collections.Counter()
    # All of them, and those with exact loops and without.
    self._examples: dict[str, list[dict]] = {
        'all': [], 'exact': [], 'near': [],
    }
    self._max_flips: collections.Counter[int] = collections.Counter()
    self._num_exact = 0
    self.num_patterns = 0

  def add(self, pattern: collection_lib.UniquePattern) -> None:
    """Counts one pattern."""
    self._codes.append(pattern.codes)
    if len(self._codes) == _TOGETHER:
      self._count_hits()
    middle = (pattern.min_qpm + pattern.max_qpm) / 2
    self._qpm[int(middle // _QPM_BIN) * _QPM_BIN] += 1
    self._num_inputs[min(pattern.num_inputs, 10)] += 1
    self.num_patterns += 1
    is_exact = pattern.num_near_loops < pattern.num_loops
    self._num_exact += is_exact
    self._max_flips[pattern.max_flips] += 1
    for name in ('all', 'exact' if is_exact else 'near'):
      if len(self._examples[name]) < _NUM_EXAMPLES:
        self._examples[name].append(_example(pattern, name != 'all'))

  def _count_hits(self) -> None:
    """Counts the hits of the patterns that wait for it."""
    if self._codes:
      hits = step_codes.step_codes_to_rows(np.stack(self._codes))
      self._hits_per_voice += hits.any(axis=1).sum(axis=0)
      self._hits_per_step += hits.sum(axis=(0, 2))
      self._codes = []

  def near(self) -> dict:
    """Returns what tells loops by the published recipe from near ones."""
    return {
        'patterns_with_exact_loops': self._num_exact,
        'patterns_by_max_flips': {
            str(flips): count
            for flips, count in sorted(self._max_flips.items())
        },
        'most_common_exact': self._examples['exact'],
        'most_common_near': self._examples['near'],
    }

  def as_dict(self) -> dict:
    """Returns everything for the report."""
    self._count_hits()
    return {
        'patterns_with_voice': dict(
            zip(voices.NAMES, self._hits_per_voice.tolist())
        ),
        'hits_on_step': self._hits_per_step.tolist(),
        'hits_per_step': round(
            float(self._hits_per_step.mean()) / max(self.num_patterns, 1), 6
        ),
        'patterns_by_qpm': {
            str(qpm): count for qpm, count in sorted(self._qpm.items())
        },
        'patterns_by_inputs': {
            f'{n}' if n < 10 else '10 or more': count
            for n, count in sorted(self._num_inputs.items())
        },
        'most_common': self._examples['all'],
    }


def _example(
    pattern: collection_lib.UniquePattern, has_flips: bool
) -> dict:
  """Returns a pattern for the report, with how far its repeats are from it."""
  hits = step_codes.step_codes_to_rows(pattern.codes)
  flips = {
      'mean_flips': float(f'{pattern.num_flips / pattern.num_repeats:.6g}'),
      'max_flips': pattern.max_flips,
  }
  return {
      'inputs': pattern.num_inputs,
      'repeats': pattern.num_repeats,
      **(flips if has_flips else {}),
      'genres': dict(pattern.genres),
      'step_codes': pattern.codes.tolist(),
      'grid': text_grids.to_text(hits).split('\n'),
  }


def _ordered(counter: Mapping) -> dict[str, int]:
  return {
      str(key): count
      for key, count in sorted(counter.items(), key=lambda i: (-i[1], i[0]))
  }


def _remarks(remarked: Mapping[str, int]) -> dict[str, dict]:
  """Returns {kind: inputs of it, and details of the first by name}."""
  found: dict[str, dict] = {}
  for key in sorted(remarked):
    kind, rest = key.split('\t', 1)
    input_id, _, detail = rest.rpartition('\t')
    own = found.setdefault(kind, {'inputs': 0, 'named': {}})
    own['inputs'] += remarked[key]
    if len(own['named']) < _MAX_NAMED:
      own['named'][input_id] = detail
  return found


def _read_with(counts: Mapping[str, int]) -> dict[str, int]:
  """Returns how many inputs were read with each drum map."""
  return _ordered({
      name.removeprefix(map_choice.COUNTED): count
      for name, count in counts.items() if name.startswith(map_choice.COUNTED)
  })


def _tried(totals: sums.Totals) -> dict[str, dict[str, int]]:
  """Returns what is known of inputs without a loop by another recipe."""
  counted = near_hints.counted(totals.tried)
  if not counted.tried:
    return {}
  return {TRIED: {
      'max_flips': near_hints.MAX_FLIPS,
      'tried': counted.tried,
      'found': counted.found,
      'inputs': counted.of(totals.rejected[verdicts.NO_LOOP]),
  }}


def hint(report: Mapping, reason: str) -> str:
  """Returns what to do where inputs gave nothing, with what was tried."""
  said = rejections.hint(reason, report.get('recipe', {}))
  if reason != verdicts.NO_LOOP or TRIED not in report:
    return said
  tried, total = report[TRIED], report['rejected'][reason]
  number = f'{tried["inputs"]:,}'
  if tried['tried'] < total:
    # A sample says no more than that.
    number = (
        f'{tried["found"]} of {tried["tried"]} that were tried, so in about '
        f'{float(format(tried["inputs"], ".2g")):,.0f}'
    )
  return (
      f'--max_flips={tried["max_flips"]} finds beats in {number} of these '
      f'{total:,}; '
      + (said if tried['found'] else f'try {rejections.OTHER_REPEATS}')
  )


def make(
    totals: sums.Totals, recipe: one_input.Recipe, shape: Shape
) -> dict:
  """Returns the report of a run; `report.json` holds it as it is."""
  counts = totals.counts
  # Inputs and notes that an octave up or down would fit, if there are any.
  octaves = {
      name: {'inputs': counts[f'octave_{name}_inputs'],
             'notes': counts[f'octave_{name}_notes']}
      for name in lost_voices.OCTAVES.values()
      if counts[f'octave_{name}_inputs']
  }
  return {
      'format_version': dataset_tsv.FORMAT_VERSION,
      'inputs': totals.num_inputs,
      'kept': totals.num_kept,
      'rejected': _ordered(totals.rejected),
      **_tried(totals),
      'with_drums': counts['with_drums'],
      'in_4_4': counts['in_4_4'],
      'loops': counts['loops'],
      'trivial': counts['trivial'],
      'patterns': shape.num_patterns,
      **(shape.near() if recipe.has_near_loops else {}),
      'pieces': counts['pieces'],
      'pieces_too_short': counts['pieces_too_short'],
      'pieces_without_loop': counts['pieces_without_loop'],
      'sections_in_other_meters': _ordered(totals.other_meters),
      'dropped_pitches': _ordered(totals.dropped_pitches),
      **({'fitting_octaves': octaves} if octaves else {}),
      'skipped_files': _ordered(totals.skipped),
      **({listing.UNSEARCHED: n} if (n := counts[listing.UNSEARCHED]) else {}),
      'genres': _ordered(totals.genres),
      **({'remarks': _remarks(totals.remarked)} if totals.remarked else {}),
      **({'read_with': _read_with(counts)} if recipe.drum_map.chooses else {}),
      'shape': shape.as_dict(),
      'recipe': {
          'steps_per_quarter': recipe.steps_per_quarter,
          'gap_steps': recipe.gap_steps,
          'assume_drums': recipe.assume_drums,
          'voices_in': recipe.drum_map.name,
          'min_entropy_nats': entropy.MIN_NATS,
          **recipe.notes(),
          **(recipe.reach() if recipe.has_near_loops else {}),
      },
      'voice_table': voices.table_digest(),
  }


def summary(report: Mapping) -> str:
  """Returns a report as text that a person reads in ten seconds."""
  inputs = report['inputs']

  def line(name: str, count: int, note: str = '') -> str:
    return f'  {name:24}{count:>10,}{"   " + note if note else ""}'

  lines = [
      line('inputs', inputs),
      line('with drums', report['with_drums']),
      line('in 4/4', report['in_4_4']),
      line('loops', report['loops'],
           f'{report["trivial"]:,} of them trivial'),
      line('inputs with patterns', report['kept']),
      line('unique patterns', report['patterns']),
  ]
  if 'patterns_with_exact_loops' in report:
    lines.append(line(
        'of these exact', report['patterns_with_exact_loops'],
        'loops by the published recipe',
    ))
  if 'read_with' in report:
    lines.append('  read with               ' + ', '.join(
        f'{name} {count:,}' for name, count in report['read_with'].items()
    ))
  genres = list(report['genres'].items())[:6]
  if genres:
    lines.append('  top genres              ' + ', '.join(
        f'{name} {count:,}' for name, count in genres
    ))
  if report['rejected']:
    lines += ['', '  Inputs without patterns:']
  for reason, count in report['rejected'].items():
    lines.append(f'  {count:>8,}  {rejections.REASONS[reason][0]}')
    lines.append(f'            -> {hint(report, reason)}')
  for kind, remark in report.get('remarks', {}).items():
    meaning, advice = rejections.REMARKS[kind]
    lines += ['', f'  {remark["inputs"]:,} inputs (named in report.json): '
              f'{meaning}', f'            -> {advice}']
  dropped = sum(report['dropped_pitches'].values())
  if dropped:
    most = ', '.join(
        map(percussion_names.named, list(report['dropped_pitches'])[:6])
    )
    lines += ['', f'  {dropped:,} notes of pitches without a voice were left '
              f'out (most: {most}).']
  for name, fits in report.get('fitting_octaves', {}).items():
    words = lost_voices.octave_words(name)
    lines.append(f'  {words[0].upper()}{words[1:]} fits all or nearly all, '
                 f'{fits["notes"]:,}, of the drum notes of '
                 f'{fits["inputs"]:,} inputs.')
  skipped = sum(report['skipped_files'].values())
  if skipped:
    kinds = ', '.join(list(report['skipped_files'])[:6])
    lines.append(f'  {skipped:,} other files in these folders were not read '
                 f'({kinds}).')
  if unsearched := report.get(listing.UNSEARCHED):
    lines.append(f'  {unsearched:,} {listing.UNSEARCHED_WORDS}')
  return '\n'.join(lines)
