r"""Times extraction against note_seq's own way, side by side in one process.

Usage:
  python tests/benchmarks/extraction_speed.py FOLDER [--files=N] [--rounds=N]

The reference is what a Magenta user runs: `midi_to_note_sequence`,
`split_note_sequence_on_time_changes`, `quantize_note_sequence(4)` and
`DrumTrack.from_quantized_sequence`. Rounds alternate over small slices of the
files; the median of their ratios (CPU seconds) is printed. Then the whole
folder is extracted by one and by two workers in turn (wall seconds).
"""

import pathlib
import random
import statistics
import sys
import tempfile
import time
import warnings

from absl import app
from absl import flags

from drumspace_ext.dataset import creation as dataset_creation
from drumspace_ext.extraction import one_input

warnings.simplefilter('ignore')
import note_seq
from note_seq import sequences_lib

_FILES = flags.DEFINE_integer('files', 120, 'Files in all slices together.')
_ROUNDS = flags.DEFINE_integer('rounds', 12, 'Slices.')


def _reference_sequence(sequence):
  for part in sequences_lib.split_note_sequence_on_time_changes(sequence):
    try:
      quantized = sequences_lib.quantize_note_sequence(part, 4)
      note_seq.DrumTrack().from_quantized_sequence(quantized)
    except Exception:
      continue


def _reference_midi(data):
  try:
    sequence = note_seq.midi_to_note_sequence(data)
  except Exception:
    return
  _reference_sequence(sequence)


def _cpu(function, items):
  start = time.process_time()
  for item in items:
    function(item)
  return time.process_time() - start


def _compare(name, ours, reference, slices, per_round):
  ratios, rates = [], []
  for part in slices:
    slow = _cpu(reference, part)
    # Ours is so much faster that one pass over a slice is too short to time.
    fast = _cpu(ours, part * per_round) / per_round
    ratios.append(slow / fast)
    rates.append(len(part) / fast)
  print(f'{name}: {statistics.median(ratios):.1f} times as fast as the '
        f'reference (from {min(ratios):.1f} to {max(ratios):.1f} over '
        f'{len(ratios)} slices), {statistics.median(rates):,.0f} inputs a '
        'second on one core')


def main(argv):
  folder = pathlib.Path(argv[1])
  files = sorted(folder.rglob('*.mid'))
  chosen = random.Random(0).sample(files, min(_FILES.value, len(files)))
  data = [path.read_bytes() for path in chosen]
  rounds = _ROUNDS.value
  recipe = one_input.Recipe()
  _compare(
      'MIDI bytes -> patterns',
      lambda item: one_input.extract_midi(item, 'x', recipe),
      _reference_midi, [data[i::rounds] for i in range(rounds)], 20,
  )
  records = []
  for item in data:
    try:
      records.append(note_seq.midi_to_note_sequence(item).SerializeToString())
    except Exception:
      continue
  _compare(
      'NoteSequence records -> patterns',
      lambda item: one_input.extract_record(item, 'x', recipe),
      lambda item: _reference_sequence(
          note_seq.NoteSequence.FromString(item)
      ),
      [records[i::rounds] for i in range(rounds)], 5,
  )
  ratios = []
  for _ in range(5):
    seconds = {}
    for workers in (1, 2):
      with tempfile.TemporaryDirectory() as output:
        start = time.perf_counter()
        dataset_creation.create(
            [str(folder)], pathlib.Path(output), recipe=recipe,
            recursive=True, num_workers=workers,
        )
        seconds[workers] = time.perf_counter() - start
    ratios.append(seconds[1] / seconds[2])
  print(f'{len(files)} files by two workers: {statistics.median(ratios):.2f} '
        f'times as fast as by one ({seconds[2]:.2f} s the last time)')


if __name__ == '__main__':
  app.run(main, argv=sys.argv)
