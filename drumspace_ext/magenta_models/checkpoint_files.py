"""Magenta's files of weights: bundles and checkpoints, whatever their form.

  bundle         `.mag`, see `bundles`
  V1 checkpoint  one file
  V2 checkpoint  `NAME.index` with `NAME.data-00000-of-00001`
  tar            a V2 checkpoint in a `.tar`, as MusicVAE's are published

Nothing in them is executed.
"""

import dataclasses
import pathlib
import re
import tarfile

import numpy as np

from drumspace_ext import errors
from drumspace_ext.files import local_paths
from drumspace_ext.magenta_models import bundles
from drumspace_ext.magenta_models import drum_classes
from drumspace_ext.magenta_models import names
from drumspace_ext.magenta_models import tables
from drumspace_ext.magenta_models import tensors as magenta_tensors

BUNDLE, V1, V2, TAR = 'bundle', 'V1 checkpoint', 'V2 checkpoint', 'tar'
# Kinds of models, and what they are called.
DRUMS_RNN, MUSIC_VAE, UNKNOWN = 'drums_rnn', 'music_vae', 'unknown'
TITLES = {
    DRUMS_RNN: 'a drums_rnn', MUSIC_VAE: 'a MusicVAE',
    UNKNOWN: 'weights of something else',
}
INDEX_SUFFIX = '.index'
MAX_BYTES = 2 << 30
_MAX_INDEX_BYTES = 64 << 20
_MAX_TAR_MEMBERS = 10_000
_TAR_MAGIC = (257, b'ustar')
_HEAD_BYTES = 512
# What the names of Magenta's files say, and nothing in them.
_GROOVAE = re.compile(
    'groovae_2bar_(humanize|tap_fixed_velocity(_note_dropout)?|add_closed_hh)'
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class MagentaCheckpoint:
  """What a file of Magenta's holds.

  Attributes:
    form: `BUNDLE`, `V1`, `V2` or `TAR`.
    tensors: float32 arrays by the canonical names of their variables.
    generator: The configuration that a bundle names, such as `drum_kit`, or
      the name of a file of GrooVAE's; ''.
    description: What its maker says of it; may be empty.
    attention_length: Steps that an attention looks back over; None if the file
      does not say.
    train_step: Train steps that the model has seen; 0 if it does not say.
  """

  form: str
  tensors: dict[str, np.ndarray]
  generator: str = ''
  description: str = ''
  attention_length: int | None = None
  train_step: int = 0

  @property
  def kind(self) -> str:
    """`DRUMS_RNN`, `MUSIC_VAE` or `UNKNOWN`, by names alone."""
    if 'decoder/output_projection/kernel' in self.tensors:
      return MUSIC_VAE
    is_step_rnn = 'fully_connected/kernel' in self.tensors and any(
        name.startswith('rnn/') for name in self.tensors
    )
    # Bundles of melodies have the same names; a checkpoint has no generator.
    if is_step_rnn and self.generator in ('', *drum_classes.STEPS_PER_QUARTER):
      return DRUMS_RNN
    return UNKNOWN


def kind_of_file(path: pathlib.Path) -> str | None:
  """Tells the form of a file by its first and last bytes; None if none.

  Raises:
    OSError: If it can't be read.
  """
  size = path.stat().st_size
  with path.open('rb') as stream:
    head = stream.read(_HEAD_BYTES)
    stream.seek(max(0, size - len(tables.MAGIC)))
    end = stream.read()
  if tables.is_table(end):
    return V2 if path.name.endswith(INDEX_SUFFIX) else V1
  start, magic = _TAR_MAGIC
  if head[start:start + len(magic)] == magic:
    return TAR
  if bundles.starts_like_bundle(memoryview(head)):
    return BUNDLE
  return None


def find(name: str) -> pathlib.Path | None:
  """Returns the file that a name means, as TensorFlow's users give it.

  Args:
    name: A file; `model.ckpt-100` for `model.ckpt-100.index`; or a folder (a
      run directory) with such, whose last one is meant.

  Returns:
    A file, which may be none of Magenta's; None if nothing of that name is.
  """
  path = local_paths.expand(name)
  if path.is_file():
    return path
  # The folder that one is in, and the root, have no name to add to.
  if path.name and (
      index := path.with_name(path.name + INDEX_SUFFIX)
  ).is_file():
    return index
  found = [
      file for folder in (path, path / 'train') if folder.is_dir()
      for file in folder.glob(f'*{INDEX_SUFFIX}')
  ]
  return max(found, key=_step_of_name, default=None)


def _step_of_name(path: pathlib.Path) -> tuple[int, str]:
  digits = re.search(r'-(\d{1,18})\.index$', path.name)
  return (int(digits[1]) if digits else -1), path.name


def read(path: pathlib.Path) -> MagentaCheckpoint:
  """Reads a file of Magenta's.

  Raises:
    CheckpointError: If it is missing, damaged, oversized or something else.
  """
  try:
    form = kind_of_file(path)
    size = path.stat().st_size
    if size > MAX_BYTES:
      raise errors.CheckpointError('it is larger than any of them')
    if form in (TAR, V2):
      made = _read_tar(path) if form == TAR else _read_v2(path)
      named = _GROOVAE.search(str(path.absolute()))
      return dataclasses.replace(made, generator=named[0]) if (
          named and made.kind == MUSIC_VAE
      ) else made
    if form is None:
      raise errors.CheckpointError(
          'it is neither a bundle (.mag) nor a checkpoint of TensorFlow'
      )
    data = memoryview(path.read_bytes())
    if form == BUNDLE:
      bundle = bundles.read(data)
      return dataclasses.replace(
          _made(BUNDLE, bundle.tensors), generator=bundle.generator,
          description=bundle.description,
          attention_length=bundle.attention_length,
      )
    return _made(V1, magenta_tensors.read_v1(data))
  except errors.CheckpointError as e:
    raise errors.CheckpointError(
        f"{path} can't be read as Magenta's weights: {e}. Copy it again."
    ) from e
  except OSError as e:
    raise errors.CheckpointError(
        f"{path} can't be read: {e.strerror or e}. Check the path."
    ) from e


def _made(form: str, tensors: magenta_tensors.Tensors) -> MagentaCheckpoint:
  named = {
      names.canonical_name(name): value
      for name, value in tensors.values.items()
  }
  if len(named) < len(tensors.values):
    raise errors.CheckpointError('two variables in it have one name')
  return MagentaCheckpoint(
      form=form, tensors=named, train_step=tensors.train_step
  )


def _read_at(path: pathlib.Path, offset: int, size: int) -> bytes:
  """Returns bytes of a file, no more than it has."""
  # A lying size must not reserve memory.
  rest = max(0, path.stat().st_size - offset)
  if size > rest:
    return b''
  with path.open('rb') as stream:
    stream.seek(offset)
    return stream.read(size)


def _read_v2(path: pathlib.Path) -> MagentaCheckpoint:
  if path.stat().st_size > _MAX_INDEX_BYTES:
    raise errors.CheckpointError('its index is larger than any')
  prefix = path.name.removesuffix(INDEX_SUFFIX)
  shards = sorted(
      file for file in path.parent.iterdir()
      if file.name.startswith(f'{prefix}.data-')
  )
  if not shards:
    raise errors.CheckpointError(
        f'{prefix}.data-00000-of-00001 is not beside it'
    )

  def read_data(shard: int, offset: int, size: int) -> bytes:
    return _read_at(shards[shard], offset, size) if shard < len(shards) else b''

  return _made(V2, magenta_tensors.read_v2(
      memoryview(path.read_bytes()), read_data
  ))


def _read_tar(path: pathlib.Path) -> MagentaCheckpoint:
  places = _tar_places(path)
  indexes = [name for name in places if name.endswith(INDEX_SUFFIX)]
  if len(indexes) != 1:
    raise errors.CheckpointError(
        f'expected one .index file in the tar, found {len(indexes)}'
    )
  prefix = indexes[0].removesuffix(INDEX_SUFFIX)
  shards = sorted(name for name in places if name.startswith(f'{prefix}.data-'))
  offset, size = places[indexes[0]]
  if size > _MAX_INDEX_BYTES:
    raise errors.CheckpointError('its index is larger than any')

  def read_data(shard: int, start: int, count: int) -> bytes:
    if shard >= len(shards):
      return b''
    begin, length = places[shards[shard]]
    return _read_at(path, begin + start, count) if (
        start + count <= length
    ) else b''

  return _made(TAR, magenta_tensors.read_v2(
      memoryview(_read_at(path, offset, size)), read_data
  ))


def _tar_places(path: pathlib.Path) -> dict[str, tuple[int, int]]:
  """Returns (offset, size) of the plain files in a tar, by name."""
  places: dict[str, tuple[int, int]] = {}
  try:
    with tarfile.open(path, 'r:') as archive:
      for number, member in enumerate(archive):
        if number >= _MAX_TAR_MEMBERS:
          raise errors.CheckpointError('the tar holds too many files')
        if member.isreg() and not member.issparse() and member.size >= 0:
          places[member.name] = member.offset_data, member.size
  # What tarfile raises on damaged headers beside its own errors.
  except (
      tarfile.TarError, ValueError, OverflowError, EOFError, IndexError,
      KeyError, RecursionError, MemoryError,
  ) as e:
    raise errors.CheckpointError(f"its tar can't be read: {e}") from e
  return places
