r"""Rehearses create_dataset on very many inputs: CPU, memory, disk, last step.

Usage:
  python tests/benchmarks/rehearsal.py CORPUS FOLDER [--inputs=100000] \
    [--songs=10000] [--workers=1]

FOLDER/INPUTS is made if it is not there: so many songs made by
`tests/helpers/synthetic_songs.py`, each another one, and else copies of the
MIDI files of CORPUS (hard links, so on the same disk). What is used is printed
at each tenth of the reading and at the end. Nothing of FOLDER is deleted but
the results.
"""

import os
import pathlib
import resource
import sys
import tempfile

from absl import app
from absl import flags

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'helpers'))
import synthetic_songs

from drumspace_ext.dataset import collection
from drumspace_ext.dataset import creation
from drumspace_ext.dataset import merging

_INPUTS = flags.DEFINE_integer('inputs', 100_000, 'All of them.')
_SONGS = flags.DEFINE_integer('songs', 10_000, 'How many of them are made.')
_WORKERS = flags.DEFINE_integer('workers', 1, 'Processes that read.')
# Of one folder.
_TOGETHER = 1_000
_TICKS = os.sysconf('SC_CLK_TCK')


def _make(folder, corpus):
  for number in range(_SONGS.value):
    place = folder / 'made' / str(number // _TOGETHER)
    place.mkdir(parents=True, exist_ok=True)
    song = synthetic_songs.random_song(number)
    (place / f'{number}.mid').write_bytes(synthetic_songs.to_midi(song))
  files = sorted(corpus.rglob('*.mid'))
  for number in range(_INPUTS.value - _SONGS.value):
    copy, file = divmod(number, len(files))
    place = folder / f'copy{copy}' / files[file].parent.name
    place.mkdir(parents=True, exist_ok=True)
    os.link(files[file], place / files[file].name)


def _used(process):
  """Returns the CPU seconds and the most MB of a process."""
  status = pathlib.Path('/proc', process, 'stat').read_text(encoding='utf-8')
  fields = status.rpartition(')')[2].split()
  words = pathlib.Path('/proc', process, 'status').read_text(encoding='utf-8')
  peak = int(words.partition('VmHWM:')[2].split()[0]) / 1024
  return (int(fields[11]) + int(fields[12])) / _TICKS, peak


def _size(folder):
  return sum(
      path.stat().st_size for path in folder.rglob('*') if path.is_file()
  ) / 1e6


class _Watch:
  """Tells what is used; an `on_step`."""

  def __init__(self, output):
    self._output, self._next = output, 0

  def say(self, what):
    """Prints what all processes have used so far."""
    children = [
        child for listed in pathlib.Path('/proc/self/task').glob('*/children')
        for child in listed.read_text(encoding='utf-8').split()
    ]
    (parent, peak), *workers = map(_used, ('self', *children))
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f'{what}: parent {parent:.1f} s, {peak:.0f} MB; workers',
          ', '.join(f'{cpu:.1f} s, {most:.0f} MB' for cpu, most in workers) or
          f'{ended.ru_utime + ended.ru_stime:.1f} s, '
          f'{ended.ru_maxrss / 1024:.0f} MB', f'; {_size(self._output):.1f} MB '
          'on disk', flush=True)

  def __call__(self, done, total, what):
    if done >= self._next * total / 10:
      self.say(f'{done / total:.0%}, {what}')
      self._next = int(10 * done / total) + 1


def _say_before(watch, owner, name, what):
  """Has a function say what was used until it is called."""
  original = getattr(owner, name)

  def called(*args):
    watch.say(what)
    return original(*args)

  setattr(owner, name, called)


def main(argv):
  corpus, top = map(pathlib.Path, argv[1:])
  folder = top / str(_INPUTS.value)
  if not folder.exists():
    _make(folder, corpus)
  print(f'{_INPUTS.value:,} inputs, load {os.getloadavg()[0]:.1f}', flush=True)
  with tempfile.TemporaryDirectory(dir=top) as temporary:
    output = pathlib.Path(temporary, 'out')
    watch = _Watch(pathlib.Path(temporary))
    watch.say('start')
    _say_before(watch, merging, 'merge', 'read')
    _say_before(watch, collection.Collection, 'unique_patterns', 'merged')
    created = creation.create_dataset(
        folder, output, recursive=True, num_workers=_WORKERS.value,
        on_step=watch,
    )
    watch.say('end')
    print(f'{created.report["inputs"]:,} inputs, '
          f'{created.report["patterns"]:,} patterns')
    for name, path in sorted(created.paths.items()):
      print(f'  {name}: {path.stat().st_size / 1e6:.2f} MB')


if __name__ == '__main__':
  app.run(main, argv=sys.argv)
