"""Patterns: two bars of 4/4 drums as a 32 x 14 grid of hits.

A *pattern* is a bool array of shape `[32, 14]`. Row `s` is the s-th sixteenth
note from the first downbeat; column `v` is voice `v` of `voices.NAMES`. `True`
(a *hit*) means that the voice is struck on that step. A pattern has no
velocity, no microtiming and no tempo.

A *step code* packs one row into an integer 0..16383, bit `v` for voice `v`, so
that a pattern is 32 small integers, uint16 `[32]`. It is the form in which
patterns are compared, deduplicated and published.

A *rotation class* is a pattern and its 32 cyclic phase shifts, and stands for
one beat: two patterns in one class are the same (published: "unique in all
possible phase shifts"). Its *canonical* member is the lexicographically
smallest row of step codes.

Conventions in this module:
  * batch axes come first: `[..., 32, 14]` and `[..., 32]`;
  * functions return new arrays and never write to their arguments;
  * only `PatternError` is raised.
"""

import numpy as np

from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext.files import digests as digests_lib
from drumspace_ext.patterns import voices

STEPS_PER_QUARTER = defaults.STEPS_PER_QUARTER
STEPS_PER_BAR = 16
NUM_STEPS = 32
NUM_VOICES = voices.NUM_VOICES
NUM_CODES = 1 << NUM_VOICES

_CLASS_BYTES, _CODE_BYTES = 8, 2

_BITS = (1 << np.arange(NUM_VOICES)).astype(np.uint16)


def validate(hits: np.ndarray) -> None:
  """Raises `PatternError` unless `hits` is a bool array `[..., 32, 14]`."""
  if hits.dtype != np.bool_:
    raise errors.PatternError(
        f'patterns are bool, got dtype {hits.dtype}. Compare probabilities '
        'with a threshold first.'
    )
  if hits.shape[-2:] != (NUM_STEPS, NUM_VOICES):
    raise errors.PatternError(
        f'patterns have shape [..., {NUM_STEPS}, {NUM_VOICES}] '
        f'(steps, voices), got {list(hits.shape)}.'
    )


def validate_codes(codes: np.ndarray) -> None:
  """Raises `PatternError` unless `codes` are step codes `[..., 32]`."""
  if not isinstance(codes, np.ndarray):
    raise errors.PatternError(
        f'step codes are a numpy array, got {type(codes).__name__}.'
    )
  if codes.dtype.kind not in 'ui':
    raise errors.PatternError(f'step codes are integers, got {codes.dtype}.')
  if codes.shape[-1:] != (NUM_STEPS,):
    raise errors.PatternError(
        f'a pattern is {NUM_STEPS} step codes, got shape {list(codes.shape)}.'
    )
  if codes.size and not 0 <= int(codes.min()) <= int(codes.max()) < NUM_CODES:
    bad = codes[(codes < 0) | (codes >= NUM_CODES)].flat[0]
    raise errors.PatternError(
        f'step code {bad} is outside [0, {NUM_CODES}): it names a voice that '
        'does not exist.'
    )


def rows_to_step_codes(hits: np.ndarray) -> np.ndarray:
  """Packs rows of hits, bool `[..., 14]`, into step codes, uint16 `[...]`."""
  return hits @ _BITS


def step_codes_to_rows(codes: np.ndarray) -> np.ndarray:
  """Unpacks step codes, integer `[...]`, into rows, bool `[..., 14]`."""
  return (codes[..., None] & _BITS.astype(codes.dtype)) != 0


def hits_to_step_codes(hits: np.ndarray) -> np.ndarray:
  """Packs patterns, bool `[..., 32, 14]`, into step codes, uint16 `[..., 32]`.

  Raises:
    PatternError: If `hits` are not patterns.
  """
  validate(hits)
  return rows_to_step_codes(hits)


def step_codes_to_hits(codes: np.ndarray) -> np.ndarray:
  """Unpacks step codes, integer `[..., 32]`, into bool `[..., 32, 14]`.

  Raises:
    PatternError: If `codes` are not the step codes of patterns.
  """
  validate_codes(codes)
  return step_codes_to_rows(codes)


def rotate(codes: np.ndarray, steps: int) -> np.ndarray:
  """Shifts patterns, `[..., 32]`, so that step `steps` becomes the first."""
  validate_codes(codes)
  return np.roll(codes, -steps, axis=-1)


def rotations(codes: np.ndarray) -> np.ndarray:
  """Returns all phase shifts, `[..., 32]` -> `[..., 32, 32]`, shift first."""
  validate_codes(codes)
  steps = np.arange(NUM_STEPS)
  return codes[..., (steps[:, None] + steps) % NUM_STEPS]


def canonical(codes: np.ndarray) -> np.ndarray:
  """Returns the smallest rotation of each pattern, uint16 `[..., 32]`.

  Two patterns are in one rotation class exactly if these are equal.

  Args:
    codes: Step codes, integer `[..., 32]`.
  """
  validate_codes(codes)
  # Big-endian bytes compare like the codes; numpy pads the shorter of two byte
  # strings with zeros, which is what it cut off.
  packed = np.dtype(f'S{2 * NUM_STEPS}')
  rows = codes.reshape(-1, NUM_STEPS)
  doubled = np.concatenate([rows, rows], axis=1).astype('>u2')
  best = doubled[:, :NUM_STEPS].copy().view(packed)[:, 0]
  for shift in range(1, NUM_STEPS):
    rotated = doubled[:, shift:shift + NUM_STEPS].copy().view(packed)[:, 0]
    best = np.where(rotated < best, rotated, best)
  return best.view('>u2').reshape(codes.shape).astype(np.uint16)


def codes_to_bytes(codes: np.ndarray) -> bytes:
  """Packs step codes, integer `[32]`, big-endian: bytes order like codes."""
  return codes.astype('>u2').tobytes()


def bytes_to_codes(packed: bytes) -> np.ndarray:
  """Unpacks what `codes_to_bytes` packed, uint16 `[32]`."""
  return np.frombuffer(packed, '>u2').astype(np.uint16)


def canonical_bytes(packed: bytes) -> bytes:
  """Returns the smallest rotation of packed step codes, 64 bytes.

  It is `canonical` for a single pattern, where an array costs more.
  """
  doubled = packed + packed
  size = len(packed)
  return min([doubled[i:i + size] for i in range(0, size, 2)])


def turn_to(packed: bytes, rotated: bytes) -> int:
  """Returns the step of packed step codes that a rotation of them begins with.

  Where they repeat themselves, so that there are several, it is the first.

  Raises:
    ValueError: If it is no rotation of them.
  """
  doubled = packed + packed
  index = doubled.index(rotated)
  while index % 2:
    # Halves of codes look like it there.
    index = doubled.index(rotated, index + 1)
  return index // 2


def num_hits(packed: bytes, num_steps: int) -> int:
  """Returns how many hits the first steps of packed step codes have."""
  # A code has a bit for each of its hits.
  return int.from_bytes(packed[:_CODE_BYTES * num_steps], 'big').bit_count()


def class_digests(codes: np.ndarray) -> np.ndarray:
  """Returns a digest of the rotation class of each pattern.

  Args:
    codes: Step codes, integer `[num_patterns, 32]`.

  Returns:
    uint64 `[num_patterns]`. Two of a million classes share one with a chance
    of 3e-8.
  """
  packed = canonical(codes).astype('>u2')
  digests = [
      digests_lib.blake2b(row.tobytes(), digest_size=_CLASS_BYTES).digest()
      for row in packed
  ]
  return np.frombuffer(b''.join(digests), '<u8')
