"""Evaluation: sets of patterns side by side against real ones held out.

A *panel* judges any number of *rows*, each a named set of patterns. Patterns
held out of training are the *reference* that every row is compared with.
Training patterns are a row too, the ceiling: as near as real patterns of some
files come to real patterns of other ones, which is what a model can reach.
(Halves of one set come nearer; what is new and how far it is off, the ceiling
is asked by the other training patterns.) The floor is the ceiling with its
voices shuffled: each voice of each pattern keeps its number of hits, on steps
drawn at random for each voice apart, so that no metre and no interplay is left.

Every row is cut to one size, that of the smallest, by a seeded draw, for most
numbers depend on it.

A panel is a dict for JSON: `format_version`, `settings`, `digests`, `notes` (a
list of sentences), `reference` and `rows`. A row has `name`, `patterns` (before
the cut), `digest`, `numbers` (for each its value, low and high), `distances`
(how many patterns are 0, 1, ... bits from training ones) and `hits_per_voice`.
"""

from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import hashlib

import numpy as np

from drumspace_ext import callbacks
from drumspace_ext import errors
from drumspace_ext.dataset import examples
from drumspace_ext.evaluation import columns
from drumspace_ext.evaluation import metrics
from drumspace_ext.patterns import nearest
from drumspace_ext.patterns import neighbourhoods
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices

FORMAT_VERSION = 2
CEILING, FLOOR = 'real, training patterns', 'real, voices shuffled'
# Fewer give intervals too wide to tell anything; more take minutes.
MIN_PATTERNS, MAX_PATTERNS = 50, 2000
_DECIMALS = 6
COLUMNS = columns.COLUMNS


@dataclasses.dataclass(frozen=True, kw_only=True)
class Row:
  """A named set of patterns.

  Attributes:
    name: What to call it.
    hits: bool `[num_patterns, 32, 14]`.
  """

  name: str
  hits: np.ndarray


def shuffle_voices(hits: np.ndarray, *, rng: np.random.Generator) -> np.ndarray:
  """Moves the hits of each voice, bool `[n, 32, 14]`, to steps drawn anew."""
  return rng.permuted(hits, axis=1)


def digest(hits: np.ndarray) -> str:
  """Returns a digest of patterns in their order, in hex."""
  codes = step_codes.hits_to_step_codes(hits).astype('<u2')
  return hashlib.sha256(codes.tobytes()).hexdigest()[:16]


def shortage(row: Row) -> str:
  """Says what a row lacks to be judged; empty if nothing."""
  if len(row.hits) >= MIN_PATTERNS:
    return ''
  return (
      f'{row.name} has {len(row.hits):,} patterns, at least {MIN_PATTERNS} '
      'are needed.'
  )


def _check(
    rows: Sequence[Row], heldout: np.ndarray, training_codes: np.ndarray
) -> None:
  for patterns, what in (
      (heldout, 'held out'), (training_codes, 'for training')
  ):
    if len(patterns) < 2 * MIN_PATTERNS:
      raise errors.InputError(
          f'{len(patterns):,} patterns are {what}, at least '
          f'{2 * MIN_PATTERNS} are needed. Name others with --heldout_path, or '
          'a larger set with --examples_path.'
      )
  names = [row.name for row in rows]
  for row in rows:
    if lack := shortage(row):
      raise errors.InputError(lack)
    if row.name in (CEILING, FLOOR) or names.count(row.name) > 1:
      raise errors.InputError(f'two rows are called {row.name!r}; rename one.')


def _mixed(hits: np.ndarray, seed: int) -> np.ndarray:
  return np.random.default_rng(seed).permutation(hits)


def _hits_per_voice(hits: np.ndarray) -> dict[str, float]:
  mean = hits.sum(1).mean(0).round(_DECIMALS)
  return dict(zip(voices.NAMES, mean.tolist()))


def rounded(
    numbers: Mapping[str, metrics.Estimate]
) -> dict[str, dict[str, float]]:
  """Returns estimates for JSON, each its value, low and high."""
  return {
      key: {k: round(v, _DECIMALS) for k, v in estimate._asdict().items()}
      for key, estimate in numbers.items()
  }


class _Known:
  """Training patterns, as rows are asked for what is new."""

  def __init__(self, codes: np.ndarray):
    self.nearest = nearest.NearestPatterns(codes)
    self.classes = np.sort(step_codes.class_digests(codes))


