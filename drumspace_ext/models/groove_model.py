"""Groove models: patterns played as people would, by hits alone.

A `GrooveModel` is a `grooves.Player`. Its mean answer is the likeliest
velocity and offset of each hit. A *drawn* answer is one of many. With a memory
it is somebody's, a remembered drummer's who plays such a pattern, hit by hit,
so that it has the habits, the levels and the repetitions of performances;
what the drummer never strikes another one adds. Without one it is the mean
answer and residuals of the learned spreads (`groove_residuals`). What is drawn
for a pattern depends on the seed and the pattern alone.

A checkpoint has the network under `network.` (float16), and the memory, if its
configuration has one, under `memory.`: codes, velocities, offsets and weights.
"""

import pathlib
import zlib

import numpy as np
import torch

from drumspace_ext import errors
from drumspace_ext.models import checkpoints
from drumspace_ext.models import config_loading
from drumspace_ext.models import configs
from drumspace_ext.models import groove_memory
from drumspace_ext.models import groove_network
from drumspace_ext.models import groove_residuals
from drumspace_ext.patterns import grooves
from drumspace_ext.patterns import step_codes

RECOMMENDED = f'{checkpoints.SHIPPED}groove'
_NETWORK, _MEMORY = 'network.', 'memory.'
_BATCH = 1024
# Drummers asked, one after another, for a hit that those before never strike.
_NUM_DRAWN = 4
_MAX_OFFSET = 0.5


