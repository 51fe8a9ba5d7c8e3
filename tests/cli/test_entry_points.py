"""Tests for the console scripts, as a user meets them."""

import ast
import configparser
import importlib
import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys
import sysconfig
import zipfile

import builders
import entry_points
import pytest
import synthetic_songs

from drumspace_ext.cli import flags as drumspace_flags
from drumspace_ext.cli import playing_flags
from drumspace_ext.cli import reading_flags
from drumspace_ext.cli import spreading_flags
from drumspace_ext.files import tfrecords

_ROOT = pathlib.Path(__file__).resolve().parents[2]
_HEAVY = (
    'torch', 'note_seq', 'symusic', 'tensorflow', 'tqdm', 'sqlite3',
    'apache_beam', 'openTSNE', 'sklearn',
)


def _scripts():
  """Returns {script: (module, function)} as setup.cfg has them."""
  config = configparser.ConfigParser()
  config.read(_ROOT / 'setup.cfg', encoding='utf-8')
  lines = config['options.entry_points']['console_scripts'].strip().split('\n')
  pairs = (re.split(r'\s*[=:]\s*', line.strip()) for line in lines)
  return {script: (module, function) for script, module, function in pairs}


_SCRIPTS = _scripts()
_EVERY_SCRIPT = pytest.mark.parametrize('script', sorted(_SCRIPTS))
_CREATE = 'drumspace_create_dataset'


def _module_path(script):
  spec = importlib.util.find_spec(_SCRIPTS[script][0])
  if spec is None:
    pytest.skip(f'{_SCRIPTS[script][0]} does not exist yet')
  return pathlib.Path(spec.origin)


def _run(script, *arguments, **options):
  """Runs an installed script."""
  path = pathlib.Path(sysconfig.get_path('scripts'), script)
  assert path.exists(), f'{path}: install the package (pip install -e .)'
  return subprocess.run(
      [path, *map(str, arguments)], capture_output=True, text=True,
      timeout=300, **options,
  )


def _flag_names(script):
  """Returns (the flags that a script has, the shared ones it has not)."""
  tree = ast.parse(_module_path(script).read_text('utf-8'))
  own, shared = set(), {drumspace_flags.LOG.name}
  modules = {
      'drumspace_flags': drumspace_flags, 'playing_flags': playing_flags,
      'reading_flags': reading_flags, 'spreading_flags': spreading_flags,
  }
  every = {
      value.name for module in modules.values()
      for name, value in vars(module).items()
      if name.isupper() and hasattr(value, 'name')
  }
  for node in ast.walk(tree):
    if (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        and node.func.attr.startswith(('DEFINE_', 'define'))
    ):
      own.add(node.args[0].value)
    if isinstance(node, ast.Attribute) and node.attr.isupper():
      module = modules.get(getattr(node.value, 'id', None))
      value = getattr(module, node.attr) if module else ()
      holders = value if isinstance(value, tuple) else (value,)
      shared.update(
          holder.name for holder in holders if hasattr(holder, 'name')
      )
  return own | shared, every - shared - own


def _finals(folder):
  """What stands in a folder under a name that is not a temporary one."""
  return [p for p in folder.rglob('*') if not p.name.startswith('.')]


# Every script


def test_every_script_is_a_module_of_its_name():
  assert _CREATE in _SCRIPTS
  for script, (module, function) in _SCRIPTS.items():
    name = script.removeprefix('drumspace_')
    # `continue` is no name that Python can import.
    name = {'continue': 'continue_beats'}.get(name, name)
    assert module == f'drumspace_ext.cli.{name}'
    assert function == 'console_entry_point'


@_EVERY_SCRIPT
def test_help_shows_the_usage_and_every_flag(script):
  docstring = ast.get_docstring(ast.parse(
      _module_path(script).read_text('utf-8')
  ))
  assert f'{script} --' in docstring or f'{script} ' in docstring
  done = _run(script, '--help')
  assert done.stderr == ''
  # absl exits with 1 from --help.
  assert done.returncode in (0, 1)
  shown = [line.strip() for line in done.stdout.splitlines()]
  assert not {line.strip() for line in docstring.splitlines()} - set(shown)
  flags_shown = set(re.findall(r'^\s+--(?:\[no\])?(\w+):', done.stdout, re.M))
  has, has_not = _flag_names(script)
  assert flags_shown == has
  assert has and has_not


