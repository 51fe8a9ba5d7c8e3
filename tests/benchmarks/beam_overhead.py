r"""Measures what Beam costs over the plain loop, in CPU time a file.

Usage:
  python tests/benchmarks/beam_overhead.py FOLDER [--copies=6] [--rounds=3]

The folder's MIDI files are read once and then as that many copies (hard links
in a temporary folder), by `drumspace_create_dataset --num_workers=0` and by
`drumspace_beam_create_dataset` in its modes, one after the other in each round.
CPU time is user and system time of all processes. What the larger run takes
more, by what it has more files, is the cost of a file; the rest is the cost of
the start. Medians over the rounds. At the end: bytes of results, and of what
would be shuffled between workers.
"""

import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import sysconfig
import tempfile

from absl import app
from absl import flags

from drumspace_ext.beam import rows as beam_rows
from drumspace_ext.beam import transforms as beam_transforms
from drumspace_ext.dataset import sums as merging
from drumspace_ext.extraction import many_inputs
from drumspace_ext.extraction import one_input
from drumspace_ext.inputs import contents as input_contents
from drumspace_ext.inputs import listing as inputs
from drumspace_ext.inputs import tasks as input_tasks
from drumspace_ext.spreading import reading as reading_lib

_COPIES = flags.DEFINE_integer('copies', 6, 'Copies of the folder.')
_ROUNDS = flags.DEFINE_integer('rounds', 3, 'Runs of each kind.')

_THREADS = '--direct_num_workers=2,--direct_running_mode=multi_threading'
_PROCESSES = '--direct_num_workers=2,--direct_running_mode=multi_processing'
_KINDS = {
    'plain loop': ['drumspace_create_dataset', '--num_workers=0'],
    'local, one worker': ['drumspace_create_dataset', '--num_workers=1'],
    'Beam, unprotected': [
        'drumspace_beam_create_dataset', '--noreader_process',
    ],
    'Beam': ['drumspace_beam_create_dataset'],
    'Beam, two threads': [
        'drumspace_beam_create_dataset', f'--pipeline_options={_THREADS}',
    ],
    'Beam, two processes': [
        'drumspace_beam_create_dataset', f'--pipeline_options={_PROCESSES}',
    ],
}


def _cpu_of(command):
  """Returns the CPU seconds of a command and all that it started."""
  before = resource.getrusage(resource.RUSAGE_CHILDREN)
  subprocess.run(
      [pathlib.Path(sysconfig.get_path('scripts'), command[0]), *command[1:]],
      check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
  )
  after = resource.getrusage(resource.RUSAGE_CHILDREN)
  return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def _copy(folder, target, copies):
  count = 0
  for path in sorted(folder.rglob('*.mid')):
    for copy in range(copies):
      place = target / str(copy) / path.relative_to(folder)
      place.parent.mkdir(parents=True, exist_ok=True)
      try:
        os.link(path, place)
      except OSError:
        place.write_bytes(path.read_bytes())
      count += 1
  return count


def _sizes(folder):
  """Prints bytes a file of what goes between workers."""
  listing = inputs.list_inputs([str(folder)], recursive=True)
  loads = list(reading_lib.loads(inputs.source_files(listing)))
  coder = beam_transforms.coders.FastPrimitivesCoder()
  listed = sum(len(coder.encode(load)) for load in loads)
  sums, rows, num_files = {}, 0, 0
  single = rejected = num_rejected = 0
  sum_coder = beam_transforms.SumClasses().get_accumulator_coder()
  for task in input_tasks.tasks(listing):
    for load in input_contents.loaded(task):
      for result in many_inputs.run_task(load, one_input.Recipe()):
        num_files += 1
        if result.reason:
          num_rejected += 1
          rejected += len(beam_rows.to_json(merging.rejected(result)))
          continue
        labels = merging.labels(result, {})
        own = {}
        for row in merging.occurrences(result, labels):
          rows += 1
          sums.setdefault(row[0], merging.ClassSum()).add(row)
          own.setdefault(row[0], merging.ClassSum()).add(row)
        single += sum(64 + len(sum_coder.encode(s)) for s in own.values())
  merged = sum(64 + len(sum_coder.encode(s)) for s in sums.values())
  written = sum(len(beam_rows.row_to_json(i)) for i in sums.items())
  print(f'{num_files} files, {rows / num_files:.2f} occurrences a file, '
        f'{len(sums)} classes')
  print(f'bytes a file: listed {listed / num_files:.0f}; shuffled to the sums '
        f'{single / num_files:.0f} if no two of a class meet before, '
        f'{merged / num_files:.0f} if all do; rows written '
        f'{written / num_files:.0f}, rejected '
        f'{rejected / max(num_rejected, 1):.0f} each')


def main(argv):
  folder = pathlib.Path(argv[1])
  with tempfile.TemporaryDirectory() as temporary:
    temporary = pathlib.Path(temporary)
    num_files = {
        name: _copy(folder, temporary / name, copies)
        for name, copies in (('small', 1), ('large', _COPIES.value))
    }
    cpu = {(kind, size): [] for kind in _KINDS for size in num_files}
    outputs = set()
    for _ in range(_ROUNDS.value):
      for kind, command in _KINDS.items():
        for size in num_files:
          output = temporary / 'out'
          cpu[kind, size].append(_cpu_of([
              *command, f'--input={temporary / size}', '--recursive',
              f'--output_dir={output}',
          ]))
          outputs.add((size, json.loads(
              (output / 'report.json').read_bytes()
          )['patterns']))
    bytes_out = {
        path.name: path.stat().st_size / num_files['large']
        for path in output.iterdir()
    }
  print(f'files {num_files}, patterns {sorted(outputs)}')
  plain = None
  for kind in _KINDS:
    costs = [
        (large - small) / (num_files['large'] - num_files['small'])
        for small, large in zip(cpu[kind, 'small'], cpu[kind, 'large'])
    ]
    cost = statistics.median(costs)
    start = statistics.median(cpu[kind, 'small']) - cost * num_files['small']
    plain = cost if plain is None else plain
    print(f'{kind:22}{1e3 * cost:7.3f} ms a file ({1e3 * (cost - plain):+.3f}, '
          f'from {1e3 * min(costs):.3f} to {1e3 * max(costs):.3f}), '
          f'{start:5.2f} s to start')
  print('bytes a file in the results: ' + ', '.join(
      f'{name} {size:.0f}' for name, size in sorted(bytes_out.items())
  ))
  _sizes(folder)


if __name__ == '__main__':
  app.run(main, argv=sys.argv)