class GrooveModel:
  """Plays patterns; see `grooves.Player`."""

  def __init__(
      self, settings: configs.GrooveSettings,
      network: groove_network.GrooveNetwork, memory: groove_memory.Memory,
  ):
    """Takes the parts of a model; the network's weights are rounded."""
    self.settings, self.memory = settings, memory
    self.network = network.eval().requires_grad_(False)
    self.network.load_state_dict({
        name: value.half().float()
        for name, value in network.state_dict().items()
    })
    self._remembered = groove_network.Remembered(self.network, memory)
    self._everywhere: np.ndarray | None = None
    # A mean of many performances is none.
    self._drawable = self._remembered.known[:, groove_memory.VELOCITY]
    own = self._drawable * torch.from_numpy(memory.own)
    if own.any():
      self._drawable = own

  def __repr__(self) -> str:
    return f'GrooveModel({self.settings.name!r}, memory={len(self.memory)})'

  @property
  def memory_share(self) -> float:
    """How much the memory's answer counts, 0 if there is none."""
    return self.settings.model.memory_share if len(self.memory) else 0.0

  @property
  def level(self) -> float:
    """The mean velocity of all training patterns."""
    return self.network.level.item()

  def deviations(self, hits: np.ndarray) -> np.ndarray:
    """Returns how hits differ from the mean of their pattern.

    Args:
      hits: bool `[num_patterns, 32, 14]`.

    Returns:
      float32 `[num_patterns, 2, 448]`: MIDI velocities, and offsets in steps.
    """
    flat = torch.from_numpy(
        hits.reshape(-1, groove_memory.NUM_CELLS).astype(np.float32)
    )
    parts = [
        groove_network.centred(self._scaled(batch), batch)
        for batch in flat.split(_BATCH)
    ]
    scales = np.array(groove_network.SCALES, np.float32)[:, None]
    if not parts:
      return np.zeros((0, 2, groove_memory.NUM_CELLS), np.float32)
    return torch.cat(parts).numpy() * scales

  def _scaled(self, batch: torch.Tensor) -> torch.Tensor:
    share = self.memory_share
    result = (
        self.network.table + (1 - share) * self.network.correction(batch)
    )
    return result + share * self._remembered(batch) if share else result

  def __call__(self, hits: np.ndarray) -> grooves.Groove:
    """Returns the mean answer for patterns, bool `[num_patterns, 32, 14]`."""
    velocities, offsets = np.moveaxis(self.deviations(hits), 1, 0)
    return _groove(self.level + velocities, offsets)

  def drawn(self, hits: np.ndarray, *, seed: int) -> grooves.Groove:
    """Returns one of many answers for patterns.

    Args:
      hits: bool `[num_patterns, 32, 14]`.
      seed: Of whose they are.
    """
    flat = hits.reshape(-1, groove_memory.NUM_CELLS)
    if not len(self.memory):
      return self._spread(hits, flat, seed)
    if self._everywhere is None:
      self._everywhere = self.memory.everywhere()
    result = np.full(
        (len(flat), groove_memory.NUM_ANSWERS, flat.shape[1]), np.nan,
        np.float32,
    )
    chosen = self._drummers(flat, seed)
    levels = np.zeros((len(flat), _NUM_DRAWN), np.float32)
    for number, drummers in enumerate(chosen.T):
      played = self._everywhere[drummers]
      mean = _mean(played[:, groove_memory.VELOCITY], flat)
      levels[:, number] = np.where(np.isnan(mean), self.level, mean)
      played[:, groove_memory.VELOCITY] += (
          levels[:, 0] - levels[:, number]
      )[:, None]
      result = np.where(np.isnan(result), played, result)
    left = np.isnan(result)
    if left.any():
      mean = self.deviations(hits)
      mean[:, groove_memory.VELOCITY] += levels[:, :1]
      result = np.where(left, mean, result)
    velocities, offsets = np.moveaxis(result, 1, 0)
    return _groove(velocities, offsets)

  def _spread(
      self, hits: np.ndarray, flat: np.ndarray, seed: int
  ) -> grooves.Groove:
    """Returns the mean answer with residuals."""
    left = groove_residuals.drawn(
        flat, *(value.numpy().astype(np.float64) for value in (
            self.network.spreads, self.network.shares, self.network.common
        )), seed=seed,
    ) * np.array(groove_network.SCALES, np.float32)[:, None]
    velocities, offsets = np.moveaxis(
        self.deviations(hits) + groove_memory.centred(left, flat), 1, 0
    )
    return _groove(self.level + velocities, offsets)

  def _drummers(self, flat: np.ndarray, seed: int) -> np.ndarray:
    """Returns who plays each pattern, int64 `[num_patterns, 4]`."""
    parts = []
    for start in range(0, len(flat), _BATCH):
      batch = flat[start:start + _BATCH]
      close = self._remembered.closeness(
          torch.from_numpy(batch.astype(np.float32))
      ) * self._drawable
      upto = np.cumsum(close.numpy().astype(np.float64), axis=1)
      draws = np.array([
          np.random.default_rng([seed, zlib.crc32(row.tobytes())])
          .random(_NUM_DRAWN) for row in batch
      ]).reshape(-1, _NUM_DRAWN)
      parts.append(np.array([
          np.searchsorted(row, draw * row[-1]) for row, draw in zip(upto, draws)
      ]).reshape(-1, _NUM_DRAWN).clip(0, len(self.memory) - 1))
    return np.concatenate(parts) if parts else np.zeros((0, _NUM_DRAWN), int)

  def drawer(self, seed: int) -> grooves.Player:
    """Returns the player whose answers are drawn."""
    return lambda hits: self.drawn(hits, seed=seed)

  def log_likelihoods(self, left: np.ndarray, answer: int) -> np.ndarray:
    """Returns how likely it is what the mean answer leaves, in nats.

    Args:
      left: Differences of hits from it, in velocities or steps.
      answer: `groove_memory.VELOCITY` or `OFFSET`.
    """
    scale = groove_network.SCALES[answer]
    spreads = self.network.spreads[answer].numpy().astype(np.float64) * scale
    shares = self.network.shares[answer].numpy().astype(np.float64)
    z = np.asarray(left, np.float64)[..., None] / spreads
    density = np.exp(-z * z / 2) / spreads / np.sqrt(2 * np.pi)
    return np.log((density * shares / shares.sum()).sum(-1) + 1e-300)


