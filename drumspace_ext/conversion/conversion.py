"""Conversion: any of the ecosystem's forms of drums into any other.

What is read becomes a stream of items. An item holds a whole NoteSequence (from
MIDI or a TFRecord) or patterns (from a dataset or a primer); patterns are cut
from a NoteSequence only where the other side asks for them. What can't be read
is counted and named by the caller's `on_reject`.
"""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
import dataclasses
import pathlib
import typing

import numpy as np

from drumspace_ext import callbacks
from drumspace_ext import errors
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.files import local_paths
from drumspace_ext.files import reader_faults
from drumspace_ext.files import result_patterns
from drumspace_ext.inputs import contents as input_contents
from drumspace_ext.inputs import kinds as input_kinds
from drumspace_ext.inputs import listing as inputs
from drumspace_ext.inputs import tasks as input_tasks
from drumspace_ext.inputs import text_kinds
from drumspace_ext.notes import drum_tracks
from drumspace_ext.notes import midi_sequences
from drumspace_ext.notes import midi_writing
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import onsets as onsets_lib
from drumspace_ext.notes import remapping
from drumspace_ext.notes import sequence_times
from drumspace_ext.notes import song_limits
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import dynamics as dynamics_lib
from drumspace_ext.patterns import step_codes
from drumspace_ext.sound import rendering
from drumspace_ext.sound import sequence_audio
from drumspace_ext.sound import soundfonts

if typing.TYPE_CHECKING:
  import note_seq

# What is done, for `on_step`.
_WORD = 'converting'


@dataclasses.dataclass(frozen=True, kw_only=True)
class Options:
  """How items are converted.

  Attributes:
    voices_in: How pitches are read; None leaves those of a NoteSequence alone.
    voices_out: How voices are written; likewise.
    tile: Cut into patterns and play each so many times; None leaves a whole
      NoteSequence whole.
    steps_per_quarter: Steps of a quarter note, where patterns are cut.
    assume_drums: Take all notes as drums.
    qpm: Tempo for what has none of its own.
    dynamics: How patterns are played in MIDI and audio; None for all alike.
    soundfont: What audio is rendered with; None for the package's own kit.
  """

  voices_in: drum_maps.DrumMap | None = None
  voices_out: drum_maps.DrumMap | None = None
  tile: int | None = None
  steps_per_quarter: int = step_codes.STEPS_PER_QUARTER
  assume_drums: bool = False
  qpm: float = onsets_lib.DEFAULT_QPM
  dynamics: dynamics_lib.Dynamics | None = None
  soundfont: soundfonts.SoundFont | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Item:
  """One thing that was read: a NoteSequence or patterns.

  Attributes:
    name: What to call it.
    sequence: A NoteSequence, or None.
    hits: bool `[num_patterns, 32, 14]`, or None.
  """

  name: str
  sequence: 'note_seq.NoteSequence | None' = None
  hits: np.ndarray | None = None


def read(
    values: Sequence[str], primers: Sequence[str], options: Options, *,
    recursive: bool, on_reject: Callable[[str, str, str], None],
    excluded: pathlib.Path | None = None,
    on_step: callbacks.OnStep = callbacks.silent,
) -> Iterator[Item]:
  """Yields what is in the inputs.

  Args:
    values: TFRecords, MIDI files, folders (of songs, or of a script's results),
      zips, datasets, text files with a primer a line, and globs.
    primers: drums_rnn primers themselves.
    options: How to read.
    recursive: Search folders in folders.
    on_reject: Called with (name, reason, detail) of what can't be read.
    excluded: A folder that is not searched: that of the results.
    on_step: Called with the lines or bytes read of each input; see `callbacks`.

  Raises:
    InputError: If an input that was named is unusable, or there is none.
  """
  for number, primer in enumerate(primers):
    yield _primer_item(f'primer_{number + 1}', primer, options)
  others = []
  for value in values:
    path = result_patterns.input_file(local_paths.expand(value))
    kind = text_kinds.of_file(path) if path.is_file() else None
    if kind == text_kinds.DATASET:
      codes = dataset_tsv.read(path).codes
      for number, hits in enumerate(step_codes.step_codes_to_hits(codes), 1):
        on_step(number, len(codes), _WORD)
        yield Item(name=f'{path.stem}_{number:06}', hits=hits[None])
    elif kind == text_kinds.PRIMERS:
      lines = text_kinds.read_lines(path)
      for number, line in enumerate(lines, 1):
        on_step(number, len(lines), _WORD)
        yield _primer_item(f'{path.stem}_{number:06}', line, options)
    else:
      others.append(str(path) if path.is_file() else value)
  if others or not (values or primers):
    listing = inputs.list_inputs(
        others, recursive=recursive, excluded=excluded
    )
    input_contents.check_records(listing)
    yield from _sequences(listing, on_reject, on_step)


def _primer_item(name: str, primer: str, options: Options) -> Item:
  codes = drum_tracks.events_to_codes(
      drum_tracks.parse_primer(primer), options.voices_in
  )
  return Item(name=name, hits=note_sequences.cut_patterns(codes))


