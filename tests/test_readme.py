"""Tests that what the READMEs say runs.

The two commands that set an environment up need a network; CI runs the second
one, and its last part is this test run. Other `sh` blocks run in the order of
the READMEs, in one folder. Commands in `text` and `bash` blocks need Magenta, a
cluster or a user's files: of these every flag is looked up.
"""

import os
import pathlib
import re
import shlex
import subprocess
import sys

import pytest

from drumspace_ext.files import tfrecords
from drumspace_ext.notes import midi_writing
from drumspace_ext.patterns import drum_maps
from drumspace_ext.starter import songs as starter_songs

_ROOT = pathlib.Path(__file__).resolve().parents[1]
_PAGES = {
    name: (_ROOT / name).read_text(encoding='utf-8') for name in (
        'README.md', 'drumspace_ext/pipelines/README.md',
        'drumspace_ext/beam/README.md', 'drumspace_ext/spark/README.md',
        'drumspace_ext/dask/README.md',
    )
}
_NOTES = _PAGES | {
    name: (_ROOT / name).read_text(encoding='utf-8')
    for name in ('BUILD_NOTES.md', 'tests/benchmarks/RESULTS.md')
}
_SETUP = 'python3 -m venv'


def _blocks(language):
  return [
      block for text in _PAGES.values()
      for block in re.findall(rf'```{language}\n(.*?)```', text, re.DOTALL)
  ]


def _commands():
  lines = [line for block in _blocks('sh') for line in block.splitlines()]
  return [line for line in lines if line.strip()]


def _told_commands():
  """Yields scripts of ours with their flags, where they don't run here."""
  for block in (*_blocks('bash'), *_blocks('text')):
    text = block.replace('\\\n', ' ')
    for line in text.splitlines():
      for command in line.split('&&'):
        words = shlex.split(command, comments=True)
        script = words[0].rpartition('/')[2] if words else ''
        if script.startswith('drumspace_') and len(words) > 1:
          yield script, words[1:]


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
  """A folder with the inputs that the README's user has."""
  path = tmp_path_factory.mktemp('readme')
  songs = list(starter_songs.songs(seed=1))
  songs, others = songs[::2], songs[1::2]
  with (path / 'my_songs.tfrecord').open('wb') as stream:
    tfrecords.write(stream, (song.SerializeToString() for song in songs))
  (path / 'my_midi' / 'deeper').mkdir(parents=True)
  for number, song in enumerate(others):
    name = f'my_midi/deeper/{number}.mid'
    (path / name).write_bytes(midi_writing.note_sequence_to_midi(song))
  return path


def _run(command, folder):
  scripts = pathlib.Path(sys.executable).parent
  environment = os.environ | {'PATH': f'{scripts}:{os.environ["PATH"]}'}
  return subprocess.run(
      ['bash', '-euc', command], cwd=folder, env=environment, text=True,
      capture_output=True, check=False,
  )


def test_two_commands_set_up_and_are_one_line_each():
  setups = [line for line in _commands() if line.startswith(_SETUP)]
  assert len(setups) == 2
  assert 'drumspace_quickstart' in setups[0]
  assert setups[1].endswith('pytest')


def test_every_command_runs_in_order(folder):
  commands = [line for line in _commands() if not line.startswith(_SETUP)]
  assert len(commands) >= 6
  for command in commands:
    result = _run(command, folder)
    assert result.returncode == 0, f'{command}\n{result.stderr}'
    assert result.stdout


def test_quickstart_command_runs(folder):
  setup = next(line for line in _commands() if line.startswith(_SETUP))
  command = setup.split('&&')[-1].strip().removeprefix('.venv/bin/')
  command = re.sub(r'--output_dir=\S+', '--output_dir=quick', command)
  result = _run(command, folder)
  assert result.returncode == 0, result.stderr
  assert (folder / 'quick' / 'dataset' / 'dataset.tsv').is_file()


def test_python_example_runs(folder):
  code = '\n'.join(_blocks('python'))
  code += "\nassert len(hits) == len(patterns) > 20 and midi[:4] == b'MThd'"
  code += '\nassert len(beats.hits) == len(beats.latents) == 20'
  code += '\nassert chain.report["outputs"] and loops.count == 20'
  result = subprocess.run(
      [sys.executable, '-c', code], cwd=folder, text=True,
      capture_output=True, check=False,
  )
  assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    'script, words', list(_told_commands()), ids=lambda told: str(told)[:40]
)
def test_flags_of_commands_that_are_told_exist(script, words):
  done = _run(f'{script} --help', _ROOT)
  known = set(re.findall(r'^  --(?:\[no\])?(\w+)', done.stdout, re.MULTILINE))
  named = [re.match(r'--(?:no(?=reader_process))?(\w+)', w) for w in words]
  assert {match[1] for match in named if match} <= known


def test_drum_map_example_loads(tmp_path):
  (text,) = _blocks('toml')
  path = tmp_path / 'mine.toml'
  path.write_text(text, encoding='utf-8')
  assert drum_maps.load(str(path)).pitches[0] == (36, 35)


@pytest.mark.parametrize('page', _NOTES)
def test_files_that_are_named_exist(page):
  text = _NOTES[page]
  named = re.findall(r'`((?:tests|drumspace_ext|configs)/[\w./]+)`', text)
  # The notes name modules by their package.
  named += re.findall(r'`([a-z_]+/[\w/]+\.(?:py|js|toml))`', text)
  package = _ROOT / 'drumspace_ext'
  for name in named:
    places = _ROOT, package, package / 'explorer' / 'web'
    assert any((place / name).exists() for place in places), name
  for link in re.findall(r'\]\((?!https?:)([^)#]+)\)', text):
    assert (_ROOT / page).parent.joinpath(link).exists(), link


@pytest.mark.parametrize(
    'page, most', [('README.md', 260), ('BUILD_NOTES.md', 300)]
)
def test_pages_are_short(page, most):
  assert len(_NOTES[page].splitlines()) <= most
