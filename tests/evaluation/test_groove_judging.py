"""Tests of groove models in `evaluate`: as a verb, a file and a page."""

import json
import re

import played_datasets
import pytest
import tiny_grooves

import drumspace_ext
from drumspace_ext import errors
from drumspace_ext.evaluation import groove_baselines
from drumspace_ext.evaluation import groove_judges
from drumspace_ext.evaluation import groove_judging
from drumspace_ext.evaluation import groove_manners
from drumspace_ext.training import groove_data


@pytest.fixture(scope='module', name='made')
def _made(tmp_path_factory):
  """A dataset and a model of it."""
  folder = tmp_path_factory.mktemp('judged')
  dataset = played_datasets.make(folder, 320)
  drumspace_ext.train(
      dataset, folder / 'run', config='groove', hparams=tiny_grooves.HPARAMS,
  )
  return dataset, folder / 'run'


def test_loops_of_neighboring_files_are_judged_as_one_block(made):
  dataset, run = made
  judges, _ = groove_judges.load(['run'], [str(run)]).judges(dataset, None)
  # `songs/017.mid` is the 18th of all inputs.
  numbers = [
      {int(name[-7:-4]) // groove_data.BLOCK for name in names}
      for names in judges.input_ids
  ]
  assert [{group} for group in judges.groups.tolist()] == numbers
  assert len(judges.groups) == len(judges.heldout)


def test_groove_models_are_judged_beside_baselines(made, tmp_path):
  dataset, run = made
  judged = drumspace_ext.evaluate(
      dataset, tmp_path / 'out', checkpoint_file=[run, 'shipped:groove'],
  )
  part = judged.panel[groove_judging.KEY]
  assert not judged.panel['rows']
  names = [row['name'] for row in part['rows']]
  assert names[:3] == [
      groove_baselines.ONE, groove_baselines.TABLE, groove_baselines.TREES
  ]
  assert names[3:5] == list(groove_manners.LEAST)
  assert names[5:] == ['run', 'shipped:groove']
  own, shipped = part['rows'][5:]
  # What all of these files do alike is learned of them alone.
  assert own['numbers']['velocity_r2']['value'] > 0.5
  assert shipped['numbers']['velocity_r2']['value'] < 0.4
  assert {'velocity_gain', 'timing_in_50', 'timing_in_90'} <= set(
      own['numbers']
  )
  assert part['settings']['judged_by'] == 'validation'
  assert 0 < part['settings']['inputs'] < 320
  few, every, differ, flattered, other = part['notes']
  assert 'of the blocks of neighboring inputs: with fewer than 5' in few
  # Each of these files has one loop.
  assert every.startswith(f'{names[3]}: judged by 0 loops with dynamics and 0')
  assert differ.startswith(f'{names[4]}: judged by 0 loops')
  assert 'spreads of run' in flattered and 'shipped:groove' in other
  # In all of its forms.
  written = json.loads(judged.paths['evaluation.json'].read_text())
  assert written == judged.panel
  page = judged.paths['evaluation.html'].read_text()
  text = str(judged)
  for words in (*names, *part['notes'], groove_judging.judges_text(part)):
    assert words in page and words in text
  assert text.endswith('manifest.json')
  noted = json.loads(judged.paths['manifest.json'].read_text())
  assert {'weights of run', 'weights of shipped:groove'} <= set(
      noted['digests']
  )
  again = drumspace_ext.evaluate(
      dataset, tmp_path / 'again', checkpoint_file=[run, 'shipped:groove'],
  )
  assert again.panel == judged.panel


def test_others_judge_and_beats_are_judged_in_the_same_panel(
    made, tmp_path
):
  dataset, run = made
  others = played_datasets.make(tmp_path / 'others', 130, seed=9)
  judged = drumspace_ext.evaluate(
      dataset, tmp_path / 'out', checkpoint_file=[run, 'shipped:ae'],
      heldout_path=others, num_outputs=60,
  )
  assert [row['name'] for row in judged.panel['rows']][1:-1] == ['shipped:ae']
  part = judged.panel[groove_judging.KEY]
  assert part['rows'][-1]['name'] == 'run'
  assert part['settings']['judged_by'] == 'other patterns'
  assert part['settings']['inputs'] == 130
  few, *others = part['notes']
  assert few.startswith('What judges comes from 4 of the blocks of')
  assert len(others) == len(groove_manners.LEAST)
  page = judged.paths['evaluation.html'].read_text()
  assert 'R2 vel.' in page and 'Hits of each voice' in page
  assert 'R2 vel.' in str(judged) and 'precision' in str(judged)


def test_judges_that_were_trained_on_are_counted(made, tmp_path):
  dataset, run = made
  judged = drumspace_ext.evaluate(
      dataset, tmp_path / 'out', checkpoint_file=run, heldout_path=dataset,
  )
  *_, shared = judged.panel[groove_judging.KEY]['notes']
  # A tenth was kept for validation.
  counts = re.match(r'(\d+) of the (\d+) patterns held out are in', shared)
  assert 0.7 * int(counts[2]) < int(counts[1]) < int(counts[2])
  assert shared in str(judged)


def test_what_says_nothing_of_grooves_is_refused(made, tmp_path):
  dataset, run = made
  (tmp_path / 'bare').mkdir()
  for name in ('dataset.tsv', 'provenance.tsv'):
    (tmp_path / 'bare' / name).write_bytes((dataset / name).read_bytes())
  with pytest.raises(errors.InputError, match='nothing says how'):
    drumspace_ext.evaluate(
        tmp_path / 'bare', tmp_path / 'out', checkpoint_file=run
    )
  assert not (tmp_path / 'out').exists()
  few = played_datasets.make(tmp_path / 'few', 5)
  with pytest.raises(errors.InputError, match='at least 20 are needed'):
    drumspace_ext.evaluate(
        dataset, tmp_path / 'out', checkpoint_file=run, heldout_path=few
    )
  straight = played_datasets.make_random(
      tmp_path / 'straight', 60, dynamic=False, timed=True
  )
  with pytest.raises(errors.InputError, match='needed; 0 have dynamics'):
    drumspace_ext.evaluate(
        dataset, tmp_path / 'out', checkpoint_file=run, heldout_path=straight
    )
