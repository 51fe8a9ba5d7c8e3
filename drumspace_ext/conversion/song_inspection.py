"""Song inspection: what MIDI files and NoteSequences hold, as lines of text."""

import collections
import pathlib

import numpy as np

from drumspace_ext import errors
from drumspace_ext import rejections
from drumspace_ext.extraction import loops as loops_lib
from drumspace_ext.extraction import near_hints
from drumspace_ext.extraction import one_input
from drumspace_ext.files import midi_kinds
from drumspace_ext.files import reader_faults
from drumspace_ext.files import tfrecords
from drumspace_ext.files import zip_archives
from drumspace_ext.inputs import kinds as input_kinds
from drumspace_ext.notes import midi_sequences
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import sequence_times
from drumspace_ext.patterns import percussion_names
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import text_grids

_MAX_EXTRACTED = 500


def grids(codes: np.ndarray, most: int = 2) -> list[str]:
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


def _remark_lines(result: one_input.InputResult) -> list[str]:
  """Says what is to be known of an input in any case."""
  lines = []
  for kind, detail in result.remarks.items():
    if kind == rejections.READING:
      # The detail has it.
      continue
    meaning, hint = rejections.REMARKS[kind]
    lines += [f'note: {meaning} ({detail})', f'  -> {hint}']
  return lines


def _verdict_lines(result: one_input.InputResult) -> list[str]:
  """Says what extraction makes of one input, with its first patterns."""
  remarks = _remark_lines(result)
  if result.reason:
    meaning, hint = rejections.REASONS[result.reason]
    gives_beats = near_hints.gives_beats(result.tried)
    if gives_beats is not None:
      found = 'beats' if gives_beats else (
          f'no beat either: try {rejections.OTHER_REPEATS}'
      )
      hint = f'--max_flips={near_hints.MAX_FLIPS} finds {found}'
    detail = f' ({result.detail})' if result.detail else ''
    return [f'no pattern: {meaning}{detail}', f'  -> {hint}', *remarks]
  most = sorted(
      result.loop_counts, key=lambda loop: (-loop.num_repeats, loop.phase)
  )
  classes = {loop.canonical for loop in most}
  codes = np.array([step_codes.bytes_to_codes(l.phase) for l in most])
  notes = [f'note: {result.detail}'] if result.detail else []
  return [
      f'patterns: {len(classes)} in {result.counts["loops"]} loops (two bars '
      f'played {loops_lib.MIN_REPEATS} times or more)', *notes, *remarks,
      *grids(codes)
  ]


def midi(path: pathlib.Path, recipe: one_input.Recipe) -> list[str]:
  """Describes a MIDI file, read by a recipe."""
  data = midi_kinds.read(str(path))
  result = one_input.extract_midi(data, path.name, recipe)
  try:
    with reader_faults.rejected():
      sequence = midi_sequences.to_note_sequence(data, filename=path.name)
  except errors.RejectedInputError:
    return ['a MIDI file, by its name', *_verdict_lines(result)]
  return [
      f'a MIDI file, {sequence.ticks_per_quarter} ticks a quarter note',
      *_sequence_lines(sequence), *_verdict_lines(result),
  ]


def tfrecord(path: pathlib.Path, recipe: one_input.Recipe) -> list[str]:
  """Describes a TFRecord file, its NoteSequences read by a recipe."""
  damaged, first, num_bytes, extracted = [], None, 0, 0
  kinds: collections.Counter[str] = collections.Counter()
  classes: dict[bytes, bytes] = {}
  verdicts: collections.Counter[str] = collections.Counter()
  remarked: collections.Counter[str] = collections.Counter()
  details: dict[str, str] = {}
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
      details.setdefault(result.reason or '', result.detail)
      remarked.update(result.remarks.keys())
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
      detail = f' ({details[reason]})' if details[reason] else ''
      lines.append(f'  {count:,}: {meaning}{detail} -> {hint}')
    for kind, count in remarked.most_common():
      meaning, hint = rejections.REMARKS[kind]
      lines.append(f'  {count:,}: {meaning} -> {hint}')
    codes = [step_codes.bytes_to_codes(phase) for phase in classes.values()]
    lines += grids(np.array(codes)) if codes else []
  return lines


def archive(path: pathlib.Path, recipe: one_input.Recipe) -> list[str]:
  """Describes a zip archive, its first MIDI file read by a recipe."""
  opened = zip_archives.check(path)
  counts: collections.Counter[str] = collections.Counter()
  first: zip_archives.Member | None = None
  for member in opened.members():
    if not member.name:
      counts['nameless'] += 1
    elif member.is_midi:
      counts['midi'] += 1
      first = min(first or member, member)
    else:
      counts['others'] += 1
  lines = [
      f'a zip archive: {counts["midi"]:,} MIDI files, {counts["others"]:,} '
      'others'
  ]
  if counts['nameless']:
    lines.append(f'left out: {counts["nameless"]:,} members without a name')
  if first:
    (data,) = opened.read([first])
    lines.append(f'first: {first.name}')
    if isinstance(data, errors.RejectedInputError):
      lines.append(f'it can\'t be unpacked: {data.detail}')
    else:
      result = one_input.extract_midi(data, first.name, recipe)
      lines += _verdict_lines(result)
  return lines
