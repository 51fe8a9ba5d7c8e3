"""Sampling: from latent vectors to beats that pass, over any decoder.

Published: draw z, decode, threshold at 0.5. A sample passes when its entropy is
0.9 nats or more and no rotation of it is in the training set. Nothing here
knows of torch: a decoder is a function from z to patterns.
"""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses

import numpy as np

from drumspace_ext.models import corrections
from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import step_codes

# Rounds of corrected draws, each for what the last ones left, and how many more
# are drawn than should be enough.
_MOST_ROUNDS, _SPARE = 12, 16


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class LatentSampler:
  """A mixture of diagonal normals over z; a single one is a mixture too.

  Attributes:
    weights: float64 `[num_components]`, their sum is 1.
    means: float64 `[num_components, z_size]`.
    stds: float64 `[num_components, z_size]`.
    correction: Says which of the beats drawn are kept; None keeps all.
  """

  weights: np.ndarray
  means: np.ndarray
  stds: np.ndarray
  correction: corrections.Correction | None = None

  def __repr__(self) -> str:
    components, z_size = self.means.shape
    return f'LatentSampler(components={components}, z_size={z_size})'

  def draw(
      self, count: int, *, rng: np.random.Generator, spread: float = 1.0
  ) -> np.ndarray:
    """Draws latent vectors, float64 `[count, z_size]`.

    Args:
      count: How many.
      rng: Draws them.
      spread: Scales the standard deviations; 0 gives the means.
    """
    chosen = rng.choice(len(self.weights), size=count, p=self.weights)
    noise = rng.standard_normal((count, self.means.shape[1]))
    return self.means[chosen] + spread * self.stds[chosen] * noise


def from_tensors(tensors: Mapping[str, np.ndarray]) -> LatentSampler:
  """Returns the sampler that a checkpoint holds.

  Args:
    tensors: float64; `mean` and `std`, or `means` and `stds`, all alike.

  Raises:
    KeyError: If they are not there.
    ValueError: If they are no numbers.
  """
  trees = {
      name.removeprefix(corrections.PREFIX): values
      for name, values in tensors.items()
      if name.startswith(corrections.PREFIX)
  }
  tensors = {
      name: values for name, values in tensors.items()
      if not name.startswith(corrections.PREFIX)
  }
  correction = corrections.from_tensors(trees) if trees else None
  for name, values in tensors.items():
    if not values.size or not np.isfinite(values).all() or (
        name.startswith('std') and (values < 0).any()
    ):
      raise ValueError(f'its sampler holds no usable {name}')
  if 'mean' in tensors:
    return LatentSampler(
        weights=np.ones(1), means=tensors['mean'][None],
        stds=tensors['std'][None],
    )
  return dataclasses.replace(
      around(tensors['means'], tensors['stds']), correction=correction
  )


def around(mu: np.ndarray, sigma: np.ndarray | float) -> LatentSampler:
  """Returns a sampler that draws around given latents, all alike.

  Args:
    mu: float `[num_latents, z_size]`.
    sigma: Standard deviations, of the same shape, or one for all.
  """
  return LatentSampler(
      weights=np.full(len(mu), 1 / len(mu)), means=np.asarray(mu, np.float64),
      stds=np.broadcast_to(np.asarray(sigma, np.float64), mu.shape),
  )


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class Samples:
  """Draws and their verdicts.

  Attributes:
    latents: float64 `[num_draws, z_size]`.
    codes: Step codes, uint16 `[num_draws, 32]`.
    trivial: Refused by the entropy rule, bool `[num_draws]`.
    known: A rotation of it is in the training set, bool `[num_draws]`.
    classes: Digests of the rotation classes, uint64 `[num_draws]`.
  """

  latents: np.ndarray
  codes: np.ndarray
  trivial: np.ndarray
  known: np.ndarray
  classes: np.ndarray

  def __repr__(self) -> str:
    return (
        f'Samples(draws={len(self.codes)}, passing={int(self.passing.sum())})'
    )

  @property
  def passing(self) -> np.ndarray:
    """Which draws pass, bool `[num_draws]`."""
    return ~(self.trivial | self.known)

  @property
  def first_of_class(self) -> np.ndarray:
    """Which draws pass and are the first of their class, bool."""
    first = np.zeros(len(self.codes), np.bool_)
    _, where = np.unique(self.classes, return_index=True)
    first[where] = True
    # A class passes or fails as a whole, so its first draw stands for it.
    return first & self.passing


def joined(parts: Sequence[Samples]) -> Samples:
  """Returns draws of several rounds as those of one."""
  return Samples(**{
      field.name: np.concatenate([getattr(p, field.name) for p in parts])
      for field in dataclasses.fields(Samples)
  })


def judge(
    latents: np.ndarray, hits: np.ndarray, known_classes: np.ndarray
) -> Samples:
  """Applies the published filters.

  Args:
    latents: float `[num_draws, z_size]`.
    hits: bool `[num_draws, 32, 14]`.
    known_classes: Digests of the training set's classes, sorted, uint64.
  """
  codes = step_codes.hits_to_step_codes(hits)
  # Draws repeat a lot: what costs is done once for each different one.
  unique, inverse = np.unique(
      np.ascontiguousarray(codes).view(f'V{codes.itemsize * codes.shape[1]}'),
      return_inverse=True,
  )
  different = unique.view(codes.dtype).reshape(-1, step_codes.NUM_STEPS)
  inverse = inverse.reshape(-1)
  classes = step_codes.class_digests(different)
  where = np.searchsorted(known_classes, classes)
  known = np.zeros(len(classes), np.bool_)
  inside = where < len(known_classes)
  known[inside] = known_classes[where[inside]] == classes[inside]
  return Samples(
      latents=latents, codes=codes,
      trivial=entropy.is_trivial(different)[inverse], known=known[inverse],
      classes=classes[inverse],
  )


def draw(
    sampler: LatentSampler, decode: Callable[[np.ndarray], np.ndarray],
    count: int, known_classes: np.ndarray, *, rng: np.random.Generator,
) -> Samples:
  """Draws latents, decodes them and judges what came out.

  Args:
    sampler: Where to draw z.
    decode: From float64 `[n, z_size]` to bool `[n, 32, 14]`.
    count: Draws.
    known_classes: Digests of the training set's classes, sorted, uint64.
    rng: Draws the latents.
  """
  if sampler.correction is None:
    latents = sampler.draw(count, rng=rng)
    return judge(latents, decode(latents), known_classes)
  kept: list[tuple[np.ndarray, np.ndarray]] = []
  missing = count
  for number in range(_MOST_ROUNDS):
    latents = sampler.draw(
        int(missing / corrections.KEPT) + _SPARE, rng=rng
    )
    hits = decode(latents)
    kept_ones = sampler.correction.keeps(hits, rng=rng)
    known = judge(latents, hits, known_classes).known
    new_enough = ~known | (
        rng.random(len(hits)) < sampler.correction.copies
    )
    which = np.flatnonzero(kept_ones & new_enough)
    if number + 1 == _MOST_ROUNDS:
      # Where hardly anything is like a real beat, the rest is as it comes.
      which = np.arange(len(hits))
    which = which[:missing]
    kept.append((latents[which], hits[which]))
    missing -= len(which)
    if not missing:
      break
  latents, hits = (np.concatenate(part) for part in zip(*kept))
  return judge(latents, hits, known_classes)
