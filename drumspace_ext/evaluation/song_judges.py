"""Song judges: which songs a model that continues beats is judged by.

Songs are whole files. Those that judge are the part for validation of the
songs given, split as the models were trained (whole blocks of neighbors), or
other songs.
"""

from collections.abc import Mapping
from collections.abc import Sequence
import pathlib
import typing

import numpy as np

from drumspace_ext import callbacks
from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext.dataset import parts
from drumspace_ext.extraction import recipes
from drumspace_ext.extraction import songs as songs_lib
from drumspace_ext.files import local_paths
from drumspace_ext.models import checkpoints
from drumspace_ext.models import magenta_files
from drumspace_ext.models import next_step_configs
from drumspace_ext.training import song_batches

OTHERS = 'other songs'
# How it is divided where no model says it.
_CONFIG = 'continue'


class Judges(typing.NamedTuple):
  """What models are judged by.

  Attributes:
    training: Step codes of each song that baselines learn from.
    heldout: Of each song that judges.
    part: What these are: a part of the songs given, or other songs.
    notes: What is to be known of that, sentences.
  """

  training: Sequence[np.ndarray]
  heldout: Sequence[np.ndarray]
  part: str
  notes: list[str]


class _Split(typing.NamedTuple):
  """How songs were divided for a model."""

  seed: int
  training: next_step_configs.SongTrainingConfig

  def __str__(self) -> str:
    return (
        f'seed {self.seed}, blocks of {self.training.block_songs} and '
        f'{self.training.valid_share:g} of them'
    )


class _Trained(typing.NamedTuple):
  """What a model was trained on; of drums_rnn nobody knows."""

  name: str
  digest: str
  split: _Split | None


def _trained(name: str, path: pathlib.Path) -> _Trained:
  """Reads how a model was trained, as its file says."""
  if magenta_files.read(path) is not None:
    return _Trained(name, '', None)
  _, metadata = checkpoints.read_arrays(path)
  try:
    config = next_step_configs.from_dict(metadata['config'], str(path))
    return _Trained(name, str(metadata['data_digest']), _Split(
        checkpoints.whole_number(metadata, 'seed'), config.training
    ))
  except (KeyError, ValueError) as e:
    raise errors.CheckpointError(
        f"{path} does not say how it was trained: {e} isn't right."
    ) from e


def _split(
    songs: Sequence[songs_lib.Song], models: Sequence[_Trained]
) -> song_batches.SongData:
  """Divides songs as the models were trained."""
  own = [model for model in models
         if model.digest == song_batches.digest_of(songs)]
  # By what divides, not by how they were trained then.
  splits = {str(model.split): model.split for model in own or models
            if model.split}
  if len(splits) > 1:
    raise errors.InputError(
        'the models kept other songs for validation: by '
        f'{", or by ".join(splits)}. Give --heldout_path, or evaluate them '
        'one by one.'
    )
  chosen = next(iter(splits.values()), _Split(
      defaults.SEED, next_step_configs.load(_CONFIG).training
  ))
  try:
    return song_batches.split(songs, chosen.training, seed=chosen.seed)
  except errors.InputError as e:
    raise errors.InputError(
        f'{len(songs):,} songs are too few to keep '
        f'{chosen.training.valid_share:.0%} of the blocks of '
        f'{chosen.training.block_songs} to judge by. Give more of them, or '
        'others to judge by with --heldout_path.'
    ) from e


def _notes(
    models: Sequence[_Trained], songs: Sequence[songs_lib.Song], part: str
) -> list[str]:
  """Says where a model was tuned on, or may know, what it is judged by."""
  notes, digest = [], song_batches.digest_of(songs)
  for model in models:
    if model.digest != digest:
      notes.append(
          f'{model.name} was trained on other songs than --examples_path, or '
          'on more of them: nobody says whether it knows those that judge it.'
      )
    elif part == parts.VALID:
      notes.append(
          f'{model.name} was tuned on the validation part, which judges it '
          'here: its numbers flatter it.'
      )
  return notes


def _shared(
    training: Sequence[np.ndarray], heldout: Sequence[np.ndarray], where: str
) -> list[str]:
  """Says how many songs held out are learnt from, by whatever name."""
  known = {codes.tobytes() for codes in training}
  if not (both := sum(codes.tobytes() in known for codes in heldout)):
    return []
  return [
      f'{both:,} of the {len(heldout):,} songs held out are in {where} too: '
      'what was trained on them knows them.'
  ]


def load(
    models: Mapping[str, pathlib.Path], examples_path: local_paths.Name,
    heldout_path: local_paths.Name | None, judged_by: str | None, *,
    recipe: recipes.Recipe, on_step: callbacks.OnStep,
) -> Judges:
  """Reads the songs that models are judged by.

  Args:
    models: The models' files, from `checkpoints.find`, by the names of rows.
    examples_path: Songs that they were trained on, or baselines are to be.
    heldout_path: Other songs to judge by; None takes a part of these.
    judged_by: Which part: `validation`, as None is too.
    recipe: How notes are read.
    on_step: Called with the bytes read; see `callbacks`.

  Raises:
    InputError: If there are no songs or too few, a part is asked for that
      there is not, or the models were trained on different parts.
    CheckpointError: If a file does not say how it was trained.
  """
  if judged_by == parts.TEST and not heldout_path:
    raise errors.InputError(
        'models that continue beats keep no songs for a test. Give '
        f'--heldout_path, or --judged_by={parts.VALID}.'
    )
  trained = [_trained(name, path) for name, path in models.items()]

  def read(name: local_paths.Name) -> list[songs_lib.Song]:
    return songs_lib.read(
        local_paths.names(name), recipe=recipe, on_step=on_step
    ).songs

  songs = read(examples_path)
  if not heldout_path:
    data = _split(songs, trained)
    return Judges(data.train, data.valid, parts.VALID, [
        *_shared(data.train, data.valid, 'the part for training'),
        *_notes(trained, songs, parts.VALID),
    ])
  known = [song.codes for song in songs]
  heldout = [song.codes for song in read(heldout_path)]
  return Judges(known, heldout, OTHERS, [
      *_shared(known, heldout, '--examples_path'),
      *_notes(trained, songs, OTHERS),
  ])
