"""Asked beats: drawn with what they are to be, so busy or so syncopated.

A first round of draws tells where in the latent space beats like these lie
(`models.aimed_sampling`); further rounds are drawn there, until enough beats
are near enough. Of those that pass the published filters these are taken, in
the order in which they were drawn, and the nearest of the others where they are
too few.
"""

from collections.abc import Mapping
from collections.abc import Sequence

import numpy as np

from drumspace_ext import callbacks
from drumspace_ext import errors
from drumspace_ext.generation import ways
from drumspace_ext.models import aimed_sampling
from drumspace_ext.models import sampling
from drumspace_ext.models import trained_model
from drumspace_ext.patterns import descriptors
from drumspace_ext.patterns import step_codes

# Draws of the first round, and of all of them, at least.
_FIRST, _LIMIT = 1024, 4096
_MAX_DRAWS_PER_OUTPUT = 50
_MIN_BATCH = 256
# Beats nearer than this are near enough, in standard deviations of a model's
# draws: 0.06 hits a step, a third of a syncopation.
_NEAR = 0.15
# Beats further off are no answer.
_FAR = 1.0
# Beats that are off are not taken, which prefers latents that seldom give them;
# an aim at full weight would do that twice. Each round has this much more of
# it, for what is far off is else not reached.
_AIM_SHARE = 0.3


def sample(
    model: trained_model.TrainedModel, *, asked: Mapping[str, float],
    num_outputs: int, num_draws: int | None, near: np.ndarray | None,
    seed: int, temperature: float | None, threshold: float,
    log_weights: Sequence[aimed_sampling.LogWeight] = (),
    on_step: callbacks.OnStep = callbacks.silent,
) -> ways.Generated:
  """Draws beats that pass the published filters and are as asked for.

  Args:
    model: A model.
    asked: Values, by the names of `descriptors.DESCRIPTORS`.
    num_outputs: Beats wanted, each class once.
    num_draws: Draws to make, no more and no fewer; as many as needed if None.
    near: See `ways.sample`.
    seed: Of everything drawn.
    temperature: See `TrainedModel.decode_hits`.
    threshold: Likewise.
    log_weights: See `ways.sample`.
    on_step: Likewise.

  Raises:
    InputError: If none passes, or none is anywhere near.
  """
  descriptors.check(asked)
  limit = num_draws or max(_LIMIT, num_outputs * _MAX_DRAWS_PER_OUTPUT)
  rng = np.random.default_rng([seed, len(asked)])

  def drawn(count: int, source: sampling.LatentSampler) -> sampling.Samples:
    return model.draw(
        count, seed=int(rng.integers(2**31)), sampler=source,
        temperature=temperature, threshold=threshold, on_step=on_step,
    )

  samples = drawn(
      min(_FIRST, (limit + 1) // 2), ways.sampler_of(model, near, log_weights)
  )
  aim = aimed_sampling.aim(asked, samples)
  share = 0.0
  while True:
    distances = aim.distances(samples.codes)
    passing = np.flatnonzero(samples.first_of_class)
    # Of those that are near enough none is better than another.
    chosen = passing[np.argsort(
        np.maximum(distances[passing], _NEAR), kind='stable'
    )][:num_outputs]
    left = limit - len(samples.codes)
    enough = len(chosen) == num_outputs and distances[chosen].max() <= _NEAR
    if not left or enough and not num_draws:
      break
    share = min(share + _AIM_SHARE, 1.0)
    samples = sampling.joined([samples, drawn(
        min(left, max(_MIN_BATCH, 2 * num_outputs)),
        ways.sampler_of(
            model, near, [*log_weights, _softened(aim.log_weight, share)]
        ),
    )])
    aim = aim.told_by(samples)
  _check_near(samples, passing, distances, asked)
  # In the order in which they were drawn.
  chosen = np.sort(chosen)
  return ways.Generated(
      latents=samples.latents[chosen],
      hits=step_codes.step_codes_to_hits(samples.codes[chosen]),
      samples=samples,
  )


def _softened(
    log_weight: aimed_sampling.LogWeight, share: float
) -> aimed_sampling.LogWeight:
  """Returns a share of a weight's nats."""
  return lambda z: share * log_weight(z)


def _check_near(
    samples: sampling.Samples, passing: np.ndarray, distances: np.ndarray,
    asked: Mapping[str, float],
) -> None:
  """Refuses what a model has nothing like."""
  if not len(passing):
    raise errors.InputError(
        f'none of {len(samples.codes)} draws passes the filters. Raise '
        '--temperature, or draw from another place.'
    )
  if distances[passing].min() <= _FAR:
    return
  values = aimed_sampling.measured(samples.codes[passing], list(asked))
  raise errors.InputError('; '.join(
      f'--{name}={value:g} is beyond what this model draws: {low:.2g} to '
      f'{high:.2g} {descriptors.DESCRIPTORS[name].unit}, in '
      f'{len(samples.codes):,} draws'
      for (name, value), low, high in zip(
          asked.items(), values.min(0), values.max(0)
      )
  ) + ('.' if len(asked) == 1 else ': no beat has both.'))
