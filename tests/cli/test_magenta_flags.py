"""Tests for magenta_flags: a command of Magenta's is answered with ours."""

import importlib.util
import pathlib
import re

from absl import flags
import entry_points
import pytest

import drumspace_ext
from drumspace_ext.cli import magenta_flags

_SCRIPTS = (
    'models/drums_rnn/drums_rnn_create_dataset.py',
    'models/drums_rnn/drums_rnn_train.py',
    'models/drums_rnn/drums_rnn_generate.py',
    'models/drums_rnn/drums_rnn_config_flags.py',
    'models/music_vae/music_vae_generate.py',
    'models/music_vae/music_vae_train.py',
    'models/music_vae/preprocess_tfrecord.py',
    'scripts/convert_dir_to_note_sequences.py',
)
_DEFINED = re.compile(r'DEFINE_\w+\(\s*[\'"](\w+)[\'"]')
_KNOWN = {
    'input_dir': 'drumspace_convert', 'output_file': 'drumspace_convert',
    'bundle_file': 'drumspace_generate', 'input_midi_1': 'drumspace_generate',
    'input_midi_2': 'drumspace_generate', 'num_steps': 'drumspace_generate',
    'eval_ratio': 'drumspace_create_dataset', 'eval': 'drumspace_train',
    'num_training_steps': 'drumspace_train',
}


def _our_flags():
  names = set()
  for path in pathlib.Path(drumspace_ext.__file__).parent.rglob('*.py'):
    text = path.read_text('utf-8')
    names.update(_DEFINED.findall(text))
    names.update(re.findall(r'list_flags\.define\(\s*\'(\w+)\'', text))
  return names


@pytest.mark.parametrize('name', _KNOWN)
def test_answer_names_flags_that_there_are(name):
  answer = magenta_flags.answer(name)
  assert answer.startswith(f"--{name} is Magenta's; here: ")
  for given in (name, f'no{name}'):
    assert magenta_flags.answer(given) == answer
  mentioned = set(re.findall(r'--(\w+)', answer)) - {name}
  assert mentioned <= _our_flags()


def test_all_flags_of_magenta_have_an_answer_or_are_ours():
  found = importlib.util.find_spec('magenta')
  if found is None:
    pytest.skip('Magenta is not installed')
  root = pathlib.Path(next(iter(found.submodule_search_locations)))
  theirs = {
      name for script in _SCRIPTS
      for name in _DEFINED.findall((root / script).read_text('utf-8'))
  }
  assert len(theirs) > 40
  assert {
      name for name in theirs - _our_flags() if not magenta_flags.answer(name)
  } == set()


def test_flag_of_nobody_has_no_answer():
  assert magenta_flags.answer('nothing') is None
  assert 'input_dir' not in flags.FLAGS


@pytest.mark.parametrize('name, script', _KNOWN.items())
def test_script_says_what_to_write_in_one_line(name, script):
  done = entry_points.console(script, f'--{name}=x')
  entry_points.assert_one_line(done, script, f'--{name} is Magenta', '--help')
