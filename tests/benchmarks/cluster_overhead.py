r"""Measures what Spark and Dask cost over the plain loop, in CPU time a file.

Usage:
  python tests/benchmarks/cluster_overhead.py FOLDER [--copies=6] [--rounds=3]

As `beam_overhead`: the folder's MIDI files once and as that many copies (hard
links), by `drumspace_create_dataset --num_workers=0` and by the front that is
installed, each on two workers of this machine, in turn. CPU time is user and
system time of all processes, those of Java too, which nobody waits for but this
script; Spark's daemon of Python does not ask what its workers took, so that one
is put in its place that leaves them to this script. Every run's files are
compared with those of the first. What the larger run takes more, by what it has
more files, is the cost of a file; the rest is the cost of the start. Medians
over the rounds.
"""

import ctypes
import hashlib
import importlib.util
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

_COPIES = flags.DEFINE_integer('copies', 6, 'Copies of the folder.')
_ROUNDS = flags.DEFINE_integer('rounds', 3, 'Runs of each kind.')
# Of Linux's prctl: orphans become children of this process.
_SUBREAPER = 36
# Ignored children are gone when they end, and their time with them.
_DAEMON = '''
import runpy
import signal

_signal = signal.signal
signal.signal = lambda number, handler: (
    None if (number, handler) == (signal.SIGCHLD, signal.SIG_IGN)
    else _signal(number, handler)
)
runpy.run_module('pyspark.daemon', run_name='__main__')
'''

_KINDS = {
    'plain loop': (None, 'drumspace_create_dataset', ['--num_workers=0']),
    'local, two workers': (
        None, 'drumspace_create_dataset', ['--num_workers=2'],
    ),
    'Spark': ('pyspark', 'drumspace_spark_create_dataset', [
        '--master=local[2]', '--spark_options=spark.ui.enabled=false,'
        'spark.python.daemon.module=waiting_daemon',
    ]),
    'Dask': ('distributed', 'drumspace_dask_create_dataset', []),
}


def _seconds():
  used = resource.getrusage(resource.RUSAGE_CHILDREN)
  return used.ru_utime + used.ru_stime


def _cpu_of(command, modules):
  """Returns the CPU seconds of a command and all that it started."""
  before = _seconds()
  said = (modules / 'said.txt').open('w+', encoding='utf-8')
  script, *arguments = command
  process = subprocess.Popen(
      [pathlib.Path(sysconfig.get_path('scripts'), script), *arguments],
      stdout=subprocess.DEVNULL, stderr=said,
      env=os.environ | {'PYTHONPATH': str(modules)},
  )
  status = None
  while True:
    try:
      ended, how = os.waitpid(-1, 0)
    except ChildProcessError:
      break
    if ended == process.pid:
      status = how
  said.seek(0)
  if status:
    raise RuntimeError(f'{script} ended with {status}: {said.read()}')
  said.close()
  process.returncode = 0
  return _seconds() - before


def _digests(folder):
  return {
      path.name: hashlib.sha256(path.read_bytes()).digest()
      for path in folder.iterdir()
  }


def _copy(folder, target, copies):
  count = 0
  for path in sorted(folder.rglob('*.mid')):
    for copy in range(copies):
      place = target / str(copy) / path.relative_to(folder)
      place.parent.mkdir(parents=True, exist_ok=True)
      os.link(path, place)
      count += 1
  return count


def main(argv):
  ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
  folder = pathlib.Path(argv[1])
  kinds = {
      kind: rest for kind, (module, *rest) in _KINDS.items()
      if not module or importlib.util.find_spec(module)
  }
  cpu, made = {}, {}
  with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
    temporary = pathlib.Path(temporary)
    num_files = {
        size: _copy(folder, temporary / size, copies)
        for size, copies in (('small', 1), ('large', _COPIES.value))
    }
    (temporary / 'waiting_daemon.py').write_text(_DAEMON, encoding='utf-8')
    for _ in range(_ROUNDS.value):
      for kind, (script, options) in kinds.items():
        for size, count in num_files.items():
          seconds = _cpu_of([
              script, *options, f'--input={temporary / size}', '--recursive',
              f'--output_dir={temporary / "out"}',
          ], temporary)
          cpu.setdefault((kind, size), []).append(seconds)
          print(f'{kind}, {count:,} files: {seconds:.2f} s',
                flush=True)
          if made.setdefault(size, _digests(temporary / 'out')) != _digests(
              temporary / 'out'
          ):
            raise RuntimeError(f'{kind} made other files than the plain loop')
  plain = None
  for kind in kinds:
    small, large = (
        statistics.median(cpu[kind, size]) for size in ('small', 'large')
    )
    cost = (large - small) / (num_files['large'] - num_files['small'])
    plain = plain or cost
    print(f'{kind:20}{1e3 * cost:7.3f} ms a file ({cost / plain:.2f} times the '
          f'plain loop), {small - cost * num_files["small"]:5.2f} s to start')


if __name__ == '__main__':
  app.run(main, argv=sys.argv)
