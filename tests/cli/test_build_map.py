"""Tests for drumspace_build_map."""

import functools
import json
import subprocess
import sys

import entry_points
import numpy as np
import pytest
import starter_models
import tiny_grooves

from drumspace_ext import errors
from drumspace_ext.dataset import examples as training_sets
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.files import manifests
from drumspace_ext.files import tfrecords
from drumspace_ext.generation import files as generation_files
from drumspace_ext.models import groove_model
from drumspace_ext.notes import midi_writing
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import step_codes

_map = functools.partial(entry_points.main, 'drumspace_build_map')
_STARTER = training_sets.load_or_starter(None)
_ACAI = '--checkpoint_file=shipped:acai'
_FILES = {
    'map.html', 'dataset.tsv', 'generated.tsv', 'regions.tsv', 'map.json',
    'manifest.json',
}
# What setuptools' wrapper does; the script need not be installed.
_SCRIPT = """
import sys
sys.argv[0] = 'drumspace_build_map'
from drumspace_ext.cli import build_map as drumspace_build_map
drumspace_build_map.console_entry_point()
"""


def _console(*args):
  return subprocess.run(
      [sys.executable, '-c', _SCRIPT, *map(str, args)], check=False,
      capture_output=True, encoding='utf-8', timeout=300,
  )


def test_page_plays_by_the_groove_that_is_named(tmp_path):
  groove_model.write(tmp_path / 'mine.safetensors', tiny_grooves.model(), {})
  pages = {}
  for name, flags in (
      ('said', ['--groove=shipped:groove']), ('none', ['--groove=none']),
      ('mine', [f'--groove={tmp_path / "mine.safetensors"}']), ('unsaid', []),
  ):
    assert _map(
        _ACAI, '--num_outputs=3', f'--output_dir={tmp_path / name}', *flags,
        f'--examples_path={_counted(tmp_path / "few.tsv")}',
    ) == 0
    pages[name] = (tmp_path / name / 'map.html').read_text(encoding='utf-8')
  assert pages['said'] == pages['unsaid'] != pages['mine']
  assert 'groove.table' in pages['mine']
  assert 'groove.table' not in pages['none'].replace("'groove.table'", '')
  noted = json.loads((tmp_path / 'unsaid' / 'manifest.json').read_text())
  assert noted['arguments']['groove'] is None
  with pytest.raises(errors.CheckpointError, match='makes patterns and does'):
    _map(_ACAI, '--groove=shipped:vae', f'--output_dir={tmp_path / "bad"}')
  (tmp_path / 'a.mid').write_bytes(b'MThd')
  for name in ('few.tsv', 'a.mid'):
    with pytest.raises(errors.InputError, match=f'{name} gives no groove'):
      _map(_ACAI, f'--groove={tmp_path / name}',
           f'--output_dir={tmp_path / "bad"}')
  assert not (tmp_path / 'bad').exists()


def test_page_plays_like_a_file_or_says_in_a_line_why_not(tmp_path):
  hits = step_codes.step_codes_to_hits(_STARTER.codes[:1])
  (tmp_path / 'a.mid').write_bytes(midi_writing.patterns_to_midi(hits))
  assert _map(
      _ACAI, '--num_outputs=3', f'--groove={tmp_path / "a.mid"}',
      f'--examples_path={_counted(tmp_path / "few.tsv")}',
      f'--output_dir={tmp_path / "made"}',
  ) == 0
  page = (tmp_path / 'made' / 'map.html').read_text(encoding='utf-8')
  assert "modules['model/manner.js'] = " in page
  noted = json.loads((tmp_path / 'made' / 'manifest.json').read_text())
  assert noted['arguments']['groove'] == str(tmp_path / 'a.mid')
  done = _console(
      _ACAI, f'--groove={tmp_path / "b.mid"}', f'--output_dir={tmp_path / "no"}'
  )
  assert done.returncode == 1
  assert len(done.stderr.splitlines()) == 1
  assert "b.mid can't be read" in done.stderr


def _contents(folder):
  return {path.name: path.read_bytes() for path in folder.iterdir()}


