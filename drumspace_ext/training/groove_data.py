"""Training data of a groove model: patterns of a dataset, as they are played.

A dataset's `groove.tsv` has the grooves, its `provenance.tsv` the inputs. It is
split by *blocks* of neighboring inputs (of fewer, where there are few), for the
songs of a folder are kin: a pattern is for training if none of its inputs is in
a block kept for validation, for validation if all of them are, and else for
neither.
"""

import collections
from collections.abc import Iterator
from collections.abc import Mapping
import dataclasses
import hashlib
import itertools
import pathlib

import numpy as np

from drumspace_ext import errors
from drumspace_ext.dataset import examples
from drumspace_ext.dataset import groove_tsv
from drumspace_ext.files import local_paths
from drumspace_ext.files import result_names
from drumspace_ext.models import groove_answers
from drumspace_ext.patterns import step_codes

BLOCK = 40
# Into so many smaller ones few inputs are divided, where these leave too little
# to learn from or to judge by.
_FEW_BLOCKS = 10
# A beat is what is played again; a fill is not. What a pattern of so many plays
# counts, and an input with all of its own, was chosen on files kept back.
MAX_PLAYS, _POWER, _INPUT_POWER = 16.0, 2.0, 0.75
# Where plays of several inputs differ by more, their mean is nobody's.
_MAX_SPREAD = 2.0
_GROOVE_DIGEST = 'groove_digest'
_OF_FOLDER = result_names.DATASET, result_names.RECORDS


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class PlayedPatterns:
  """Patterns with their grooves.

  Attributes:
    codes: Step codes, uint16 `[num_patterns, 32]`.
    hits: 0 or 1, float32 `[num_patterns, 448]`.
    answers: Velocities and offsets, float32 `[num_patterns, 2, 448]`.
    known: Whether their hits differ in each, float32 `[num_patterns, 2]`.
    plays: How often an input plays each, float32 `[num_patterns]`.
    num_inputs: How many inputs play each, float32 `[num_patterns]`.
    weights: What each counts, float32 `[num_patterns]`: for each input a power
      of the plays in it.
    own: Whether the groove is a performance, no mean of different ones, bool
      `[num_patterns]`.
  """

  codes: np.ndarray
  hits: np.ndarray
  answers: np.ndarray
  known: np.ndarray
  plays: np.ndarray
  num_inputs: np.ndarray
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
    return groove_answers.centred(self.answers, self.hits)


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class Data:
  """A dataset that is split.

  Attributes:
    train: For training.
    valid: For validation.
    num_inputs: How many inputs those for training have.
    digests: Of all its patterns, and of how those of both sides are played,
      by the names that checkpoints have for them.
  """

  train: PlayedPatterns
  valid: PlayedPatterns
  num_inputs: int
  digests: Mapping[str, str]

  def said_by(self, metadata: Mapping[str, object]) -> dict[str, str]:
    """Returns those digests that a checkpoint has, or should have.

    Earlier ones say nothing of how their patterns are played.
    """
    return {
        key: digest for key, digest in self.digests.items()
        if key in metadata or key != _GROOVE_DIGEST
    }


