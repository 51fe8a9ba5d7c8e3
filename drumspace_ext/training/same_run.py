"""Whether what is in a run directory is of the run that is to write there."""

from collections.abc import Mapping
import json
import pathlib

from drumspace_ext import errors
from drumspace_ext.files import result_names
from drumspace_ext.models import checkpoints


def check(run_dir: pathlib.Path, identity: Mapping[str, object]) -> None:
  """Checks that no model of another run would be replaced.

  A run that was killed early has a model and no state; one of grooves never
  has a state.

  Args:
    run_dir: The run's folder.
    identity: What its files must have in common with the run, as metadata.

  Raises:
    CheckpointError: If it was made with another configuration, data, seed or
      voice table.
  """
  for name in (result_names.STATE, result_names.BEST):
    path = run_dir / name
    if not path.is_file():
      continue
    metadata = checkpoints.read_arrays(path)[1]
    for key, value in identity.items():
      # JSON has lists where Python has tuples.
      if metadata.get(key) != json.loads(json.dumps(value)):
        raise errors.CheckpointError(
            f'{run_dir} was made with another {key}: '
            f'{_difference(metadata.get(key), value)}. Use another --run_dir, '
            'or the same arguments.'
        )


def _difference(before: object, now: object) -> str:
  """Names the first value that differs."""
  if isinstance(before, dict) and isinstance(now, dict):
    for key in sorted({*before, *now}):
      if before.get(key) != json.loads(json.dumps(now.get(key))):
        return f'{key}: {_difference(before.get(key), now.get(key))}'
  return f'{before!r} there, {now!r} here'
