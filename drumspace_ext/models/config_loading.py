"""Configuration loading: from TOML files and --hparams to configurations.

A configuration is a TOML file of `configs/` with a table `[model]`, whose
`kind` says which class it fills (`networks.KINDS`; `next_step_configs` for
`next_step`), and a table `[training]`.
`--hparams` overrides values by name: `z_size=8,hidden_sizes=[128,64]`.
"""

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Mapping
import dataclasses
import importlib.resources
import math
import tomllib
import typing

from drumspace_ext import errors
from drumspace_ext import suggestions
from drumspace_ext.files import local_paths
from drumspace_ext.files import reader_faults
from drumspace_ext.models import configs
from drumspace_ext.models import groove_configs
from drumspace_ext.models import hparams as hparams_lib
from drumspace_ext.models import networks

_PACKAGE = 'drumspace_ext.config_files'
# The kind that is trained on songs.
NEXT_STEP = 'next_step'
_MAX_INT = (1 << 63) - 1
_IN_WORDS: Mapping[object, str] = {
    int: 'a whole number', float: 'a number', str: 'a text',
}


# What earlier versions asked for, and what had no effect.
_OF_EARLIER_GROOVES = {'eval_steps', 'test_share'}
_Filled = typing.TypeVar('_Filled')
_Config = typing.TypeVar('_Config', bound=configs.AnyConfig)


def _hint(key: str, known: Collection[str]) -> str:
  return (
      suggestions.did_you_mean(key, known) or f' Known: {sorted(known)}.'
  )


def _typed(value, field: dataclasses.Field, origin: str):
  """Returns a value in the type of its field, whole numbers as floats too."""
  expected = field.type
  if typing.get_origin(expected) is tuple:
    if isinstance(value, (list, tuple)) and all(
        type(v) is int and abs(v) <= _MAX_INT for v in value
    ):
      return tuple(value)
    name = 'a list of whole numbers'
  else:
    if expected is float and type(value) is int and abs(value) < 2**53:
      return float(value)
    if type(value) is int and abs(value) > _MAX_INT:
      raise errors.ConfigError(
          f'{origin}: {field.name} is a number that is too large.'
      )
    if type(value) is float and not math.isfinite(value):
      value = str(value)
    if type(value) is expected:
      return value
    name = _IN_WORDS[expected]
  raise errors.ConfigError(f'{origin}: {field.name} must be {name}, got '
                           f'{errors.shown(value)}.')


def fill(
    cls: type[_Filled], values: Mapping[str, typing.Any], origin: str
) -> _Filled:
  """Fills a dataclass of plain values; see `from_dict`."""
  fields = {
      field.name: field
      for field in dataclasses.fields(typing.cast(typing.Any, cls))
  }
  for key in values:
    if key not in fields:
      raise errors.ConfigError(
          f'{origin}: unknown key {errors.shown(key)}.{_hint(key, fields)}'
      )
  missing = sorted(set(fields) - set(values))
  if missing:
    raise errors.ConfigError(f'{origin}: {", ".join(missing)} is missing.')
  try:
    return cls(**{
        key: _typed(value, fields[key], origin)
        for key, value in values.items()
    })
  except errors.ConfigError as e:
    message = str(e)
    if message.startswith(origin):
      raise
    raise errors.ConfigError(f'{origin}: {message}') from e


def tables_of(
    values: object, origin: str
) -> tuple[str, Mapping[str, typing.Any], Mapping[str, typing.Any]]:
  """Returns (name, table `model`, table `training`) of plain values.

  Raises:
    ConfigError: If a table is missing.
  """
  tables = values if isinstance(values, Mapping) else {}
  model, training = tables.get('model'), tables.get('training')
  if not isinstance(model, Mapping) or not isinstance(training, Mapping):
    raise errors.ConfigError(
        f'{origin}: expected the tables [model] and [training].'
    )
  return str(tables.get('name', '')), model, training


def from_dict(values: object, origin: str) -> configs.Config:
  """Makes a configuration of plain values, as `Config.to_dict` gives them.

  Args:
    values: A mapping: `name`, and the tables `model` and `training`.
    origin: Where they come from, for messages.

  Raises:
    ConfigError: If a key is unknown or missing, or a value is of the wrong type
      or out of range.
  """
  return _of_patterns(any_from_dict(values, origin), origin)


def _of_patterns(
    settings: configs.Config | groove_configs.GrooveSettings, origin: str
) -> configs.Config:
  """Returns settings that are those of a model of patterns."""
  if isinstance(settings, groove_configs.GrooveSettings):
    raise errors.ConfigError(
        f'{origin}: this plays patterns (--groove), and makes none. Name a '
        f'model of one of the kinds {", ".join(networks.KINDS)}.'
    )
  return settings