def _played(
    path: pathlib.Path, codes: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
  """Reads grooves.

  Returns:
    (answers, `[num_patterns, 2, 448]`; plays of each; how much the velocities
    of a hit differ from play to play, both `[num_patterns]`).
  """
  hits = step_codes.step_codes_to_hits(codes).reshape(len(codes), -1)
  answers = np.zeros((len(codes), 2, hits.shape[1]), np.float32)
  plays, spreads = np.zeros((2, len(codes)))
  for i, played in enumerate(groove_tsv.read(path, codes)):
    there = played.plays > 0
    for answer, values in (
        (groove_answers.VELOCITY, played.velocities),
        (groove_answers.OFFSET, played.offsets),
    ):
      # A hit that nobody has played says nothing: it is as the others are.
      answers[i, answer, hits[i]] = (
          np.where(there, values, values[there].mean()) if there.any() else 0.0
      )
    if len(played.plays):
      plays[i] = played.plays.mean()
      spreads[i] = played.velocity_spreads.mean()
  return answers, plays, spreads


def _weights(
    ids: list[tuple[str, ...]], plays: np.ndarray
) -> np.ndarray:
  """Returns what patterns count that inputs play so often, float32 `[n]`."""
  of_each = (np.minimum(plays, MAX_PLAYS)**_POWER).tolist()
  totals: collections.defaultdict[str, float] = collections.defaultdict(float)
  for count, names in zip(of_each, ids):
    for name in names:
      totals[name] += count
  return np.array([
      sum(count / max(totals[name], 1)**(1 - _INPUT_POWER) for name in names)
      for count, names in zip(of_each, ids)
  ], np.float32)


def blocks(
    input_ids: list[tuple[str, ...]], size: int = BLOCK
) -> list[set[int]]:
  """Returns the blocks of neighboring inputs that patterns come from."""
  ordered = sorted({name for names in input_ids for name in names})
  block = {name: i // size for i, name in enumerate(ordered)}
  return [{block[name] for name in names} for names in input_ids]


def read(
    path: local_paths.Name,
) -> tuple[PlayedPatterns, list[tuple[str, ...]]]:
  """Reads how the patterns of a dataset are played.

  Args:
    path: Its folder, or its `dataset.tsv` or `patterns.tfrecord`, for which the
      folder stands.

  Returns:
    (patterns, the ids of the inputs of each).

  Raises:
    InputError: If it has no grooves.
  """
  folder = local_paths.expand(path)
  # Records name no inputs, and kin would be on both sides.
  if folder.is_file() and folder.name in _OF_FOLDER:
    folder = folder.parent
  training_set = examples.load(folder)
  grooves, ids = folder / result_names.GROOVE, training_set.input_ids
  if not grooves.is_file() or ids is None:
    raise errors.InputError(
        f'{folder} has no {result_names.GROOVE} or no '
        f'{result_names.PROVENANCE}: nothing says how its patterns are played. '
        'Make a dataset of MIDI files with drumspace_create_dataset.'
    )
  codes = training_set.codes
  hits = step_codes.step_codes_to_hits(codes).reshape(len(codes), -1)
  answers, plays, spreads = _played(grooves, codes)
  known = groove_answers.has_spread(
      groove_answers.centred(answers, hits), hits
  )
  num_inputs = np.array([max(len(names), 1) for names in ids])
  of_each = plays / num_inputs
  return PlayedPatterns(
      codes=codes, hits=hits.astype(np.float32), answers=answers,
      known=known.astype(np.float32), plays=of_each.astype(np.float32),
      num_inputs=num_inputs.astype(np.float32),
      weights=_weights(list(ids), of_each * known.any(1)),
      own=(num_inputs == 1) | (spreads < _MAX_SPREAD),
  ), list(ids)


def _splits(
    of_patterns: list[set[int]], *, valid_share: float, seed: int, least: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
  """Draws blocks for validation, so many at least.

  Yields:
    Which patterns are for training and which for validation, bool
    `[num_patterns]` each; where there is a least, then with each block alone,
    for one may have most of the patterns.
  """
  drawn = {
      block: int.from_bytes(
          hashlib.blake2b(f'{seed},{block}'.encode(), digest_size=8).digest(),
          'big',
      ) for block in set().union(*of_patterns)
  }
  chosen = {b for b, value in drawn.items() if value < valid_share * 2**64}
  ordered = sorted(drawn, key=drawn.__getitem__)
  chosen |= set(ordered[:least])
  for kept in (chosen, *({block} for block in ordered if least)):
    sides = [[block in kept for block in found] for found in of_patterns]
    yield (
        ~np.array([any(side) for side in sides], np.bool_),
        np.array([all(side) for side in sides], np.bool_),
    )


def _groove_digest(*sides: PlayedPatterns) -> str:
  """Returns a digest of all that is learned from."""
  digest = hashlib.sha256()
  for side in sides:
    # The others follow from these.
    for values in (
        side.codes, side.answers, side.plays, side.num_inputs, side.weights,
        side.own,
    ):
      digest.update(np.ascontiguousarray(values).data)
  return digest.hexdigest()[:16]


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

  counted = played.known.any(1)
  few = len({name for names in ids for name in names}) // _FEW_BLOCKS
  splits = itertools.chain.from_iterable(
      _splits(blocks(ids, size), valid_share=valid_share, seed=seed,
              least=least)
      for size, least in ((BLOCK, 0), (min(max(few, 1), BLOCK), 1))
  )
  for train, valid in splits:
    train, valid = train & counted, valid & counted
    enough = train.sum() if valid_share < 0.5 else len(ids)
    if train.any() and 0 < valid.sum() <= enough:
      break
  else:
    raise errors.InputError(
        f'{path}: {int(counted.sum()):,} of {len(ids):,} patterns are played '
        'with dynamics or timing, which is too few to keep some inputs of '
        'these for validation. Give more MIDI files that people played.'
    )
  learned, kept = played.chosen(train), played.chosen(valid)
  # What nobody varies is learned so: all alike, or on the grid.
  learned.known[:, ~learned.known.any(0)] = 1
  return Data(
      train=learned, valid=kept,
      num_inputs=len({
          name for names, own in zip(ids, train) if own for name in names
      }), digests={
          'data_digest': hashlib.sha256(
              np.sort(step_codes.class_digests(played.codes)).tobytes()
          ).hexdigest()[:16],
          _GROOVE_DIGEST: _groove_digest(learned, kept),
      },
  )
