"""Tests for drumspace_beam_create_dataset as a user runs it, with Beam."""

import cluster_fronts
import entry_points
import mixed_inputs
import pytest

_SCRIPT = 'drumspace_beam_create_dataset'
midi = cluster_fronts.midi_fixture


@pytest.mark.parametrize('options', [
    '', '--direct_num_workers=2,--direct_running_mode=multi_threading',
])
def test_same_words_and_files_as_drumspace_create_dataset(
    tmp_path, midi, options
):
  flags = [f'--input={midi}/*.mid', '--tile=4', '--gap_steps=16',
           '--voices_in=roland', '--steps_per_quarter=8', '--assume_drums',
           '--max_flips=4', '--loop_bars=1,4', '--recurring']
  said = []
  for script, *more in (
      (_SCRIPT, f'--pipeline_options={options}'), ('drumspace_create_dataset',)
  ):
    done = entry_points.console(
        script, *flags, *more, f'--output_dir={tmp_path / script}'
    )
    assert (done.returncode, done.stderr) == (0, '')
    said.append(done.stdout.replace(script, ''))
  assert said[0] == said[1]
  assert mixed_inputs.files(tmp_path / _SCRIPT) == mixed_inputs.files(
      tmp_path / 'drumspace_create_dataset'
  )


def test_command_of_the_readme_runs(tmp_path, midi):
  cluster_fronts.assert_readme_runs('beam', tmp_path, midi)


@pytest.mark.parametrize('flag, part', [
    ('--input=/no/where', 'does not exist'),
    ('--runner=Nowhere', "Beam can't use it"),
    ('--pipeline_options=direct_num_workers=2', 'begins with --'),
    ('--voices_in=loud', 'loud'),
    *cluster_fronts.MISTAKES,
])
def test_mistakes_are_one_line(tmp_path, midi, flag, part):
  cluster_fronts.assert_mistake('beam', tmp_path, midi, flag, part)


def test_strict_run_with_damage_fails_and_writes_all_the_same(tmp_path, midi):
  (midi / 'bad.mid').write_bytes(b'junk')
  done = entry_points.console(
      _SCRIPT, midi, f'--output_dir={tmp_path}/out', '--strict',
      '--noreader_process',
  )
  assert done.returncode == 1
  assert '--strict: 1 inputs are damaged' in done.stderr
  assert len(mixed_inputs.files(tmp_path / 'out')) == 8
