"""Parts: what is learnt, what choices go by, and what is looked at once.

Three parts, by input (a file, mostly). *Training* is learnt. *Validation* is
for all choices: how long to train, how wide and how hot to draw. *Test* is
looked at once, at the end. A pattern is in the training part if one of its
inputs is; else for validation if one of them is; so a test pattern's inputs are
all of the test.

Where inputs are unknown, *families* stand for them: single patterns that share
a whole bar which few others have, for these are mostly of one song. (Without
that, the variations of a beat would be on both sides.) A pattern that was
counted in several inputs is learnt: at shares as small as these it nearly
always would be.
"""

import dataclasses
import hashlib

import numpy as np

from drumspace_ext import errors
from drumspace_ext.dataset import examples
from drumspace_ext.patterns import step_codes

TRAIN, VALID, TEST = 'training', 'validation', 'test'
# A bar that more patterns have is everybody's, as that of a plain rock beat.
_RARE = 10


@dataclasses.dataclass(frozen=True, kw_only=True)
class Parts:
  """Which patterns of a training set are for what; indices, int64.

  Attributes:
    train: To learn from.
    valid: For choices.
    test: For the last look; empty where there are two parts.
  """

  train: np.ndarray
  valid: np.ndarray
  test: np.ndarray

  def judges(self) -> tuple[str, np.ndarray]:
    """Returns (name, indices) of what a finished model is judged by."""
    return (TEST, self.test) if len(self.test) else (VALID, self.valid)


def digest(training_set: examples.TrainingSet, divided: Parts) -> str:
  """Returns a digest of what is learnt and what choices go by, in order."""
  return hashlib.sha256(b'|'.join(
      training_set.codes[side].tobytes()
      for side in (divided.train, divided.valid)
  )).hexdigest()[:16]


def _place(key: bytes, seed: int) -> float:
  """Returns a number in [0, 1) that depends on the seed and the key alone."""
  digest = hashlib.blake2b(key, digest_size=8, key=str(seed).encode())
  return int.from_bytes(digest.digest(), 'big') / 2**64


def families(codes: np.ndarray) -> np.ndarray:
  """Returns a number of each pattern's family, int `[n]`.

  Args:
    codes: Step codes, uint16 `[n, 32]`.
  """
  from scipy import sparse
  from scipy.sparse import csgraph

  count, half = len(codes), step_codes.NUM_STEPS // 2
  bars = np.ascontiguousarray(codes.reshape(-1, half))
  _, bar_of = np.unique(
      bars.view(f'V{bars.itemsize * half}').ravel(), return_inverse=True
  )
  has = sparse.csr_matrix(
      (np.ones(2 * count, bool), (np.arange(2 * count) // 2, bar_of.ravel()))
  )
  rare = np.flatnonzero(np.asarray(has.sum(0)).ravel() <= _RARE)
  shared = has[:, rare].astype(np.int32)
  _, family = csgraph.connected_components(shared @ shared.T, directed=False)
  return family


def _places(training_set: examples.TrainingSet, seed: int) -> np.ndarray:
  """Returns where single patterns without known inputs fall, float `[n]`."""
  classes = step_codes.class_digests(training_set.codes)
  family = families(training_set.codes)
  names = np.full(family.max() + 1, np.iinfo(np.uint64).max, np.uint64)
  np.minimum.at(names, family, classes)
  places = np.array([_place(name.tobytes(), seed) for name in names])[family]
  if training_set.num_inputs is not None:
    places[training_set.num_inputs > 1] = 1.0
  return places


def divide(
    training_set: examples.TrainingSet, valid_share: float,
    test_share: float = 0.0, *, seed: int,
) -> Parts:
  """Divides a training set.

  What is for validation at some share of the test is so at any other, and grows
  with its own. No rotation class stands in two parts.

  Args:
    training_set: What to divide.
    valid_share: Share of inputs (or patterns) for validation.
    test_share: Share for the test; at 0 there are two parts, and patterns
      without known inputs are divided one by one.
    seed: Draws the parts; a part depends on nothing but it and the id.

  Raises:
    InputError: If a part would be empty.
  """
  if training_set.input_ids is not None:
    places = np.array([
        max(_place(i.encode('utf-8', 'replace'), seed) for i in ids)
        for ids in training_set.input_ids
    ])
    # In the order of the places: validation, test, training.
    of_test = np.array([
        min(_place(i.encode('utf-8', 'replace'), seed) for i in ids)
        for ids in training_set.input_ids
    ]) >= valid_share
  else:
    places = _places(training_set, seed) if test_share else np.array([
        _place(digest.tobytes(), seed)
        for digest in step_codes.class_digests(training_set.codes)
    ])
    of_test = places >= valid_share
  kept = places < valid_share + test_share
  parts = Parts(
      train=np.flatnonzero(~kept), valid=np.flatnonzero(kept & ~of_test),
      test=np.flatnonzero(kept & of_test),
  )
  for name, share, part in (
      (TRAIN, 1.0, parts.train), (VALID, valid_share, parts.valid),
      (TEST, test_share, parts.test),
  ):
    if share and not len(part):
      raise errors.InputError(
          f'{len(training_set):,} patterns come from too few inputs to keep '
          f'{valid_share:.0%} of these for validation'
          + f' and {test_share:.0%} for the test' * bool(test_share)
          + f': nothing is left for {name}. Give more of them.'
      )
  return parts
