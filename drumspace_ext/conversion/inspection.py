"""Inspection: what a file is and holds, in about ten lines of text."""

import collections
from collections.abc import Callable
import contextlib
import pathlib

import numpy as np

from drumspace_ext import errors
from drumspace_ext import rejections
from drumspace_ext.conversion import checkpoint_inspection
from drumspace_ext.conversion import magenta_inspection
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.extraction import loops as loops_lib
from drumspace_ext.extraction import one_input
from drumspace_ext.files import reader_faults
from drumspace_ext.files import tfrecords
from drumspace_ext.files import zip_archives
from drumspace_ext.inputs import kinds as input_kinds
from drumspace_ext.inputs import listing as inputs
from drumspace_ext.models import checkpoints
from drumspace_ext.notes import drum_tracks
from drumspace_ext.notes import midi_sequences
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import sequence_times
from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import percussion_names
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import text_grids

_MAX_EXTRACTED = 500
_MAX_LINE_CHARS = 500


def _grids(codes: np.ndarray, most: int = 2) -> list[str]:
  """Draws the first patterns of step codes, integer `[num_patterns, 32]`."""
  lines = []
  for row in codes[:most]:
    lines.append('')
    lines += text_grids.to_text(step_codes.step_codes_to_hits(row)).split('\n')
  return lines


def _seconds(sequence) -> str:
  try:
    return f'{sequence_times.in_seconds(sequence).total_time:.1f} seconds'
  except errors.RejectedInputError as e:
    return str(e)


def _sequence_lines(sequence) -> list[str]:
  """Describes one NoteSequence."""
  drums = [n for n in sequence.notes if n.is_drum and n.velocity > 0]
  lines = [
      f'notes: {len(sequence.notes):,}, of these {len(drums):,} drum notes; '
      f'{_seconds(sequence)}'
  ]
  tempos = [tempo.qpm for tempo in sequence.tempos] or [120.0]
  meters = list(dict.fromkeys(
      f'{m.numerator}/{m.denominator}' for m in sequence.time_signatures
  ))
  lines.append(
      f'tempo: {min(tempos):.4g}'
      + (f' to {max(tempos):.4g}' if len(set(tempos)) > 1 else '')
      + f' qpm; meter: {", ".join(meters[:6]) or "none given, read as 4/4"}'
  )
  if drums:
    pitches = collections.Counter(n.pitch for n in drums)
    lines.append('drum pitches: ' + ', '.join(
        f'{percussion_names.of_no_voice(pitch)} ({count:,})'
        for pitch, count in sorted(pitches.items())[:14]
    ))
  return lines


def _verdict_lines(result: one_input.InputResult) -> list[str]:
  """Says what extraction makes of one input, with its first patterns."""
  if result.reason:
    meaning, hint = rejections.REASONS[result.reason]
    detail = f' ({result.detail})' if result.detail else ''
    return [f'no pattern: {meaning}{detail}', f'  -> {hint}']
  most = sorted(
      result.loop_counts, key=lambda loop: (-loop.num_repeats, loop.phase)
  )
  classes = {loop.canonical for loop in most}
  codes = np.array([step_codes.bytes_to_codes(l.phase) for l in most])
  notes = [f'note: {result.detail}'] if result.detail else []
  return [
      f'patterns: {len(classes)} in {result.counts["loops"]} loops (two bars '
      f'played {loops_lib.MIN_REPEATS} times or more)', *notes, *_grids(codes)
  ]


def _midi(path: pathlib.Path) -> list[str]:
  data = path.read_bytes()
  result = one_input.extract_midi(data, path.name, one_input.Recipe())
  try:
    with reader_faults.rejected():
      sequence = midi_sequences.to_note_sequence(data, filename=path.name)
  except errors.RejectedInputError:
    return ['a MIDI file, by its name', *_verdict_lines(result)]
  return [
      f'a MIDI file, {sequence.ticks_per_quarter} ticks a quarter note',
      *_sequence_lines(sequence), *_verdict_lines(result),
  ]


def _tfrecord(path: pathlib.Path) -> list[str]:
  damaged, first, num_bytes = [], None, 0
  recipe, extracted = one_input.Recipe(), 0
  kinds: collections.Counter[str] = collections.Counter()
  classes: dict[bytes, bytes] = {}
  verdicts: collections.Counter[str] = collections.Counter()
  for number, record in enumerate(tfrecords.read(path)):
    if isinstance(record, tfrecords.DamagedRecord):
      damaged.append(record.detail)
      continue
    num_bytes += len(record)
    kind = input_kinds.of_record(record)
    kinds[kind] += 1
    if kind == input_kinds.NOTE_SEQUENCE and first is None:
      first = record
    if kind == input_kinds.NOTE_SEQUENCE and extracted < _MAX_EXTRACTED:
      extracted += 1
      result = one_input.extract_record(record, f'#{number}', recipe)
      verdicts[result.reason or ''] += 1
      for loop in result.loop_counts:
        classes.setdefault(loop.canonical, loop.phase)
  names = ', '.join(f'{count:,} {kind}' for kind, count in kinds.items())
  kind = tfrecords.compression(path)
  packed = f', {kind}' if kind else ''
  lines = [f'a TFRecord file{packed}: {names or "no"} records, {num_bytes:,} '
           'bytes']
  lines += [f'damaged: {detail}' for detail in damaged[:3]]
  if kinds[input_kinds.SEQUENCE_EXAMPLE] or kinds[input_kinds.EXAMPLE]:
    lines.append(
        'this is what models train on; patterns are extracted from the '
        'NoteSequences that it was made from'
    )
  if first is not None:
    sequence = note_sequences.parse(first)
    lines.append(f'first: id {sequence.id!r}, file {sequence.filename!r}')
    lines += _sequence_lines(sequence)
    lines.append(
        f'patterns: {len(classes):,} unique ones in {verdicts.pop("", 0):,} '
        f'of the first {extracted:,} records'
    )
    for reason, count in verdicts.most_common(2):
      meaning, hint = rejections.REASONS[reason]
      lines.append(f'  {count:,}: {meaning} -> {hint}')
    codes = [step_codes.bytes_to_codes(phase) for phase in classes.values()]
    lines += _grids(np.array(codes)) if codes else []
  return lines