def _counted(path, count=60):
  """Writes a counted file: step codes, inputs, repeats, genres."""
  with path.open('w', encoding='utf-8') as stream:
    for codes, genres in zip(_STARTER.codes[:count], _STARTER.genres):
      labels = '|'.join(f'{label}:{n}' for label, n in genres.items())
      stream.write(f'{",".join(map(str, codes.tolist()))}\t1\t3\t{labels}\n')
  return path


@pytest.fixture(scope='module', name='examples')
def _examples(tmp_path_factory):
  return _counted(tmp_path_factory.mktemp('examples') / 'beats.tsv')


@pytest.fixture(scope='module', name='made')
def _made(examples, tmp_path_factory):
  """A map of the examples with ten draws."""
  out = tmp_path_factory.mktemp('map') / 'out'
  assert _map(
      _ACAI, f'--examples_path={examples}', f'--output_dir={out}',
      '--num_outputs=10', '--seed=5',
  ) == 0
  return out


def test_map_is_written_and_what_was_found_is_said(
    examples, made, tmp_path, capsys
):
  assert {path.name for path in made.iterdir()} == _FILES
  out = tmp_path / 'out'
  assert _map(
      _ACAI, f'--examples_path={examples}', f'--output_dir={out}',
      '--num_outputs=10', '--seed=5',
  ) == 0
  captured = capsys.readouterr()
  lines = captured.out.splitlines()
  assert lines[:2] == ['60 patterns on the map', '10 of new beats of acai']
  assert lines[2].startswith('neighbors on the map differ in ')
  assert lines[3].startswith('trustworthiness 0.')
  assert 'genres gather somewhere' in lines[4]
  assert {line.strip() for line in lines[5:]} == set(map(str, out.iterdir()))
  assert captured.err == ''
  # The same seed and inputs: the same bytes.
  assert _contents(out) == _contents(made)


def test_dataset_has_three_columns_and_generated_too(made):
  read = dataset_tsv.read(made / 'dataset.tsv')
  assert (read.codes == _STARTER.codes[:60]).all()
  assert read.latents.shape == (60, 4) and read.coordinates.shape == (60, 2)
  generated = dataset_tsv.read(made / 'generated.tsv')
  assert len(generated) == 10 and generated.coordinates is not None


def test_manifest_says_what_was_asked_for(made):
  manifest = json.loads((made / 'manifest.json').read_text())
  assert manifest['arguments']['seed'] == 5
  assert manifest['arguments']['num_outputs'] == 10
  assert manifest['arguments']['checkpoint_file'] == ['shipped:acai']
  assert 'output_dir' not in manifest['arguments']
  assert set(manifest['digests']) == {'weights', 'examples', 'groove'}


def test_another_seed_makes_another_map(examples, made, tmp_path):
  assert _map(
      _ACAI, f'--examples_path={examples}', f'--output_dir={tmp_path}',
      '--num_outputs=10', '--seed=6',
  ) == 0
  one, two = (dataset_tsv.read(f / 'dataset.tsv') for f in (made, tmp_path))
  assert (one.latents == two.latents).all()
  assert (one.coordinates != two.coordinates).any()


def test_starter_collection_is_mapped_by_default(tmp_path, capsys):
  assert _map(_ACAI, f'--output_dir={tmp_path}') == 0
  assert len(dataset_tsv.read(tmp_path / 'dataset.tsv')) == len(_STARTER)
  # The article's number.
  assert len(dataset_tsv.read(tmp_path / 'generated.tsv')) == 500
  report = json.loads((tmp_path / 'map.json').read_text())
  assert report['layers'][0]['name'] == 'starter collection'
  assert report['title'] == 'Drum space'
  genres = [region['genre'] for region in report['regions']]
  assert len(set(genres)) >= 3
  lines = (tmp_path / 'regions.tsv').read_text().splitlines()
  assert [line.split('\t')[0] for line in lines[1:]] == genres
  assert ', '.join(dict.fromkeys(genres)) in capsys.readouterr().out


