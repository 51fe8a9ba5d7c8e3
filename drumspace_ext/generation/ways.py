"""Generation: new beats from a trained model, in five ways.

`sample` draws from the space or around beats; `interpolate` leads from one beat
to another; `blend` spans a square between four; `walk` strolls through the
space and comes back; `vary` lists neighbours.
"""

from collections.abc import Iterator
from collections.abc import Sequence
import dataclasses

import numpy as np

from drumspace_ext import callbacks
from drumspace_ext import errors
from drumspace_ext.models import aimed_sampling
from drumspace_ext.models import interpolation
from drumspace_ext.models import sampling
from drumspace_ext.models import trained_model
from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import step_codes

# Draws for each beat asked for, before giving up on finding enough.
_MAX_DRAWS_PER_OUTPUT = 50
_MIN_BATCH = 256
# A deterministic model has no posterior: it is varied by this share of the
# spread of the training latents.
_VARY_SHARE = 0.25
_WALK_STEPS_PER_TARGET = 8
_VARY_SPREADS = (0.5, 1.0, 1.5, 2.0, 3.0)


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class Generated:
  """What was made.

  Attributes:
    latents: float64 `[num_patterns, z_size]`.
    hits: bool `[num_patterns, 32, 14]`.
    samples: All draws and their verdicts; None where nothing was drawn.
  """

  latents: np.ndarray
  hits: np.ndarray
  samples: sampling.Samples | None = None

  def __repr__(self) -> str:
    return f'Generated(beats={len(self.hits)}, samples={self.samples!r})'


def _spread(model: trained_model.TrainedModel) -> np.ndarray:
  """Returns the standard deviation of the training latents, `[z_size]`."""
  sampler = model.sampler
  mean = sampler.weights @ sampler.means
  square = sampler.weights @ (sampler.stds**2 + sampler.means**2)
  return np.sqrt(np.maximum(square - mean**2, 1e-12))


