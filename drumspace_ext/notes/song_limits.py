"""Song limits: how much one input may hold, whatever it is turned into.

A file of 300 bytes may say that it lasts a year, or name a tempo at which an
hour has a million steps. These bounds keep a conversion within 500 MB and a
minute a file. Of 4,938 real files the longest lasts 1,752 seconds, has 27,685
notes, 42,562 control changes and 439 times two bars.

  MAX_EVENTS             notes, control changes and bends, read or written
  MAX_RECORD_BYTES       of a NoteSequence, as of a MIDI file
  MAX_RECORD_FIELDS      notes and other parts of a NoteSequence, read
  MAX_STEPS              steps of patterns, as often as they are played
  MAX_AUDIO_S            seconds of audio by the package's kit
  MAX_AUDIO_HITS         hits in them
  MAX_SOUNDFONT_S        seconds by a SoundFont, whose renderer keeps all of it
                         in memory (35 MB a minute); a loop is rendered twice
"""

import math
import typing

from drumspace_ext import errors
from drumspace_ext.files import midi_kinds
from drumspace_ext.notes import protobuf_fields
from drumspace_ext.notes import tempo_maps

if typing.TYPE_CHECKING:
  import note_seq

MAX_EVENTS = 300_000
MAX_RECORD_BYTES = midi_kinds.MAX_FILE_BYTES
MAX_RECORD_FIELDS = 1_000_000
MAX_STEPS = 1 << 19
MAX_AUDIO_S = 3600
MAX_AUDIO_HITS = 50_000
MAX_SOUNDFONT_S = 660


def check(count: int, limit: int, what: str) -> None:
  """Raises RejectedInputError if there are more of something than allowed.

  Args:
    count: How many there are.
    limit: One of the constants above.
    what: What is counted, for the message.
  """
  if count > limit:
    raise errors.RejectedInputError(
        'too_large', f'{count:,} {what}; at most {limit:,} are converted'
    )


def check_record(record: bytes) -> None:
  """Raises RejectedInputError for bytes too many for one NoteSequence."""
  if len(record) > MAX_RECORD_BYTES or (
      # Two bytes are the shortest field.
      len(record) > 2 * MAX_RECORD_FIELDS
      and protobuf_fields.has_more_than(record, MAX_RECORD_FIELDS)
  ):
    raise errors.RejectedInputError('too_large', f'{len(record):,} bytes')


def check_seconds(seconds: float, limit: int) -> None:
  """Raises RejectedInputError for what is no length, or too long for audio."""
  if not math.isfinite(seconds):
    raise errors.RejectedInputError('bad_times', f'it takes {seconds} seconds')
  if seconds > limit:
    shown = f'{seconds:,.0f}' if seconds < 1e12 else f'{seconds:.3g}'
    raise errors.RejectedInputError(
        'too_large', f'{shown} seconds; at most {limit:,} are made audio'
    )


def check_sequence(sequence: 'note_seq.NoteSequence') -> None:
  """Raises RejectedInputError for a NoteSequence that no form can hold.

  It has too many events, or times and tempos that are no numbers.
  """
  notes, others = sequence.notes, (
      sequence.control_changes, sequence.pitch_bends, sequence.tempos,
      sequence.time_signatures, sequence.key_signatures,
      sequence.text_annotations, sequence.section_annotations,
  )
  check(
      len(notes) + sum(map(len, others)), MAX_EVENTS, 'notes and other events'
  )
  times = [sequence.total_time]
  times += [time for note in notes for time in (note.start_time, note.end_time)]
  times += [event.time for part in others for event in part]
  if not all(map(math.isfinite, times)):
    raise errors.RejectedInputError('bad_times', 'a time is no number')
  # It raises for tempos that are none.
  tempo_maps.TempoMap(sequence)
