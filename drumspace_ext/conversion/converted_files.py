"""What a conversion gives: where it is, and what is not as was asked for."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import pathlib

from drumspace_ext import rejections
from drumspace_ext.patterns import drum_maps

_MAX_NAMED = 5


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class Converted:
  """What was converted; as text, how much of it and where it is.

  Attributes:
    output: The file, or the folder of files, that was written.
    form: One of `conversion_files.FORMS`.
    count: Items that were written.
    left_out: Names of what was left out, by reason.
    silent: Names of what was written and holds no note.
    read_with: Names of what was read, by drum map, where these were chosen.
    unplayed: Names of whole songs, written as they are in spite of `groove`
      or `qpm`.
    unswung: Names of beats of which nothing knows the genre, which a swing of
      `auto` leaves even.
    drums_alone: Names of songs of which audio has the drums and no other notes.
    num_others: Files of the form that were in the folder before, and still are.
  """

  output: pathlib.Path
  form: str
  count: int
  left_out: Mapping[str, Sequence[str]]
  silent: Sequence[str]
  read_with: Mapping[str, Sequence[str]] = dataclasses.field(
      default_factory=dict
  )
  unplayed: Sequence[str] = ()
  unswung: Sequence[str] = ()
  drums_alone: Sequence[str] = ()
  num_others: int = 0

  def __repr__(self) -> str:
    num_left_out = sum(map(len, self.left_out.values()))
    return (
        f'Converted({str(self.output)!r}, {self.form!r}, count={self.count}, '
        f'left_out={num_left_out})'
    )

  def __str__(self) -> str:
    return f'{self.count:,} converted to {self.output}'

  def warnings(self) -> Iterator[str]:
    """Yields lines that say what is not as the inputs are."""
    for reason, names in self.left_out.items():
      meaning, hint = rejections.REASONS[reason]
      yield from _named(f'left out: {meaning}; {hint}', names)
    for drum_map, names in self.read_with.items():
      if drum_map != drum_maps.GM14:
        yield from _named(f'read with the drum map {drum_map}', names)
    if self.unplayed:
      yield from _named(
          'written as they are: a tempo and what plays are for patterns; cut '
          'them with --tile=1', self.unplayed
      )
    if self.drums_alone:
      yield from _named(
          'heard by their drums alone: the package has no other instruments, '
          'which --soundfont plays too', self.drums_alone
      )
    if self.unswung:
      yield from _named(
          'without a known genre, which --swing=auto leaves even; give a '
          'number', self.unswung
      )
    if self.silent:
      yield from _named('written hold no note', self.silent)
    if self.num_others:
      yield (
          f'{self.num_others:,} more were in {self.output} before and stay '
          'there; another --output keeps them apart'
      )


def _named(what: str, names: Sequence[str]) -> Iterator[str]:
  yield f'{len(names):,} {what}'
  for name in names[:_MAX_NAMED]:
    yield f'  {name}'
  if len(names) > _MAX_NAMED:
    yield f'  and {len(names) - _MAX_NAMED:,} more'
