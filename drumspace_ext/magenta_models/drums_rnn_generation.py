"""drums_rnn's tracks: what the network plays on behind a primer.

A beam search as Magenta's: of each of `beam_size` tracks, `branch_factor`
branches are drawn for `steps_per_iteration` steps, and the most probable ones
go on. With one branch of one track that is plain drawing. Several outputs are
drawn side by side, each from a generator of its own, so that the number of
outputs changes none of them.
"""

from collections.abc import Iterator
import dataclasses
import itertools

import numpy as np

from drumspace_ext import errors
from drumspace_ext.magenta_models import drums_rnn


@dataclasses.dataclass(frozen=True, kw_only=True)
class Search:
  """How tracks are drawn.

  Attributes:
    temperature: Logits are divided by it; 0 takes the most probable class.
    beam_size: Tracks that go on.
    branch_factor: Branches of each.
    steps_per_iteration: Steps between two choices among them.
  """

  temperature: float = 1.0
  beam_size: int = 1
  branch_factor: int = 1
  steps_per_iteration: int = 1

  def __post_init__(self):
    if not 0 <= self.temperature < np.inf:
      raise errors.InputError(
          f'temperature must be a number not below 0, got {self.temperature}.'
      )
    for name in ('beam_size', 'branch_factor', 'steps_per_iteration'):
      if getattr(self, name) < 1:
        raise errors.InputError(
            f'{name} must be at least 1, got {getattr(self, name)}.'
        )

  def at(self, temperature: float) -> 'Search':
    """Returns the same search at another temperature."""
    return dataclasses.replace(self, temperature=temperature)


@dataclasses.dataclass
class _Beam:
  """Tracks that are being written: those of the first output, then the next.

  Attributes:
    classes: int64 `[rows, steps so far]`, without the primer.
    scores: Log-likelihoods, float64 `[rows]`.
    logits: Of the next step, float32 `[rows, num_classes]`.
    state: The network's.
  """

  classes: np.ndarray
  scores: np.ndarray
  logits: np.ndarray
  state: drums_rnn.State

  def chosen(self, rows: np.ndarray) -> '_Beam':
    """Returns the tracks of some rows, int64 `[n]`."""
    return _Beam(
        self.classes[rows], self.scores[rows], self.logits[rows],
        self.state.chosen(rows),
    )


def _draw(
    logits: np.ndarray, temperature: float, uniform: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
  """Draws a class of each row.

  Args:
    logits: float32 `[rows, num_classes]`.
    temperature: See `Search`.
    uniform: float64 `[rows]` in [0, 1).

  Returns:
    (classes, log-likelihoods), int64 and float64 `[rows]`.
  """
  scaled = logits.astype(np.float64) / (temperature or 1.0)
  scaled -= scaled.max(axis=-1, keepdims=True)
  log_p = scaled - np.log(np.exp(scaled).sum(axis=-1, keepdims=True))
  if temperature:
    shares = np.cumsum(np.exp(log_p), axis=-1)
    # The sum may be a bit less than 1; no class lies behind the last one.
    below = shares < (uniform * shares[:, -1])[:, None]
    classes = np.minimum(below.sum(-1), log_p.shape[1] - 1)
  else:
    classes = log_p.argmax(-1)
  return classes, log_p[np.arange(len(classes)), classes]


def _check(network: drums_rnn.DrumsRnn, primer: np.ndarray) -> None:
  if not len(primer) or not (
      0 <= primer.min() <= primer.max() < network.num_classes
  ):
    raise errors.InputError(
        f'a primer is one or more classes below {network.num_classes}.'
    )


def stream(
    network: drums_rnn.DrumsRnn, primer: np.ndarray, *, temperature: float,
    seed: int, output: int = 0,
) -> Iterator[int]:
  """Yields what follows a primer, class by class, for ever.

  Args:
    network: Draws.
    primer: See `extend`.
    temperature: See `Search`.
    seed: See `extend`.
    output: Whose steps these are, of those that `extend` draws one by one.

  Raises:
    InputError: If the primer is empty or holds another class.
  """
  search = Search(temperature=temperature)
  _check(network, primer)
  return _play(
      network, np.asarray(primer, np.int64), search.temperature,
      np.random.default_rng([seed, output]),
  )


def _play(network, primer, temperature, rng) -> Iterator[int]:
  logits, state = network.read(primer[None])
  last = logits[:, -1]
  for position in itertools.count(len(primer)):
    classes, _ = _draw(last, temperature, rng.random(1))
    yield int(classes[0])
    last, state = network.step(classes, position, state)


def extend(
    network: drums_rnn.DrumsRnn, primer: np.ndarray, *, num_steps: int,
    num_outputs: int, seed: int, search: Search = Search(),
) -> np.ndarray:
  """Draws what follows a primer.

  Args:
    network: Draws.
    primer: Classes, integer `[num_primer_steps]`, at least one.
    num_steps: Steps to draw.
    num_outputs: Tracks to draw.
    seed: Of everything drawn; output `i` depends on it and on `i` alone.
    search: How.

  Returns:
    Classes, int64 `[num_outputs, num_steps]`.

  Raises:
    InputError: If the primer is empty or holds another class.
  """
  _check(network, primer)
  rngs = [np.random.default_rng([seed, i]) for i in range(num_outputs)]
  logits, state = network.read(np.asarray(primer, np.int64)[None])
  first = _Beam(np.zeros((1, 0), np.int64), np.zeros(1), logits[:, -1], state)
  beam = first.chosen(np.zeros(num_outputs * search.beam_size, np.int64))
  position, end = len(primer), len(primer) + num_steps
  # As Magenta's, the first iteration is the shorter one.
  steps = (num_steps - 1) % search.steps_per_iteration + 1
  while position < end:
    rows = np.arange(len(beam.scores)).reshape(num_outputs, -1)
    beam = beam.chosen(np.tile(rows, (1, search.branch_factor)).reshape(-1))
    for _ in range(steps):
      _write_step(network, beam, position, rngs, search.temperature)
      position += 1
    beam = _best(beam, num_outputs, search.beam_size)
    steps = search.steps_per_iteration
  return _best(beam, num_outputs, 1).classes


def _write_step(network, beam, position, rngs, temperature) -> None:
  """Writes one step of all tracks, and reads it."""
  per_output = len(beam.scores) // len(rngs)
  uniform = np.concatenate([rng.random(per_output) for rng in rngs])
  classes, log_likelihoods = _draw(beam.logits, temperature, uniform)
  beam.classes = np.concatenate([beam.classes, classes[:, None]], axis=1)
  beam.scores = beam.scores + log_likelihoods
  beam.logits, beam.state = network.step(classes, position, beam.state)


def _best(beam: _Beam, num_outputs: int, count: int) -> _Beam:
  """Returns the most probable tracks of each output."""
  scores = beam.scores.reshape(num_outputs, -1)
  if scores.shape[1] <= count:
    return beam
  best = np.argsort(-scores, axis=1, kind='stable')[:, :count]
  rows = best + np.arange(num_outputs)[:, None] * scores.shape[1]
  return beam.chosen(rows.reshape(-1))