def _zip(path: pathlib.Path) -> list[str]:
  midi, others, nameless = zip_archives.midi_members(path)
  lines = [f'a zip archive: {len(midi):,} MIDI files, {len(others):,} others']
  if nameless:
    lines.append(f'left out: {len(nameless):,} members without a name')
  for (name, place) in midi[:1]:
    (data,) = zip_archives.read_members(path, [place])
    lines.append(f'first: {name}')
    if isinstance(data, errors.RejectedInputError):
      lines.append(f'it can\'t be unpacked: {data.detail}')
    else:
      result = one_input.extract_midi(data, name, one_input.Recipe())
      lines += _verdict_lines(result)
  return lines


def _dataset(path: pathlib.Path) -> list[str]:
  patterns_read = dataset_tsv.read(path)
  codes = patterns_read.codes
  classes = len(np.unique(step_codes.canonical(codes), axis=0))
  columns = ['step codes']
  if patterns_read.latents is not None:
    columns.append(f'latent vectors of {patterns_read.latents.shape[1]}')
  if patterns_read.coordinates is not None:
    columns.append('map coordinates')
  hits = step_codes.step_codes_to_hits(codes)
  return [
      f'a dataset of drum patterns: {len(codes):,} lines',
      f'columns: {", ".join(columns)}',
      f'rotation classes: {classes:,}; trivial (entropy below '
      f'{entropy.MIN_NATS} nats): '
      f'{int(entropy.is_trivial(codes).sum()):,}',
      f'hits per step: {hits.sum() / hits[..., 0].size:.2f}',
      *_grids(codes),
  ]


def _primers(path: pathlib.Path) -> list[str]:
  lines = input_kinds.read_lines(path)
  codes = drum_tracks.events_to_codes(drum_tracks.parse_primer(lines[0]))
  hits = note_sequences.cut_patterns(codes)
  return [
      f'text with {len(lines):,} drums_rnn primers',
      f'first: {len(codes)} steps',
      *_grids(step_codes.hits_to_step_codes(hits), most=1),
  ]


def _folder(path: pathlib.Path) -> list[str]:
  # What our own entry points made is more than the inputs that lie in it;
  # what only has its name is not.
  for name in (dataset_tsv.DATASET, checkpoints.BEST):
    with contextlib.suppress(errors.InputError):
      lines = _describe(path / name) if (path / name).is_file() else None
      if lines:
        return [f'a folder with {name}, which is', *lines]
  listing = inputs.list_inputs([str(path)], recursive=True)
  kinds = collections.Counter(
      source.kind for source in inputs.source_files(listing)
  )
  names = {input_kinds.MIDI: 'MIDI files', input_kinds.ZIP: 'zip archives',
           input_kinds.TFRECORD: 'TFRecord files'}
  return [
      'a folder: ' + ', '.join(
          f'{count:,} {names[kind]}' for kind, count in kinds.items()
      ) + f'; {listing.skipped.total():,} other files',
      f'extract its patterns with: drumspace_create_dataset --input={path} '
      '--recursive --output_dir=...',
  ]


def describe(path: pathlib.Path) -> list[str]:
  """Says what a file or folder is and holds.

  Args:
    path: Any file.

  Returns:
    About ten lines of text and one or two patterns as text grids.

  Raises:
    InputError: If it can't be read, or is of no kind that is known here.
  """
  try:
    lines = _describe(path)
  except OSError as e:
    raise errors.InputError(
        f"{path} can't be read: {e.strerror or e}. Check the path."
    ) from e
  if lines is None:
    raise errors.InputError(
        f'{path} is no NoteSequence or SequenceExample TFRecord, MIDI file, '
        'zip, dataset, primer or checkpoint: nothing that belongs here.'
    )
  return [errors.on_one_line(line, _MAX_LINE_CHARS) for line in lines]


def _describe(path: pathlib.Path) -> list[str] | None:
  if path.is_dir():
    return _folder(path)
  if path.exists() and not path.is_file():
    return None
  readers: dict[str | None, Callable[[pathlib.Path], list[str] | None]] = {
      input_kinds.MIDI: _midi, input_kinds.TFRECORD: _tfrecord,
      input_kinds.ZIP: _zip,
      input_kinds.DATASET: _dataset, input_kinds.PRIMERS: _primers,
  }
  kind = input_kinds.kind_of_file(path) or input_kinds.of_text(path)
  if kind is None and (lines := magenta_inspection.describe(path)):
    return lines
  return readers.get(kind, checkpoint_inspection.describe)(path)
