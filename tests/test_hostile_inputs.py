"""Hostile inputs: any bytes are read, or refused by an error of our own.

Each reader gets mutations of a sound input, the same in every run: bits turned,
pieces cut, doubled and put elsewhere, and numbers, names and nestings that no
sane writer makes. Anything but a `DrumspaceError` of one short line fails, and
so does a warning. The default run takes a few seconds; a longer one is

  DRUMSPACE_FUZZ_ROUNDS=20000 python -m pytest tests/test_hostile_inputs.py

with as many inputs a reader (150 if it is not set; 20,000 take some minutes)
and another seed by `DRUMSPACE_FUZZ_SEED`.
"""

import functools
import gzip
import importlib.resources
import io
import json
import os
import random
import zipfile
import zlib

import builders
import note_seq
import numpy as np
import pytest
import safetensors.numpy
import synthetic_songs

from drumspace_ext import errors
from drumspace_ext.conversion import inspection
from drumspace_ext.conversion import reading
from drumspace_ext.conversion import writing
from drumspace_ext.dataset import examples
from drumspace_ext.dataset import provenance
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.extraction import manners
from drumspace_ext.extraction import one_input
from drumspace_ext.files import tfrecords
from drumspace_ext.files import zip_archives
from drumspace_ext.inputs import kinds as input_kinds
from drumspace_ext.models import checkpoints
from drumspace_ext.models import config_loading
from drumspace_ext.models import trained_model
from drumspace_ext.notes import drum_tracks
from drumspace_ext.notes import midi_sequences
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import song_limits
from drumspace_ext.patterns import drum_maps

_ROUNDS = int(os.environ.get('DRUMSPACE_FUZZ_ROUNDS', '150'))
_SEED = os.environ.get('DRUMSPACE_FUZZ_SEED', '0')
_MAX_MESSAGE_CHARS = 2500

_BYTES = (
    b'', b'\0', b'\xff' * 4, b'\x7f' * 8, b'\x80' * 12, b'MTrk', b'MThd',
    b'\xff\xff\xff\x7f', b'PK\x03\x04', b'\x1f\x8b', b'\x78\x9c',
    b'\xf0\x7f', b'\xff\x51\x03\0\0\0', b'\xff\x58\x04\0\xff\0\0',
    np.float64('nan').tobytes(), np.float64('inf').tobytes(),
    np.float64(1e300).tobytes(), np.float64(-1).tobytes(),
)
_TEXTS = (
    '', '[', ']', '[' * 3000, '{"a":' * 3000, '[' * 90 + ']' * 90, '9' * 5000,
    '0x' + 'f' * 5000, 'nan', 'inf', '-1', '1e999', '-' * 3000 + '1', '\t',
    '\n', ',', '"', "'", '=', '\0', '\x1b[2J', '\ufeff', 'é', 'a.' * 2000,
    'x' * 70_000, '99999999999999999999', 'true', 'null', '{}', '[]', '""',
    '[[1]]', '1979-05-27', '()', '#',
)


def _mutated(data, rng, hostile):
  """Changes text or bytes in one to four places."""
  for _ in range(rng.choice((1, 1, 2, 4))):
    place = rng.randrange(len(data) + 1)
    end = min(place + rng.choice((0, 1, 1, 2, 8, 200)), len(data))
    way = rng.randrange(5)
    if way == 0 and isinstance(data, bytes) and end > place:
      flipped = bytes([data[place] ^ 1 << rng.randrange(8)])
      data = data[:place] + flipped + data[place + 1:]
    elif way == 1:
      data = data[:place] + data[end:]
    elif way == 2:
      data = data[:place] + data[place:end] * 3 + data[end:]
    elif way == 3:
      data = data[:place]
    else:
      data = data[:place] + rng.choice(hostile) + data[end:]
  return data


def _as_bytes(text: str) -> bytes:
  return text.encode('utf-8', 'surrogatepass')


def _forms(item):
  """Writes an item in the forms that take no long time."""
  options = reading.Options(tile=1)
  for write in (writing.to_midi, writing.to_record):
    for chosen in (options, reading.Options()):
      try:
        write(item, chosen)
      except errors.RejectedInputError as e:
        assert '\n' not in str(e)


def _midi(data, path):
  del path
  result = one_input.extract_midi(data, 'a.mid', one_input.Recipe())
  assert result.reason != 'reader_failed', result.detail
  sequence = midi_sequences.to_note_sequence(data, filename='a.mid')
  _forms(reading.Item(name='a', sequence=sequence))


def _record(data, path):
  del path
  result = one_input.extract_record(data, '#0', one_input.Recipe())
  assert result.reason != 'reader_failed', result.detail
  input_kinds.of_record(data)
  sequence = note_sequences.parse(data)
  song_limits.check_sequence(sequence)
  _forms(reading.Item(name='a', sequence=sequence))


def _tfrecord(data, path):
  path.write_bytes(data)
  assert all(
      isinstance(record, bytes) or record.reason.startswith('tfrecord_')
      for record in tfrecords.read(path)
  )
  inspection.describe(path)


def _zip(data, path):
  path.write_bytes(data)
  archive = zip_archives.check(path)
  list(archive.read(archive.members()))


def _dataset(data, path):
  path.write_bytes(data)
  dataset_tsv.read(path)
  inspection.describe(path)


def _provenance(data, path):
  (path.parent / dataset_tsv.DATASET).write_text(_DATASET)
  (path.parent / dataset_tsv.PROVENANCE).write_bytes(data)
  examples.load(path.parent)


def _drum_map(data, path):
  path.write_bytes(data)
  drum_maps.load(str(path))