def test_every_input_is_a_layer_of_its_name(made, examples, tmp_path, capsys):
  beats = step_codes.step_codes_to_hits(_STARTER.codes[100:104])
  (tmp_path / 'a.mid').write_bytes(midi_writing.patterns_to_midi(beats[:3]))
  record = note_sequences.from_patterns(beats[3]).SerializeToString()
  (tmp_path / 'b.tfrecord').write_bytes(tfrecords.frame(record))
  with (tmp_path / 'c.tsv').open('w', encoding='utf-8') as stream:
    dataset_tsv.write(stream, dataset_tsv.PatternSet(
        codes=_STARTER.codes[100:102], latents=np.zeros((2, 7))
    ))
  (tmp_path / 'd').mkdir()
  (tmp_path / 'd' / 'bad.mid').write_bytes(b'MThd')
  (tmp_path / 'd' / 'good.mid').write_bytes(
      midi_writing.patterns_to_midi(beats[0])
  )
  out = tmp_path / 'out'
  values = [tmp_path / name for name in ('a.mid', 'b.tfrecord', 'c.tsv', 'd')]
  assert _map(
      _ACAI, f'--examples_path={examples}', f'--output_dir={out}',
      '--num_outputs=3', '--title=<b>my & map</b>', *values,
  ) == 0
  captured = capsys.readouterr()
  assert captured.err.startswith('d: 1 left out, the first ')
  report = json.loads((out / 'map.json').read_text())
  assert [(layer['name'], layer['patterns']) for layer in report['layers']] == [
      ('beats.tsv', 60), ('a.mid', 3), ('b.tfrecord', 1), ('c.tsv', 2),
      ('d', 1), ('new beats of acai', 3),
  ]
  generated = dataset_tsv.read(out / 'generated.tsv')
  assert (generated.codes[:3] == _STARTER.codes[100:103]).all()
  # The same beat of two files has one place: they are encoded in products of
  # other sizes, which some processors round otherwise.
  np.testing.assert_allclose(
      generated.coordinates[0], generated.coordinates[4], atol=1e-6
  )
  # Latents of an input are the model's, whatever its file says.
  np.testing.assert_allclose(
      generated.latents[4:6], generated.latents[:2], rtol=1e-5
  )
  assert report['title'] == '<b>my & map</b>'


def test_existing_map_stays(made, tmp_path, capsys):
  path = tmp_path / 'a.mid'
  path.write_bytes(midi_writing.patterns_to_midi(
      step_codes.step_codes_to_hits(_STARTER.codes[200])
  ))
  for number, value in enumerate((made, made / 'dataset.tsv')):
    out = tmp_path / str(number)
    assert _map(
        _ACAI, f'--map={value}', f'--output_dir={out}', '--num_outputs=2', path
    ) == 0
    assert (out / 'dataset.tsv').read_bytes() == (
        (made / 'dataset.tsv').read_bytes()
    )
  assert '60 stay where they are, 0 new ones' in capsys.readouterr().out
  manifest = json.loads((out / 'manifest.json').read_text())
  assert manifest['digests']['map'] == manifests.digest(made / 'dataset.tsv')


def test_new_examples_are_placed_on_an_existing_map(made, tmp_path):
  examples = _counted(tmp_path / 'more.tsv', 80)
  out = tmp_path / 'out'
  assert _map(
      _ACAI, f'--map={made}', f'--examples_path={examples}',
      f'--output_dir={out}', '--num_outputs=2',
  ) == 0
  old, new = (dataset_tsv.read(f / 'dataset.tsv') for f in (made, out))
  assert len(new) == 80
  assert (new.coordinates[:60] == old.coordinates).all()


def test_own_model_maps_what_drumspace_generate_wrote(tmp_path):
  run_dir = starter_models.train(tmp_path / 'model')
  assert entry_points.main(
      'drumspace_generate', f'--run_dir={run_dir}', '--num_outputs=4',
      f'--output_dir={tmp_path / "beats"}', '--temperature=1',
  ) == 0
  out = tmp_path / 'out'
  assert _map(
      f'--run_dir={run_dir}', f'--output_dir={out}', '--num_outputs=5',
      tmp_path / 'beats' / generation_files.PATTERNS,
  ) == 0
  report = json.loads((out / 'map.json').read_text())
  assert report['layers'][1]['patterns'] == 4
  assert report['model']['train_step'] > 0


