"""Reading: the drum onsets of one input, or why there are none."""

from collections.abc import Iterator
from collections.abc import Sequence
import typing

from drumspace_ext import errors
from drumspace_ext.extraction import recipes
from drumspace_ext.files import reader_faults
from drumspace_ext.inputs import kinds as input_kinds
from drumspace_ext.notes import midi_reading
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import onsets as onsets_lib
from drumspace_ext.notes import packed_notes

if typing.TYPE_CHECKING:
  import note_seq


class Read(typing.NamedTuple):
  """One input, read.

  Attributes:
    input_id: Its name in provenance and rejection lists.
    onsets: Its drum notes, if it has any.
    problem: Why it has none, else.
    file_name: The file that a NoteSequence says it comes from, or ''.
  """

  input_id: str
  onsets: onsets_lib.DrumOnsets | None = None
  problem: errors.RejectedInputError | None = None
  file_name: str = ''


def midi(data: bytes, input_id: str, recipe: recipes.Recipe) -> Read:
  """Reads a MIDI file."""
  return next(midi_files([(input_id, data)], recipe))


def midi_files(
    inputs: Sequence[tuple[str, bytes | errors.RejectedInputError]],
    recipe: recipes.Recipe,
) -> Iterator[Read]:
  """Reads MIDI files, those together that allow it.

  Args:
    inputs: (input id, the bytes of the file or why there are none) of each.
    recipe: How they are read.
  """
  files = [data for _, data in inputs if isinstance(data, bytes)]
  try:
    with reader_faults.rejected():
      usual = iter(midi_reading.read_usual(files, **recipe.drums()))
  except errors.RejectedInputError:
    # One by one, so that the culprit alone is lost.
    usual = iter([None] * len(files))
  for input_id, data in inputs:
    if not isinstance(data, bytes):
      yield Read(input_id, problem=data)
      continue
    onsets = next(usual)
    yield _unusual(data, input_id, recipe) if onsets is None else Read(
        input_id, onsets
    )


def _unusual(data: bytes, input_id: str, recipe: recipes.Recipe) -> Read:
  try:
    with reader_faults.rejected():
      return Read(input_id, midi_reading.read_unusual(data, **recipe.drums()))
  except errors.RejectedInputError as e:
    return Read(input_id, problem=e)


def record(data: bytes, place: str, recipe: recipes.Recipe) -> Read:
  """Reads a NoteSequence record.

  Args:
    data: The bytes of a NoteSequence.
    place: Its file and number, its id if nothing better can be read. Else it
      is named by its own id, its file name or a digest, which do not change
      with the sharding.
    recipe: How it is read.
  """
  try:
    with reader_faults.rejected():
      parsed, notes = _parsed(data, recipe)
      # Examples may parse as NoteSequences, which they are not.
      kind = (
          input_kinds.NOTE_SEQUENCE if notes or parsed.notes
          else input_kinds.of_record(data)
      )
  except errors.RejectedInputError as e:
    return Read(place, problem=e)
  if kind != input_kinds.NOTE_SEQUENCE:
    return Read(place, problem=errors.RejectedInputError(
        'not_note_sequence', f'it looks like {kind}'
    ))
  input_id = parsed.id or file_name_of(parsed) or _digest(data)
  return sequence(parsed, input_id, recipe, notes)


def _digest(data: bytes) -> str:
  import hashlib

  return f'sha1:{hashlib.sha1(data).hexdigest()}'


def _parsed(
    data: bytes, recipe: recipes.Recipe
) -> 'tuple[note_seq.NoteSequence, packed_notes.Notes | None]':
  """Returns a NoteSequence, and its notes where it has none itself."""
  if not (recipe.assume_drums or recipe.drum_parts):
    packed = packed_notes.parse(data)
    if packed is not None:
      return packed
  return note_sequences.parse(data), None


def file_name_of(parsed: 'note_seq.NoteSequence') -> str:
  """Returns the file that a NoteSequence says it comes from, or ''."""
  return '/'.join(filter(None, (parsed.collection_name, parsed.filename)))


def sequence(
    parsed: 'note_seq.NoteSequence', input_id: str, recipe: recipes.Recipe,
    notes: packed_notes.Notes | None = None,
) -> Read:
  """Reads a NoteSequence.

  Args:
    parsed: The NoteSequence.
    input_id: Its name.
    recipe: How it is read.
    notes: Its notes where it has none itself.
  """
  name = file_name_of(parsed)
  try:
    with reader_faults.rejected():
      onsets = note_sequences.to_onsets(
          parsed, **recipe.drums(), notes=notes
      )
      return Read(input_id, onsets, file_name=name)
  except errors.RejectedInputError as e:
    return Read(input_id, problem=e, file_name=name)
