"""Players: from what `--groove` names to what plays patterns."""

import dataclasses
import pathlib

import numpy as np

from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext.dataset import examples
from drumspace_ext.dataset import groove_tsv
from drumspace_ext.files import local_paths
from drumspace_ext.files import result_names
from drumspace_ext.models import checkpoints
from drumspace_ext.models import magenta_files
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import dynamics as dynamics_lib
from drumspace_ext.patterns import groove_sums
from drumspace_ext.patterns import grooves
from drumspace_ext.patterns import step_codes
from drumspace_ext.playing import sources


def player(
    name: local_paths.Name, *, drum_map: drum_maps.DrumMap | None = None,
    drawn: bool = False, seed: int = defaults.SEED,
) -> grooves.Player | None:
  """Returns what plays patterns as a name says, None for `none`.

  Args:
    name: `none`; a groove model as `shipped:groove`, a run directory or a file;
      a GrooVAE of Magenta's for two bars (`.tar`, `.index`); a MIDI file that
      patterns are to be played like; a dataset by its folder or dataset.tsv,
      or `FOLDER:GENRE` or `FOLDER:LINE` for a part of it.
    drum_map: How a MIDI file's pitches are read; `gm14` if None.
    drawn: Have one of many answers of a model, not its mean.
    seed: Of what is drawn.

  Raises:
    InputError: If there is no such thing, or it says nothing of grooves.
    CheckpointError: If it is a model, and no groove model.
  """
  source = sources.of_name(name)
  if source is None:
    return None
  if source.kind is sources.Kind.MODEL:
    return _model_player(source.name, drawn=drawn, seed=seed)
  default = _model_player(sources.RECOMMENDED, drawn=drawn, seed=seed)
  if source.kind is sources.Kind.DATASET:
    return _dataset_player(source.path, source.part, default)
  # What reads songs is needed for few of them.
  from drumspace_ext.extraction import manners

  return grooves.Manner(manners.read(source.path, drum_map), default)


def dynamics(
    groove: local_paths.Name, *, accents: bool, swing: dynamics_lib.Swing,
    humanize: float, groove_strength: dynamics_lib.Strength,
    groove_drawn: bool, seed: int, drum_map: drum_maps.DrumMap | None = None,
    knows_genres: bool = True,
) -> dynamics_lib.Dynamics | None:
  """Returns how patterns are played, None for all alike and on the grid.

  Args:
    groove: See `player`.
    accents: Velocities by place in the bar and by voice.
    swing: How late every second sixteenth comes; 1 makes triplets, `auto` is
      by genre.
    humanize: How much times and velocities vary, 0 to 1.
    groove_strength: How much of the groove, 0 to 1; or two such, of velocity
      and of timing.
    groove_drawn: See `player`.
    seed: Of what varies or is drawn.
    drum_map: See `player`.
    knows_genres: Whether what is played says of what genre it is.

  Raises:
    InputError: If a number is out of range, a swing needs genres that nobody
      knows, or see `player`.
    CheckpointError: See `player`.
  """
  # What is no number is told before a groove is read.
  result = dynamics_lib.Dynamics(
      accents=accents, swing=swing, humanize=humanize, seed=seed,
      groove_strength=groove_strength,
  )
  if result.swings_by_genre and not knows_genres:
    raise errors.InputError(
        '--swing=auto needs beats of a known genre, which drumspace_convert '
        'and drumspace_generate have: give a number.'
    )
  found = player(groove, drum_map=drum_map, drawn=groove_drawn, seed=seed)
  if found is not None:
    return dataclasses.replace(result, groove=grooves.Remembered(found))
  return result if accents or swing or humanize else None


def _model_player(name: str, *, drawn: bool, seed: int) -> grooves.Player:
  # torch takes a second, and whoever wants no groove needs none.
  from drumspace_ext.models import groovae_player
  from drumspace_ext.models import groove_model

  path = checkpoints.find(name)
  magenta = magenta_files.read(path)
  if magenta is not None:
    return groovae_player.of_checkpoint(
        magenta, path, seed=seed if drawn else None
    )
  model = groove_model.load(name)
  return model.drawer(seed) if drawn else model


def _chosen(
    training_set: examples.TrainingSet, folder: pathlib.Path, part: str
) -> np.ndarray:
  """Returns which patterns a part of a dataset means, bool."""
  count = len(training_set)
  if not part:
    return np.ones(count, np.bool_)
  if part.isdecimal():
    chosen = np.arange(1, count + 1) == int(part)
    said = f'{count} patterns'
  else:
    chosen = np.array([part in labels for labels in training_set.genres], bool)
    known = sorted({g for labels in training_set.genres for g in labels})
    said = f'the genres {", ".join(known)}' if known else 'no genres'
  if not chosen.any():
    raise errors.InputError(f'--groove: {folder} has {said}, not {part!r}.')
  return chosen


def _dataset_player(
    folder: pathlib.Path, part: str, default: grooves.Player
) -> grooves.Player:
  path = folder / result_names.GROOVE
  if not path.is_file():
    raise errors.InputError(
        f'--groove: {folder} has no {result_names.GROOVE}. Name a groove '
        'model, a MIDI file, or a dataset that drumspace_create_dataset made '
        'of MIDI files.'
    )
  training_set = examples.load(folder)
  codes = training_set.codes
  chosen = _chosen(training_set, folder, part)
  cells, known = groove_sums.no_cells(), {}
  # What is read comes first, so that it is read to its end.
  for played, row, counts in zip(groove_tsv.read(path, codes), codes, chosen):
    if not counts:
      continue
    hits = step_codes.step_codes_to_hits(row)
    # Each pattern once: what is played often is no habit of the others.
    cells[:, hits] += groove_sums.once(played)
    known[row.tobytes()] = played
  return grooves.Known(known, grooves.Manner(cells, default))
