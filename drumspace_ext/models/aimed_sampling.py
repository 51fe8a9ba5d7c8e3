"""Aimed sampling: latents drawn in proportion to what they are likely to give.

What is asked for, a, weighs each latent vector by p(a | z), so that p(z | a) is
drawn from (Bayes): all else about the beats stays as frequent as the model has
it among beats like these. How busy or syncopated a beat of z is, is told by a
regression on draws of the model itself, its error a normal one; so any model
can be asked, one that was trained elsewhere too.
"""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses

import numpy as np

from drumspace_ext.models import sampling
from drumspace_ext.patterns import descriptors
from drumspace_ext.patterns import step_codes

# Latents that one is chosen of; the more, the further off can be aimed.
_POOL = 64
_CHUNK = 512
# Of the ridge regression, for each draw.
_RIDGE = 1e-3
# What is called no error, of a deviation; and no deviation.
_LEAST_ERROR, _LEAST_STD = 0.05, 1e-3
# float64 [n, z_size] to float64 [n], in nats.
LogWeight = Callable[[np.ndarray], np.ndarray]


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class AimedSampler(sampling.LatentSampler):
  """A sampler whose draws are weighted.

  Attributes:
    log_weight: What makes a latent vector more likely, in nats.
  """

  log_weight: LogWeight

  def draw(
      self, count: int, *, rng: np.random.Generator, spread: float = 1.0
  ) -> np.ndarray:
    """Draws latent vectors; see `LatentSampler.draw`."""
    parts = [np.zeros((0, self.means.shape[1]))]
    for start in range(0, count, _CHUNK):
      size = min(_CHUNK, count - start)
      pool = super().draw(size * _POOL, rng=rng, spread=spread)
      # The largest of weights with Gumbel noise are a weighted draw without
      # replacement (Efraimidis and Spirakis 2006).
      keys = self.log_weight(pool) + rng.gumbel(size=len(pool))
      parts.append(pool[np.argpartition(-keys, size - 1)[:size]])
    return np.concatenate(parts)


def aimed(
    sampler: sampling.LatentSampler, log_weights: Sequence[LogWeight]
) -> sampling.LatentSampler:
  """Returns a sampler with weights; itself if there are none."""
  if not log_weights:
    return sampler
  return AimedSampler(
      weights=sampler.weights, means=sampler.means, stds=sampler.stds,
      correction=sampler.correction,
      log_weight=lambda z: sum(
          (weigh(z) for weigh in log_weights), np.zeros(len(z))
      ),
  )


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class Aim:
  """Values asked for, and how to come near them.

  Attributes:
    names: Of the descriptors that are asked for.
    asked: Their values, float64 `[num_names]`.
    stds: How much they differ among the model's draws, likewise.
    weights: Of the regression, float64 `[2 * z_size + 1, num_names]`.
    errors: Standard deviations of what it does not tell, `[num_names]`.
  """

  names: list[str]
  asked: np.ndarray
  stds: np.ndarray
  weights: np.ndarray
  errors: np.ndarray

  def log_weight(self, z: np.ndarray) -> np.ndarray:
    """Returns log p(asked | z) up to a constant, float64 `[n]`."""
    missed = (_terms(z) @ self.weights - self.asked) / self.errors
    return -0.5 * (missed**2).sum(1)

  def distances(self, codes: np.ndarray) -> np.ndarray:
    """Returns how far beats are from what is asked for, in deviations.

    Args:
      codes: Step codes, `[n, 32]`.
    """
    missed = (measured(codes, self.names) - self.asked) / self.stds
    return np.sqrt((missed**2).sum(1))

  def told_by(self, draws: sampling.Samples) -> 'Aim':
    """Returns the same aim, its regression one of more draws.

    They may have been aimed: what is chosen by z biases no regression on z.
    """
    values, terms = measured(draws.codes, self.names), _terms(draws.latents)
    penalty = _RIDGE * len(terms) * terms.var(0) + _RIDGE
    weights = np.linalg.solve(
        terms.T @ terms + np.diag(penalty), terms.T @ values
    )
    missed = (values - terms @ weights).std(0)
    return dataclasses.replace(
        self, weights=weights,
        errors=np.maximum(missed, _LEAST_ERROR * self.stds),
    )


def measured(codes: np.ndarray, names: Sequence[str]) -> np.ndarray:
  """Returns what descriptors say of step codes, float64 `[n, num_names]`."""
  return descriptors.measure(step_codes.step_codes_to_hits(codes), names)


def aim(asked: Mapping[str, float], draws: sampling.Samples) -> Aim:
  """Learns from draws of a model where beats like those asked for lie.

  Args:
    asked: Values, by the names of descriptors.
    draws: Of the sampler that will be aimed.
  """
  names = list(asked)
  stds = measured(draws.codes, names).std(0)
  return Aim(
      names=names, asked=np.array([asked[name] for name in names]),
      stds=np.maximum(stds, _LEAST_STD), weights=np.zeros(0), errors=stds,
  ).told_by(draws)


def _terms(z: np.ndarray) -> np.ndarray:
  """Returns what is regressed on: 1, z and its squares."""
  return np.concatenate([np.ones((len(z), 1)), z, z**2], axis=1)