def _config(data, path):
  path.write_bytes(data)
  config_loading.load(str(path))


def _checkpoint(data, path):
  path.write_bytes(data)
  inspection.describe(path)
  trained_model.TrainedModel(str(path))


def _song_midi() -> bytes:
  return builders.midi(builders.track(
      builders.tempo(0, 500_000), builders.meter(0, 4, 4),
      builders.sysex(0, b'\x41\x10\x42\x12\x40\x1a\x15\x02\x0d\xf7'),
      builders.notes([(120 * i, 36 + 2 * (i % 4)) for i in range(100)]),
  ), builders.track(builders.notes([(0, 60), (480, 64)], channel=0)))


def _song_record() -> bytes:
  sequence = note_seq.NoteSequence.FromString(
      synthetic_songs.to_record(synthetic_songs.beat())
  )
  sequence.control_changes.add(time=1, control_number=7, control_value=9)
  sequence.pitch_bends.add(time=1, bend=99)
  sequence.key_signatures.add(time=1, key=3)
  return sequence.SerializeToString()


def _config_text() -> str:
  folder = importlib.resources.files('drumspace_ext.config_files')
  return (folder / 'smoke.toml').read_text(encoding='utf-8')


def _archive() -> bytes:
  stream = io.BytesIO()
  with zipfile.ZipFile(stream, 'w', zipfile.ZIP_DEFLATED) as archive:
    for name in ('d/a.mid', 'b.mid', 'c.txt'):
      archive.writestr(zipfile.ZipInfo(name), _song_midi())
  return stream.getvalue()


@functools.cache
def _shipped(name: str = 'vae') -> bytes:
  return checkpoints.find(f'shipped:{name}').read_bytes()


def _small_checkpoint() -> bytes:
  """Returns a shipped checkpoint whose tensors are cut: its head is read."""
  tensors = safetensors.numpy.load(_shipped())
  size = int.from_bytes(_shipped()[:8], 'little')
  texts = json.loads(_shipped()[8:8 + size])['__metadata__']
  return safetensors.numpy.save(
      {key: value[:1] for key, value in tensors.items()}, texts
  )


_CODES = ','.join(['5', '0', '4', '0'] * 8)
_DATASET = f'{_CODES}\n'
_PLACED = f'{_CODES}\t0.5,-1e-3\t1.0,2.0\n' * 3
_PROVENANCE = (
    '\t'.join(provenance.HEADER)
    + '\n3\t9\t2\t90.0\t120.0\trock:2|pop:1\t["a.mid","b/c.mid"]\t["d"]\n'
)
_DRUM_MAP = (
    'name = "kit"\nkick = [36, 35]\nsnare = [38]\nclosed_hat = [42, 44]\n'
    '[write_as]\nopen_hat = "closed_hat"\n'
)
_CASES = {
    'midi': (_song_midi, _midi),
    'record': (_song_record, _record),
    'tfrecord': (lambda: tfrecords.frame(_song_record()) * 3, _tfrecord),
    'tfrecord_gzip': (
        lambda: gzip.compress(tfrecords.frame(_song_record()) * 3, mtime=0),
        _tfrecord,
    ),
    'tfrecord_zlib': (
        lambda: zlib.compress(tfrecords.frame(_song_record()) * 3), _tfrecord
    ),
    'zip': (_archive, _zip),
    'dataset': (lambda: _PLACED, _dataset),
    'provenance': (lambda: _PROVENANCE, _provenance),
    'drum_map': (lambda: _DRUM_MAP, _drum_map),
    'config': (_config_text, _config),
    'checkpoint': (_small_checkpoint, _checkpoint),
}


def _try(read, *arguments) -> None:
  try:
    read(*arguments)
  except errors.DrumspaceError as e:
    assert len(str(e)) < _MAX_MESSAGE_CHARS, str(e)[:300]


@pytest.mark.parametrize('name', _CASES)
def test_any_file_is_read_or_refused_by_our_own_error(name, tmp_path):
  make, read = _CASES[name]
  rng = random.Random(f'{_SEED} {name}')
  sound = make()
  text = isinstance(sound, str)
  for number in range(_ROUNDS):
    data = _mutated(sound, rng, _TEXTS if text else _BYTES)
    if text:
      data = _as_bytes(data)
    try:
      _try(read, data, tmp_path / 'x')
    except Exception:
      kept = tmp_path / f'{name}_{number}'
      kept.write_bytes(data)
      print(f'the input is {kept}')
      raise


@pytest.mark.parametrize(('sound', 'read'), [
    ('z_size=8,hidden_sizes=[128,64],beta=0.5',
     lambda text: config_loading.load('vae', text)),
    ('[(36, 42), (), (42,), ()]', drum_tracks.parse_primer),
    (_CODES, dataset_tsv.parse_codes),
    ('rock:3|pop:1', provenance.parse_genres),
], ids=['hparams', 'primer', 'step_codes', 'genres'])
def test_any_value_is_read_or_refused_by_our_own_error(sound, read):
  rng = random.Random(f'{_SEED} {sound}')
  for _ in range(_ROUNDS):
    text = _mutated(sound, rng, _TEXTS)
    try:
      _try(read, text)
    except Exception:
      print(f'the value is {text[:500]!r}')
      raise


def test_endless_midi_is_not_read_to_its_end(tmp_path):
  path = tmp_path / 'a.mid'
  with path.open('wb') as stream:
    stream.write(_song_midi())
    stream.truncate(1 << 40)
  assert 'it is larger than any real song' in str(inspection.describe(path))
  with pytest.raises(errors.InputError, match='gives no groove: too_large'):
    manners.read(path)
