"""The stage that continues: a pattern -> the two bars that a model plays next.

A stage as in `stages`. The model, and torch with it, is loaded when the first
input comes. What is drawn depends on the seed and the pattern alone.
"""

from collections.abc import Iterable
import functools
import hashlib
import typing

import numpy as np

from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext.patterns import step_codes
from drumspace_ext.pipelines import stages

if typing.TYPE_CHECKING:
  from drumspace_ext.continuation import continuers

_SEED_BYTES = 4
# As drums_rnn_generate's.
_TEMPERATURE = 1.0


class Continuation(stages.Stage):
  """Pattern NoteSequence -> the next two bars, as often as asked for.

  The primer is the pattern, played as often as its NoteSequence plays it.
  """

  def __init__(
      self, checkpoint: str, *, num_outputs: int = defaults.NUM_VARIATIONS,
      seed: int = defaults.SEED, temperature: float | None = None,
      name: str | None = None,
  ):
    """Makes the stage.

    Args:
      checkpoint: What `drumspace_continue` takes.
      num_outputs: Continuations of each pattern.
      seed: Of everything drawn.
      temperature: 0 takes the most probable steps; 1 if None.
      name: See `stages.Stage`.
    """
    super().__init__(name)
    errors.check_positive(num_outputs=num_outputs)
    self._checkpoint = checkpoint
    self._num_outputs = num_outputs
    self._seed = seed
    self._temperature = _TEMPERATURE if temperature is None else temperature

  @functools.cached_property
  def continuer(self) -> 'continuers.Continuer':
    """The model.

    Raises:
      CheckpointError: If there is none that continues beats.
    """
    from drumspace_ext.continuation import continuers
    from drumspace_ext.models import checkpoints

    return continuers.load(checkpoints.find(self._checkpoint))

  def _outputs(self, sequence) -> Iterable:
    hits, repeats = stages.pattern_of(sequence)
    digest = hashlib.blake2b(
        hits.tobytes(), digest_size=_SEED_BYTES, key=str(self._seed).encode()
    )
    drawn = self.continuer.continue_codes(
        np.tile(step_codes.hits_to_step_codes(hits), repeats),
        num_steps=step_codes.NUM_STEPS, num_outputs=self._num_outputs,
        temperature=self._temperature,
        seed=int.from_bytes(digest.digest(), 'big'),
    )
    for number, codes in enumerate(drawn, 1):
      yield stages.derive(
          sequence, step_codes.step_codes_to_hits(codes),
          f'continuation/{number}', repeats=repeats,
      )
