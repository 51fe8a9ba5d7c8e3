"""Places of results: a folder here or remote, whose files appear at the end."""

from collections.abc import Iterator
import contextlib
import pathlib
import shutil
import tempfile
import uuid

from drumspace_ext import errors
from drumspace_ext.dataset import writing as dataset_writing
from drumspace_ext.files import leftovers
from drumspace_ext.files import output_files
from drumspace_ext.files import remote_paths
from drumspace_ext.files import remote_systems


@contextlib.contextmanager
def results_folder(
    output: pathlib.Path | remote_paths.RemotePath,
) -> Iterator[tuple[output_files.Batch, str]]:
  """Yields (a batch, a folder beside it); results appear at the end or never.

  Args:
    output: Where the files of a dataset go. On a remote filesystem each of
      them is replaced on its own.

  Raises:
    OutputError: If they can't be written.
  """
  if isinstance(output, pathlib.Path):
    with output_files.Batch(output) as batch:
      yield batch, str(batch.scratch_folder())
    return
  # Nothing is locked there: what a killed run leaves of it stays.
  work = output / f'{leftovers.PREFIX}{uuid.uuid4().hex}'
  file_systems = remote_systems.in_use()
  with output_files.Batch(pathlib.Path(tempfile.gettempdir())) as place:
    here = place.scratch_folder()
    try:
      with _remote_errors(output):
        file_systems.mkdirs(str(work))
      with output_files.Batch(here) as batch:
        yield batch, str(work)
      with _remote_errors(output):
        _publish(here, output, work)
    finally:
      with contextlib.suppress(Exception):
        # An object store has no folder of this name but what begins so.
        file_systems.delete([f'{work}/'])


@contextlib.contextmanager
def _remote_errors(output: remote_paths.RemotePath) -> Iterator[None]:
  """Turns what a remote filesystem raises into one line."""
  try:
    yield
  except Exception as e:
    raise errors.OutputError(
        f"can't write {output}: {' '.join(str(e).split())}. Choose another "
        'place, or check your rights.'
    ) from e


def _publish(
    here: pathlib.Path, output: remote_paths.RemotePath,
    work: remote_paths.RemotePath,
) -> None:
  """Copies files to a remote folder: whole ones get their final names."""
  file_systems = remote_systems.in_use()
  for name in dataset_writing.NAMES:
    with (here / name).open('rb') as source, file_systems.create(
        str(work / name), compression_type='uncompressed'
    ) as target:
      shutil.copyfileobj(source, target)
  for name in dataset_writing.NAMES:
    if file_systems.exists(str(output / name)):
      file_systems.delete([str(output / name)])
    file_systems.rename([str(work / name)], [str(output / name)])
