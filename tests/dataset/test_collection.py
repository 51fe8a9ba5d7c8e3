"""Tests for collection."""

import collections
import random

import hypothesis
from hypothesis import strategies as st
import numpy as np
import plain_reading
import pytest
import told_steps

from drumspace_ext import errors
from drumspace_ext import rejections
from drumspace_ext.dataset import collection as collection_lib
from drumspace_ext.dataset import gathered
from drumspace_ext.dataset import scratch
from drumspace_ext.dataset import sums
from drumspace_ext.extraction import one_input
from drumspace_ext.patterns import step_codes

_ONE = (1, 4, 0, 0) * 8
_TWO = (1, 2, 4, 8, 16, 32, 64, 0) * 4
_THREE = (7,) * 5 + (300, 16383) + (0,) * 25


def _turned(codes, steps):
  return tuple(codes[steps:]) + tuple(codes[:steps])


def _packed(codes):
  return step_codes.codes_to_bytes(np.array(codes, np.uint16))


def _loop(codes, num_loops=1, num_repeats=3, min_qpm=120.0, max_qpm=120.0):
  return one_input.LoopCount(
      _packed(plain_reading.canonical(codes)), _packed(codes), num_loops,
      num_repeats, min_qpm, max_qpm,
  )


def _kept(input_id, *loops, genres=(), file_name=''):
  return one_input.InputResult(
      input_id, loop_counts=list(loops), genres=genres, file_name=file_name,
      counts={'loops': sum(loop.num_loops for loop in loops)},
  )


def _add(collection, results):
  collection.add([gathered.of_results(results, {})])


def _gather(path, batches, genre_table=None):
  """Returns everything that a collection of these results says."""
  with collection_lib.Collection(path / 'scratch') as collection:
    collection.add(
        gathered.of_results(results, genre_table or {}) for results in batches
    )
    collection.totals.check()
    unique = [
        (tuple(p.codes.tolist()), p.num_inputs, p.num_loops, p.num_repeats,
         p.min_qpm, p.max_qpm, tuple(p.genres.items()), p.input_ids,
         p.file_names)
        for p in collection.unique_patterns()
    ]
    assert len(unique) == collection.num_unique
    totals = collection.totals
    return (
        unique, list(collection.rejected_inputs()), totals.num_inputs,
        totals.num_kept, totals.counts, totals.rejected,
        totals.dropped_pitches, totals.other_meters, totals.genres,
    )


_loops = st.builds(
    _loop,
    st.builds(
        _turned, st.sampled_from((_ONE, _TWO, _THREE)), st.integers(0, 31)
    ),
    num_loops=st.integers(1, 3),
    num_repeats=st.integers(3, 20),
    min_qpm=st.sampled_from((60.0, 119.5)),
    max_qpm=st.sampled_from((120.0, 250.25)),
)
_results = st.lists(st.one_of(
    st.builds(
        lambda name, loops, genres, file_name: _kept(
            name, *{loop.phase: loop for loop in loops}.values(),
            genres=genres, file_name=file_name,
        ),
        st.sampled_from(('a', 'b', 'rock/c')),
        st.lists(_loops, min_size=1, max_size=3),
        st.sampled_from(((), ('rock',), ('pop', 'rock'))),
        st.sampled_from(('', 'x.mid', 'jazz/y.mid', 'a', 'b', 'c', 'd')),
    ),
    st.builds(
        lambda name, reason, detail, pitches, meters: one_input.InputResult(
            name, reason, detail, dropped_pitches=pitches, other_meters=meters
        ),
        st.sampled_from(('a', 'd', 'e\tf')),
        st.sampled_from(sorted(rejections.REASONS)), st.sampled_from('xyz'),
        st.dictionaries(st.integers(0, 127), st.integers(1, 9), max_size=3),
        st.dictionaries(st.just('3/4'), st.integers(1, 9)),
    ),
), max_size=12)