def _mean(values: np.ndarray, hits: np.ndarray) -> np.ndarray:
  """Returns the means over those hits that have values, NaN if none has."""
  there = hits & ~np.isnan(values)
  counts = there.sum(-1)
  sums = np.where(there, values, 0).sum(-1)
  return np.where(counts, sums / np.maximum(counts, 1), np.nan)


def _groove(velocities: np.ndarray, offsets: np.ndarray) -> grooves.Groove:
  shape = -1, step_codes.NUM_STEPS, step_codes.NUM_VOICES
  return grooves.Groove(
      velocities=np.clip(velocities, 1, 127).astype(np.float64).reshape(shape),
      offsets=np.clip(offsets, -_MAX_OFFSET, _MAX_OFFSET)
      .astype(np.float64).reshape(shape),
  )


def write(
    path: pathlib.Path, model: GrooveModel, metadata: dict[str, object]
) -> None:
  """Writes a model as a checkpoint.

  Args:
    path: The file.
    model: The model.
    metadata: What else is to be known of it: `train_step`, `data_digest`, ...

  Raises:
    OutputError: If it can't be written.
  """
  memory = model.memory
  remembered = {
      f'{_MEMORY}codes': torch.from_numpy(memory.codes.astype(np.int16)),
      f'{_MEMORY}velocities': torch.from_numpy(memory.velocities),
      f'{_MEMORY}offsets': torch.from_numpy(memory.offsets),
      f'{_MEMORY}weights': torch.from_numpy(memory.weights),
      f'{_MEMORY}own': torch.from_numpy(memory.own),
  }
  checkpoints.write(path, {
      f'{_NETWORK}{name}': value.half()
      for name, value in model.network.state_dict().items()
  } | (remembered if len(memory) else {}), {
      'config': model.settings.to_dict(), **metadata
  })


def _memory(tensors: dict[str, torch.Tensor]) -> groove_memory.Memory:
  memory = groove_memory.Memory(**{
      name: tensors[f'{_MEMORY}{name}'].numpy().astype(dtype)
      for name, dtype in (
          ('codes', np.uint16), ('velocities', np.uint8),
          ('offsets', np.int8), ('weights', np.float32), ('own', np.bool_),
      )
  })
  num_hits = int(np.bitwise_count(memory.codes).sum())
  if (
      memory.codes.shape != (len(memory.weights), step_codes.NUM_STEPS)
      or not len(memory) or (memory.codes >= 1 << step_codes.NUM_VOICES).any()
      or memory.velocities.shape != (num_hits,)
      or memory.offsets.shape != (num_hits,)
      or memory.own.shape != memory.weights.shape
      or not np.isfinite(memory.weights).all() or (memory.weights <= 0).any()
  ):
    raise ValueError('its memory does not fit together')
  return memory


def load(name: str) -> GrooveModel:
  """Reads a groove model.

  Args:
    name: `shipped:NAME`, a run directory or a file.

  Raises:
    CheckpointError: If there is none, or it is something else.
  """
  path = checkpoints.find(name)
  tensors, metadata = checkpoints.read(path)
  settings = config_loading.any_from_dict(metadata.get('config'), str(path))
  if not isinstance(settings, configs.GrooveSettings):
    raise errors.CheckpointError(
        f'{name} makes patterns and does not play them. Give --groove a model '
        f'trained with --config={config_loading.GROOVE}, or {RECOMMENDED}.'
    )
  network = groove_network.GrooveNetwork(settings.model)
  try:
    network.load_state_dict({
        key.removeprefix(_NETWORK): value.float()
        for key, value in tensors.items() if key.startswith(_NETWORK)
    })
    if not all(v.isfinite().all() for v in network.state_dict().values()):
      raise ValueError('its weights are no numbers')
    return GrooveModel(
        settings, network, _memory(tensors) if settings.model.memory_size
        else groove_memory.Memory.empty(),
    )
  except (KeyError, RuntimeError, TypeError, ValueError) as e:
    first = str(e).strip().split('\n')[0]
    raise errors.CheckpointError(
        f'{path} does not hold a whole groove model: {first}'
    ) from e
