"""Tests for judging models that continue beats, as a user asks for it."""

import json

import entry_points
import magenta_files
import next_step_models
import pytest

import drumspace_ext
from drumspace_ext import callbacks
from drumspace_ext import errors
from drumspace_ext.evaluation import metrics
from drumspace_ext.evaluation import song_baselines
from drumspace_ext.evaluation import song_judges
from drumspace_ext.evaluation import song_panel
from drumspace_ext.extraction import recipes
from drumspace_ext.models import checkpoints
from drumspace_ext.notes import midi_writing
from drumspace_ext.patterns import step_codes

_HPARAMS = (
    'hidden_sizes=[8,6],entry_hidden_sizes=[6,4],num_train_steps=2,'
    'eval_steps=2,block_songs={},valid_share=0.4'
)


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
  """The classifiers take their time, and are not what this is about."""
  monkeypatch.setattr(metrics, 'two_sample_auc', lambda *_, rng: dict.fromkeys(
      ('auc', 'auc_logistic', 'auc_trees'), metrics.Estimate(0.5, 0.5, 0.5)
  ))


def _write(folder, first, count, num_bars=21):
  folder.mkdir()
  for seed in range(first, first + count):
    (folder / f'{seed:03}.mid').write_bytes(midi_writing.rows_to_midi(
        step_codes.step_codes_to_rows(
            next_step_models.song(seed=seed, num_bars=num_bars)
        )
    ))
  return folder


@pytest.fixture(scope='module', name='folder')
def _folder(tmp_path_factory):
  """Songs, others, models of the first, and a bundle of drums_rnn."""
  folder = tmp_path_factory.mktemp('song_judging')
  songs = _write(folder / 'songs', 0, 36)
  _write(folder / 'others', 30, 15)
  _write(folder / 'short', 0, 3, num_bars=2)
  for blocks in (1, 2):
    drumspace_ext.train(
        songs, folder / f'model{blocks}', config='continue',
        hparams=_HPARAMS.format(blocks),
    )
  (folder / 'kit.mag').write_bytes(magenta_files.bundle(
      magenta_files.drums_rnn_tensors(), 'drum_kit', attention=(32, 8)
  ))
  return folder


def test_model_is_judged_by_the_songs_that_it_did_not_learn(folder, tmp_path):
  judged = drumspace_ext.evaluate(
      folder / 'songs', tmp_path / 'out', checkpoint_file=folder / 'model1'
  )
  songs = judged.panel[song_panel.KEY]
  names = [row['name'] for row in songs['rows']]
  assert names == [
      song_panel.REAL, 'model1', song_baselines.Loop.name,
      song_baselines.CopyMixture.name, song_baselines.Frequencies.name,
  ]
  settings = songs['settings']
  assert settings['judged_by'] == 'validation'
  assert settings['training_songs'] + settings['heldout_songs'] == 36
  assert 13 <= settings['heldout_songs'] == settings['heard_songs'] < 36
  (note,) = judged.panel['notes']
  assert note.startswith('model1 was tuned on the validation part')
  assert 'songs held out (validation)' in str(judged)
  written = json.loads(judged.paths['evaluation.json'].read_text())
  assert written == judged.panel
  assert song_panel.REAL in judged.paths['evaluation.html'].read_text()
  assert 'weights of model1' in judged.panel['digests']


def test_songs_that_are_learnt_by_another_name_are_counted(folder, tmp_path):
  both = tmp_path / 'both'
  both.mkdir()
  for path in (folder / 'songs').iterdir():
    for name in ('a', 'b'):
      (both / f'{name}{path.name}').write_bytes(path.read_bytes())

  def judges(songs):
    return song_judges.load(
        {'own': checkpoints.find(str(folder / 'model1'))}, songs, None, None,
        recipe=recipes.Recipe(), on_step=callbacks.silent,
    )

  found = judges(both)
  known = {codes.tobytes() for codes in found.training}
  shared = sum(codes.tobytes() in known for codes in found.heldout)
  assert 0 < shared
  assert found.notes[0] == (
      f'{shared} of the {len(found.heldout)} songs held out are in the part '
      'for training too: what was trained on them knows them.'
  )
  (only,) = judges(folder / 'songs').notes
  assert only.startswith('own was tuned')


def test_other_songs_judge_ours_and_drums_rnn(folder, tmp_path, capsys):
  assert entry_points.main(
      'drumspace_evaluate',
      f'--checkpoint_file=shipped:continue,{folder}/kit.mag',
      f'--examples_path={folder}/songs', f'--heldout_path={folder}/others',
      '--num_outputs=13', '--seed=2', f'--output_dir={tmp_path}/out',
  ) == 0
  panel = json.loads((tmp_path / 'out' / 'evaluation.json').read_text())
  real, ours, kit, *_ = panel[song_panel.KEY]['rows']
  assert (ours['name'], kit['name']) == ('shipped:continue', 'kit.mag')
  assert real['songs'] == 13
  # Drawn weights know nothing.
  assert ours['numbers']['nats']['high'] < kit['numbers']['nats']['low']
  notes = panel['notes']
  # Six are in both folders.
  assert notes[0].startswith('6 of the 15 songs held out are in --examples')
  assert [note.split(' was ')[0] for note in notes[1:]] == [
      'shipped:continue', 'kit.mag',
  ]
  assert 'songs held out (other songs)' in capsys.readouterr().out
  manifest = json.loads((tmp_path / 'out' / 'manifest.json').read_text())
  assert manifest['arguments']['seed'] == 2


@pytest.mark.parametrize(('options', 'match'), [
    ({'checkpoint_file': ['model1', 'model2']},
     'seed 0, blocks of 1 and 0.4 of them, or by seed 0, blocks of 2'),
    ({'checkpoint_file': ['model1', 'shipped:acai']},
     'model1 continues beats and is judged by songs, but shipped:acai by'),
    ({'checkpoint_file': 'model1', 'input_values': 'others'}, 'but others by'),
    ({'checkpoint_file': 'model1', 'judged_by': 'test'},
     'keep no songs for a test. Give --heldout_path'),
    ({'checkpoint_file': 'model1', 'heldout_path': 'short'},
     'none of 3 songs held out has 320 steps'),
    ({'checkpoint_file': 'model1', 'heldout_path': 'gone'}, 'gone does not'),
    ({'checkpoint_file': 'kit.mag', 'examples_path': 'short'},
     '3 songs are too few to keep 10% of the blocks of 40'),
    ({'checkpoint_file': 'model1', 'temperature': -1.0}, 'temperature must'),
])
def test_mistakes_are_named_and_leave_nothing(
    folder, monkeypatch, options, match
):
  monkeypatch.chdir(folder)
  with pytest.raises(errors.DrumspaceError, match=match) as caught:
    drumspace_ext.evaluate(
        output_dir='failed', **{'examples_path': 'songs'} | options
    )
  assert '\n' not in str(caught.value)
  assert not (folder / 'failed').exists()