@hypothesis.given(results=_results, seed=st.integers(0, 99))
def test_order_and_batches_do_not_matter(results, seed, tmp_path_factory):
  path = tmp_path_factory.mktemp('collection')
  expected = _gather(path, [results])
  rng = random.Random(seed)
  shuffled = rng.sample(results, len(results))
  cuts = sorted(rng.choices(range(len(results) + 1), k=3))
  batches = [
      shuffled[start:end]
      for start, end in zip([0, *cuts], [*cuts, len(results)])
  ]
  assert _gather(path, batches) == expected
  assert not list(path.iterdir())


@hypothesis.given(results=_results)
def test_everything_is_summed_as_a_dictionary_would(results, tmp_path_factory):
  unique, rejected, num_inputs, num_kept, _, reasons, *_ = _gather(
      tmp_path_factory.mktemp('collection'), [results]
  )
  assert num_inputs == len(results) == num_kept + reasons.total()
  assert rejected == sorted(
      (r.input_id, r.reason, r.detail) for r in results if r.reason
  )
  classes = collections.defaultdict(list)
  for result in results:
    for loop in result.loop_counts:
      classes[loop.canonical].append((result, loop))
  assert len(unique) == len(classes)
  order = []
  for codes, inputs, loops, repeats, low, high, _, ids, names in unique:
    canonical = _packed(plain_reading.canonical(codes))
    members = classes[canonical]
    phases = collections.Counter()
    for _, loop in members:
      phases[loop.phase] += loop.num_loops
    most = max(phases.values())
    assert _packed(codes) == min(p for p in phases if phases[p] == most)
    assert inputs == len({id(result) for result, _ in members})
    assert loops == sum(loop.num_loops for _, loop in members)
    assert repeats == sum(loop.num_repeats for _, loop in members)
    assert low == min(loop.min_qpm for _, loop in members)
    assert high == max(loop.max_qpm for _, loop in members)
    assert list(ids) == sorted({result.input_id for result, _ in members})
    assert list(names) == sorted({r.file_name for r, _ in members} - {''})
    order.append((-inputs, -repeats, canonical))
  assert order == sorted(order)


# By hand


def test_phase_seen_most_often_is_kept(tmp_path):
  late = _turned(_ONE, 1)
  unique, *_ = _gather(tmp_path, [[
      _kept('a', _loop(_ONE, num_loops=2, num_repeats=50)),
      _kept('b', _loop(late, num_loops=3, num_repeats=9)),
  ]])
  ((codes, inputs, loops, repeats, *_),) = unique
  assert (codes, inputs, loops, repeats) == (late, 2, 5, 59)


def test_of_phases_seen_as_often_the_smaller_codes_are_kept(tmp_path):
  # 256 against 255 shows that codes are compared as numbers.
  small, large = (255, 1) + (0,) * 30, (256,) + (0,) * 31
  assert plain_reading.canonical(small) != plain_reading.canonical(large)
  for codes in (small, large):
    phases = sorted(_turned(codes, steps) for steps in (0, 5, 9))
    for order in (phases, phases[::-1]):
      (kept, *_), = _gather(
          tmp_path, [[_kept('a', *map(_loop, order))]]
      )[0]
      assert kept == phases[0]


def test_patterns_of_most_inputs_come_first(tmp_path):
  unique, *_ = _gather(tmp_path, [[
      _kept('a', _loop(_ONE, num_repeats=99), _loop(_TWO)),
      _kept('b', _loop(_TWO), _loop(_THREE)),
  ]])
  assert [codes for codes, *_ in unique] == [_TWO, _ONE, _THREE]


def test_input_counts_once_in_two_phases(tmp_path):
  ((_, inputs, loops, *_),) = _gather(
      tmp_path, [[_kept('a', _loop(_ONE), _loop(_turned(_ONE, 2)))]]
  )[0]
  assert (inputs, loops) == (1, 2)


