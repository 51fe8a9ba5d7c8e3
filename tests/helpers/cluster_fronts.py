"""The scripts that make a dataset on a cluster, as their READMEs run them."""

import pathlib
import re
import subprocess
import sys

import entry_points
import mixed_inputs
import pytest

import drumspace_ext

PACKAGE = pathlib.Path(drumspace_ext.__file__).parent
# Mistakes that every script tells in the same words.
MISTAKES = [
    ('--genres=/no/where', "can't be read as text"),
    ('--output_dir=', '--output_dir is empty'),
]


@pytest.fixture(name='midi')
def midi_fixture(tmp_path):
  """A folder of MIDI files."""
  return mixed_inputs.write_midi(tmp_path / 'midi', mixed_inputs.SONGS[:8])


def blocks(front: str) -> list[str]:
  """Returns the lines for a shell in the README of a package."""
  text = (PACKAGE / front / 'README.md').read_text(encoding='utf-8')
  return re.findall(r'```bash\n(.*?)```', text, re.DOTALL)


def run(command: str, folder: pathlib.Path, **options):
  """Runs lines of a shell in a folder; they must succeed."""
  done = subprocess.run(
      ['bash', '-euc', command], check=False, capture_output=True, text=True,
      cwd=folder, **options,
  )
  assert done.returncode == 0, done.stderr
  return done


def assert_readme_runs(front: str, folder: pathlib.Path, midi) -> None:
  """Runs a README's first lines; they give the bytes of the local run."""
  block, environment = blocks(front)[0], f'.venv-{front}/bin'
  command = block[block.index(f'{environment}/drumspace'):]
  for old, new in (
      (environment, pathlib.Path(sys.executable).parent), ('~/midi', midi),
      ('/tmp/drumspace', folder),
  ):
    assert old in command
    command = command.replace(old, str(new))
  run(command, folder)
  assert_as_here(folder, midi)


def assert_as_here(folder: pathlib.Path, midi) -> None:
  """Checks `dataset` against what the local run makes."""
  mixed_inputs.create_here([midi], folder / 'here', recursive=True)
  assert mixed_inputs.files(folder / 'dataset') == mixed_inputs.files(
      folder / 'here'
  )


def assert_mistake(
    front: str, folder: pathlib.Path, midi, flag: str, part: str
) -> None:
  """Checks that a mistaken flag is one line and leaves nothing."""
  script = f'drumspace_{front}_create_dataset'
  done = entry_points.console(
      script, f'--input={midi}', f'--output_dir={folder}/out', flag
  )
  entry_points.assert_one_line(done, script, part)
  assert not (folder / 'out').exists()