def _mistakes(folder, examples, made):
  """Yields (arguments, part of the message)."""
  def write(name, text):
    (folder / name).write_text(text)
    return folder / name

  given = f'--examples_path={examples}'
  line = (made / 'dataset.tsv').read_text().splitlines()[0].split('\t')
  yield [given], (
      'name one model, with --run_dir or --checkpoint_file: shipped:best'
  )
  yield [given, _ACAI, '--run_dir=x'], 'name one model'
  yield [given, '--checkpoint_file=shipped:acia'], "Did you mean shipped:acai?"
  yield [given, '--run_dir=nowhere'], 'nowhere does not exist'
  yield [_ACAI, '--examples_path=nowhere'], 'nowhere does not exist'
  yield [_ACAI, f'--examples_path={write("e.tsv", "")}'], 'holds no pattern'
  yield [_ACAI, f'--examples_path={write("f.tsv", "1,2")}'], 'is 32 step codes'
  two = '\n'.join(
      ','.join(map(str, row)) for row in _STARTER.codes[:2].tolist()
  )
  yield [_ACAI, f'--examples_path={write("t.tsv", two)}'], 'at least 3'
  yield [given, _ACAI, 'nowhere.mid'], 'nowhere.mid does not exist'
  yield [given, _ACAI, write('x.mid', 'no midi')], 'holds no pattern'
  yield [given, _ACAI, '--map=nowhere'], 'Make a map with'
  yield [given, _ACAI, f'--map={write("m.tsv", two)}'], 'three columns'
  short = '\t'.join([line[0], '1,2', line[2]])
  yield [given, _ACAI, f'--map={write("s.tsv", short)}'], (
      'latents of size 2, the model has 4'
  )
  yield [given, '--checkpoint_file=shipped:vae', f'--map={made}'], (
      'not those of the model'
  )
  broken = '\t'.join([line[0], line[1], 'nan,1'])
  yield [given, _ACAI, f'--map={write("n.tsv", broken)}'], 'is no number'
  yield [given, _ACAI, '--perplexity=40'], 'perplexity must be 1 to 19.6667'
  yield [given, _ACAI, '--perplexity=nan'], 'perplexity must be'
  yield [_ACAI, f'--map={made}', '--perplexity=5'], 'has no use'
  yield [given, _ACAI, '--voices_in=gm15', write('y.mid', '')], 'gm15'


def test_every_mistake_is_one_error_and_writes_nothing(
    examples, made, tmp_path
):
  out = tmp_path / 'out'
  count = 0
  for arguments, part in _mistakes(tmp_path, examples, made):
    with pytest.raises(errors.DrumspaceError) as caught:
      _map(f'--output_dir={out}', *arguments)
    assert part in str(caught.value), arguments
    assert '\n' not in str(caught.value)
    assert not out.exists() or not list(out.iterdir())
    count += 1
  assert count > 15


def test_mistake_is_one_line_and_status_one(tmp_path):
  done = _console(_ACAI, f'--output_dir={tmp_path}', '--map=nowhere')
  entry_points.assert_one_line(done, 'drumspace_build_map', 'nowhere')
  done = _console(_ACAI)
  entry_points.assert_one_line(done, 'drumspace_build_map', '--output_dir')


def test_folder_of_another_dataset_is_refused_at_once(tmp_path, examples):
  other = tmp_path / 'dataset.tsv'
  other.write_text(','.join(['1', '2'] * 16) + '\n')
  with pytest.raises(
      errors.InputError, match='dataset.tsv is there already, and drum'
  ):
    _map(_ACAI, f'--examples_path={examples}', f'--output_dir={tmp_path}')
  assert [path.name for path in tmp_path.iterdir()] == ['dataset.tsv']


def test_console_script_does_it(examples, tmp_path):
  done = _console(
      _ACAI, f'--examples_path={examples}', f'--output_dir={tmp_path / "out"}',
      '--num_outputs=2',
  )
  assert (done.returncode, done.stderr) == (0, '')
  assert {path.name for path in (tmp_path / 'out').iterdir()} == _FILES