@_EVERY_SCRIPT
def test_help_loads_no_library_that_takes_its_time(script):
  _module_path(script)
  module, function = _SCRIPTS[script]
  code = f"""
import sys
sys.argv = [{script!r}, '--help']
import {module} as module
try:
  module.{function}()
except SystemExit:
  pass
print('LOADED', sorted(set(sys.modules) & set({_HEAVY!r})))
"""
  done = subprocess.run(
      [sys.executable, '-c', code], capture_output=True, text=True, timeout=300
  )
  assert 'Usage:' in done.stdout
  assert done.stdout.endswith('LOADED []\n')


@_EVERY_SCRIPT
@pytest.mark.parametrize('argument', ['--no_such_flag=1', '--log=LOUD'])
def test_wrong_flag_is_one_line(script, argument, tmp_path):
  _module_path(script)
  done = _run(script, argument, cwd=tmp_path)
  assert done.returncode == 1
  assert done.stdout == ''
  (line,) = done.stderr.splitlines()
  assert line.startswith(f'{script}: ')
  assert argument[2:].split('=', maxsplit=1)[0] in line
  assert f'{script} --help' in line
  assert not list(tmp_path.iterdir())


@_EVERY_SCRIPT
def test_shared_flag_of_other_scripts_is_refused(script, tmp_path):
  _, has_not = _flag_names(script)
  for name in sorted(has_not):
    done = _run(script, f'--{name}=1', cwd=tmp_path)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    # Of Magenta's flags it says what stands for them here.
    assert (
        f"Unknown command line flag '{name}'" in line
        or f"--{name} is Magenta's" in line
    )


@_EVERY_SCRIPT
def test_reader_who_leaves_early_sees_no_traceback(script):
  _module_path(script)
  reader, writer = os.pipe()
  os.close(reader)
  path = pathlib.Path(sysconfig.get_path('scripts'), script)
  done = subprocess.run(
      [path, '--help'], stdout=writer, stderr=subprocess.PIPE, text=True,
      timeout=300,
  )
  os.close(writer)
  assert 'Traceback' not in done.stderr
  assert done.stderr == ''


@_EVERY_SCRIPT
def test_nothing_at_all_is_one_line(script, tmp_path):
  _module_path(script)
  done = _run(script, cwd=tmp_path)
  assert done.returncode == 1
  assert len(done.stderr.splitlines()) == 1, done.stderr
  assert not list(tmp_path.iterdir())


def test_importing_the_package_loads_no_heavy_library():
  code = (
      'import sys, drumspace_ext; '
      f'print(sorted(set(sys.modules) & set({_HEAVY!r})))'
  )
  done = subprocess.run(
      [sys.executable, '-c', code], capture_output=True, text=True, check=True,
      timeout=300,
  )
  assert done.stdout == '[]\n'


# drumspace_create_dataset


@pytest.fixture
def songs(tmp_path):
  """A folder with a beat, a song of a piano, and a text file."""
  folder = tmp_path / 'songs' / 'rock'
  folder.mkdir(parents=True)
  song = synthetic_songs.beat()
  (folder / 'beat.mid').write_bytes(synthetic_songs.to_midi(song))
  (folder / 'piano.mid').write_bytes(synthetic_songs.to_midi(song, channel=0))
  (folder / 'notes.txt').write_bytes(b'')
  return tmp_path / 'songs'


def test_run_that_does_its_job_says_what_it_found(tmp_path, songs):
  done = _run(
      _CREATE, f'--input={songs}', '--recursive',
      f'--output_dir={tmp_path / "out"}',
  )
  assert (done.returncode, done.stderr) == (0, '')
  squeezed = ' '.join(done.stdout.split())
  assert 'inputs 2 with drums 1' in squeezed
  assert 'unique patterns 1' in squeezed
  assert 'try --assume_drums' in squeezed
  assert '1 other files in these folders were not read (.txt)' in squeezed
  paths = [line.strip() for line in done.stdout.splitlines()[-8:]]
  assert sorted(paths) == sorted(map(str, (tmp_path / 'out').iterdir()))
  assert len(paths) == 8
  report = json.loads((tmp_path / 'out' / 'report.json').read_text('utf-8'))
  assert (report['inputs'], report['patterns']) == (2, 1)


def test_flags_reach_the_recipe(tmp_path, songs):
  table = tmp_path / 'genres.tsv'
  table.write_text('rock/beat.mid\tpolka\n')
  done = _run(
      _CREATE, songs / 'rock', f'--output_dir={tmp_path / "out"}',
      '--steps_per_quarter=4', '--gap_steps=40', '--assume_drums', '--tile=3',
      '--voices_in=roland', '--num_workers=1', f'--genres={table}',
  )
  assert (done.returncode, done.stderr) == (0, '')
  report = json.loads((tmp_path / 'out' / 'report.json').read_text('utf-8'))
  assert report['kept'] == 2
  assert report['genres'] == {'rock': 2, 'polka': 1}
  assert report['recipe'] == {
      'steps_per_quarter': 4, 'gap_steps': 40, 'assume_drums': True,
      'voices_in': 'roland', 'min_entropy_nats': 0.9,
  }


