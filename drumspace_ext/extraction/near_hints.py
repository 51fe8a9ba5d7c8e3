"""Near hints: how many inputs without a loop `--max_flips` would find beats in.

To read all of them twice would take too long, so that only those are tried
whose digests are the least: `SAMPLE` of them, all if they are fewer. Which
these are depends on the inputs alone, not on their order or on who reads them:
every `Sampler` tries what is among the least that it has met, so that the least
of all inputs are tried wherever they are read, and a few others as well, which
`least` leaves out.
"""

import bisect
from collections.abc import Iterable
from collections.abc import Sequence
import typing

from drumspace_ext.extraction import near_loops
from drumspace_ext.extraction import recipes
from drumspace_ext.files import digests as digests_lib
from drumspace_ext.files import local_paths
from drumspace_ext.notes import grids
from drumspace_ext.patterns import entropy

MAX_FLIPS = 4
# They say to within 10 % (standard deviation) what share of thousands it is.
SAMPLE = 24
_DIGEST_BYTES = 8
_FOUND, _NOT = '+', '-'


class Counted(typing.NamedTuple):
  """What trying came to.

  Attributes:
    tried: Inputs that were tried.
    found: Those of them that gave a beat.
  """

  tried: int
  found: int

  def of(self, total: int) -> int:
    """Returns how many of all inputs without a loop would give one."""
    return round(total * self.found / self.tried) if self.tried else 0


class Sampler:
  """Says which inputs to try, for the inputs of one run in one process."""

  def __init__(self, size: int | None = None) -> None:
    """Starts with none met.

    Args:
      size: How many are tried at least; 0 for none, `SAMPLE` if None.
    """
    self._size = SAMPLE if size is None else size
    self._least: list[str] = []

  def chooses(self, digest: str) -> bool:
    """Says whether a digest is among the least so far, itself included."""
    place = bisect.bisect_left(self._least, digest)
    if place == self._size:
      return False
    if self._least[place:place + 1] != [digest]:
      self._least.insert(place, digest)
      del self._least[self._size:]
    return True


def _digest(input_id: str, pieces: grids.Pieces) -> str:
  """Returns what stands for an input: inputs of one id need not be alike."""
  hashed = digests_lib.blake2b(
      local_paths.in_utf_8(input_id).encode(), digest_size=_DIGEST_BYTES
  )
  hashed.update(pieces.codes.astype('<u2').tobytes())
  return hashed.hexdigest()


def tries(
    inputs: Sequence[tuple[str, grids.Pieces]], recipe: recipes.Recipe,
    sampler: Sampler,
) -> list[str]:
  """Tries some inputs without a loop.

  Args:
    inputs: (input id, its pieces) of each.
    recipe: How they were read.
    sampler: Says which of them are tried.

  Returns:
    Of each its digest and whether it gave a beat, for `least`; '' where it was
    not tried.
  """
  if recipe.has_near_loops or not inputs:
    return [''] * len(inputs)
  digests = [_digest(*each) for each in inputs]
  chosen = [sampler.chooses(digest) for digest in digests]
  return [
      digest + (_FOUND if _has_beats(pieces, recipe) else _NOT) if own else ''
      for digest, own, (_, pieces) in zip(digests, chosen, inputs)
  ]


def _has_beats(pieces: grids.Pieces, recipe: recipes.Recipe) -> bool:
  """Says whether an input without loops gives one that is not trivial."""
  # Entropy is the same in all phases.
  return any(
      not entropy.is_trivial(codes) for codes in near_loops.two_bars(
          pieces, max_flips=MAX_FLIPS, min_repeats=recipe.min_repeats
      )
  )


def gives_beats(tried: str) -> bool | None:
  """Says whether an input gave a beat when it was tried; None if it was not."""
  return tried.endswith(_FOUND) if tried else None


def least(tried: Iterable[str]) -> list[str]:
  """Returns those of some tries that count."""
  return sorted(tried)[:SAMPLE]


def counted(tried: Iterable[str]) -> Counted:
  """Counts the tries that count."""
  chosen = least(tried)
  return Counted(len(chosen), sum(map(bool, map(gives_beats, chosen))))
