"""What an evaluation is asked for and would not heed, which it refuses."""

from collections.abc import Sequence

from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext.evaluation import groove_judging
from drumspace_ext.evaluation import song_judging
from drumspace_ext.files import local_paths


def check(
    *, files: Sequence[str], values: Sequence[str],
    heldout_path: local_paths.Name | None, judged_by: str | None,
    rows_by: str | None, threshold: float, temperature: float | None,
) -> None:
  """Refuses what would be ignored.

  Args:
    files: Models.
    values: Files of beats.
    heldout_path: This and the others are those of `judging.evaluate`.
    judged_by: Likewise.
    rows_by: Likewise.
    threshold: Likewise.
    temperature: Likewise.

  Raises:
    InputError: If something would be.
    CheckpointError: If a model is none.
  """
  has_threshold = threshold != defaults.THRESHOLD
  if judged_by == 'test' and groove_judging.of(files):
    raise errors.InputError(
        '--judged_by=test: models of grooves keep a part for validation '
        'alone. Leave it out.'
    )
  if judged_by and heldout_path:
    raise errors.InputError(
        '--judged_by names a part of --examples_path, and --heldout_path '
        'other patterns: give one of them.'
    )
  if rows_by and not values:
    raise errors.InputError(
        '--rows_by is for beats of files: name some with --input.'
    )
  if temperature and has_threshold:
    raise errors.InputError(
        '--threshold is for --temperature=0; here bits are drawn, at '
        f'temperature {temperature:g}.'
    )
  if not has_threshold and temperature is None:
    return
  flag = '--threshold' if has_threshold else '--temperature'
  if len(groove_judging.of(files)) == len(files):
    raise errors.InputError(
        f'{flag} is for models that draw or continue beats: name some with '
        '--checkpoint_file.'
    )
  if has_threshold and song_judging.are_continuers(files, values):
    raise errors.InputError(
        '--threshold is for models of patterns; what continues beats is drawn '
        'at --temperature.'
    )
