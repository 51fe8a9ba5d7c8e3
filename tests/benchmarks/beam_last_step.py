r"""Measures what the cost model of Beam needs: growth and the last step.

Usage:
  python tests/benchmarks/beam_last_step.py FOLDER [--rows=50000]

First how the unique patterns of a folder of MIDI files grow with its files
(random subsets, halved each time; the exponent between two sizes). Then the
last step, which runs on one machine: CPU time, bytes and memory for made-up
rows of patterns (one input each) and of rejected inputs.
"""

import itertools
import json
import math
import pathlib
import random
import resource
import sys
import tempfile
import time

from absl import app
from absl import flags

from drumspace_ext.beam import rows as beam_rows
from drumspace_ext.dataset import collection as collection_lib
from drumspace_ext.dataset import gathered
from drumspace_ext.dataset import sums
from drumspace_ext.dataset import writing as dataset_writing
from drumspace_ext.extraction import many_inputs
from drumspace_ext.extraction import one_input
from drumspace_ext.files import output_files
from drumspace_ext.inputs import listing as inputs
from drumspace_ext.inputs import tasks as input_tasks
from drumspace_ext.patterns import step_codes

# Rows that come at once.
_TOGETHER = 1000
_ROWS = flags.DEFINE_integer('rows', 50_000, 'Rows of each kind.')


def _growth(folder):
  listing = inputs.list_inputs([str(folder)], recursive=True)
  found = [
      {loop.canonical: loop.phase for loop in result.loop_counts}
      for task in input_tasks.tasks(listing)
      for result in many_inputs.run_task(task, one_input.Recipe())
  ]
  sizes = [len(found) >> shift for shift in (3, 2, 1, 0)]
  for seed in range(3):
    random.Random(seed).shuffle(found)
    counts = [len(set().union(*found[:size])) for size in sizes]
    exponents = [
        math.log(b / a, sizes[i + 1] / sizes[i])
        for i, (a, b) in enumerate(itertools.pairwise(counts))
    ]
    print(f'{dict(zip(sizes, counts))} exponents '
          f'{[round(e, 3) for e in exponents]}')
  return sorted(phase for own in found for phase in own.values())


def _rows(phases, count):
  """Made-up rows: real patterns with two steps changed, under new keys."""
  rng = random.Random(0)
  for number in range(count):
    codes = step_codes.bytes_to_codes(rng.choice(phases)).copy()
    for _ in range(2):
      codes[rng.randrange(32)] = rng.randrange(1 << 14)
    packed = step_codes.codes_to_bytes(codes)
    key = number.to_bytes(8, 'big') + packed[8:]
    yield beam_rows.to_json((
        key.hex(), packed.hex(), 1, 1, 4, 120.0, 121.5, '{"rock": 1}',
        json.dumps([f'songs/rock/{number:08}.mid']), '[]', 0, 0, 0, 0, '',
    ))


def _parts(rows, rejected, totals):
  yield gathered.Gathered(totals=totals)
  for start in range(0, max(len(rows), len(rejected)), _TOGETHER):
    some = slice(start, start + _TOGETHER)
    yield gathered.Gathered(
        merged=list(map(beam_rows.row_of_json, rows[some])),
        rejected=list(map(json.loads, rejected[some])),
    )


def _last_step(phases, count, with_patterns):
  rows = list(_rows(phases, count)) if with_patterns else []
  rejected = [] if with_patterns else [
      beam_rows.to_json((f'songs/rock/{n:08}.mid', 'no_loop',
                           '2 long stretches of drums'))
      for n in range(count)
  ]
  totals = sums.Totals(num_inputs=count, num_kept=len(rows))
  if rejected:
    totals.rejected['no_loop'] = count
  with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder, 'out')
    start = time.process_time()
    with output_files.Batch(folder) as batch:
      scratch = batch.scratch_folder()
      with collection_lib.Collection(scratch) as collection:
        totals.counts[gathered.IN_CLASSES] = len(rows)
        collection.add(_parts(rows, rejected, totals))
        loaded = time.process_time()
        size = sum(path.stat().st_size for path in scratch.iterdir())
        dataset_writing.write(batch, collection, one_input.Recipe(), 1)
    end = time.process_time()
    sizes = {p.name: round(p.stat().st_size / count) for p in folder.iterdir()}
  print(f'{count} {"patterns" if with_patterns else "rejected inputs"}: '
        f'{1e6 * (loaded - start) / count:.1f} us to load and '
        f'{1e6 * (end - loaded) / count:.1f} us to write each; temporary file '
        f'{size / count:.0f} bytes each; results '
        f'{ {k: v for k, v in sorted(sizes.items()) if v > 3} }; at most '
        f'{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB')


def main(argv):
  phases = _growth(pathlib.Path(argv[1]))
  for count in (_ROWS.value // 2, _ROWS.value):
    for with_patterns in (True, False):
      _last_step(phases, count, with_patterns)


if __name__ == '__main__':
  app.run(main, argv=sys.argv)
