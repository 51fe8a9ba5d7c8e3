"""Tests that each script and its verb take the same, with one set of defaults.
"""

import importlib
import inspect

from absl import flags
import pytest

import drumspace_ext
from drumspace_ext.cli import flags as drumspace_flags
from drumspace_ext.extraction import recipes
from drumspace_ext.notes import meters

# Flags whose names are Python's own, or of a word for the terminal.
_CALLED = {'input': 'input_values', 'map': 'existing_map', 'zip': 'zipped'}
# What only the terminal has; and a run directory is a checkpoint_file.
_NO_ARGUMENT = {'log', 'strict', 'run_dir'}
_ON_TOP = {'on_step', 'on_start', 'on_evaluation', 'arguments', 'names',
           'checkpoint_file'}
# By default what suits the mode or what is read, where the flag's stands in.
_UNSAID = {('generate', 'num_bars'), ('generate', 'threshold'),
           ('convert', 'voices_in'), ('convert', 'qpm'), ('train', 'mode')}
_VERBS = ('build_map', 'convert', 'create_dataset', 'evaluate', 'generate',
          'run_pipeline', 'train')


def _flags(verb):
  """Returns the flags of a script by the names of arguments."""
  module = importlib.import_module(f'drumspace_ext.cli.{verb}')
  holders, without = [], set()

  def run(main, *, required=(), shared=(), unset=()):
    del main
    holders.extend([*required, *shared])
    without.update(holder.name for holder in unset)

  with pytest.MonkeyPatch.context() as patch:
    patch.setattr(drumspace_flags, 'run', run)
    module.console_entry_point()
  own = flags.FLAGS.get_key_flags_for_module(module.__name__)
  names = {holder.name for holder in holders} | {flag.name for flag in own}
  return {
      _CALLED.get(name, name):
          None if name in without else flags.FLAGS[name].default
      for name in names
  }


def _parameters(verb):
  """Returns the parameters of a verb, those of `**reading` among them."""
  own = inspect.signature(getattr(drumspace_ext, verb)).parameters
  result = {
      name: parameter for name, parameter in own.items()
      if parameter.kind is not inspect.Parameter.VAR_KEYWORD
  }
  if len(result) < len(own):
    recipe = recipes.Recipe()
    result |= {
        name: inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY,
            default=getattr(recipe, name, inspect.Parameter.empty),
        ) for name in recipes.Reading.__annotations__
    }
  return result


@pytest.mark.parametrize('verb', _VERBS)
def test_script_has_a_flag_for_each_argument(verb):
  arguments = set(_parameters(verb))
  named = set(_flags(verb)) - _NO_ARGUMENT
  if verb == 'train':
    named = named - {'mode'} | {'run_dir'}
  assert named - {'checkpoint_file'} == arguments - _ON_TOP


@pytest.mark.parametrize('verb', _VERBS)
def test_defaults_are_the_same(verb):
  defaults = _flags(verb)
  for name, parameter in _parameters(verb).items():
    if parameter.default is inspect.Parameter.empty or name not in defaults:
      continue
    said = defaults[name]
    if parameter.default is None and (verb, name) in _UNSAID:
      continue
    if name == 'mode':
      assert said is None and parameter.default == 'sample'
    elif parameter.default == ():
      assert not said
    elif name == 'checkpoint_file':
      assert not said and not parameter.default
    elif name == 'loop_bars':
      assert tuple(map(int, said)) == parameter.default
    elif name == 'meters':
      assert meters.of_names(said) == parameter.default
    else:
      assert said == parameter.default, name


@pytest.mark.parametrize('verb', [*_VERBS, 'inspect', 'show_map'])
def test_arguments_behind_the_first_three_are_by_name_only(verb):
  parameters = list(
      inspect.signature(getattr(drumspace_ext, verb)).parameters.values()
  )
  kinds = [parameter.kind for parameter in parameters]
  assert kinds.count(inspect.Parameter.POSITIONAL_OR_KEYWORD) <= 3
  assert all(parameter.annotation is not inspect.Parameter.empty
             for parameter in parameters)
