"""Tests of what is known of the process that runs a script."""

import json
import subprocess
import sys

import builders
import pytest

from drumspace_ext.models import checkpoints

_ENDS = (
    'import atexit, gc\n'
    'atexit.register(lambda: print(gc.get_freeze_count() > 0))\n'
    'from drumspace_ext import scripts\n'
    '{begin}'
    'print(scripts.is_running(), gc.get_freeze_count() > 0)\n'
)


@pytest.mark.parametrize(('begin', 'said'), [
    ('scripts.begin()\n', 'True False True'), ('', 'False False False'),
])
def test_script_ends_without_a_last_look_at_all_objects(begin, said):
  process = subprocess.run(
      [sys.executable, '-c', _ENDS.format(begin=begin)], check=True,
      capture_output=True, text=True,
  )
  assert process.stdout.split() == said.split()


# What takes tenths of a second and more, and who may need it.
_HEAVY = ('bokeh', 'note_seq', 'openTSNE', 'sklearn', 'sympy', 'torch',
          'torch._dynamo')
_RUNS = """
import importlib, json, sys
from absl import flags
module = importlib.import_module(f'drumspace_ext.cli.{sys.argv[1]}')
status = module.main(flags.FLAGS(sys.argv[1:]))
found = [name for name in json.loads(sys.stdin.read()) if name in sys.modules]
print(json.dumps([status, found]), file=sys.stderr)
"""


@pytest.mark.parametrize(('script', 'args', 'needed'), [
    ('inspect', ['a.mid'], []),
    ('create_dataset', ['--input=a.mid', '--num_workers=0',
                        '--output_dir=out'], []),
    ('convert', ['--input=a.mid', '--output=b.tfrecord'], []),
    ('continue_beats', ['--checkpoint_file=shipped:continue', '--input=a.mid',
                        '--num_outputs=1', '--output_dir=out'], []),
    ('generate', ['--checkpoint_file=shipped:acai', '--num_outputs=2',
                  '--output_dir=out'], ['torch']),
])
def test_script_imports_nothing_heavy_that_it_does_not_need(
    tmp_path, script, args, needed
):
  (tmp_path / 'a.mid').write_bytes(builders.midi(builders.track(
      builders.notes([
          (play * 3840 + tick, pitch) for play in range(4)
          for tick, pitch in ((0, 36), (480, 38), (720, 42), (960, 36),
                              (1440, 38), (2520, 46), (3360, 38))
      ])
  )))
  process = subprocess.run(
      [sys.executable, '-c', _RUNS, script, *args], check=True,
      capture_output=True, text=True, cwd=tmp_path, input=json.dumps(_HEAVY),
  )
  assert json.loads(process.stderr.splitlines()[-1]) == [0, needed]


def test_shipped_models_are_small():
  sizes = {name: checkpoints.find(f'shipped:{name}').stat().st_size
           for name in checkpoints.shipped_names()}
  assert max(sizes.values()) < 6_000_000
  # What every page and pack of the published models carries.
  assert max(sizes[name] for name in ('acai', 'ae', 'vae')) < 400_000