def _judge(
    row: Row, reference: np.ndarray, training: _Known, seed: int
) -> dict:
  """Returns a row of the panel."""
  # The same draws for each row: they differ by their patterns alone.
  rng = np.random.default_rng(seed)
  hits = _mixed(row.hits, seed)[:len(reference)]
  distance, distances = metrics.training_distance(
      hits, training.nearest, rng=rng
  )
  numbers = {
      **metrics.two_sample_auc(reference, hits, rng=rng),
      **metrics.precision_recall(reference, hits, rng=rng),
      **metrics.rates(hits, training.classes, rng=rng),
      'distance': distance,
      **metrics.hit_rates(reference, hits, rng=rng),
  }
  return {
      'name': row.name, 'patterns': len(row.hits), 'digest': digest(row.hits),
      'numbers': rounded(numbers),
      'distances': distances.tolist(), 'hits_per_voice': _hits_per_voice(hits),
  }


def evaluate(
    rows: Sequence[Row], heldout: np.ndarray, training_codes: np.ndarray, *,
    seed: int, judged_by: str = '',
    on_step: callbacks.OnStep = callbacks.silent,
) -> dict:
  """Makes the panel.

  Args:
    rows: The sets to judge.
    heldout: Real patterns, bool `[n, 32, 14]`.
    training_codes: The training set, step codes, integer `[m, 32]`.
    seed: Of all that is drawn: the ceiling, cuts, steps, folds and resamples.
    judged_by: Which part the held-out patterns are, in words.
    on_step: Called with the rows done; see `callbacks`.

  Raises:
    InputError: If there are too few patterns, or two rows of one name.
  """
  _check(rows, heldout, training_codes)
  size = min(
      len(heldout), len(training_codes) // 2, MAX_PATTERNS,
      *(len(row.hits) for row in rows),
  )
  reference = _mixed(heldout, seed)[:size]
  order = np.random.default_rng([seed, size]).permutation(len(training_codes))
  ceiling = step_codes.step_codes_to_hits(training_codes[order[:size]])
  shuffled = shuffle_voices(ceiling, rng=np.random.default_rng([seed, size]))
  training = _Known(training_codes)
  others = _Known(training_codes[order[size:]])
  judged, total = [], len(rows) + 2
  for number, (row, known) in enumerate((
      (Row(name=CEILING, hits=ceiling), others),
      *((row, training) for row in rows),
      (Row(name=FLOOR, hits=shuffled), training),
  )):
    on_step(number, total, f'judging {row.name}')
    judged.append(_judge(row, reference, known, seed))
  on_step(total, total, 'judging')
  return {
      'format_version': FORMAT_VERSION,
      'settings': {
          'seed': seed, 'patterns_per_row': size, 'judged_by': judged_by,
          'heldout_patterns': len(heldout),
          'training_patterns': len(training_codes),
          'resamples': metrics.NUM_RESAMPLES,
          'confidence': metrics.CONFIDENCE, 'folds': metrics.NUM_FOLDS,
          'neighbours': neighbourhoods.NUM_NEIGHBOURS,
      },
      'digests': {
          'voice_table': voices.table_digest(), 'heldout': digest(heldout),
          'training': examples.make(training_codes).digest,
      },
      'notes': [],
      'reference': {'hits_per_voice': _hits_per_voice(reference)},
      'rows': judged,
  }


def to_text(panel: Mapping) -> str:
  """Writes a panel as a table, each row with its intervals below."""
  settings = panel['settings']
  return '\n'.join([
      *columns.table([
          (f'{row["name"]} ({row["patterns"]:,} patterns)', row['numbers'])
          for row in panel['rows']
      ], COLUMNS),
      '', f'{columns.judges_text(settings)},',
      f'with {settings["confidence"]:.0%} intervals below.',
      'The first row is the ceiling, the last the floor.',
      *panel['notes'], '', *columns.words(COLUMNS),
  ])


def in_words(panel: Mapping, names: Mapping[str, str]) -> str:
  """Says in a sentence how hard some rows are to tell from real beats.

  The area under the ROC curve is how often a classifier, shown a real and a
  made beat, says rightly which is which.

  Args:
    panel: A panel.
    names: Whose beats they are, in words, by the names of rows; the first of
      them begins the sentence.
  """
  auc = {
      row['name']: round(100 * row['numbers']['auc']['value'])
      for row in panel['rows']
  }
  (first, whose), *others = names.items()
  return (
      f'A classifier tells {whose} beats from real ones {auc[first]} of 100 '
      'times' + ''.join(f', {word} {auc[name]}' for name, word in others)
      + ' (chance: 50).'
  )
