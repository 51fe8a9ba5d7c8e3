"""Training data of a groove model: patterns of a dataset, as they are played.

A dataset's `groove.tsv` has the grooves, its `provenance.tsv` the inputs. It is
split by *blocks* of neighboring inputs, for the songs of a folder are kin: a
pattern is for training if none of its inputs is in a block kept for validation,
for validation if all of them are, and else for neither.
"""

import collections
import dataclasses
import hashlib
import pathlib

import numpy as np

from drumspace_ext import errors
from drumspace_ext.dataset import examples
from drumspace_ext.dataset import groove_tsv
from drumspace_ext.files import local_paths
from drumspace_ext.files import result_names
from drumspace_ext.models import groove_memory
from drumspace_ext.patterns import step_codes

BLOCK = 40
# What an input counts at most, with all its patterns.
_MAX_WEIGHT = 4.0


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class PlayedPatterns:
  """Patterns with their grooves.

  Attributes:
    codes: Step codes, uint16 `[num_patterns, 32]`.
    hits: 0 or 1, float32 `[num_patterns, 448]`.
    answers: Velocities and offsets, float32 `[num_patterns, 2, 448]`.
    known: Whether their hits differ in each, float32 `[num_patterns, 2]`.
    weights: What each counts, float32 `[num_patterns]`: of each input the root
      of the number of its patterns for all of these, at most `_MAX_WEIGHT`.
    own: Whether the groove is one input's own, bool `[num_patterns]`.
  """

  codes: np.ndarray
  hits: np.ndarray
  answers: np.ndarray
  known: np.ndarray
  weights: np.ndarray
  own: np.ndarray

  def __len__(self) -> int:
    return len(self.codes)

  def chosen(self, which: np.ndarray) -> 'PlayedPatterns':
    """Returns some of them, by indices or as bool `[num_patterns]`."""
    return PlayedPatterns(**{
        field.name: getattr(self, field.name)[which]
        for field in dataclasses.fields(self)
    })

  def centred(self) -> np.ndarray:
    """Returns how hits differ from the mean, float32 `[num_patterns, 2, 448]`.
    """
    return groove_memory.centred(self.answers, self.hits)

  def memory(self, size: int) -> groove_memory.Memory:
    """Returns those that count most, with their grooves.

    Half of them are the most common beats; the other half one input's own,
    which a mean of many is not, for drawn answers.
    """
    digests = step_codes.class_digests(self.codes)
    order = np.lexsort((digests, -self.weights))
    first, rest = np.split(order, [size // 2])
    own = rest[self.own[rest] & (self.known[rest, groove_memory.VELOCITY] > 0)]
    order = np.concatenate([first, own[:size - len(first)]])
    hits = self.hits[order] > 0
    answers = self.answers[order]
    velocities = answers[:, groove_memory.VELOCITY][hits]
    offsets = answers[:, groove_memory.OFFSET][hits]
    return groove_memory.Memory(
        codes=self.codes[order],
        velocities=np.rint(velocities).clip(1, 127).astype(np.uint8),
        offsets=np.rint(offsets * groove_memory.OFFSET_PARTS)
        .clip(-127, 127).astype(np.int8), weights=self.weights[order],
        own=self.own[order],
    )


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class Data:
  """A dataset that is split.

  Attributes:
    train: For training.
    valid: For validation.
    digest: Of all its patterns.
  """

  train: PlayedPatterns
  valid: PlayedPatterns
  digest: str


def _answers(path: pathlib.Path, codes: np.ndarray) -> np.ndarray:
  """Reads grooves, float32 `[num_patterns, 2, 448]`."""
  hits = step_codes.step_codes_to_hits(codes).reshape(len(codes), -1)
  result = np.zeros((len(codes), 2, hits.shape[1]), np.float32)
  for row, struck, played in zip(result, hits, groove_tsv.read(path, codes)):
    row[groove_memory.VELOCITY, struck] = played.velocities
    row[groove_memory.OFFSET, struck] = played.offsets
  return result


def _weight(count: int) -> float:
  """Returns what each of so many patterns of an input counts."""
  return min(max(count, 1)**-0.5, _MAX_WEIGHT / max(count, 1))


def blocks(input_ids: list[tuple[str, ...]]) -> list[set[int]]:
  """Returns the blocks of neighboring inputs that patterns come from."""
  ordered = sorted({name for names in input_ids for name in names})
  block = {name: i // BLOCK for i, name in enumerate(ordered)}
  return [{block[name] for name in names} for names in input_ids]


def read(
    path: local_paths.Name,
) -> tuple[PlayedPatterns, list[tuple[str, ...]]]:
  """Reads how the patterns of a dataset are played.

  Args:
    path: Its folder, or `dataset.tsv`.

  Returns:
    (patterns, the ids of the inputs of each).

  Raises:
    InputError: If it has no grooves.
  """
  training_set = examples.load(path)
  folder = local_paths.expand(path)
  folder = folder if folder.is_dir() else folder.parent
  grooves, ids = folder / result_names.GROOVE, training_set.input_ids
  if not grooves.is_file() or ids is None:
    raise errors.InputError(
        f'{folder} has no {result_names.GROOVE} or no '
        f'{result_names.PROVENANCE}: nothing says how its patterns are played. '
        'Make a dataset of MIDI files with drumspace_create_dataset.'
    )
  codes = training_set.codes
  hits = step_codes.step_codes_to_hits(codes).reshape(len(codes), -1)
  answers = _answers(grooves, codes)
  known = groove_memory.has_spread(groove_memory.centred(answers, hits), hits)
  counts = collections.Counter(
      name for i in np.flatnonzero(known.any(1)).tolist() for name in ids[i]
  )
  return PlayedPatterns(
      codes=codes, hits=hits.astype(np.float32), answers=answers,
      known=known.astype(np.float32), weights=np.array([
          sum(_weight(counts[name]) for name in names) for names in ids
      ], np.float32), own=np.array([len(names) == 1 for names in ids]),
  ), list(ids)


def load(path: local_paths.Name, *, valid_share: float, seed: int) -> Data:
  """Reads a dataset and splits it.

  Args:
    path: Its folder, or `dataset.tsv`.
    valid_share: Share of blocks that are kept for validation.
    seed: Draws these.

  Raises:
    InputError: If it has no grooves, or too few.
  """
  played, ids = read(path)

  def is_valid(block: int) -> bool:
    key = f'{seed},{block}'.encode()
    digest = hashlib.blake2b(key, digest_size=8).digest()
    return int.from_bytes(digest, 'big') < valid_share * 2**64

  sides = [[is_valid(b) for b in sorted(found)] for found in blocks(ids)]
  counted = played.known.any(1)
  train = counted & ~np.array([any(side) for side in sides])
  valid = counted & np.array([all(side) for side in sides])
  if not played.known[train].any(0).all() or not valid.any():
    raise errors.InputError(
        f'{path}: {int(counted.sum()):,} of {len(ids):,} patterns are played '
        'with dynamics or timing, which is too few to keep some inputs of '
        'these for validation. Give more MIDI files.'
    )
  return Data(
      train=played.chosen(train), valid=played.chosen(valid),
      digest=hashlib.sha256(
          np.sort(step_codes.class_digests(played.codes)).tobytes()
      ).hexdigest()[:16],
  )
