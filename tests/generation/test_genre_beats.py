"""Tests for genre_beats."""

import json

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import pytest
import told_steps

import drumspace_ext
from drumspace_ext import errors
from drumspace_ext.dataset import examples
from drumspace_ext.generation import genre_beats
from drumspace_ext.patterns import step_codes
from drumspace_ext.starter import beats as starter_beats


def _classes(hits):
  codes = step_codes.canonical(step_codes.hits_to_step_codes(hits))
  return [row.tobytes() for row in codes]


def test_genre_is_that_of_the_training_patterns():
  reference = examples.load_or_starter(None)
  found = genre_beats.of(reference, 'samba')
  expected = [s for s in starter_beats.load() if s.genre == 'samba']
  assert 0 < len(found) <= len(expected)
  assert set(_classes(found)) <= {
      _classes(s.hits[None])[0] for s in expected
  }
  with pytest.raises(errors.InputError, match="'polka'; there are afrobeat, "):
    genre_beats.of(reference, 'polka')
  bare = examples.make(reference.codes)
  with pytest.raises(errors.InputError, match='there are none'):
    genre_beats.of(bare, 'samba')


@settings(max_examples=5)
@given(seed=st.integers(0, 2**31), count=st.integers(1, 6))
def test_result_holds_what_the_files_hold(tmp_path_factory, seed, count):
  steps = told_steps.ToldSteps()
  made = drumspace_ext.generate(
      'shipped:acai', tmp_path_factory.mktemp('generating') / 'out',
      num_outputs=count, seed=seed, on_step=steps,
  )
  steps.check()
  assert {what for _, _, what in steps} == {'drawing', 'comparing'}
  read = drumspace_ext.read_dataset(made.paths['patterns.tsv'])
  assert (read.codes == step_codes.hits_to_step_codes(made.hits)).all()
  assert (read.latents == made.latents).all() and len(read) == count
  assert sorted(path.name for path in made.output_dir.iterdir()) == sorted(
      made.paths
  )
  raw = drumspace_ext.read_dataset(made.paths['sampled_raw.tsv'])
  assert (raw.codes == made.samples.codes).all()
  assert repr(made).endswith(f"/out', beats={count})")
  first, second, *others = str(made).splitlines()
  assert first.startswith(f'{len(raw):,} draws: ')
  assert second == f'{count} beats'
  assert others == [f'  {path}' for path in made.paths.values()]


def test_manifest_says_what_was_asked_for_in_python(tmp_path):
  made = drumspace_ext.generate(
      'shipped:ae', tmp_path / 'out', mode='walk', num_bars=8, zipped=True,
  )
  assert len(made.hits) == 4 and made.samples is None
  noted = json.loads(made.paths['manifest.json'].read_text())
  assert noted['arguments']['num_bars'] == 8
  assert noted['arguments']['checkpoint_file'] == 'shipped:ae'
  assert 'output_dir' not in noted['arguments']


@pytest.mark.parametrize(('options', 'message'), [
    ({'mode': 'smaple'}, "got 'smaple'. Did you mean 'sample'?"),
    ({'mode': 'walk', 'genre': 'rock'}, 'genre has no use in --mode=walk'),
    ({'num_bars': 64}, 'num_bars has no use in --mode=sample'),
    ({'mode': 'vary', 'near': 'a.mid'}, 'near has no use in --mode=vary'),
    ({'genre': 'rokc'}, "Did you mean 'rock'?"),
])
def test_mistake_is_named_and_writes_nothing(tmp_path, options, message):
  with pytest.raises(errors.InputError, match=message):
    drumspace_ext.generate('shipped:ae', tmp_path / 'out', **options)
  assert not (tmp_path / 'out').exists()
