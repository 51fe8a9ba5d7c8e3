"""Takes: one of many ways to play a pattern, drawn hit by hit.

Two small networks, of velocities and of lateness, say how likely it is that a
hit is played as one of the *earlier* hits (see `take_features`), or nearly as
one, and how likely each new value is. So a take has what residuals around a
mean have not: accents that come again, bars alike, machines without any
lateness. One of several takes is chosen, as often as the critic says that it is
like a performance (`take_critic`). What is drawn depends on the seed and the
pattern alone.
"""

import zlib

import numpy as np
import torch
from torch import nn

from drumspace_ext import callbacks
from drumspace_ext.models import groove_configs
from drumspace_ext.models import take_critic
from drumspace_ext.models import take_features
from drumspace_ext.patterns import step_codes

_EARLIER = take_features.NUM_EARLIER
# A hit is played as an earlier one, nearly as one, or anew.
_SOURCES = 2 * _EARLIER + 1
# Nearly so is at most so far away.
_NEAR = 12
_ABSENT = -1e4
_BATCH = 1024
# Of so many takes one is chosen.
_NUM_TAKES = 8
# More plays tell no more.
OFTEN = 4
# Uniform numbers of a hit: of each answer whether it is new, and which value.
_NUM_UNIFORM = 4


def num_features() -> tuple[int, int]:
  """Returns the widths of `Played.features` and of `around`."""
  hits = np.ones((1, step_codes.NUM_STEPS, step_codes.NUM_VOICES), np.bool_)
  rows, steps, of_voice = (values[:1] for values in take_features.places(hits))
  played = take_features.Played(1)
  found = played.earlier(rows, steps, of_voice)
  return (
      played.features(rows, steps, of_voice, found).shape[1],
      around(hits, np.ones(1)).shape[1],
  )


def around(hits: np.ndarray, plays: np.ndarray) -> np.ndarray:
  """Returns what is known before any hit is played, float32 `[num_hits, n]`.

  Args:
    hits: bool `[num_patterns, 32, 14]`.
    plays: How often each pattern is played: beats are more even than fills.
  """
  often = np.minimum(plays, OFTEN)[take_features.places(hits)[0]] / OFTEN
  return np.concatenate([
      take_features.of_hits(hits), often[:, None].astype(np.float32)
  ], 1)


def _layers(
    config: groove_configs.GrooveConfig, num_in: int, num_out: int
) -> nn.Module:
  width, dropout = config.take_size, config.take_dropout
  return nn.Sequential(
      nn.Linear(num_in, width), nn.ReLU(), nn.Dropout(dropout),
      nn.Linear(width, width), nn.ReLU(), nn.Dropout(dropout),
      nn.Linear(width, num_out),
  )