def test_two_inputs_of_one_name_are_two(tmp_path):
  ((_, inputs, *_, ids, _),) = _gather(
      tmp_path, [[_kept('a', _loop(_ONE)), _kept('a', _loop(_ONE))]]
  )[0]
  assert (inputs, ids) == (2, ('a',))


def test_genres_come_from_names_labels_and_a_table(tmp_path):
  table = {'x.mid': frozenset(('mine',)), 'plain': frozenset(('yours',))}
  unique, *_, genres = _gather(tmp_path, [[
      _kept('HipHop/1.mid', _loop(_ONE)),
      _kept('one', _loop(_ONE), genres=('rock',), file_name='x.mid'),
      _kept('plain', _loop(_ONE), file_name='Jazz/y.mid'),
      _kept('jazz/2.mid', _loop(_ONE)),
  ]], genre_table=table)
  ((*_, by_input, _, names),) = unique
  # Most inputs first, then by name.
  assert by_input == (
      ('jazz', 2), ('hip_hop', 1), ('mine', 1), ('rock', 1), ('yours', 1),
  )
  assert genres == dict(by_input)
  assert names == ('Jazz/y.mid', 'x.mid')


def test_counts_of_rejected_inputs_are_summed_too(tmp_path):
  *_, counts, rejected, pitches, meters, _ = _gather(tmp_path, [[
      one_input.InputResult(
          'a', 'no_loop', counts={'pieces': 2}, dropped_pitches={27: 3},
          other_meters={'3/4': 1},
      ),
      one_input.InputResult('b', 'no_loop', counts={'pieces': 1}),
      one_input.InputResult('c', 'empty', dropped_pitches={27: 1, 28: 1}),
  ]])
  assert counts['pieces'] == 3
  assert rejected == {'no_loop': 2, 'empty': 1}
  assert pitches == {27: 4, 28: 1}
  assert meters == {'3/4': 1}


def test_names_with_undecodable_bytes_can_be_written(tmp_path):
  unique, rejected, *_ = _gather(tmp_path, [[
      _kept('a\udcff', _loop(_ONE), file_name='b\udcff'),
      one_input.InputResult('c\udcff', 'empty', 'd\udcff'),
  ]])
  assert unique[0][-2:] == (('a\\udcff',), ('b\\udcff',))
  assert rejected == [('c\\udcff', 'empty', 'd\\udcff')]
  str((unique, rejected)).encode('utf-8')


def test_empty_collection_has_no_patterns(tmp_path):
  unique, rejected, num_inputs, *_ = _gather(tmp_path, [])
  assert (unique, rejected, num_inputs) == ([], [], 0)


def test_temporary_folder_is_deleted_after_an_error_too(tmp_path):
  path = tmp_path / 'scratch'
  with pytest.raises(ZeroDivisionError):
    with collection_lib.Collection(path) as collection:
      _add(collection, [_kept('a', _loop(_ONE))])
      assert path.exists()
      raise ZeroDivisionError
  assert not path.exists()


@hypothesis.given(results=_results)
@hypothesis.settings(max_examples=30)
def test_what_was_merged_elsewhere_is_taken_over(results, tmp_path_factory):
  path = tmp_path_factory.mktemp('collection')
  classes, totals, rejected = {}, sums.Totals(), []
  for result in results:
    labels = sums.labels(result, {})
    totals.add(result, labels)
    if result.reason is not None:
      rejected.append(sums.rejected(result))
      continue
    for row in sums.occurrences(result, labels):
      classes.setdefault(row[0], sums.ClassSum()).add(row)
  with collection_lib.Collection(path / 'here') as here:
    _add(here, results)
    with collection_lib.Collection(path / 'there') as there:
      totals.counts[gathered.IN_CLASSES] = sum(
          total.num_inputs for total in classes.values()
      )
      there.add([
          gathered.Gathered(totals=totals),
          gathered.Gathered(
              merged=[total.row(key) for key, total in classes.items()],
              rejected=rejected,
          ),
      ])
      assert there.num_unique == here.num_unique
      assert there.totals == here.totals
      assert list(there.rejected_inputs()) == list(here.rejected_inputs())
      for ours, theirs in zip(
          here.unique_patterns(), there.unique_patterns(), strict=True
      ):
        assert ours.codes.tolist() == theirs.codes.tolist()
        assert ours.input_ids == theirs.input_ids
        assert ours.genres == theirs.genres


