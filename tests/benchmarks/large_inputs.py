r"""Measures create_dataset on one huge input: speed, memory and the ETA.

Usage:
  python tests/benchmarks/large_inputs.py RECORDS MIDI FOLDER \
    [--megabytes=600] [--members=100000] [--files=30000] [--rounds=1] \
    [--only=songs.zip,songs]

In FOLDER, on some disk with room, it makes what is not there yet: a TFRecord of
that size, of the NoteSequences of RECORDS again and again, each with two of its
drums exchanged; the same with gzip; a zip of so many MIDI files of the
folder MIDI; and a folder of so many copies of them. Then each is read in one
process, where CPU time says what the bar would tell once a tenth of the bytes
is done, and by one worker and by two, in turn. How busy two processors were
says what the machine would still allow. Nothing is deleted.
"""

import gzip
import itertools
import json
import os
import pathlib
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile

from absl import app
from absl import flags

from drumspace_ext.dataset import creation
from drumspace_ext.files import tfrecords

_MEGABYTES = flags.DEFINE_integer('megabytes', 600, 'Of the TFRecord.')
_MEMBERS = flags.DEFINE_integer('members', 100_000, 'Of the zip.')
_FILES = flags.DEFINE_integer('files', 30_000, 'Of the folder.')
_ONLY = flags.DEFINE_list('only', [], 'Inputs by name; all if none is given.')
_ROUNDS = flags.DEFINE_integer('rounds', 1, 'Runs of each kind.')
_DRUMS = (36, 38, 42, 45, 46, 49, 51)


def _changed(records, rng):
  """Yields records without end, each with two drums exchanged."""
  # It would count as memory of what is measured.
  from note_seq.protobuf import music_pb2

  sequences = [music_pb2.NoteSequence.FromString(r) for r in records]
  for number in itertools.count():
    for sequence in sequences:
      copy = music_pb2.NoteSequence()
      copy.CopyFrom(sequence)
      copy.id = f'/id/{number}/{sequence.id}'
      one, other = rng.sample(_DRUMS, 2)
      for note in copy.notes:
        if note.is_drum and note.pitch in (one, other):
          note.pitch = one + other - note.pitch
      yield tfrecords.frame(copy.SerializeToString())


def _make_records(path, records, size):
  with (
      gzip.open(path, 'wb', compresslevel=1) if path.suffix == '.gz'
      else path.open('wb')
  ) as stream:
    for data in _changed(records, random.Random(0)):
      stream.write(data)
      size -= len(data)
      if size < 0:
        return


def _make_zip(path, folder, members):
  files = [
      file for file in sorted(folder.rglob('*.mid'))
      if file.stat().st_size < 40_000
  ][:2_000]
  with zipfile.ZipFile(
      path, 'w', zipfile.ZIP_DEFLATED, compresslevel=1
  ) as archive:
    for number in range(members):
      file = files[number % len(files)]
      archive.write(file, f'{number}/{file.parent.name}/{file.name}')


def _make_folder(path, folder, count):
  files = sorted(folder.rglob('*.mid'))
  for number in range(count):
    copy, file = divmod(number, len(files))
    place = path / str(copy) / files[file].parent.name
    place.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(files[file], place / files[file].name)


def _told(steps, whole):
  """Returns what a bar tells at a tenth of its bytes, to what is true.

  Args:
    steps: (seconds, share) of the reading.
    whole: Seconds until everything is written.
  """
  # A bar begins with the first step that it is told.
  begun, first = steps[0]
  then, share = next(step for step in steps if step[1] >= 0.1)
  told = (then - begun) / (share - first) * (1 - share)
  return told / (steps[-1][0] - then), told / (whole - then)


def _measure(path, workers):
  """Runs in a process of its own: prints what a run takes, as JSON."""
  # A machine that others use too has no steady pace but that of its CPU.
  clock = time.perf_counter if workers else time.process_time
  steps, start = [], clock()

  def on_step(done, total, what):
    if what.startswith('reading'):
      steps.append((clock() - start, done / total))

  with tempfile.TemporaryDirectory(dir=path.parent) as output:
    creation.create_dataset(
        path, f'{output}/out', num_workers=workers, recursive=True,
        on_step=on_step,
    )
  whole = clock() - start
  used = [
      resource.getrusage(who)
      for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
  ]
  # What this process was started from counts in its own ru_maxrss.
  status = pathlib.Path('/proc/self/status').read_text(encoding='utf-8')
  largest = int(status.partition('VmHWM:')[2].split()[0])
  print(json.dumps({
      'wall': whole, 'cpu': [u.ru_utime + u.ru_stime for u in used],
      'megabytes': [largest / 1024, used[1].ru_maxrss / 1024],
      'told': _told(steps, whole), 'reading': steps[-1][0] / whole,
  }))


def _made(records, midi, folder):
  """Makes what is not there yet; yields its path."""
  def songs(path):
    _make_records(
        path, list(tfrecords.read(records)), _MEGABYTES.value * 1_000_000
    )

  makers = {
      'songs.tfrecord': songs, 'songs.tfrecord.gz': songs,
      'songs.zip': lambda path: _make_zip(path, midi, _MEMBERS.value),
      'songs': lambda path: _make_folder(path, midi, _FILES.value),
  }
  for name, make in makers.items():
    if _ONLY.value and name not in _ONLY.value:
      continue
    path = folder / name
    if not path.exists():
      unfinished = folder / f'unfinished{path.suffix}'
      make(unfinished)
      shutil.move(unfinished, path)
    yield path


def main(argv):
  if len(argv) == 3:
    _measure(pathlib.Path(argv[1]), int(argv[2]))
    return
  paths = _made(*map(pathlib.Path, argv[1:]))
  for path, _ in itertools.product(paths, range(_ROUNDS.value)):
    print(f'{path.name}, load {os.getloadavg()[0]:.1f}')
    walls = {}
    for workers in (0, 1, 2):
      done = json.loads(subprocess.run(
          [sys.executable, __file__, path, str(workers)], check=True,
          stdout=subprocess.PIPE, encoding='utf-8',
      ).stdout)
      walls[workers] = done['wall']
      print(f'  {workers} workers: {done["wall"]:.1f} s, CPU of parent and '
            'workers {:.1f} and {:.1f} s, largest {:.0f} and {:.0f} MB'
            .format(*done['cpu'], *done['megabytes']) + ', two processors '
            f'busy for {sum(done["cpu"]) / done["wall"] / 2:.0%}', flush=True)
      print('    told at a tenth, to what is true: {:.2f}; with merging and '
            'writing {:.2f}'.format(*done['told']))
    print(f'  two workers are {walls[1] / walls[2]:.2f} times as fast as one')


if __name__ == '__main__':
  app.run(main, argv=sys.argv)
