"""Our own next-step model as a continuer: it goes on in its song, for ever.

What the song has played is its memory (`models.song_memory`), which may not
grow for ever: behind `MAX_REMEMBERED` steps it begins again with the last ones.
"""

from collections.abc import Iterator
import itertools

import numpy as np

from drumspace_ext import errors
from drumspace_ext.models import next_step
from drumspace_ext.models import song_memory
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes

MAX_REMEMBERED, KEPT = 1 << 13, 1 << 11
# It begins again on the same step of so many.
PHASE = 64


def _remember(codes: np.ndarray) -> song_memory.SongMemory:
  memory = song_memory.SongMemory()
  for code in codes.tolist():
    memory.append(code)
  return memory


def _latest(codes: np.ndarray) -> np.ndarray:
  """Returns the last steps, from a bar line with the same phase on."""
  start = max(0, len(codes) - KEPT)
  return codes[start // PHASE * PHASE:]


class NextStepContinuer:
  """A next-step model; see `continuers.Continuer`.

  Attributes:
    model: The model.
  """

  name = 'next_step'
  description = 'a next-step model that remembers its song'
  primer_map = drum_maps.GM14

  def __init__(self, model: next_step.NextStep):
    """Takes the model."""
    self.model = model

  def stream(
      self, primer: np.ndarray, *, temperature: float, seed: int,
      output: int = 0,
  ) -> Iterator[int]:
    """Yields what follows a primer, step code by step code, for ever.

    Args:
      primer: Step codes, integer `[num_primer_steps]`.
      temperature: See `continuers.Continuer.continue_codes`.
      seed: Likewise.
      output: Which of its outputs this is.

    Raises:
      InputError: If the primer is none, or the temperature is below 0.
    """
    primer = np.asarray(primer)
    if not len(primer) or not (
        0 <= primer.min() <= primer.max() < step_codes.NUM_CODES
    ):
      raise errors.InputError(
          'a primer is one or more step codes of '
          f'{step_codes.NUM_VOICES} voices.'
      )
    if not 0 <= temperature < np.inf:
      raise errors.InputError(
          f'temperature must be a number not below 0, got {temperature}.'
      )
    return self._play(
        _remember(_latest(primer)), temperature,
        np.random.default_rng([seed, output]),
    )

  def _play(
      self, memory: song_memory.SongMemory, temperature: float,
      rng: np.random.Generator,
  ) -> Iterator[int]:
    while True:
      code = self.model.draw(
          memory, rng.random(step_codes.NUM_VOICES), temperature
      )
      memory.append(code)
      yield code
      if len(memory.codes) >= MAX_REMEMBERED:
        memory = _remember(_latest(np.array(memory.codes)))

  def continue_codes(
      self, primer: np.ndarray, *, num_steps: int, num_outputs: int,
      temperature: float, seed: int,
  ) -> np.ndarray:
    """Draws what follows a primer; see `continuers.Continuer`.

    Raises:
      InputError: If the primer is none, or the temperature is below 0.
    """
    return np.array([
        list(itertools.islice(self.stream(
            primer, temperature=temperature, seed=seed, output=output
        ), num_steps)) for output in range(num_outputs)
    ], np.uint16).reshape(num_outputs, num_steps)
