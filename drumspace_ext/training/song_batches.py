"""Song batches: songs, split, and what is learnt of each train step."""

from collections.abc import Sequence
import dataclasses
import hashlib
import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext.extraction import songs as songs_lib
from drumspace_ext.models import next_step_configs
from drumspace_ext.models import song_reading
from drumspace_ext.patterns import step_codes

# Shorter ones have nothing to go on from.
MIN_STEPS = 32


@dataclasses.dataclass(frozen=True, kw_only=True)
class SongData:
  """Songs, split.

  Attributes:
    train: Step codes of each song.
    valid: Likewise.
    digest: Of all of them in their order.
    split_digest: Of both sides.
  """

  train: Sequence[np.ndarray]
  valid: Sequence[np.ndarray]
  digest: str
  split_digest: str


def _digest(songs: Sequence[np.ndarray]) -> str:
  digest = hashlib.sha256()
  for codes in songs:
    digest.update(len(codes).to_bytes(8, 'big') + codes.tobytes())
  return digest.hexdigest()[:16]


def _long(songs: Sequence[songs_lib.Song]) -> list[np.ndarray]:
  return [song.codes for song in songs if len(song.codes) >= MIN_STEPS]


def digest_of(songs: Sequence[songs_lib.Song]) -> str:
  """Returns the digest by which a run knows its songs again."""
  return _digest(_long(songs))


def split(
    songs: Sequence[songs_lib.Song],
    config: next_step_configs.SongTrainingConfig, *, seed: int,
) -> SongData:
  """Splits songs by blocks of neighbors.

  Args:
    songs: In the order of their names.
    config: Says how long a block is, and how many are for validation.
    seed: Draws the side of each block.

  Raises:
    InputError: If a side would be empty.
  """
  long = _long(songs)
  sides: tuple[list[np.ndarray], list[np.ndarray]] = [], []
  for number, codes in enumerate(long):
    draw = np.random.default_rng([seed, number // config.block_songs]).random()
    sides[draw < config.valid_share].append(codes)
  if not all(sides):
    raise errors.InputError(
        f'{len(long):,} songs of {MIN_STEPS} steps and more are too few to '
        f'keep {config.valid_share:.0%} of the blocks of '
        f'{config.block_songs} for validation. Give more of them, or '
        '--hparams=block_songs=1.'
    )
  return SongData(
      train=sides[0], valid=sides[1], digest=_digest(long),
      split_digest='-'.join(map(_digest, sides)),
  )


class Learnt(typing.NamedTuple):
  """What is learnt of a network at a train step, float32.

  Attributes:
    inputs: Of each voice, `[n, told inputs]`.
    steps: Its step, int64 `[n]`.
    hits: Whether it is struck, `[n]`.
    weights: For how many it stands, `[n]`.
  """

  inputs: np.ndarray
  steps: np.ndarray
  hits: np.ndarray
  weights: np.ndarray


class Batch(typing.NamedTuple):
  """A song at a train step.

  Attributes:
    step_inputs: float32 `[num_steps, NUM_STEP_INPUTS]`.
    played: Of voices that were played before.
    entries: Of those that may enter.
  """

  step_inputs: np.ndarray
  played: Learnt
  entries: Learnt


def _learnt(inputs, told: song_reading.Told, weights: np.ndarray) -> Learnt:
  return Learnt(
      inputs.astype(np.float32), told.steps, told.hits.astype(np.float32),
      weights.astype(np.float32),
  )


class SongBatches:
  """The song of each train step.

  It depends on the seed and the train step alone, so that an interrupted run
  goes on as if it had not been.
  """

  def __init__(
      self, songs: Sequence[np.ndarray],
      config: next_step_configs.SongTrainingConfig, *, seed: int,
  ):
    """Makes the batches of a run; `seed` is of order and choice."""
    self._songs, self._config, self._seed = songs, config, seed
    self._order: tuple[int, np.ndarray] | None = None

  def batch(self, train_step: int) -> Batch:
    """Returns what is learnt at a train step."""
    epoch, place = divmod(train_step, len(self._songs))
    if self._order is None or self._order[0] != epoch:
      rng = np.random.default_rng([self._seed, 0, epoch])
      self._order = epoch, rng.permutation(len(self._songs))
    rng = np.random.default_rng([self._seed, 1, train_step])
    return self._of_song(self._songs[self._order[1][place]], rng)

  def _of_song(self, codes: np.ndarray, rng: np.random.Generator) -> Batch:
    longest, bar = self._config.max_song_steps, step_codes.STEPS_PER_BAR
    if len(codes) > longest:
      start = rng.integers((len(codes) - longest) // bar + 1) * bar
      codes = codes[start:start + longest]
    reading = song_reading.read(codes)
    count = len(reading.played.steps)
    kept = min(count, self._config.max_told)
    places = np.sort(rng.choice(count, kept, replace=False))
    share = np.where(reading.entries.hits, 1, self._config.entry_share)
    entries = np.flatnonzero(rng.random(len(share)) < share)
    return Batch(
        reading.step_inputs.astype(np.float32),
        _learnt(
            reading.played_inputs(places), reading.played.chosen(places),
            np.full(kept, count / max(kept, 1)),
        ),
        _learnt(
            reading.entry_inputs(entries), reading.entries.chosen(entries),
            1 / share[entries],
        ),
    )
