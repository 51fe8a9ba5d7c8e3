"""Genre places: where in a model's latent space the beats of genres lie.

Of each genre two vectors travel in a checkpoint: the mean of the latent vectors
of its patterns, and a direction, that in which latents as the model draws them
tell the genre best from all others (Fisher's linear discriminant, 1936). Draws
are tilted along it (`aimed_sampling`): a normal sampler's mean moves by three
times the way from the mean of all beats to that of the genre. No pattern is
kept, and no latent vector of one.
"""

from collections.abc import Mapping
import dataclasses

import numpy as np

from drumspace_ext import errors
from drumspace_ext import suggestions
from drumspace_ext.models import aimed_sampling

# Of its tensors and of its metadata.
PREFIX, KEY = 'genres.', 'genres'
# At 1 a draw is as likely of the genre as its latent vector says, which is not
# much of it; at 3 half as often again (tests/benchmarks/RESULTS.md).
_STRENGTH = 3.0


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class GenrePlaces:
  """Genres that a model knows.

  Attributes:
    counts: Training patterns of each; the rows are in the order of the names.
    means: Of their latent vectors, float64 `[num_genres, z_size]`.
    directions: Of their discriminants, likewise.
  """

  counts: Mapping[str, int]
  means: np.ndarray
  directions: np.ndarray

  def __repr__(self) -> str:
    return f'GenrePlaces({", ".join(self.counts)})'

  def name_of(self, genre: str) -> str | None:
    """Returns what a genre is called here: `hip_hop` may be `hiphop`."""
    plain = {name.replace('_', ''): name for name in self.counts}
    return plain.get(genre.replace('_', ''))

  def log_weight(self, genre: str) -> aimed_sampling.LogWeight:
    """Returns how z is weighted for a genre, in nats.

    Raises:
      InputError: If it is none of those known.
    """
    name = self.name_of(genre)
    if name is None:
      raise errors.InputError(
          f'this model knows no genre {genre!r}; it knows '
          f'{", ".join(sorted(self.counts))}.'
          + suggestions.did_you_mean(genre, self.counts)
          + ' With --examples_path beats are drawn around patterns of yours.'
      )
    row = sorted(self.counts).index(name)
    direction, mean = _STRENGTH * self.directions[row], self.means[row]
    return lambda z: (z - mean) @ direction

  def tensors(self) -> dict[str, np.ndarray]:
    """Returns it as a checkpoint keeps it; `from_tensors` reads that."""
    return {
        f'{PREFIX}means': self.means.astype(np.float32),
        f'{PREFIX}directions': self.directions.astype(np.float32),
    }


def from_tensors(
    tensors: Mapping[str, np.ndarray], counts: object, z_size: int
) -> GenrePlaces | None:
  """Returns the genres that a checkpoint knows; None if there are none.

  Args:
    tensors: Those under `PREFIX`.
    counts: What the metadata has under `KEY`.
    z_size: Of the model.

  Raises:
    KeyError: If a tensor is missing.
    ValueError: If they don't fit each other.
  """
  if not tensors and counts is None:
    return None
  means, directions = (
      tensors[f'{PREFIX}{name}'].astype(np.float64)
      for name in ('means', 'directions')
  )
  if (
      not isinstance(counts, dict) or means.shape != (len(counts), z_size)
      or directions.shape != means.shape
      or not (np.isfinite(means) & np.isfinite(directions)).all()
      or not all(isinstance(count, int) for count in counts.values())
  ):
    raise ValueError('its genres are no names with places')
  return GenrePlaces(counts=counts, means=means, directions=directions)