def test_list_of_inputs_is_read(tmp_path, songs):
  beat = songs / 'rock' / 'beat.mid'
  piano = songs / 'rock' / 'piano.mid'
  done = _run(
      _CREATE, f'--input={beat},{piano}', songs / 'rock' / '*.mid',
      f'--output_dir={tmp_path / "out"}',
  )
  assert (done.returncode, done.stderr) == (0, '')
  assert 'inputs                           2' in done.stdout


@pytest.mark.parametrize('strict, status', [(False, 0), (True, 1)])
def test_strict_is_about_the_exit_status_only(
    tmp_path, songs, strict, status
):
  data = tfrecords.frame(b'x' * 50)
  (songs / 'rock' / 'x.tfrecord').write_bytes(data[:-1])
  done = _run(
      _CREATE, songs / 'rock', f'--output_dir={tmp_path / "out"}',
      f'--strict={strict}',
  )
  assert done.returncode == status
  if strict:
    (line,) = done.stderr.splitlines()
    assert '--strict: 1 inputs are damaged and 1 patterns' in line
    assert str(tmp_path / 'out' / 'rejected.tsv') in line
  else:
    assert done.stderr == ''
  assert len(_finals(tmp_path / 'out')) == 8


@pytest.mark.parametrize('strict, status', [(False, 0), (True, 1)])
def test_no_pattern_is_a_failure_if_strict(tmp_path, songs, strict, status):
  done = _run(
      _CREATE, songs / 'rock' / 'piano.mid',
      f'--output_dir={tmp_path / "out"}', f'--strict={strict}',
  )
  assert done.returncode == status
  assert len(done.stderr.splitlines()) == status
  assert len(_finals(tmp_path / 'out')) == 8


def _bomb(folder):
  with zipfile.ZipFile(
      folder / 'bomb.zip', 'w', zipfile.ZIP_DEFLATED
  ) as archive:
    archive.writestr('a.mid', bytes(4 << 20))
  return [folder / 'bomb.zip'], 'zip bomb'


def _climbing(folder):
  with zipfile.ZipFile(folder / 'up.zip', 'w') as archive:
    archive.writestr('../a.mid', b'MThd')
  return [folder / 'up.zip'], 'leads out of the archive'


def _empty_folder(folder):
  (folder / 'empty').mkdir()
  return [folder / 'empty'], 'no MIDI file, TFRecord or zip in it'


def _missing(folder):
  return [folder / 'nowhere'], 'nowhere does not exist'


def _no_match(folder):
  return [folder / '*.mid'], 'matches no file'


def _no_input(folder):
  del folder
  return [], 'no input given'


def _empty_records(folder):
  (folder / 'x.tfrecord').touch()
  return [folder / 'x.tfrecord'], 'no MIDI file and no record in it'


def _sequence_examples(folder):
  record = builders.field(2, builders.feature_map(
      ['inputs'], builders.field(1, builders.field(3, b'\n\1\5'))
  ))
  (folder / 'x.tfrecord').write_bytes(tfrecords.frame(record))
  return [folder / 'x.tfrecord'], 'SequenceExamples'


def _text(folder):
  (folder / 'a.txt').write_text('hello')
  return [folder / 'a.txt'], 'is no NoteSequence TFRecord'


def _good(folder):
  path = folder / 'a.mid'
  path.write_bytes(synthetic_songs.to_midi(synthetic_songs.beat()))
  return path


def _wrong_map(folder):
  return [_good(folder), '--voices_in=gm15'], 'gm15'


def _broken_map(folder):
  (folder / 'map.toml').write_text('this is = no [toml')
  return [_good(folder), f'--voices_in={folder / "map.toml"}'], 'map.toml'


def _missing_genres(folder):
  return [_good(folder), f'--genres={folder / "g.tsv"}'], 'g.tsv'


def _wrong_number(folder):
  return [_good(folder), '--steps_per_quarter=0'], 'steps_per_quarter'


def _no_number(folder):
  return [_good(folder), '--num_workers=many'], 'num_workers'


def _output_below_a_file(folder):
  path = _good(folder)
  return [path, f'--output_dir={path / "out"}'], "can't write"


def _output_is_a_file(folder):
  path = _good(folder)
  return [path, f'--output_dir={path}'], "can't write"


