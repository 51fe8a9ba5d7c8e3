r"""Measures create_dataset on one huge input: speed, memory and the ETA.

Usage:
  python tests/benchmarks/large_inputs.py RECORDS MIDI FOLDER \
    [--megabytes=600] [--members=100000] [--rounds=1]

In FOLDER, on some disk with room, it makes what is not there yet: a TFRecord of
that size, of the NoteSequences of RECORDS again and again, each with two of its
drums exchanged; a tenth of it with gzip; and a zip of so many MIDI files of the
folder MIDI. Then each is read in one process, where CPU time says when the end
would be told to come once a tenth of the bytes is done, and by one worker and
by two, in turn. Nothing is deleted.
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
  with (gzip.open if path.suffix == '.gz' else open)(path, 'wb') as stream:
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


def _measure(path, workers):
  """Runs in a process of its own: prints what a run takes, as JSON."""
  # A machine that others use too has no steady pace but that of its CPU.
  clock = time.perf_counter if workers else time.process_time
  steps, start = [], clock()

  def on_step(done, total, what):
    del what
    steps.append((clock() - start, done / total))

  with tempfile.TemporaryDirectory(dir=path.parent) as output:
    creation.create_dataset(
        path, f'{output}/out', num_workers=workers, on_step=on_step
    )
  whole = clock() - start
  then, share = next(step for step in steps if step[1] >= 0.1)
  used = [
      resource.getrusage(who)
      for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
  ]
  print(json.dumps({
      'wall': whole, 'cpu': [u.ru_utime + u.ru_stime for u in used],
      'megabytes': [u.ru_maxrss / 1024 for u in used],
      'estimate': then / share / whole, 'reading': steps[-1][0] / whole,
  }))


def main(argv):
  if len(argv) == 3:
    _measure(pathlib.Path(argv[1]), int(argv[2]))
    return
  records, midi, folder = map(pathlib.Path, argv[1:])
  made = {
      name: folder / name
      for name in ('songs.tfrecord', 'songs.tfrecord.gz', 'songs.zip')
  }
  for name, path in made.items():
    if path.exists():
      continue
    unfinished = folder / f'unfinished.{path.suffix}'
    if name == 'songs.zip':
      _make_zip(unfinished, midi, _MEMBERS.value)
    else:
      size = _MEGABYTES.value * 1_000_000 // (10 if name[-3:] == '.gz' else 1)
      _make_records(unfinished, list(tfrecords.read(records)), size)
    shutil.move(unfinished, path)
  for path, _ in itertools.product(made.values(), range(_ROUNDS.value)):
    print(f'{path.name}, {path.stat().st_size / 1e6:.0f} MB, load '
          f'{os.getloadavg()[0]:.1f}')
    walls = {}
    for workers in (0, 1, 2):
      done = json.loads(subprocess.run(
          [sys.executable, __file__, path, str(workers)], check=True,
          stdout=subprocess.PIPE, encoding='utf-8',
      ).stdout)
      walls[workers] = done['wall']
      print(f'  {workers} workers: {done["wall"]:.1f} s, CPU of parent and '
            'workers {:.1f} and {:.1f} s, largest {:.0f} and {:.0f} MB'
            .format(*done['cpu'], *done['megabytes']), flush=True)
      if not workers:
        print(f'    after a tenth {100 * done["estimate"]:.0f} % of it would '
              f'be told; reading is {100 * done["reading"]:.0f} %')
    print(f'  two workers are {walls[1] / walls[2]:.2f} times as fast as one')


if __name__ == '__main__':
  app.run(main, argv=sys.argv)