def any_from_dict(
    values: object, origin: str
) -> configs.Config | groove_configs.GrooveSettings:
  """Makes a configuration of either sort; see `from_dict`."""
  name, model, training = tables_of(values, origin)
  if model.get('kind') == groove_configs.KIND:
    training = {
        key: value for key, value in training.items()
        if key not in _OF_EARLIER_GROOVES
    }
  return _any_of_file(
      {'name': name, 'model': model, 'training': training}, origin
  )


def _any_of_file(
    values: object, origin: str
) -> configs.Config | groove_configs.GrooveSettings:
  """Makes a configuration of either sort, which must have no other keys."""
  name, model, training = tables_of(values, origin)
  kind = model.get('kind')
  known = *networks.KINDS, groove_configs.KIND
  if not isinstance(kind, str) or kind not in known:
    raise errors.ConfigError(
        f'{origin}: kind must be one of {", ".join(known)}, got '
        f'{errors.shown(kind)}.'
    )
  if kind == groove_configs.KIND:
    return groove_configs.GrooveSettings(
        name=name, model=fill(groove_configs.GrooveConfig, model, origin),
        training=fill(configs.TrainStepsConfig, training, origin),
    )
  # What was trained when there were two parts does not name a third.
  training = {'test_share': 0.0, **training}
  return configs.Config(
      name=name, model=fill(networks.KINDS[kind].config, model, origin),
      training=fill(configs.TrainingConfig, training, origin),
  )


def names() -> list[str]:
  """Returns the names of the configurations in the package."""
  files = importlib.resources.files(_PACKAGE).iterdir()
  return sorted(
      file.name.removesuffix('.toml') for file in files
      if file.name.endswith('.toml')
  )


def load(name_or_path: str, hparams: str = '') -> configs.Config:
  """Reads a configuration of a model of patterns; see `load_any`."""
  return _of_patterns(load_any(name_or_path, hparams), name_or_path)


def load_any(
    name_or_path: str, hparams: str = ''
) -> configs.Config | groove_configs.GrooveSettings:
  """Reads a configuration by its name, or from a TOML file.

  Args:
    name_or_path: A name of `names()`, or a path.
    hparams: Overrides, `name=value` with commas between them.

  Raises:
    ConfigError: If there is no such configuration, or a value does not fit.
  """
  return load_as(_any_of_file, name_or_path, hparams)


def kind_of(name_or_path: str) -> str:
  """Returns the kind of model that a configuration describes.

  Raises:
    ConfigError: If there is no such configuration.
  """
  model = _read(name_or_path)[2].get('model')
  return str(model.get('kind')) if isinstance(model, dict) else ''


def load_as(
    make: Callable[[object, str], _Config], name_or_path: str, hparams: str
) -> _Config:
  """Reads a configuration that a function makes of plain values.

  Args:
    make: `from_dict` of some kind.
    name_or_path: See `load`.
    hparams: Likewise.

  Raises:
    ConfigError: See `load`.
  """
  origin, name, values = _read(name_or_path)
  for key in values:
    if key not in ('model', 'training'):
      raise errors.ConfigError(
          f'{origin}: expected the tables [model] and [training], got '
          f'{errors.shown(key)}.'
      )
  tables = {
      key: dict(value) for key, value in values.items()
      if isinstance(value, dict)
  }
  config = make({'name': name, **tables}, origin)
  for key, value in hparams_lib.parse(hparams).items():
    table = next((t for t in tables.values() if key in t), None)
    if table is None or key == 'kind':
      known = {k for t in tables.values() for k in t} - {'kind'}
      raise errors.ConfigError(
          f'--hparams: unknown key {errors.shown(key)}.{_hint(key, known)}'
      )
    table[key] = value
  if hparams:
    config = make({'name': name, **tables}, '--hparams')
  return config


def _read(name_or_path: str) -> tuple[str, str, dict[str, typing.Any]]:
  """Returns (origin for messages, name, tables) of a configuration."""
  if name_or_path in names():
    file = importlib.resources.files(_PACKAGE) / f'{name_or_path}.toml'
    origin, name = f'config {name_or_path}', name_or_path
  else:
    file = local_paths.expand(name_or_path)
    origin, name = str(file), file.stem
    if not file.is_file():
      raise errors.ConfigError(
          f'{errors.shown(name_or_path)} is neither a configuration nor a '
          'file.'
          f'{_hint(name_or_path, names())}'
      )
  try:
    with file.open('rb') as stream:
      text = stream.read(reader_faults.MAX_TOML_BYTES + 1)
    if len(text) > reader_faults.MAX_TOML_BYTES:
      raise errors.ConfigError(
          f'{origin} is too large for a configuration: it has more than '
          f'{reader_faults.MAX_TOML_BYTES:,} bytes.'
      )
    values = tomllib.loads(text.decode('utf-8'))
  except (OSError, ValueError, RecursionError) as e:
    if isinstance(e, errors.ConfigError):
      raise
    raise errors.ConfigError(
        f'{origin} is no readable TOML: {reader_faults.said(e)}'
    ) from e
  return origin, name, values