@pytest.mark.parametrize('mistake', [
    _bomb, _climbing, _empty_folder, _missing, _no_match, _no_input,
    _empty_records, _sequence_examples, _text, _wrong_map, _broken_map,
    _missing_genres, _wrong_number, _no_number, _output_below_a_file,
    _output_is_a_file,
])
def test_mistake_is_one_line_and_writes_nothing(tmp_path, mistake):
  arguments, message = mistake(tmp_path)
  if not any('--output_dir' in str(argument) for argument in arguments):
    arguments.append(f'--output_dir={tmp_path / "out"}')
  before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob('*.*')}
  done = _run(_CREATE, *arguments, cwd=tmp_path)
  assert done.returncode == 1
  assert done.stdout == ''
  (line,) = done.stderr.splitlines()
  assert line.startswith(f'{_CREATE}: ')
  assert message in line
  if (tmp_path / 'out').exists():
    assert not list((tmp_path / 'out').iterdir())
  assert before == {
      path: path.stat().st_mtime_ns for path in tmp_path.rglob('*.*')
  }


def test_output_folder_must_be_given(tmp_path):
  done = _run(_CREATE, _good(tmp_path), cwd=tmp_path)
  assert done.returncode == 1
  (line,) = done.stderr.splitlines()
  assert '--output_dir' in line
  assert [path.name for path in tmp_path.iterdir()] == ['a.mid']


def test_interrupted_run_says_so_and_leaves_nothing(tmp_path, songs):
  """Ctrl-C reaches the main process while it takes in results."""
  code = f"""
import os, signal, sys
from drumspace_ext.dataset import collection
from drumspace_ext.cli import create_dataset as drumspace_create_dataset
def add(*args):
  os.kill(os.getpid(), signal.SIGINT)
collection.Collection.add = add
sys.argv = ['x', {str(songs / 'rock')!r}, '--output_dir={tmp_path / "out"}']
signal.signal(signal.SIGINT, signal.default_int_handler)
drumspace_create_dataset.console_entry_point()
"""
  done = subprocess.run(
      [sys.executable, '-c', code], capture_output=True, text=True, timeout=300
  )
  assert done.returncode == 130
  assert len(done.stderr.splitlines()) == 1, done.stderr
  assert 'nterrupted' in done.stderr
  assert not _finals(tmp_path / 'out')


def test_every_entry_point_loads_into_one_process():
  for script, (module, function) in _SCRIPTS.items():
    _module_path(script)
    assert callable(getattr(importlib.import_module(module), function))


# Where what is printed goes


@pytest.mark.parametrize('to, status', [('>&-', 0), ('> /dev/full', 1)])
def test_output_that_can_t_be_printed_is_no_traceback(tmp_path, to, status):
  if not pathlib.Path('/dev/full').exists():
    pytest.skip('this system has no /dev/full')
  path = tmp_path / 'a.tsv'
  path.write_text(','.join(['1', '0'] * 16) + '\n')
  script = pathlib.Path(sys.executable).parent / 'drumspace_inspect'
  done = subprocess.run(
      ['sh', '-c', f'"{script}" "{path}" {to}'], check=False,
      capture_output=True, encoding='utf-8', timeout=300,
  )
  assert done.returncode == status
  assert ("what is printed can't be written" in done.stderr) == bool(status)
  assert len(done.stderr.splitlines()) == status


def test_lists_that_are_given_twice_add_up(tmp_path):
  for name in 'abc':
    (tmp_path / f'{name}.tsv').write_text(','.join(['1', '0'] * 16) + '\n')
  done = entry_points.console(
      'drumspace_inspect', '--input=a.tsv,b.tsv', '--input=', '--input',
      'c.tsv', cwd=tmp_path,
  )
  assert [line for line in done.stdout.splitlines() if line[:1].strip()] == [
      'a.tsv:', 'b.tsv:', 'c.tsv:'
  ]


def test_inspect_takes_globs(tmp_path):
  for name in ('a.tsv', 'b.tsv', 'c[1].tsv'):
    (tmp_path / name).write_text(','.join(['1', '0'] * 16) + '\n')
  done = entry_points.console('drumspace_inspect', '*.tsv', cwd=tmp_path)
  assert done.returncode == 0
  assert [line for line in done.stdout.splitlines() if line[:1].strip()] == [
      'a.tsv:', 'b.tsv:', 'c[1].tsv:'
  ]
  done = entry_points.console('drumspace_inspect', 'c[1].tsv', cwd=tmp_path)
  assert done.stdout.startswith('c[1].tsv:')
