"""Sources of grooves: what `--groove` names, before anything of it is read."""

import dataclasses
import enum
import pathlib

from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext import suggestions
from drumspace_ext.files import local_paths
from drumspace_ext.files import manifests
from drumspace_ext.files import result_names
from drumspace_ext.magenta_models import checkpoint_files
from drumspace_ext.models import checkpoints

# Of ours, and of Magenta's.
_MODEL_SUFFIXES = {result_names.CHECKPOINT_SUFFIX, '.tar', '.index'}
RECOMMENDED = f'{checkpoints.SHIPPED}groove'
_NAMES = 'Name a groove model, a MIDI file, a dataset, or none.'


class Kind(enum.Enum):
  """What plays patterns."""

  MODEL = enum.auto()
  DATASET = enum.auto()
  FILE = enum.auto()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Source:
  """What plays patterns.

  Attributes:
    kind: What it is.
    name: As the caller named it.
    path: The file of a model or of MIDI, or the folder of a dataset.
    part: Of a dataset, a genre or the number of a line; empty for all of it.
  """

  kind: Kind
  name: str
  path: pathlib.Path
  part: str = ''


def of_name(name: local_paths.Name) -> Source | None:
  """Returns what a name means, None for `none`.

  Args:
    name: See `players.player`.

  Raises:
    InputError: If there is no such thing, or it says nothing of grooves.
    CheckpointError: If no such model is shipped.
  """
  text = str(name)
  if text == defaults.GROOVE:
    return None
  path = _folder(text)
  if text.startswith(checkpoints.SHIPPED) or path.suffix in _MODEL_SUFFIXES:
    return Source(kind=Kind.MODEL, name=text, path=checkpoints.find(text))
  if path.is_dir() and text:
    if (path / result_names.DATASET).exists():
      return Source(kind=Kind.DATASET, name=text, path=path)
    return Source(kind=Kind.MODEL, name=text, path=_of_run(text))
  if path.is_file():
    return Source(kind=Kind.FILE, name=text, path=path)
  if index := checkpoint_files.find(text):
    return Source(kind=Kind.MODEL, name=text, path=index)
  folder, _, part = text.rpartition(':')
  if folder and not path.exists() and _folder(folder).is_dir():
    return Source(
        kind=Kind.DATASET, name=text, path=_folder(folder), part=part
    )
  raise errors.InputError(_missing(text, path))


def files(name: local_paths.Name) -> list[str]:
  """Returns the file that a groove is read from, if a name means one."""
  text = str(name)
  is_file = text != defaults.GROOVE and local_paths.expand(text).is_file()
  return [text] if is_file else []


def digests(name: local_paths.Name) -> dict[str, str]:
  """Returns the digests of what plays, for manifests; none for `none`.

  Args:
    name: See `players.player`.

  Raises:
    InputError: See `of_name`.
    CheckpointError: Likewise.
  """
  source = of_name(name)
  if source is None:
    return {}
  if source.kind is Kind.MODEL:
    return {'groove': manifests.digest(source.path)}
  others = {'groove_of_others': manifests.digest(checkpoints.find(RECOMMENDED))}
  if source.kind is Kind.FILE:
    return {'groove': manifests.digest(source.path)} | others
  parts = {
      'groove': result_names.GROOVE, 'groove_patterns': result_names.DATASET,
  }
  if source.part:
    parts['groove_genres'] = result_names.PROVENANCE
  return {
      what: manifests.digest(source.path / file)
      for what, file in parts.items() if (source.path / file).is_file()
  } | others


def _folder(text: str) -> pathlib.Path:
  """Returns what a name means; of a dataset.tsv, the folder that it is in."""
  path = local_paths.expand(text)
  is_table = path.name == result_names.DATASET and path.is_file()
  return path.parent if is_table else path


def _of_run(name: str) -> pathlib.Path:
  """Returns the model in a folder.

  Raises:
    InputError: If it holds none.
  """
  try:
    return checkpoints.find(name)
  except errors.CheckpointError as e:
    raise errors.InputError(
        f'--groove: {name} holds neither a groove model nor a dataset, which '
        f'drumspace_create_dataset makes of MIDI files. {_NAMES}'
    ) from e


def _missing(text: str, path: pathlib.Path) -> str:
  """Says what is wrong with a name that means nothing."""
  if text == defaults.OWN_GROOVE:
    return (
        f'--groove={text} is for drumspace_create_dataset, whose records it '
        'plays as their inputs are played. Here a dataset plays its patterns '
        'so: name its folder, a MIDI file, a groove model, or none.'
    )
  if not text:
    return f'--groove is empty. {_NAMES}'
  why = 'it is no file' if path.exists() else 'there is no such thing'
  return (
      f"--groove: {text} can't be read: {why}. {_NAMES}"
      + suggestions.did_you_mean(text, (defaults.GROOVE, RECOMMENDED))
  )