# Failures


def test_what_a_pipeline_loses_is_noticed(tmp_path):
  totals = sums.Totals()
  totals.add(one_input.InputResult('a', 'empty'), [])
  with collection_lib.Collection(tmp_path / 'scratch') as collection:
    with pytest.raises(
        errors.PipelineError, match='1 rejected inputs went .* 0 came out'
    ):
      collection.add([gathered.Gathered(totals=totals)])
  total = sums.ClassSum()
  for row in sums.occurrences(_kept('a', _loop(_ONE)), []):
    total.add(row)
  for sent in (0, 2):
    with collection_lib.Collection(tmp_path / 'scratch') as collection:
      with pytest.raises(
          errors.PipelineError, match=f'{sent} inputs in classes .* 1 came out'
      ):
        collection.add([gathered.Gathered(
            merged=[total.row(row[0])], totals=sums.Totals(
                counts=collections.Counter({gathered.IN_CLASSES: sent})
            ),
        )])


def test_lost_input_is_noticed(tmp_path):
  with collection_lib.Collection(tmp_path / 'scratch') as collection:
    _add(collection, [_kept('a', _loop(_ONE))])
    collection.totals.check()
    collection.totals.num_inputs += 1
    with pytest.raises(RuntimeError, match='2 inputs, but 1 kept and 0 reject'):
      collection.totals.check()


def test_reason_without_words_is_noticed(tmp_path):
  with collection_lib.Collection(tmp_path / 'scratch') as collection:
    _add(collection, [one_input.InputResult('a', 'bad_mood')])
    with pytest.raises(RuntimeError, match="without words: .*'bad_mood'"):
      collection.totals.check()


def test_temporary_folder_that_cannot_be_made_is_one_line(tmp_path):
  with pytest.raises(errors.OutputError, match="can't write .*: No such"):
    collection_lib.Collection(tmp_path / 'no' / 'folder' / 'scratch')


def test_what_is_raised_while_rows_are_sorted_ends_it(tmp_path, monkeypatch):
  monkeypatch.setattr(scratch, '_SORT_INSTRUCTIONS', 100)
  calls = []

  def on_step(done, total, what):
    del done, total
    calls.append(what)
    if len(calls) == 5:
      raise KeyboardInterrupt

  with collection_lib.Collection(tmp_path / 'scratch') as collection:
    _add(collection, [
        one_input.InputResult(str(number), 'no_loop')
        for number in range(1000)
    ])
    with pytest.raises(KeyboardInterrupt):
      list(collection.rejected_inputs(on_step))
  assert calls == ['sorting'] * 5


def test_a_sort_says_that_it_goes_on(tmp_path, monkeypatch):
  monkeypatch.setattr(scratch, '_SORT_INSTRUCTIONS', 100)
  steps = told_steps.ToldSteps()
  with collection_lib.Collection(tmp_path / 'scratch') as collection:
    _add(collection, [
        one_input.InputResult(str(number), 'no_loop')
        for number in range(1000)
    ])
    rows = list(collection.rejected_inputs(steps))
  assert [row[0] for row in rows] == sorted(map(str, range(1000)))
  steps.check()
  words = [what for _, _, what in steps]
  # Rows, and not calls, are what is counted.
  assert words.count('sorting') > 20
  assert words.index('writing rejected inputs') == words.count('sorting')
  assert steps[-1][:2] == (1000, 1000)
