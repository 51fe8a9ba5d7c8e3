"""Generating: from a model's name to a folder of new beats."""

import numpy as np

from drumspace_ext import errors
from drumspace_ext import patterns
from drumspace_ext import suggestions
from drumspace_ext import training_sets


def genre_beats(
    training_set: training_sets.TrainingSet, genre: str
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
  return patterns.step_codes_to_hits(training_set.codes[chosen])
