"""Result folders: which script makes which files, and who may write where.

A folder of results has one *maker*, the script that its `manifest.json` names.
Where that names none (it was made by an earlier version), the maker is told by
files that only its folders hold together. A script may replace what it made
itself; what another one made, and files of a person's own, stay as they are.

Two scripts write no manifest, and live beside any results as long as they
replace none: drumspace_train, whose files lie in a folder of their own, and
drumspace_convert, whose files a person names.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
import dataclasses
import json
import os
import pathlib

from drumspace_ext import errors
from drumspace_ext.files import local_paths
from drumspace_ext.files import output_files
from drumspace_ext.files import remote_paths
from drumspace_ext.files import result_names
from drumspace_ext.files import result_patterns

_MAX_MANIFEST_BYTES = 1 << 22


@dataclasses.dataclass(frozen=True, kw_only=True)
class Maker:
  """A script, and what it leaves in its folder.

  Attributes:
    script: Its name, as manifests say it.
    what: What its folder holds, in words.
    files: Names of the files that it may write.
    parts: What other scripts make in it.
    shared_folders: Folders that it adds files to, beside a person's own.
    marks: Files that tell its folder where no manifest does.
    flag: The flag that names the folder.
    has_manifest: Whether it writes a manifest.
  """

  script: str
  what: str
  files: tuple[str, ...] = ()
  parts: tuple[str, ...] = ()
  shared_folders: tuple[str, ...] = ()
  marks: tuple[str, ...] = ()
  flag: str = '--output_dir'
  has_manifest: bool = True


# A map comes before a dataset: it may lie in its dataset's own folder.
BUILD_MAP = Maker(
    script='drumspace_build_map', what='a map',
    files=(*result_names.OF_MAP, result_names.PROVENANCE),
    marks=(result_names.MAP_REPORT, result_names.DATASET),
)
# On Beam too: the files are the same, byte for byte.
CREATE_DATASET = Maker(
    script='drumspace_create_dataset', what='a dataset',
    files=result_names.OF_DATASET, marks=result_names.OF_DATASET[:3],
)
GENERATE = Maker(
    script='drumspace_generate', what='beats', files=result_names.OF_BEATS,
    shared_folders=(result_names.MIDI_FOLDER,), marks=(
        result_names.PATTERNS, result_names.NEAREST, result_names.MANIFEST
    ),
)
CONTINUE = Maker(
    script='drumspace_continue', what='continuations',
    files=result_names.OF_CONTINUATIONS,
    shared_folders=(result_names.MIDI_FOLDER,),
    marks=result_names.OF_CONTINUATIONS,
)
EVALUATE = Maker(
    script='drumspace_evaluate', what='an evaluation',
    files=result_names.OF_EVALUATION, marks=result_names.OF_EVALUATION,
)
RUN_PIPELINE = Maker(
    script='drumspace_run_pipeline', what='the records of a chain of stages',
    files=result_names.OF_PIPELINE, marks=result_names.OF_PIPELINE,
)
QUICKSTART = Maker(
    script='drumspace_quickstart', what="the quickstart's results",
    files=result_names.OF_QUICKSTART, parts=result_names.QUICK_PARTS,
    marks=(result_names.SONGS, result_names.SONGS_MIDI),
)
TRAIN = Maker(
    script='drumspace_train', what='a training run',
    files=result_names.OF_TRAINING, flag='--run_dir', has_manifest=False,
)
CONVERT = Maker(
    script='drumspace_convert', what='converted drums', flag='--output',
    has_manifest=False,
)
MAKERS = (
    BUILD_MAP, CREATE_DATASET, GENERATE, CONTINUE, EVALUATE, RUN_PIPELINE,
    QUICKSTART, TRAIN, CONVERT,
)
_BY_SCRIPT = {maker.script: maker for maker in MAKERS}


def maker_named(script: str) -> Maker:
  """Returns the maker that a script is."""
  return _BY_SCRIPT[script]


def _named_maker(folder: pathlib.Path) -> Maker | None:
  """Returns the maker that a folder's manifest names."""
  path = folder / result_names.MANIFEST
  try:
    if path.stat().st_size > _MAX_MANIFEST_BYTES:
      return None
    return _BY_SCRIPT.get(json.loads(path.read_bytes())['maker'])
  # No manifest, somebody else's, or one of an earlier version.
  except (OSError, ValueError, KeyError, TypeError, RecursionError):
    return None


def maker_of(folder: pathlib.Path) -> Maker | None:
  """Returns the script that made the results in a folder; None if unknown."""
  return _named_maker(folder) or next((
      maker for maker in MAKERS if maker.marks and all(
          (folder / name).exists() for name in maker.marks
      )
  ), None)


def _real(path: pathlib.Path) -> pathlib.Path:
  """Returns where links lead; `resolve` fails at those in a circle."""
  return pathlib.Path(os.path.realpath(path))


