"""Tests that a dataset grows with its inputs: none takes anything away."""

import hypothesis
from hypothesis import strategies as st
import pytest
import synthetic_songs

from drumspace_ext.dataset import creation
from drumspace_ext.dataset import tsv
from drumspace_ext.extraction import one_input
from drumspace_ext.extraction import recipes
from drumspace_ext.files import tfrecords
from drumspace_ext.patterns import step_codes

_RECORDS = [
    synthetic_songs.to_record(
        synthetic_songs.random_song(seed), id=f'/id/{seed}'
    ) for seed in range(24)
]
_RECIPES = [
    {}, {'max_flips': 4}, {'recurring': True, 'max_flips': 2},
    {'min_repeats': 1, 'loop_bars': (1, 2, 4), 'max_flips': 4},
    {'align': True, 'min_repeats': 2},
]


def _classes(folder, numbers, recipe):
  """Returns {rotation class: (loops, repeats, inputs)} of some songs."""
  folder.mkdir()
  (folder / 'songs.tfrecord').write_bytes(
      b''.join(tfrecords.frame(_RECORDS[number]) for number in numbers)
  )
  made = creation.create(
      [str(folder / 'songs.tfrecord')], folder / 'out', recipe=recipe,
      num_workers=0,
  )
  if not made.num_patterns:
    return {}
  codes = tsv.read(made.paths['dataset.tsv']).codes
  _, *lines = made.paths['provenance.tsv'].read_text('utf-8').splitlines()
  counts = [tuple(map(int, line.split('\t')[:3])) for line in lines]
  found = dict(zip(step_codes.class_digests(codes).tolist(), counts))
  assert len(found) == len(counts)
  return found


@hypothesis.given(
    few=st.sets(st.sampled_from(range(24)), min_size=1, max_size=8),
    more=st.sets(st.sampled_from(range(24)), max_size=8),
    reading=st.sampled_from(_RECIPES),
)
@hypothesis.settings(max_examples=20)
def test_further_inputs_remove_no_class(
    few, more, reading, tmp_path_factory
):
  folder, recipe = tmp_path_factory.mktemp('growth'), recipes.Recipe(**reading)
  before = _classes(folder / 'few', sorted(few), recipe)
  after = _classes(folder / 'all', sorted(few | more), recipe)
  for digest, counts in before.items():
    assert all(a >= b for a, b in zip(after[digest], counts))
  # What is new comes from the new inputs.
  alone = _classes(folder / 'more', sorted(more - few) or sorted(few), recipe)
  assert after.keys() == before.keys() | alone.keys()


@pytest.mark.parametrize('reading', _RECIPES)
def test_an_input_gives_the_same_whatever_is_beside_it(reading):
  recipe = recipes.Recipe(**reading)
  alone = [one_input.extract_record(r, '', recipe) for r in _RECORDS]
  again = [one_input.extract_record(r, '', recipe) for r in _RECORDS[::-1]]
  assert [r.loop_counts for r in alone] == [
      r.loop_counts for r in reversed(again)
  ]
