r"""Times extraction against note_seq's own way, side by side in one process.

Usage:
  python tests/benchmarks/extraction_speed.py FOLDER [--files=N] [--rounds=N]

The reference is what a Magenta user runs: `midi_to_note_sequence`,
`split_note_sequence_on_time_changes`, `quantize_note_sequence(4)` and
`DrumTrack.from_quantized_sequence`. Rounds alternate over small slices of the
files; the median of their ratios (CPU seconds) is printed. Then the whole
folder is extracted by one and by two workers in turn (wall seconds).

At last the command as a whole, with one worker: CPU of all its processes by the
file, as the slope between 100 and 1,000 files of the folder, so that its start
does not count, and the same against the reference over some of these files.
Another environment's command (--command) is run in turn with this one's.
"""

import os
import pathlib
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

from absl import app
from absl import flags

from drumspace_ext.dataset import creation as dataset_creation
from drumspace_ext.extraction import many_inputs
from drumspace_ext.extraction import one_input
from drumspace_ext.inputs import kinds
from drumspace_ext.inputs import tasks

warnings.simplefilter('ignore')
import note_seq
from note_seq import sequences_lib

_FILES = flags.DEFINE_integer('files', 120, 'Files in all slices together.')
_ROUNDS = flags.DEFINE_integer('rounds', 12, 'Slices.')
_PAIRS = flags.DEFINE_integer('pairs', 5, 'Runs of the whole command.')
_COMMAND = flags.DEFINE_string(
    'command', '', 'Another drumspace_create_dataset to compare with.'
)
_SMALL, _LARGE = 100, 1000


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


def _task(kind, items):
  return tasks.Task(kind, tuple((str(i), x) for i, x in enumerate(items)))


def _compare(name, ours, reference, slices, per_round):
  ratios, rates = [], []
  for part in slices:
    slow = _cpu(reference, part)
    # Ours is so much faster that one pass over a slice is too short to time.
    start = time.process_time()
    ours(part * per_round)
    fast = (time.process_time() - start) / per_round
    ratios.append(slow / fast)
    rates.append(len(part) / fast)
  print(f'{name}: {statistics.median(ratios):.1f} times as fast as the '
        f'reference (from {min(ratios):.1f} to {max(ratios):.1f} over '
        f'{len(ratios)} slices), {statistics.median(rates):,.0f} inputs a '
        'second on one core')


def _cpu_of_command(command, folder):
  """Returns CPU seconds of a run with one worker, all processes together."""
  before = resource.getrusage(resource.RUSAGE_CHILDREN)
  with tempfile.TemporaryDirectory() as output:
    subprocess.run(
        [command, f'--input={folder}', '--recursive', '--num_workers=1',
         f'--output_dir={output}/dataset'],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
  after = resource.getrusage(resource.RUSAGE_CHILDREN)
  return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


def _compare_commands(files):
  """Prints what the whole command takes a file, and note_seq's way."""
  scripts = os.path.dirname(sys.executable)
  own = os.path.join(scripts, 'drumspace_create_dataset')
  commands = [own] + ([_COMMAND.value] if _COMMAND.value else [])
  chosen = random.Random(0).sample(files, min(_LARGE, len(files)))
  with tempfile.TemporaryDirectory() as top:
    folders = []
    for number in (_SMALL, len(chosen)):
      folders.append(pathlib.Path(top) / str(number))
      for i, path in enumerate(chosen[:number]):
        place = folders[-1] / path.parent.name / f'{i}_{path.name}'
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place)
    slopes = {command: [] for command in commands}
    for _ in range(_PAIRS.value):
      for command in commands:
        few, many = (_cpu_of_command(command, folder) for folder in folders)
        slopes[command].append((many - few) / (len(chosen) - _SMALL))
  some = [path.read_bytes() for path in chosen[_SMALL:][:_FILES.value]]
  slow = _cpu(_reference_midi, some) / len(some)
  for command, found in slopes.items():
    middle = statistics.median(found)
    print(f'{command}: {1e6 * middle:.0f} us a file ({1e6 * min(found):.0f} to '
          f'{1e6 * max(found):.0f}), {slow / middle:.0f} times as fast as the '
          f'reference ({1e3 * slow:.1f} ms)')
  if _COMMAND.value:
    ratios = [a / b for a, b in zip(*slopes.values())]
    print(f'{statistics.median(ratios):.2f} of the other')


def main(argv):
  folder = pathlib.Path(argv[1])
  files = sorted(folder.rglob('*.mid'))
  chosen = random.Random(0).sample(files, min(_FILES.value, len(files)))
  data = [path.read_bytes() for path in chosen]
  rounds = _ROUNDS.value
  recipe = one_input.Recipe()
  _compare(
      'MIDI bytes -> patterns',
      lambda items: list(
          many_inputs.run_task(_task(tasks.LOADED, items), recipe)
      ),
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
      lambda items: list(
          many_inputs.run_task(_task(kinds.TFRECORD, items), recipe)
      ),
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
  _compare_commands(files)


if __name__ == '__main__':
  app.run(main, argv=sys.argv)
