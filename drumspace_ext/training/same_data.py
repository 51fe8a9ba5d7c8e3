"""Whether a model is evaluated on what it was trained on."""

from collections.abc import Mapping
import pathlib
import typing

from drumspace_ext import errors


def check(
    path: pathlib.Path, metadata: Mapping[str, typing.Any], *,
    key: str, here: str, what: str = 'data',
) -> None:
  """Checks that a checkpoint was trained on what it is to be evaluated on.

  Args:
    path: The checkpoint.
    metadata: What it says of itself.
    key: What of that stands for its data.
    here: What stands for those that there are.
    what: What they are called.

  Raises:
    CheckpointError: If they are others, or it does not say.
  """
  if key not in metadata:
    raise errors.CheckpointError(f'{path} lacks {key!r}.')
  if metadata[key] != here:
    raise errors.CheckpointError(
        f'{path} was trained on other {what} ({key}: {metadata[key]}, not '
        f'{here}). Give the same --examples_path.'
    )
