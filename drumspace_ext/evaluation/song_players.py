"""Song players: models that continue beats, as they are judged by songs.

Our next-step model says how probable each step code is. A drums_rnn speaks of
sets of nine drums (`drum_kit`), which are fewer; that its steps can be held
against others, a set is spelled out in voices as often as training songs do.
`one_drum` hears eighths, and is asked for continuations alone.
"""

from collections.abc import Sequence
import pathlib
import typing

import numpy as np

from drumspace_ext.magenta_models import drum_classes
from drumspace_ext.models import next_step
from drumspace_ext.patterns import step_codes

if typing.TYPE_CHECKING:
  from drumspace_ext.continuation import continuers
  from drumspace_ext.continuation import magenta_continuer
  from drumspace_ext.evaluation import song_baselines


class Player(typing.Protocol):
  """What is judged by songs.

  Attributes:
    name: What its row is called.
  """

  @property
  def name(self) -> str:
    """What its row is called."""

  def nats(self, songs: Sequence[np.ndarray]) -> list[np.ndarray] | None:
    """Returns how surprising each step of songs is.

    Nothing is carried from one song to the next.

    Args:
      songs: Step codes, uint16 `[num_steps]` each.

    Returns:
      Minus the log-likelihood of each step, given those before it, float64
      `[num_steps]` each; None if it has none.
    """

  def continue_codes(
      self, primer: np.ndarray, *, num_steps: int, temperature: float,
      seed: int,
  ) -> np.ndarray:
    """Returns what it plays behind a primer, uint16 `[num_steps]`."""


class _Continues:
  """What a continuer draws, one at a time."""

  def __init__(self, name: str, continuer: 'continuers.Continuer'):
    self.name, self._continuer = name, continuer

  def continue_codes(
      self, primer: np.ndarray, *, num_steps: int, temperature: float,
      seed: int,
  ) -> np.ndarray:
    return self._continuer.continue_codes(
        primer, num_steps=num_steps, num_outputs=1, temperature=temperature,
        seed=seed,
    )[0]


class NextStepPlayer(_Continues):
  """Our next-step model."""

  def __init__(
      self, name: str, continuer: 'continuers.Continuer',
      model: next_step.NextStep,
  ):
    """Takes a continuer and the model in it."""
    super().__init__(name, continuer)
    self._model = model

  def nats(self, songs: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Returns how surprising steps are; see `Player`."""
    return [self._model.nats(codes) for codes in songs]


class DrumsRnnPlayer(_Continues):
  """A drums_rnn."""

  def __init__(
      self, name: str, continuer: 'magenta_continuer.DrumsRnnContinuer',
      frequencies: 'song_baselines.Frequencies',
  ):
    """Takes a continuer, and how often steps are in training songs."""
    super().__init__(name, continuer)
    self._drums_rnn = continuer
    classes = drum_classes.codes_to_classes(np.arange(step_codes.NUM_CODES))
    of_class = np.bincount(classes, weights=frequencies.shares)
    self._spelling_nats = -np.log(frequencies.shares / of_class[classes])

  def nats(self, songs: Sequence[np.ndarray]) -> list[np.ndarray] | None:
    """Returns how surprising steps are; see `Player`."""
    heard = self._drums_rnn.class_nats(songs)
    if heard is None:
      return None
    return [
        nats + self._spelling_nats[codes] for nats, codes in zip(heard, songs)
    ]


def load(
    name: str, path: pathlib.Path, frequencies: 'song_baselines.Frequencies'
) -> Player:
  """Loads a model that continues beats.

  Args:
    name: What its row is called.
    path: From `checkpoints.find`.
    frequencies: Of training songs.

  Raises:
    CheckpointError: If it is none.
  """
  from drumspace_ext.continuation import continuers
  from drumspace_ext.continuation import magenta_continuer
  from drumspace_ext.continuation import next_step_continuer

  continuer = continuers.load(path)
  if isinstance(continuer, magenta_continuer.DrumsRnnContinuer):
    return DrumsRnnPlayer(name, continuer, frequencies)
  if isinstance(continuer, next_step_continuer.NextStepContinuer):
    return NextStepPlayer(name, continuer, continuer.model)
  raise TypeError(f'{path} continues in a way that nobody judges')