class TakeNetwork(nn.Module):
  """Says how likely the values of the next hit are, and takes as a whole."""

  def __init__(self, config: groove_configs.GrooveConfig):
    """Makes the layers; their weights come from torch's global generator."""
    super().__init__()
    size = sum(num_features())
    self.answers = nn.ModuleList([
        _layers(config, size + 2 * answer, count + _SOURCES)
        for answer, count in enumerate(take_features.NUM_VALUES)
    ])
    apart = torch.arange(-_NEAR, _NEAR + 1).abs().float()
    # Just the same is what the other source is for.
    self.near = nn.Parameter(
        (-apart / 4 - 5 * (apart == 0)).repeat(2, _EARLIER, 1)
    )
    self.critic = take_critic.TakeCritic(
        config.critic_size, config.critic_dropout
    )

  def logs(
      self, answer: int, features: torch.Tensor, there: torch.Tensor
  ) -> tuple[torch.Tensor, torch.Tensor]:
    """Returns log probabilities of sources, and logits of new values.

    Args:
      answer: 0 for velocities, 1 for ticks.
      features: float `[n, size]`, of ticks with two more.
      there: Whether each earlier hit is there, bool `[n, NUM_EARLIER]`.

    Returns:
      (of each source: earlier hits, values near to these, a new value,
      `[n, 2 * NUM_EARLIER + 1]`; of each new value `[n, num_values]`: few hits
      are in need of their probabilities).
    """
    values, sources = self.answers[answer](features).split(
        [take_features.NUM_VALUES[answer], _SOURCES], 1
    )
    allowed = torch.cat([there, there, torch.ones_like(there[:, :1])], 1)
    sources = sources.masked_fill(~allowed, _ABSENT)
    return sources.log_softmax(1), values

  def nats(
      self, answer: int, features: torch.Tensor, there: torch.Tensor,
      found: torch.Tensor, truth: torch.Tensor,
  ) -> torch.Tensor:
    """Returns how unlikely true values are, float `[n]`.

    Args:
      answer: See `logs`.
      features: See `logs`.
      there: See `logs`.
      found: What earlier hits had, `[n, NUM_EARLIER]`.
      truth: The values, `[n]`.
    """
    sources, values = self.logs(answer, features, there)
    index = truth.long() - take_features.LEAST[answer]
    new = sources[:, -1:] + values.log_softmax(1).gather(1, index[:, None])
    apart = truth[:, None].long() - found
    again, near = sources[:, :-1].split(_EARLIER, 1)
    near = near + self.near[answer].log_softmax(1)[
        torch.arange(_EARLIER), (apart + _NEAR).clamp(0, 2 * _NEAR)
    ]
    return -torch.cat([
        again.masked_fill((apart != 0) | ~there, _ABSENT),
        near.masked_fill((apart.abs() > _NEAR) | ~there, _ABSENT), new,
    ], 1).logsumexp(1)


def _chosen(shares: torch.Tensor, uniform: np.ndarray) -> np.ndarray:
  """Draws by probabilities, int64 `[n]`."""
  upto = np.cumsum(shares.numpy().astype(np.float64), axis=1)
  return np.minimum(
      (uniform[:, None] * upto[:, -1:] >= upto).sum(1), upto.shape[1] - 1
  )


def _generator(
    hits: np.ndarray, seed: int, number: int
) -> np.random.Generator:
  """Returns random numbers by seed, number and pattern alone."""
  return np.random.default_rng([seed, number, zlib.crc32(hits.tobytes())])


def _uniform(hits: np.ndarray, seed: int, numbers: np.ndarray) -> np.ndarray:
  """Returns the uniform numbers of takes, `[num_hits, 4]`."""
  parts = [
      _generator(struck, seed, number).random((int(struck.sum()), _NUM_UNIFORM))
      for struck, number in zip(hits, numbers.tolist())
  ]
  return np.concatenate([np.zeros((0, _NUM_UNIFORM)), *parts])


def _next_values(
    network: TakeNetwork, features: np.ndarray, mean: np.ndarray,
    found: tuple[np.ndarray, np.ndarray], uniform: np.ndarray,
) -> np.ndarray:
  """Draws velocities and ticks of hits, int16 `[n, 2]`."""
  result = np.zeros((len(features), 2), np.int16)
  rows = np.arange(len(features))
  for answer, least in enumerate(take_features.LEAST):
    if answer:
      features = np.concatenate([
          features, take_features.velocity_apart(result[:, 0], mean)
      ], 1)
    sources, logits = network.logs(
        answer, torch.from_numpy(features), torch.from_numpy(found[1])
    )
    source = _chosen(sources.exp(), uniform[:, 2 * answer])
    share, which = uniform[:, 2 * answer + 1], source % _EARLIER
    values = found[0][rows, answer, which].astype(np.int64)
    near = np.flatnonzero((source >= _EARLIER) & (source < 2 * _EARLIER))
    values[near] += _chosen(
        network.near[answer].softmax(1)[which[near]], share[near]
    ) - _NEAR
    new = np.flatnonzero(source == 2 * _EARLIER)
    values[new] = least + _chosen(
        logits[new].log_softmax(1).exp(), share[new]
    )
    most = least + take_features.NUM_VALUES[answer] - 1
    result[:, answer] = values.clip(least, most)
  return result


