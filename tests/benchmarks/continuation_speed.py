"""From command to MIDI file: drumspace_continue beside drums_rnn_generate.

  python tests/benchmarks/continuation_speed.py BUNDLE HPARAMS MAGENTA_PYTHON

Whole processes with the same bundle and primer, rounds alternate; the seconds
until the first MIDI file is there and until the process ends, and CPU seconds.
MAGENTA_PYTHON is the interpreter of an environment with Magenta and TensorFlow,
where `tests/integration/run_magenta.py` runs its script.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

_PRIMER = '--primer_drums=[(36, 42), (), (42,), ()]'
_ROUNDS = 5


def _measured(command: list[str], folder: pathlib.Path) -> tuple[float, ...]:
  """Returns seconds (to the first file, to the end, of CPU)."""
  before, start = os.times(), time.monotonic()
  with subprocess.Popen(
      command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
  ) as process:
    first = None
    while process.poll() is None:
      if first is None and any(folder.rglob('*.mid')):
        first = time.monotonic() - start
      time.sleep(0.01)
  end, after = time.monotonic() - start, os.times()
  if process.returncode:
    sys.exit(f'{command[0]} failed: {process.returncode}')
  cpu = (after.children_user - before.children_user
         + after.children_system - before.children_system)
  return end if first is None else first, end, cpu


def main() -> None:
  bundle, hparams, magenta_python = sys.argv[1:]
  scripts = pathlib.Path(sys.executable).parent
  runner = pathlib.Path(__file__).parents[1] / 'integration' / 'run_magenta.py'
  commands = {
      'drumspace_continue': [str(scripts / 'drumspace_continue')],
      'drums_rnn_generate': [
          magenta_python, '-W', 'ignore', str(runner),
          'magenta.models.drums_rnn.drums_rnn_generate', '--config=drum_kit',
          f'--hparams={hparams}',
      ],
  }
  for num_outputs in (1, 10):
    seconds: dict[str, list] = {name: [] for name in commands}
    for _ in range(_ROUNDS):
      for name, command in commands.items():
        with tempfile.TemporaryDirectory() as folder:
          seconds[name].append(_measured([
              *command, f'--bundle_file={bundle}', _PRIMER, '--num_steps=128',
              f'--num_outputs={num_outputs}', f'--output_dir={folder}',
          ], pathlib.Path(folder)))
    medians = {
        name: [statistics.median(column) for column in zip(*rows)]
        for name, rows in seconds.items()
    }
    for name, (first, end, cpu) in medians.items():
      print(f'{num_outputs:3} outputs, {name}: first file {first:.2f} s, end '
            f'{end:.2f} s, CPU {cpu:.2f} s')
    ours, theirs = medians.values()
    print('    ratios: ' + ', '.join(
        f'{b / a:.1f}' for a, b in zip(ours, theirs)
    ))


if __name__ == '__main__':
  main()
