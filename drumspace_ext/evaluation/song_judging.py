"""Song judging: from named models that continue beats to their panel."""

from collections.abc import Mapping
from collections.abc import Sequence

from drumspace_ext import callbacks
from drumspace_ext import errors
from drumspace_ext.evaluation import song_baselines
from drumspace_ext.evaluation import song_judges
from drumspace_ext.evaluation import song_panel
from drumspace_ext.evaluation import song_players
from drumspace_ext.extraction import recipes
from drumspace_ext.files import local_paths
from drumspace_ext.files import manifests
from drumspace_ext.models import checkpoints


def are_continuers(files: Sequence[str], input_values: Sequence[str]) -> bool:
  """Says whether models continue beats, and so are judged by songs.

  Args:
    files: Run directories, checkpoint files or `shipped:NAME`.
    input_values: Files of beats that are to be judged too.

  Raises:
    InputError: If some continue beats, and others are no such models.
    CheckpointError: If one is no checkpoint.
  """
  if not files:
    return False
  from drumspace_ext.continuation import continuers

  plays_on = {
      file: continuers.plays_on(checkpoints.find(file)) for file in files
  }
  first = next((file for file in files if plays_on[file]), None)
  others = [file for file in files if not plays_on[file]]
  if first and (others or input_values):
    raise errors.InputError(
        f'{first} continues beats and is judged by songs, but '
        f'{(others or input_values)[0]} by two-bar patterns. Evaluate them '
        'apart.'
    )
  return first is not None


def judge(
    files: Mapping[str, str], examples_path: local_paths.Name, *,
    heldout_path: local_paths.Name | None, judged_by: str | None,
    recipe: recipes.Recipe, settings: song_panel.Settings,
    on_step: callbacks.OnStep,
) -> dict:
  """Judges models that continue beats by songs.

  Args:
    files: The models, by the names of their rows.
    examples_path: Songs.
    heldout_path: Other songs to judge by; None takes a part of these.
    judged_by: Which part; see `song_judges.load`.
    recipe: How notes are read.
    settings: How songs are continued.
    on_step: Called with the bytes read, then as by `song_panel.evaluate`.

  Returns:
    The panel, with its notes and digests.

  Raises:
    InputError: If there are no songs, or too few.
    CheckpointError: If a model can't be read.
  """
  paths = {name: checkpoints.find(file) for name, file in files.items()}
  judges = song_judges.load(
      paths, examples_path, heldout_path, judged_by, recipe=recipe,
      on_step=on_step,
  )
  frequencies = song_baselines.Frequencies(judges.training)
  players = [
      song_players.load(name, path, frequencies) for name, path in paths.items()
  ]
  panel = song_panel.evaluate(
      [*players, *song_panel.baselines(judges.training, frequencies)], judges,
      settings, on_step=on_step,
  )
  return panel | {
      'notes': [*panel['notes'], *judges.notes],
      'digests': panel['digests'] | {
          f'weights of {name}': manifests.digest(path)
          for name, path in paths.items()
      },
  }
