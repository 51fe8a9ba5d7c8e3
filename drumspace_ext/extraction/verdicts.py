"""Verdicts: why the drum notes of an input give no pattern, what was lost."""

import typing

from drumspace_ext.extraction import lost_voices
from drumspace_ext.extraction import readings
from drumspace_ext.notes import grids
from drumspace_ext.notes import meters
from drumspace_ext.notes import onsets as onsets_lib
from drumspace_ext.patterns import drum_maps

# All that is left is a plain pulse.
_TRIVIAL = 'only_trivial_loops'
_NO_VOICE = 'no_known_voice'
NO_LOOP, OTHER_METERS = 'no_loop', 'not_in_4_4'


class Verdict(typing.NamedTuple):
  """What is to be said of one input.

  Attributes:
    reason: A key of `rejections.REASONS`, or None if it has patterns.
    said: What was seen, in words.
    counts: Numbers for the report.
  """

  reason: str | None
  said: tuple[str, ...]
  counts: dict[str, int]


def of(
    onsets: onsets_lib.DrumOnsets, pieces: grids.Pieces,
    found: readings.Found, drum_map: drum_maps.DrumMap, *, is_kept: bool,
) -> Verdict:
  """Judges an input.

  Args:
    onsets: Its drum notes.
    pieces: These on the grid.
    found: The loops in them.
    drum_map: Which pitches are which voices.
    is_kept: Whether some loops are patterns.
  """
  reason, said = None, []
  if not is_kept:
    reason, seen = _reason(onsets, pieces, found)
    said.append(seen)
  dropped, total = pieces.dropped_pitches, len(onsets.pitches)
  if not dropped or not lost_voices.many(
      dropped, total, is_simple=reason == _TRIVIAL
  ):
    return Verdict(reason, tuple(said), {})
  if reason == _TRIVIAL:
    reason = 'lost_voices'
  if reason != _NO_VOICE:
    said.append(lost_voices.said(dropped, total))
  counts = {}
  semitones, count = lost_voices.fitting_octave(
      onsets.pitches, drum_map.code_of_pitch
  )
  if semitones:
    said.append(lost_voices.octave_said(semitones, count, total))
    name = lost_voices.OCTAVES[semitones]
    counts = {f'octave_{name}_inputs': 1, f'octave_{name}_notes': count}
  return Verdict(reason, tuple(said), counts)


def _reason(onsets, pieces, found) -> tuple[str, str]:
  """Returns (reason, what was seen) for an input without patterns."""
  if pieces.dropped_pitches.total() == len(onsets.pitches):
    pitches = ', '.join(map(str, sorted(pieces.dropped_pitches)[:12]))
    return _NO_VOICE, f'{len(onsets.pitches)} notes of pitch {pitches}'
  if not found.num_pieces:
    refused = sorted(pieces.other_meters)
    seen = f'drums in {", ".join(refused)}', meters.hint(refused)
    return OTHER_METERS, '; '.join(filter(None, seen))
  if found.num_loops:
    return _TRIVIAL, f'{found.num_loops} loops'
  if found.num_short_pieces == found.num_pieces:
    return 'too_short', f'{found.num_pieces} short stretches of drums'
  count = found.num_pieces - found.num_short_pieces
  return NO_LOOP, f'{count} long stretches of drums'