def _sequences(
    listing: inputs.Listing, on_reject: Callable[[str, str, str], None],
    on_step: callbacks.OnStep,
) -> Iterator[Item]:
  """Yields the NoteSequences of MIDI files, zips and TFRecords."""
  done, total = 0, listing.num_bytes
  for task in input_tasks.tasks(listing):
    if not isinstance(task, input_tasks.Task):
      name, problem = task
      on_reject(name, problem.reason, problem.detail)
      continue
    on_step(done, total, _WORD)
    for name, data in input_contents.contents(task):
      try:
        if isinstance(data, errors.RejectedInputError):
          raise data
        if task.kind == input_kinds.TFRECORD:
          sequence = note_sequences.parse(data)
          name = sequence.filename or sequence.id or name
          song_limits.check_sequence(sequence)
        else:
          collection, _, filename = name.partition('/')
          with reader_faults.rejected():
            sequence = midi_sequences.to_note_sequence(
                data, filename=filename, collection_name=collection
            )
      except errors.RejectedInputError as e:
        on_reject(name, e.reason, e.detail)
        continue
      yield Item(name=name, sequence=sequence)
    done += task.size
  on_step(total, total, _WORD)


def _remapped(item: Item, options: Options) -> 'note_seq.NoteSequence':
  return remapping.remapped(
      item.sequence, voices_in=options.voices_in,
      voices_out=options.voices_out, assume_drums=options.assume_drums,
  )


def _qpm(item: Item, options: Options) -> float:
  if item.sequence is None:
    return options.qpm
  return note_sequences.qpm_of(item.sequence, options.qpm)


def item_patterns(item: Item, options: Options) -> np.ndarray:
  """Returns the patterns of an item, bool `[num_patterns, 32, 14]`.

  Raises:
    RejectedInputError: If its NoteSequence can't be put on the grid.
  """
  if item.hits is not None:
    return item.hits
  return note_sequences.to_patterns(
      item.sequence, drum_map=options.voices_in,
      assume_drums=options.assume_drums,
      steps_per_quarter=options.steps_per_quarter,
  )


def _is_whole(item: Item, options: Options) -> bool:
  return item.sequence is not None and options.tile is None


def to_midi(item: Item, options: Options, *, repeats: int = 1) -> bytes:
  """Returns an item as the bytes of a MIDI file.

  Args:
    item: What is to be written.
    options: How.
    repeats: How many times its patterns are played, all of them in turn.
  """
  if _is_whole(item, options):
    return midi_writing.note_sequence_to_midi(_remapped(item, options))
  return midi_writing.patterns_to_midi(
      tiled_patterns(item, options),
      qpm=_qpm(item, options), drum_map=options.voices_out, name=item.name,
      dynamics=options.dynamics, repeats=repeats,
  )


def to_wav(item: Item, options: Options) -> Iterator[bytes]:
  """Returns an item as the bytes of a WAV file, in parts.

  Patterns are seamless loops, exactly as long as their bars. A whole
  NoteSequence sounds to its end: its drums by the package's kit, all its
  instruments by a SoundFont.

  Args:
    item: What is to be written.
    options: How.

  Raises:
    RejectedInputError: At once, if it is too long, or has no drums.
  """
  soundfont = options.soundfont
  if not _is_whole(item, options):
    hits, qpm = tiled_patterns(item, options), _qpm(item, options)
    seconds = rendering.seconds_of(hits, qpm)
    audio = sequence_audio.loop_by(
        soundfont, lambda: to_midi(item, options, repeats=2), seconds
    ) if soundfont else sequence_audio.loop(
        hits, qpm=qpm, dynamics=options.dynamics
    )
  elif soundfont:
    audio = sequence_audio.song_by(soundfont, _remapped(item, options))
  else:
    audio = sequence_audio.song(
        item.sequence, drum_map=options.voices_in,
        assume_drums=options.assume_drums,
    )
  return rendering.wav_parts(audio.blocks(), audio.num_samples, audio.sample_rate)


def tiled_patterns(item: Item, options: Options) -> np.ndarray:
  """Returns the patterns of an item, each as often as it is to be played.

  Raises:
    RejectedInputError: If its NoteSequence gives silence alone, or it is too
      much.
  """
  hits, tile = item_patterns(item, options), options.tile or 1
  song_limits.check(
      len(hits) * step_codes.NUM_STEPS * tile, song_limits.MAX_STEPS, 'steps'
  )
  song_limits.check(int(hits.sum()) * tile, song_limits.MAX_EVENTS, 'hits')
  if item.sequence is not None and is_silent(hits, options):
    onsets = note_sequences.to_onsets(
        item.sequence, assume_drums=options.assume_drums
    )
    raise remapping.without_voice(onsets.pitches.tolist())
  return np.repeat(hits, tile, axis=0)


def is_silent(hits: np.ndarray, options: Options) -> bool:
  """Says whether patterns have no hit that could be written."""
  drum_map = options.voices_out or drum_maps.load(drum_maps.GM14)
  return not drum_map.folded(hits).any()


def to_record(item: Item, options: Options) -> bytes:
  """Returns an item as the bytes of a NoteSequence."""
  if _is_whole(item, options):
    sequence = sequence_times.in_seconds(_remapped(item, options))
  else:
    sequence = note_sequences.from_patterns(
        tiled_patterns(item, options),
        qpm=_qpm(item, options), drum_map=options.voices_out,
        sequence_id=f'/id/drumspace/{item.name}',
    )
    if item.sequence is not None:
      sequence.id = item.sequence.id or sequence.id
      sequence.filename = item.sequence.filename
      sequence.collection_name = item.sequence.collection_name
  return sequence.SerializeToString(deterministic=True)
