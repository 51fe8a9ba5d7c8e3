"""Tests for drumspace_beam_create_dataset as a user runs it, with Beam."""

import pathlib
import re
import subprocess
import sys

import entry_points
import mixed_inputs
import pytest
import synthetic_songs

import drumspace_ext

_SCRIPT = 'drumspace_beam_create_dataset'
_SONGS = [synthetic_songs.random_song(seed) for seed in range(8)]


@pytest.fixture(name='midi')
def _midi(tmp_path):
  folder = tmp_path / 'midi'
  folder.mkdir()
  for number, song in enumerate(_SONGS):
    (folder / f'{number}.mid').write_bytes(synthetic_songs.to_midi(song))
  return folder


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
  package = pathlib.Path(drumspace_ext.__file__).parent
  text = (package / 'beam' / 'README.md').read_text(encoding='utf-8')
  (block,) = re.findall(r'```bash\n(.*?)```', text, re.DOTALL)
  command = block[block.index('.venv-beam/bin/drumspace'):].replace(
      '.venv-beam/bin', str(pathlib.Path(sys.executable).parent)
  ).replace('~/midi', str(midi)).replace('/tmp/drumspace', str(tmp_path))
  done = subprocess.run(
      ['bash', '-euc', command], check=False, capture_output=True, text=True
  )
  assert done.returncode == 0, done.stderr
  assert (tmp_path / 'dataset' / 'dataset.tsv').is_file()


@pytest.mark.parametrize('flag, part', [
    ('--input=/no/where', 'does not exist'),
    ('--runner=Nowhere', "Beam can't use it"),
    ('--pipeline_options=direct_num_workers=2', 'begins with --'),
    ('--genres=/no/where', "can't be read as text"),
    ('--voices_in=loud', 'loud'),
    ('--output_dir=', '--output_dir is empty'),
])
def test_mistakes_are_one_line(tmp_path, midi, flag, part):
  done = entry_points.console(
      _SCRIPT, f'--input={midi}', f'--output_dir={tmp_path}/out', flag
  )
  entry_points.assert_one_line(done, _SCRIPT, part)
  assert not (tmp_path / 'out').exists()


def test_strict_run_with_damage_fails_and_writes_all_the_same(tmp_path, midi):
  (midi / 'bad.mid').write_bytes(b'junk')
  done = entry_points.console(
      _SCRIPT, midi, f'--output_dir={tmp_path}/out', '--strict',
      '--noreader_process',
  )
  assert done.returncode == 1
  assert '--strict: 1 inputs are damaged' in done.stderr
  assert len(mixed_inputs.files(tmp_path / 'out')) == 8
