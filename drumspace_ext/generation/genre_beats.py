"""Genre beats: the known patterns around which beats of a genre are drawn."""

import numpy as np

from drumspace_ext import errors
from drumspace_ext import suggestions
from drumspace_ext.dataset import examples
from drumspace_ext.patterns import step_codes


def has(training_set: examples.TrainingSet, genre: str) -> bool:
  """Says whether any training pattern has a label."""
  return any(genre in labels for labels in training_set.genres)


def of(
    training_set: examples.TrainingSet, genre: str
) -> np.ndarray:
  """Returns the training patterns of a genre, bool `[n, 32, 14]`.

  Raises:
    InputError: If no pattern has that label.
  """
  chosen = [i for i, of in enumerate(training_set.genres) if genre in of]
  if not chosen:
    known = sorted(set().union(*training_set.genres))
    raise errors.InputError(
        f'no pattern of genre {genre!r}; there are '
        f'{", ".join(known) or "none"}.'
        + suggestions.did_you_mean(genre, known)
    )
  return step_codes.step_codes_to_hits(training_set.codes[chosen])