def _owner_of(path: pathlib.Path) -> Maker | None:
  """Returns the script that made one file, told by the folders around it."""
  path = _real(path)
  for folder in list(path.parents)[:2]:
    name = path.relative_to(folder).as_posix()
    maker = maker_of(folder)
    if name in TRAIN.files:
      return TRAIN
    if maker and (
        name in maker.files or name.split('/')[0] in maker.shared_folders
    ):
      return maker
  return None


def _taken(folder: pathlib.Path, names: Iterable[str]) -> Iterator[str]:
  """Yields those of some names that hold something already."""
  for name in names:
    path = folder / name
    if path.is_dir():
      if any(path.iterdir()):
        yield name
    elif path.exists():
      yield name


def _refuse_inputs(
    values: Iterable[str], results: Iterable[pathlib.Path], maker: Maker
) -> None:
  """Raises InputError if an input is a result, or in a folder of results."""
  own = {_real(path) for path in results}
  # Songs are read out of a folder and not its earlier results.
  patterns_of = (
      result_patterns.file_of if maker != CREATE_DATASET else lambda path: path
  )
  for value in values:
    if remote_paths.is_remote(value):
      continue
    # A line of a dataset is named as dataset.tsv:3.
    for text in filter(None, (value, value.rpartition(':')[0])):
      path = _real(local_paths.expand(text))
      if own.intersection((path, path.parent, patterns_of(path))):
        raise errors.InputError(
            f'{value} would be overwritten by the results. Choose another '
            f'{maker.flag}.'
        )


def _refuse_mixture(
    values: Iterable[str], folder: pathlib.Path, another: str
) -> None:
  """Raises InputError if files would come into a folder that is an input."""
  for value in values:
    if not remote_paths.is_remote(value) and (
        _real(local_paths.expand(value)) == _real(folder)
    ):
      raise errors.InputError(
          f'{value} is an input too: results would be among the files that are '
          f'read. {another}'
      )


def _refuse_named(
    folder: pathlib.Path, names: Iterable[str], maker: Maker, another: str
) -> None:
  """Raises InputError if a named output is a result of another script."""
  for name in _taken(folder, names):
    owner = _owner_of(folder / name)
    if owner not in (None, maker):
      raise errors.InputError(
          f'{folder / name} is of {owner.what} that {owner.script} made. '
          + another
      )


def _completed(
    folder: pathlib.Path, completes: pathlib.Path | None
) -> tuple[Maker | None, Sequence[str]]:
  """Returns (whose folder it may be, names that may be there) for a map.

  A map may be written into the folder of its own dataset, which then has all
  three columns.
  """
  if completes is None or not completes.exists() or not folder.exists():
    return None, ()
  held = folder / result_names.DATASET
  if not folder.samefile(completes) and not (
      held.is_file() and held.samefile(completes)
  ):
    return None, ()
  return CREATE_DATASET, (result_names.DATASET, result_names.PROVENANCE)


def claim(
    folder: pathlib.Path, maker: Maker, inputs: Sequence[str] = (), *,
    names: Sequence[str] | None = None, completes: pathlib.Path | None = None,
) -> None:
  """Checks, before anything is done, that a script may write into a folder.

  Nothing is written here. A folder that passes is new, or holds files of the
  same script, or others that the results leave alone.

  Args:
    folder: Where the results are to go; it need not exist.
    maker: The script that makes them.
    inputs: Names of what it reads: files, folders, globs, or lines of a
      dataset (`dataset.tsv:3`).
    names: Files that a person named as outputs, in place of `maker.files`;
      those of no script are theirs to replace. None of them are known where
      files of any names go into the folder.
    completes: The dataset that a map is made of, a file or folder.

  Raises:
    InputError: If results of another script, a file of somebody's own or an
      input would be lost.
    OutputError: If the folder can't be looked into or written to.
  """
  try:
    _check(folder, maker, inputs, names, completes)
  except OSError as e:
    raise errors.OutputError(
        f"can't look into {e.filename or folder}: {e.strerror or e}. Choose "
        f'another {maker.flag}, or check your rights.'
    ) from e
  output_files.check_place(folder)


def _check(
    folder: pathlib.Path, maker: Maker, inputs: Sequence[str],
    names: Sequence[str] | None, completes: pathlib.Path | None,
) -> None:
  """Raises what `claim` does, or an OSError."""
  another = f'Choose another {maker.flag}.'
  written = maker.files if names is None else names
  _refuse_inputs(inputs, [
      folder / name
      for name in (*written, *maker.parts, *maker.shared_folders)
  ], maker)
  if not maker.has_manifest:
    if not written:
      _refuse_mixture(inputs, folder, another)
    _refuse_named(folder, written, maker, another)
    return
  dataset_maker, known = _completed(folder, completes)
  owner = maker_of(folder)
  if owner not in (None, maker, dataset_maker):
    raise errors.InputError(
        f'{folder} holds {owner.what} that {owner.script} made; the results of '
        f'{maker.script} would be mixed with it. {another}'
    )
  if owner is not None:
    return
  for name in _taken(folder, (*written, *maker.parts)):
    if name not in known:
      raise errors.InputError(
          f'{folder / name} is there already, and {maker.script} did not make '
          f'it. {another}'
      )
