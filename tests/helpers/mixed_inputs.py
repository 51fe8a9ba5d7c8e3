"""Inputs of every kind, good and bad, for whoever spreads them over workers."""

import gzip
import os
import pathlib
import signal
import threading
import zipfile

import synthetic_songs

from drumspace_ext.dataset import creation as dataset_creation
from drumspace_ext.extraction import many_inputs
from drumspace_ext.files import tfrecords

SONGS = [synthetic_songs.random_song(seed) for seed in range(24)]
# Workers in processes of their own import what lies here too.
FOLDER = pathlib.Path(__file__).resolve().parent
# An input of this name takes a worker down when it is first read.
CULPRIT = 'takes_its_worker_down'


def files(folder):
  """The bytes of all files of a folder, by name."""
  return {path.name: path.read_bytes() for path in folder.iterdir()}


def create_here(values, output_dir, **options):
  """Makes the dataset that every other way must give."""
  options.setdefault('num_workers', 0)
  return dataset_creation.create(
      [str(value) for value in values], output_dir, **options
  )


def write_midi(folder, songs):
  folder.mkdir(parents=True, exist_ok=True)
  for number, song in enumerate(songs):
    path = folder / f'{number:03}.mid'
    path.write_bytes(synthetic_songs.to_midi(song))
  return folder


def write_records(path, records):
  content = b''.join(map(tfrecords.frame, records))
  compress = '.gz' in path.name
  path.write_bytes(gzip.compress(content) if compress else content)
  return path


def records():
  """NoteSequences of all sorts: named, nameless, alike, without drums."""
  made = []
  for number, song in enumerate(SONGS):
    fields = [
        {'id': f'/id/{number}'}, {'filename': f'rock/{number}.mid'}, {},
        {'id': 'shared', 'genres': ['Jazz'] if number % 2 else []},
    ][number % 4]
    made.append(synthetic_songs.to_record(song, **fields))
  made += made[:3]
  made.append(synthetic_songs.to_record(synthetic_songs.Song(()), id='no'))
  return made


def mixture(root):
  """Writes inputs of every kind, good and bad; returns what to name."""
  write_midi(root / 'rock', SONGS[:8])
  write_midi(root / 'deep' / 'jazz \u00e9t\u00e9 \u97f3', SONGS[8:16])
  (root / 'rock' / 'notes.txt').write_bytes(b'')
  (root / 'rock' / 'bad.mid').write_bytes(b'junk')
  (root / 'rock' / 'tab\there.mid').write_bytes(b'')
  (root / 'rock' / 'gone.mid').symlink_to(root / 'nowhere')
  with zipfile.ZipFile(root / 'pack.zip', 'w') as archive:
    archive.writestr('read.me', b'hello')
    for number, song in enumerate(SONGS[16:]):
      archive.writestr(f'\u00fc/{number}.mid', synthetic_songs.to_midi(song))
  (root / 'rock' / 'bad.zip').write_bytes(b'PK\3\4 is no archive')
  turned = records()[::-1]
  write_records(root / 'x.tfrecord-00000-of-00002.gz', turned[::2])
  path = write_records(root / 'x.tfrecord-00001-of-00002', turned[1::2])
  # One record fails its checksum, and the last one is cut.
  data = path.read_bytes()
  path.write_bytes(data[:50] + bytes([data[50] ^ 1]) + data[51:-3])
  return [root / 'rock', root / 'deep', root / 'pack.zip', root / 'x.tf*']


def hostile(task, recipe):
  """Reads a task, but some names take the process down."""
  for input_id, _ in task.items:
    if 'crash' in input_id:
      os.kill(os.getpid(), signal.SIGKILL)
    if 'hang' in input_id:
      threading.Event().wait()
  return many_inputs.run_task(task, recipe=recipe)


def is_first(marker):
  """Says whether this is the first process that asks, of all there are."""
  try:
    os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
  except FileExistsError:
    return False
  return True


def has_culprit(task):
  return any(CULPRIT in input_id for input_id, _ in task.items)