def _numbered(
    network: TakeNetwork, hits: np.ndarray, seed: int, numbers: np.ndarray
) -> np.ndarray:
  patterns, steps, of_voice = take_features.places(hits)
  counts = np.bincount(patterns, minlength=len(hits))
  starts = np.cumsum(counts) - counts
  uniform = _uniform(hits, seed, numbers)
  # Takes of a pattern stand side by side, and what is around is one for all.
  fresh = np.append(True, (hits[1:] != hits[:-1]).any((1, 2)))
  seen = around(hits[fresh], np.full(fresh.sum(), OFTEN))
  seen_at = np.cumsum(np.append(0, counts[fresh]))[np.cumsum(fresh) - 1]
  played = take_features.Played(len(hits))
  for number in range(counts.max(initial=0)):
    rows = np.flatnonzero(counts > number)
    at = starts[rows] + number
    place = rows, steps[at], of_voice[at]
    found = played.earlier(*place)
    features = np.concatenate([
        played.features(*place, found), seen[seen_at[rows] + number]
    ], 1)
    values = _next_values(
        network, features, played.mean(rows), found, uniform[at]
    )
    played.play(*place, values, found)
  return played.values


def numbered(
    network: TakeNetwork, hits: np.ndarray, numbers: np.ndarray, *, seed: int,
    on_step: callbacks.OnStep = callbacks.silent,
) -> np.ndarray:
  """Draws takes among which none has been chosen.

  Args:
    network: A trained one.
    hits: bool `[num_takes, 32, 14]`.
    numbers: Takes of one pattern and number are the same, int64 `[num_takes]`.
    seed: Of everything random.
    on_step: Called with the takes done; see `callbacks`.

  Returns:
    MIDI velocities and ticks, 0 where there is no hit, int16
    `[num_takes, 2, 32, 14]`.
  """
  parts = []
  with torch.inference_mode():
    for some in _batches(len(hits), _BATCH):
      parts.append(_numbered(network, hits[some], seed, numbers[some]))
      on_step(min(some.stop, len(hits)), len(hits), 'drawing takes')
  return np.concatenate([np.zeros((0, 2, *hits.shape[1:]), np.int16), *parts])


def _batches(count: int, size: int) -> list[slice]:
  return [slice(start, start + size) for start in range(0, count, size)]


def _chosen_takes(
    network: TakeNetwork, hits: np.ndarray, seed: int
) -> np.ndarray:
  repeated = hits.repeat(_NUM_TAKES, 0)
  numbers = np.tile(np.arange(_NUM_TAKES), len(hits))
  values = numbered(network, repeated, numbers, seed=seed)
  with torch.inference_mode():
    odds = network.critic.odds(repeated, values).reshape(-1, _NUM_TAKES)
  uniform = np.array([
      _generator(struck, seed, _NUM_TAKES).random() for struck in hits
  ])
  chosen = _chosen(torch.from_numpy(odds), uniform)
  return values.reshape(-1, _NUM_TAKES, *values.shape[1:])[
      np.arange(len(hits)), chosen
  ]


def drawn(network: TakeNetwork, hits: np.ndarray, *, seed: int) -> np.ndarray:
  """Draws a take of each pattern.

  Args:
    network: A trained one.
    hits: bool `[num_patterns, 32, 14]`.
    seed: Of everything random.

  Returns:
    MIDI velocities and ticks, 0 where there is no hit, int16
    `[num_patterns, 2, 32, 14]`.
  """
  parts = [
      _chosen_takes(network, hits[some], seed)
      for some in _batches(len(hits), _BATCH // _NUM_TAKES)
  ]
  return np.concatenate([np.zeros((0, 2, *hits.shape[1:]), np.int16), *parts])
