"""Tests for judging; cli/test_evaluate.py has what a panel tells."""

import json

import numpy as np
import pytest
import told_steps

import drumspace_ext
from drumspace_ext import errors
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.patterns import step_codes


def _beats(path, count, seed):
  hits = np.random.default_rng(seed).random((count, 32, 14)) < 0.15
  with path.open('w') as stream:
    dataset_tsv.write(stream, dataset_tsv.PatternSet(
        codes=step_codes.hits_to_step_codes(hits)
    ))
  return path


@pytest.fixture(name='sets', scope='module')
def _sets(tmp_path_factory):
  folder = tmp_path_factory.mktemp('judging')
  return [
      _beats(folder / f'{name}.tsv', count, seed) for seed, (name, count) in
      enumerate([('known', 100), ('heldout', 120), ('new', 60), ('few', 3)])
  ]


def test_panel_has_a_row_for_each_and_names_what_is_too_small(sets, tmp_path):
  known, heldout, new, few = sets
  steps = told_steps.ToldSteps()
  judged = drumspace_ext.evaluate(
      known, tmp_path / 'out', input_values=[new, few],
      checkpoint_file='shipped:ae', heldout_path=heldout, num_outputs=64,
      on_step=steps,
  )
  steps.check()
  rows = [row['name'] for row in judged.panel['rows']]
  assert rows[1:-1] == ['shipped:ae', 'new.tsv']
  (line,) = judged.left_out
  assert line.startswith('left out: few.tsv has 3 patterns')
  assert repr(judged) == f"Evaluation('{tmp_path}/out', rows={rows})"
  assert str(judged).endswith(f'  {judged.paths["manifest.json"]}')
  assert sorted(judged.paths) == sorted(
      path.name for path in judged.output_dir.iterdir()
  )
  written = json.loads(judged.paths['evaluation.json'].read_text())
  assert written == judged.panel
  noted = json.loads(judged.paths['manifest.json'].read_text())
  assert noted['arguments']['input_values'] == [str(new), str(few)]
  assert 'weights of shipped:ae' in noted['digests']


@pytest.mark.parametrize(('options', 'message'), [
    ({}, 'name something to judge'),
    ({'input_values': 'nowhere'}, 'nowhere does not exist'),
    ({'input_values': 'x', 'judged_by': 'test'}, '--judged_by .* one of them'),
    ({'checkpoint_file': 'shipped:ae', 'rows_by': 'x'}, '--rows_by is for bea'),
    ({'checkpoint_file': 'shipped:ae', 'threshold': 0.3, 'temperature': 1.0},
     '--threshold is for --temperature=0.*, at temperature 1'),
    ({'input_values': 'x', 'temperature': 1.0}, '--temperature is for models'),
    ({'input_values': 'x', 'threshold': 0.3}, '--threshold is for models that'),
    ({'checkpoint_file': 'shipped:groove', 'temperature': 0.0},
     '--temperature is for models that draw or continue beats: name some'),
    ({'checkpoint_file': 'shipped:continue', 'threshold': 0.3},
     '--threshold is for models of patterns; what continues .* --temperature'),
    ({'checkpoint_file': 'shipped:groove', 'judged_by': 'test'},
     '--judged_by=test: models of grooves keep a part for validation alone'),
    ({'input_values': 'x', 'rows_by': '('}, 'is no regular expression'),
])
def test_mistake_is_named_and_writes_nothing(sets, tmp_path, options, message):
  with pytest.raises(errors.InputError, match=message):
    drumspace_ext.evaluate(
        sets[0], tmp_path / 'out', heldout_path=sets[1], **options
    )
  assert not (tmp_path / 'out').exists()
