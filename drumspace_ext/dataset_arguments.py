"""Dataset arguments: what the flags of a run that makes a dataset mean."""

from drumspace_ext import dataset
from drumspace_ext import dataset_creation
from drumspace_ext import drum_maps
from drumspace_ext import drumspace_flags
from drumspace_ext import errors
from drumspace_ext import extraction
from drumspace_ext import rejections
from drumspace_ext import reports
from drumspace_ext import user_paths


def recipe() -> extraction.Recipe:
  """Returns how inputs are read.

  Raises:
    DrumMapError: If --voices_in is no drum map.
  """
  return extraction.Recipe(
      steps_per_quarter=drumspace_flags.STEPS_PER_QUARTER.value,
      gap_steps=drumspace_flags.GAP_STEPS.value,
      assume_drums=drumspace_flags.ASSUME_DRUMS.value,
      drum_map=drum_maps.load(drumspace_flags.VOICES_IN.value),
  )


def genre_table() -> dict[str, frozenset[str]] | None:
  """Returns the labels of --genres.

  Raises:
    InputError: If the file can't be read.
  """
  path = drumspace_flags.GENRES.value
  if not path:
    return None
  return dataset_creation.read_genre_table(user_paths.expand(path))


def summary(created: dataset_creation.Created) -> str:
  """Returns what was found and where it is, for a person."""
  paths = '\n'.join(f'  {path}' for path in created.paths.values())
  return f'{reports.summary(created.report)}\n\n{paths}'


def check_strict(created: dataset_creation.Created) -> None:
  """Raises InputError if --strict does not allow what was found."""
  rejected = created.report['rejected']
  damaged = sum(rejected.get(reason, 0) for reason in rejections.DAMAGE)
  num_patterns = created.report['patterns']
  if drumspace_flags.STRICT.value and (damaged or not num_patterns):
    raise errors.InputError(
        f'--strict: {damaged} inputs are damaged and {num_patterns} patterns '
        f'were found; see {created.paths[dataset.REJECTED]}.'
    )
