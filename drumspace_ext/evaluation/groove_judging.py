"""Groove judging: from named groove models to their part of a panel."""

from collections.abc import Mapping
from collections.abc import Sequence

from drumspace_ext import callbacks
from drumspace_ext.evaluation import columns
from drumspace_ext.evaluation import groove_judges
from drumspace_ext.evaluation import groove_panel
from drumspace_ext.evaluation import panel as evaluation
from drumspace_ext.files import local_paths

# Of a panel: its part of grooves.
KEY = 'grooves'


def of(files: Sequence[str]) -> list[str]:
  """Returns those models that play patterns and do not make them.

  Raises:
    CheckpointError: If one is no checkpoint.
  """
  return [file for file in files if groove_judges.is_groove_model(file)]


def judge(
    files: Mapping[str, str], examples_path: local_paths.Name, *,
    heldout_path: local_paths.Name | None, seed: int,
    on_step: callbacks.OnStep,
) -> dict:
  """Judges groove models.

  Args:
    files: Run directories, checkpoint files or `shipped:NAME`, by the names of
      their rows.
    examples_path: A dataset with grooves.
    heldout_path: Another one to judge by; None takes a part of the first.
    seed: Of all that is drawn.
    on_step: See `groove_panel.evaluate`.

  Returns:
    The part of the panel, with its notes and digests.

  Raises:
    InputError: If a dataset has no grooves, or too few.
    CheckpointError: If a model is none.
  """
  models = groove_judges.load(list(files), list(files.values()))
  judges, notes = models.judges(examples_path, heldout_path)
  part = groove_panel.evaluate(models, judges, seed=seed, on_step=on_step)
  return part | {
      'notes': part['notes'] + notes, 'digests': {
          f'weights of {name}': digest
          for name, digest in models.digests.items()
      },
  }


def alone(seed: int) -> dict:
  """Returns a panel that judges no patterns."""
  return {
      'format_version': evaluation.FORMAT_VERSION, 'settings': {'seed': seed},
      'digests': {}, 'notes': [], 'rows': [],
  }


def judges_text(part: Mapping) -> str:
  """Says what judges grooves."""
  settings = part['settings']
  loops = settings['loops']
  return (
      f'{loops["velocity"]:,} loops with dynamics and {loops["timing"]:,} with '
      f'timing, of {settings["inputs"]:,} inputs held out '
      f'({settings["judged_by"]}), judge how beats are played'
  )


def to_text(part: Mapping) -> str:
  """Writes the part of a panel as a table, each row with its intervals below.
  """
  shown = {
      key: column for key, column in groove_panel.COLUMNS.items()
      if any(key in row['numbers'] for row in part['rows'])
  }
  return '\n'.join([
      *columns.table(
          [(row['name'], row['numbers']) for row in part['rows']], shown
      ), '', f'{judges_text(part)},',
      f'with {part["settings"]["confidence"]:.0%} intervals below.',
      *part['notes'], '', *columns.words(shown),
  ])
