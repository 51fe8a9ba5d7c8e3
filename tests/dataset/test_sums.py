"""Tests for sums: they depend on neither order nor grouping."""

import collections
import json
import random

import hypothesis
from hypothesis import strategies as st
import pytest

from drumspace_ext import rejections
from drumspace_ext.dataset import sums
from drumspace_ext.extraction import one_input

_CLASS = bytes(64)
_PHASES = [bytes([0, n]) * 32 for n in range(3)]


@st.composite
def _inputs(draw):
  """Verdicts on inputs that all hold one rotation class, or nothing."""
  number = draw(st.integers(0, 9))
  if draw(st.booleans()):
    return one_input.InputResult(
        f'bad/{number}', draw(st.sampled_from(sorted(rejections.REASONS))),
        'why', dropped_pitches={number: 2}, other_meters={'3/4': 1},
    )
  phases = draw(st.lists(
      st.sampled_from(_PHASES), min_size=1, max_size=3, unique=True
  ))
  return one_input.InputResult(
      f'jazz/{number}', file_name=draw(st.sampled_from(('', 'x', 'y'))),
      genres=draw(st.sampled_from(((), ('pop',), ('pop', 'rock')))),
      counts={'loops': len(phases)},
      loop_counts=[
          one_input.LoopCount(
              _CLASS, phase, draw(st.integers(1, 3)), draw(st.integers(3, 9)),
              draw(st.floats(40, 99)), draw(st.floats(100, 300)),
          ) for phase in phases
      ],
  )


def _summed(groups, **options):
  """Sums each group, then the sums; (row, plain totals)."""
  whole, totals = sums.ClassSum(), sums.Totals()
  for group in groups:
    part, counts = sums.ClassSum(), sums.Totals()
    for result in group:
      labels = sums.labels(result, {})
      counts.add(result, labels)
      for row in sums.occurrences(result, labels):
        part.add(row)
    whole.merge(sums.ClassSum.of_plain(part.as_plain()))
    totals.merge(sums.Totals.of_plain(
        json.loads(json.dumps(counts.as_plain()))
    ))
  totals.check()
  return whole.row(_CLASS) if whole.ids else None, totals


@hypothesis.given(
    results=st.lists(_inputs(), max_size=10), seed=st.integers(0, 99)
)
def test_order_and_grouping_do_not_matter(results, seed):
  rng = random.Random(seed)
  shuffled = rng.sample(results, len(results))
  cuts = sorted(rng.choices(range(len(results) + 1), k=3))
  groups = [
      shuffled[start:end]
      for start, end in zip([0, *cuts], [*cuts, len(results)])
  ]
  assert _summed(groups) == _summed([results])
  assert _summed([[result] for result in results]) == _summed([results])


def test_one_class_in_two_phases_of_one_input_counts_once():
  result = one_input.InputResult('Rock/a', genres=('pop',), loop_counts=[
      one_input.LoopCount(_CLASS, _PHASES[2], 1, 3, 90.0, 100.0),
      one_input.LoopCount(_CLASS, _PHASES[1], 1, 4, 80.0, 95.0),
  ])
  row, totals = _summed([[result]])
  assert row == (
      _CLASS, _PHASES[1], 1, 2, 7, 80.0, 100.0, '{"pop": 1, "rock": 1}',
      '["Rock/a"]', '[]', 0, 0, 0, 0, b'',
  )
  assert totals.genres == {'pop': 1, 'rock': 1}
  assert (totals.num_inputs, totals.num_kept) == (1, 1)


def test_keys_of_counts_that_are_numbers_stay_numbers():
  totals = sums.Totals(dropped_pitches=collections.Counter({27: 3}))
  plain = json.loads(json.dumps(totals.as_plain()))
  assert sums.Totals.of_plain(plain) == totals


def test_names_that_are_no_text_are_written_as_escapes():
  bad = one_input.InputResult('\udcff', 'empty', '\udcfe')
  assert sums.rejected(bad) == ('\\udcff', 'empty', '\\udcfe')


def test_input_that_is_neither_kept_nor_rejected_is_noticed():
  totals = sums.Totals(num_inputs=2, num_kept=1)
  with pytest.raises(RuntimeError, match='an input was lost'):
    totals.check()