def encode(
    model: trained_model.TrainedModel, hits: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
  """Returns where beats, bool `[n, 32, 14]`, lie and how far around.

  Both are float64 `[n, z_size]`.
  """
  _, mu, sigma = model.encode_tensors(hits)
  mu, sigma = mu.astype(np.float64), sigma.astype(np.float64)
  if not sigma.any():
    sigma = np.broadcast_to(_VARY_SHARE * _spread(model), mu.shape)
  return mu, sigma


def sampler_of(
    model: trained_model.TrainedModel, near: np.ndarray | None,
    log_weights: Sequence[aimed_sampling.LogWeight] = (),
) -> sampling.LatentSampler:
  """Returns what draws around beats, or everywhere; see `sample`."""
  sampler = model.sampler
  if near is not None:
    sampler = sampling.around(*encode(model, near))
  return aimed_sampling.aimed(sampler, log_weights)


def sample(
    model: trained_model.TrainedModel, *, num_outputs: int,
    num_draws: int | None, near: np.ndarray | None, seed: int,
    temperature: float | None, threshold: float,
    log_weights: Sequence[aimed_sampling.LogWeight] = (),
    on_step: callbacks.OnStep = callbacks.silent,
) -> Generated:
  """Draws beats that pass the published filters, each class once.

  Args:
    model: A model.
    num_outputs: Beats wanted.
    num_draws: Draws to make, no more and no fewer; as many as needed if None.
    near: Beats to draw around, bool `[n, 32, 14]`; the whole space if None.
    seed: Of everything drawn.
    temperature: See `TrainedModel.decode_hits`.
    threshold: Likewise.
    log_weights: What makes some z more likely; see `aimed_sampling`.
    on_step: Likewise.

  Raises:
    InputError: If none passes; fewer than asked for are returned.
  """
  sampler = sampler_of(model, near, log_weights)
  parts: list[sampling.Samples] = []
  limit = num_draws or max(_MIN_BATCH, num_outputs * _MAX_DRAWS_PER_OUTPUT)
  batch = num_draws or max(_MIN_BATCH, 2 * num_outputs)
  while True:
    parts.append(model.draw(
        min(batch, limit - sum(len(part.codes) for part in parts)),
        seed=int(np.random.default_rng([seed, len(parts)]).integers(2**31)),
        sampler=sampler, temperature=temperature, threshold=threshold,
        on_step=on_step,
    ))
    samples = sampling.joined(parts)
    chosen = np.flatnonzero(samples.first_of_class)[:num_outputs]
    if len(chosen) == num_outputs or len(samples.codes) >= limit:
      break
  if not len(chosen):
    raise errors.InputError(
        f'none of {len(samples.codes)} draws passes the filters. Raise '
        '--temperature, or draw from another place.'
    )
  return Generated(
      latents=samples.latents[chosen],
      hits=step_codes.step_codes_to_hits(samples.codes[chosen]),
      samples=samples,
  )


def interpolate(
    model: trained_model.TrainedModel, ends: np.ndarray, *, num_steps: int
) -> Generated:
  """Leads from one beat to another; the ends are exact.

  Args:
    model: Leads.
    ends: bool `[2, 32, 14]`.
    num_steps: Beats on the way with the ends, at least 2.
  """
  mu, _ = encode(model, ends)
  z, hits = interpolation.between(
      ends[0], ends[1], mu[0], mu[1], num_steps, model.decode_hits
  )
  return Generated(latents=z, hits=hits)


def blend(
    model: trained_model.TrainedModel, corners: np.ndarray, *, size: int
) -> Generated:
  """Spans a square between four beats, row by row; the corners are exact.

  Args:
    model: A model.
    corners: bool `[4, 32, 14]`: top left, top right, bottom left, bottom right.
    size: Beats along a side, at least 2.
  """
  mu, _ = encode(model, corners)
  z = interpolation.grid(mu, size)
  hits = model.decode_hits(z.reshape(-1, model.z_size))
  hits = hits.reshape(size, size, *corners.shape[1:])
  hits[0, 0], hits[0, -1], hits[-1, 0], hits[-1, -1] = corners
  return Generated(
      latents=z.reshape(-1, model.z_size),
      hits=hits.reshape(-1, *corners.shape[1:]),
  )


def stroll(
    model: trained_model.TrainedModel, *, start: np.ndarray | None, seed: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
  """Strolls through the space without end.

  It heads for a beat drawn from the space, in a few steps, and from there for
  the next. What is trivial on the way is left out.

  Args:
    model: A model.
    start: Where to begin, bool `[32, 14]`; anywhere if None.
    seed: Of the way.

  Yields:
    (z, hits): float64 `[z_size]`, bool `[32, 14]`.
  """
  rng = np.random.default_rng(seed)

  def somewhere():
    while True:
      drawn = model.draw(_MIN_BATCH, seed=int(rng.integers(2**31)))
      for i in np.flatnonzero(drawn.passing):
        yield drawn.latents[i], step_codes.step_codes_to_hits(drawn.codes[i])
  targets = somewhere()
  if start is None:
    here = next(targets)
  else:
    here = encode(model, start[None])[0][0], start
  # Whoever begins with a trivial beat hears it.
  yield here
  while True:
    there = next(targets)
    yield from _way(model, here, there)
    here = there


def _way(model, here, there) -> Iterator[tuple[np.ndarray, np.ndarray]]:
  """Yields the plausible beats on the way, but not the first."""
  z, hits = interpolation.between(
      here[1], there[1], here[0], there[0], _WALK_STEPS_PER_TARGET + 1,
      model.decode_hits,
  )
  plausible = ~entropy.is_trivial(step_codes.hits_to_step_codes(hits))
  for i in np.flatnonzero(plausible[1:]) + 1:
    yield z[i], hits[i]


def walk(
    model: trained_model.TrainedModel, *, num_bars: int,
    start: np.ndarray | None, seed: int,
) -> Generated:
  """Strolls for a number of bars and comes back to where it began.

  Args:
    model: A model.
    num_bars: Length; two bars a beat, at least 4.
    start: Where to begin, bool `[32, 14]`; anywhere if None.
    seed: Of the way.
  """
  count = max(2, num_bars // 2)
  # At least half of the walk leads away; the rest, or a few steps, leads home.
  home = min(_WALK_STEPS_PER_TARGET, count // 2)
  way = stroll(model, start=start, seed=seed)
  steps = [next(way) for _ in range(count - home)]
  z, hits = interpolation.between(
      steps[-1][1], steps[0][1], steps[-1][0], steps[0][0], home + 2,
      model.decode_hits,
  )
  for z_step, beat in zip(z[1:-1], hits[1:-1]):
    trivial = entropy.is_trivial(step_codes.hits_to_step_codes(beat))
    # Where nothing plausible lies, the last beat is played on.
    steps.append(steps[-1] if trivial else (z_step, beat))
  return Generated(
      latents=np.stack([z for z, _ in steps]),
      hits=np.stack([hits for _, hits in steps]),
  )


def vary(
    model: trained_model.TrainedModel, beat: np.ndarray, *, num_outputs: int,
    seed: int, temperature: float | None, threshold: float = 0.5,
) -> Generated:
  """Returns neighbours of a beat, the nearest first.

  Args:
    model: A model.
    beat: bool `[32, 14]`.
    num_outputs: Beats wanted.
    seed: Of everything drawn.
    temperature: See `TrainedModel.decode_hits`.
    threshold: Likewise.

  Raises:
    InputError: If the model knows no other beat near it.
  """
  mu, sigma = encode(model, beat[None])
  rng = np.random.default_rng(seed)
  found: dict[bytes, tuple[int, np.ndarray, np.ndarray]] = {}
  own = beat.tobytes()
  for spread in _VARY_SPREADS:
    drawn = model.draw(
        max(_MIN_BATCH, 4 * num_outputs), seed=int(rng.integers(2**31)),
        sampler=sampling.around(mu, sigma * spread), temperature=temperature,
        threshold=threshold,
    )
    hits = step_codes.step_codes_to_hits(drawn.codes)
    for i in np.flatnonzero(~drawn.trivial):
      key = hits[i].tobytes()
      if key != own and key not in found:
        distance = int((hits[i] != beat).sum())
        found[key] = distance, drawn.latents[i], hits[i]
    if len(found) >= num_outputs:
      break
  if not found:
    raise errors.InputError('the model gives back nothing but this beat.')
  # Of equal distance the one with smaller bytes: no order of chance.
  ordered = sorted(found.items(), key=lambda item: (item[1][0], item[0]))
  nearest = ordered[:num_outputs]
  return Generated(
      latents=np.stack([z for _, (_, z, _) in nearest]),
      hits=np.stack([hits for _, (_, _, hits) in nearest]),
  )
