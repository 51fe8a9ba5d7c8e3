"""Tests for inspection."""

import gzip
import json
import math
import struct
import zipfile

import builders
import drawn_patterns
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import magenta_files
import numpy as np
import pytest
import synthetic_songs

from drumspace_ext import errors
from drumspace_ext.conversion import inspection
from drumspace_ext.conversion import song_inspection
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.files import tfrecords
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import text_grids

_MOST_LINES = 20


def _describe(path):
  lines = inspection.describe(path)
  assert 1 <= len(lines) <= _MOST_LINES
  assert not any('\n' in line for line in lines)
  return lines


def _write(path, data):
  path.write_bytes(data)
  return path


def _records(*records):
  return b''.join(map(tfrecords.frame, records))


def _safetensors(header):
  text = header if isinstance(header, bytes) else json.dumps(header).encode()
  size = 0
  if isinstance(header, dict):
    size = sum(4 * math.prod(value['shape']) for key, value in header.items()
               if isinstance(value, dict) and 'dtype' in value)
  return struct.pack('<Q', len(text)) + text + bytes(size)


def _grid_lines(codes):
  return text_grids.to_text(step_codes.step_codes_to_hits(codes)).split('\n')


@given(
    codes=drawn_patterns.codes(1, 4), z_size=st.integers(0, 4),
    has_coordinates=st.booleans(),
)
@settings(max_examples=30)
def test_dataset_is_counted_and_drawn(
    codes, z_size, has_coordinates, tmp_path_factory
):
  columns = ['step codes']
  latents = coordinates = None
  if z_size:
    columns.append(f'latent vectors of {z_size}')
    latents = np.zeros((len(codes), z_size))
    if has_coordinates:
      columns.append('map coordinates')
      coordinates = np.zeros((len(codes), 2))
  path = tmp_path_factory.mktemp('dataset') / 'any_name'
  with path.open('w', encoding='utf-8') as stream:
    dataset_tsv.write(stream, dataset_tsv.PatternSet(
        codes=codes, latents=latents, coordinates=coordinates
    ))
  lines = inspection.describe(path)
  classes = {min(np.roll(row, i).tobytes() for i in range(32)) for row in codes}
  trivial = sum(
      -sum(n / 32 * np.log(n / 32) for n in np.unique(row, return_counts=True)[
          1]) < 0.9 for row in codes
  )
  bits = sum(int(code).bit_count() for code in codes.ravel()) / codes.size
  assert lines[:4] == [
      f'a dataset of drum patterns: {len(codes):,} lines',
      f'columns: {", ".join(columns)}',
      f'rotation classes: {len(classes)}; trivial (entropy below 0.9 nats): '
      f'{trivial}',
      f'hits per step: {bits:.2f}',
  ]
  grids = []
  for row in codes[:2]:
    grids += ['', *_grid_lines(row)]
  assert lines[4:] == grids


def test_dataset_by_hand(tmp_path):
  # A beat, the same a bar later, and a pulse.
  beat = [5, 0, 4, 0, 6, 0, 4, 0, 5, 0, 4, 0, 6, 0, 4, 1] + [0] * 16
  rows = [beat, beat[16:] + beat[:16], [1, 0, 0, 0] * 8]
  path = tmp_path / 'd.tsv'
  path.write_text(''.join(map(dataset_tsv.format_line, rows)))
  assert _describe(path) == [
      'a dataset of drum patterns: 3 lines',
      'columns: step codes',
      'rotation classes: 2; trivial (entropy below 0.9 nats): 1',
      'hits per step: 0.35',
      '',
      'closed_hat   x.x. x.x. x.x. x.x. | .... .... .... ....',
      'snare        .... x... .... x... | .... .... .... ....',
      'kick         x... .... x... ...x | .... .... .... ....',
      '',
      'closed_hat   .... .... .... .... | x.x. x.x. x.x. x.x.',
      'snare        .... .... .... .... | .... x... .... x...',
      'kick         .... .... .... .... | x... .... x... ...x',
  ]


def test_midi_file_with_a_beat_by_hand(tmp_path):
  song = synthetic_songs.beat(repeats=4, micros=500_000)
  lines = _describe(
      _write(tmp_path / 'beat.mid', synthetic_songs.to_midi(song))
  )
  assert lines == [
      'a MIDI file, 480 ticks a quarter note',
      'notes: 108, of these 108 drum notes; 15.8 seconds',
      'tempo: 120 qpm; meter: none given, read as 4/4',
      'drum pitches: 36 (28), 38 (16), 42 (64)',
      'patterns: 1 in 1 loops (two bars played 3 times or more)',
      '',
      'closed_hat   x.x. x.x. x.x. x.x. | x.x. x.x. x.x. x.x.',
      'snare        .... x... .... x... | .... x... .... x...',
      'kick         x... ..x. x... .... | x... ..x. x... ..x.',
  ]


def test_midi_file_tells_of_tempos_and_meters(tmp_path):
  song = synthetic_songs.Song(
      ((0, 36), (480, 38)), ((0, 4, 4), (960, 3, 4), (2400, 4, 4)),
      ((0, 500_000), (480, 400_000)),
  )
  lines = _describe(_write(tmp_path / 'a.mid', synthetic_songs.to_midi(song)))
  assert lines[2] == 'tempo: 120 to 150 qpm; meter: 4/4, 3/4'
  assert lines[-2].startswith('no pattern: no stretch without a two-bar pause')
  assert lines[-1].startswith('  -> ')


def test_midi_file_without_drums_gets_a_hint(tmp_path):
  data = builders.midi(builders.track(
      builders.notes([(i * 120, 36 + i % 3) for i in range(32)], channel=0)
  ))
  lines = _describe(_write(tmp_path / 'a.mid', data))
  assert lines[1].startswith('notes: 32, of these 0 drum notes')
  assert not any(line.startswith('drum pitches') for line in lines)
  assert lines[-2:] == [
      'no pattern: no note is a drum note (channel 1 holds pitches 36 to 38: '
      '--drum_channels=1)',
      '  -> name their place with --drum_tracks or --drum_channels, or try '
      '--assume_drums',
  ]


def test_file_that_is_midi_by_its_name_only_is_said_so(tmp_path):
  lines = _describe(_write(tmp_path / 'a.mid', b'hello'))
  assert lines == [
      'a MIDI file, by its name',
      'no pattern: the file is not MIDI, whatever its name says (it looks like '
      'text)',
      '  -> fetch it again, or unpack it first',
  ]


@pytest.mark.parametrize('packed', [False, True])
def test_tfrecord_of_note_sequences_by_hand(tmp_path, packed):
  beat = synthetic_songs.to_record(
      synthetic_songs.beat(), id='/id/1', filename='a.mid', total_time=16
  )
  empty = note_sequences.from_patterns(np.zeros((32, 14), np.bool_))
  data = _records(beat, empty.SerializeToString(), beat)
  path = _write(
      tmp_path / 'songs', gzip.compress(data) if packed else data
  )
  lines = _describe(path)
  num_bytes = 2 * len(beat) + len(empty.SerializeToString())
  assert lines[:4] == [
      f'a TFRecord file{", gzip" if packed else ""}: 3 NoteSequence records, '
      f'{num_bytes:,} bytes',
      "first: id '/id/1', file 'a.mid'",
      'notes: 108, of these 108 drum notes; 16.0 seconds',
      'tempo: 120 qpm; meter: none given, read as 4/4',
  ]
  assert lines[5:7] == [
      'patterns: 1 unique ones in 2 of the first 3 records',
      '  1: no note is a drum note (it holds no note at all) -> name their '
      'place with --drum_tracks or --drum_channels, or try --assume_drums',
  ]
  assert lines[-1].startswith('kick         x... ..x.')


def test_damage_of_a_tfrecord_is_named(tmp_path):
  record = synthetic_songs.to_record(synthetic_songs.beat())
  broken = tfrecords.frame(b'broken')[:-1] + b'\0'
  data = tfrecords.frame(record) + broken + tfrecords.frame(record)[:-9]
  lines = _describe(_write(tmp_path / 'a.tfrecord', data))
  assert lines[0].startswith('a TFRecord file: 1 NoteSequence records')
  assert lines[1] == (
      'damaged: record 1: its checksum does not fit its data'
  )
  assert lines[2] == 'damaged: record 2: the file ends inside it'


def test_empty_tfrecord_is_said_so(tmp_path):
  assert _describe(_write(tmp_path / 'a.tfrecord', b'')) == [
      'a TFRecord file: no records, 0 bytes'
  ]


def test_only_the_first_records_are_extracted(tmp_path, monkeypatch):
  monkeypatch.setattr(song_inspection, '_MAX_EXTRACTED', 2)
  record = synthetic_songs.to_record(synthetic_songs.beat())
  lines = _describe(_write(tmp_path / 'a.tfrecord', _records(*[record] * 5)))
  assert lines[0].startswith('a TFRecord file: 5 NoteSequence records')
  assert 'patterns: 1 unique ones in 2 of the first 2 records' in lines


@pytest.mark.parametrize(('number', 'kind'), [
    (2, 'SequenceExample'), (1, 'Example')
])
def test_what_models_train_on_is_told_from_note_sequences(
    tmp_path, number, kind
):
  record = builders.field(number, builders.feature_map(
      ['inputs', 'labels'], builders.field(1, b'\x0a\x00')
  ))
  path = _write(tmp_path / 'a.tfrecord', _records(record, record))
  assert _describe(path) == [
      f'a TFRecord file: 2 {kind} records, {2 * len(record)} bytes',
      'this is what models train on; patterns are extracted from the '
      'NoteSequences that it was made from',
  ]


def test_zip_tells_of_its_first_midi_file(tmp_path):
  with zipfile.ZipFile(tmp_path / 'a.zip', 'w') as archive:
    archive.writestr('readme.txt', 'hello')
    archive.writestr('b.mid', b'hello')
    archive.writestr(
        'a.mid', synthetic_songs.to_midi(synthetic_songs.beat())
    )
  lines = _describe(tmp_path / 'a.zip')
  assert lines[:3] == [
      'a zip archive: 2 MIDI files, 1 others', 'first: a.mid',
      'patterns: 1 in 1 loops (two bars played 3 times or more)',
  ]
  assert len(lines) == 7


def test_zip_without_midi_and_with_a_damaged_one(tmp_path):
  with zipfile.ZipFile(tmp_path / 'none.zip', 'w') as archive:
    archive.writestr('readme.txt', 'hello')
  assert _describe(tmp_path / 'none.zip') == [
      'a zip archive: 0 MIDI files, 1 others'
  ]
  with zipfile.ZipFile(tmp_path / 'bad.zip', 'w') as archive:
    archive.writestr('a.mid', b'original')
  data = (tmp_path / 'bad.zip').read_bytes()
  _write(tmp_path / 'bad.zip', data.replace(b'original', b'orignial'))
  lines = _describe(tmp_path / 'bad.zip')
  assert lines[1] == 'first: a.mid'
  assert lines[2].startswith("it can't be unpacked: ")


def test_primers_by_hand(tmp_path):
  path = _write(tmp_path / 'p.txt', b'\n[(36, 42), (), (42,)]\n[(38,)]\n\n')
  assert _describe(path) == [
      'text with 2 drums_rnn primers', 'first: 3 steps', '',
      'closed_hat   x.x. .... .... .... | .... .... .... ....',
      'kick         x... .... .... .... | .... .... .... ....',
  ]


def test_long_primer_is_drawn_in_part(tmp_path):
  text = repr([(36,)] * 40).encode()
  lines = _describe(_write(tmp_path / 'p.txt', text))
  assert lines == [
      'text with 1 drums_rnn primers', 'first: 40 steps', '',
      'kick         xxxx xxxx xxxx xxxx | xxxx xxxx xxxx xxxx',
  ]


def test_checkpoint_by_its_header(tmp_path):
  header = {
      '__metadata__': {'config': 'vae', 'step': '100', 'long': 'x' * 500},
      'encoder.weight': {
          'dtype': 'F32', 'shape': [64, 448], 'data_offsets': [0, 114688]
      },
      'scale': {'dtype': 'F32', 'shape': [], 'data_offsets': [114688, 114692]},
  }
  lines = _describe(
      _write(tmp_path / 'model.safetensors', _safetensors(header))
  )
  assert lines == [
      'a safetensors checkpoint: 2 tensors, 28,673 numbers', 'config: vae',
      f'long: {"x" * 100}', 'step: 100',
  ]
  assert _describe(_write(tmp_path / 'b', _safetensors({}))) == [
      'a safetensors checkpoint: 0 tensors, 0 numbers'
  ]


def test_folder_is_counted_by_kind(tmp_path):
  (tmp_path / 'below').mkdir()
  for name in ('a.mid', 'below/b.MID', 'c.tfrecord', 'd.zip', 'e.txt', 'f'):
    _write(tmp_path / name, b'')
  assert _describe(tmp_path) == [
      'a folder: 2 MIDI files, 1 TFRecord files, 1 zip archives; 2 other files',
      'extract its patterns with: drumspace_create_dataset '
      f'--input={tmp_path} --recursive --output_dir=...',
  ]


def test_folder_of_an_entry_point_is_what_it_holds(tmp_path):
  made = tmp_path / 'made'
  (made / 'train').mkdir(parents=True)
  for name in ('a.mid', 'patterns.tfrecord'):
    _write(made / name, b'')
  _write(made / 'dataset.tsv', b'no pattern at all\n')
  _write(made / 'train' / 'best.safetensors', _safetensors({}))
  # Somebody's own file of this name is none of ours.
  assert _describe(made) == [
      'a folder with train/best.safetensors, which is',
      'a safetensors checkpoint: 0 tensors, 0 numbers',
  ]
  (made / 'dataset.tsv').write_text(','.join(['1', '0'] * 16) + '\n')
  assert _describe(made)[:2] == [
      'a folder with dataset.tsv, which is',
      'a dataset of drum patterns: 1 lines',
  ]
  _write(made / 'train' / 'best.safetensors', b'hello')
  (made / 'dataset.tsv').unlink()
  assert _describe(made)[0].startswith('a folder: 1 MIDI files')


@pytest.mark.parametrize('data', [
    b'', b'hello', b'\x89PNG\r\n', bytes(100), struct.pack('<Q', 10),
    _safetensors(b'[1, 2]'), _safetensors(b'{"a": '), _safetensors(b'\xff\xff'),
    struct.pack('<Q', 1 << 60) + b'{}', gzip.compress(b'hello'),
    b'\x1f\x8b and no more',
], ids=range(11))
def test_other_files_are_refused_in_words(tmp_path, data):
  path = _write(tmp_path / 'odd', data)
  with pytest.raises(errors.InputError, match='odd is no .* that belongs here'):
    inspection.describe(path)


def test_folder_of_beats_is_its_patterns_and_not_the_files_of_each(tmp_path):
  beats = tmp_path / 'beats'
  beats.mkdir()
  # Two bars each, which create_dataset finds too short.
  for name in ('a.mid', 'patterns.tfrecord'):
    _write(beats / name, b'')
  (beats / 'patterns.tsv').write_text(','.join(['1', '0'] * 16) + '\n')
  assert _describe(beats)[:2] == [
      'a folder with patterns.tsv, which is',
      'a dataset of drum patterns: 1 lines',
  ]


def test_missing_file_and_empty_folder_are_said_so(tmp_path):
  with pytest.raises(errors.InputError, match="gone can't be read: No such"):
    inspection.describe(tmp_path / 'gone')
  with pytest.raises(errors.InputError, match='no MIDI file, TFRecord or zip'):
    inspection.describe(tmp_path)


@pytest.mark.parametrize(('name', 'data', 'match'), [
    ('a.tsv', b'1,2,3,4\n', 'line 1: a pattern is 32 step codes, got 4'),
    ('a.tsv', b'\xff\xfe', 'is no text file'),
    ('a.tsv', b'', 'holds no pattern'),
    ('p.txt', b'[(36, x)]\n', 'expected a drums_rnn primer'),
    ('a.zip', b'PK\x03\x04', "can't be read as a zip archive"),
])
def test_broken_file_of_a_known_kind_is_said_so(tmp_path, name, data, match):
  with pytest.raises(errors.InputError, match=match):
    inspection.describe(_write(tmp_path / name, data))


def test_records_of_another_kind_in_front_of_note_sequences(tmp_path):
  beat = synthetic_songs.to_record(synthetic_songs.beat(), id='/id/1')
  path = _write(tmp_path / 'a.tfrecord', _records(b'\xff\xff', beat))
  lines = _describe(path)
  assert "first: id '/id/1', file ''" in lines


def test_primers_that_are_no_utf_8_are_said_so(tmp_path):
  path = _write(tmp_path / 'p.txt', b'[(36,), ()]\n\xff\xfe\n')
  with pytest.raises(errors.InputError, match='p.txt'):
    inspection.describe(path)


_HEADERS = {
    'number': {'a': 1}, 'list': {'a': []}, 'no shape': {'a': {'shape': None}},
    'words': {'a': {'shape': ['x']}}, 'metadata': {'__metadata__': 3},
    'nested': b'[' * 100_000,
}


@pytest.mark.parametrize('header', _HEADERS.values(), ids=_HEADERS)
def test_header_of_another_form_is_no_checkpoint(tmp_path, header):
  path = _write(tmp_path / 'a.safetensors', _safetensors(header))
  with pytest.raises(errors.InputError, match='nothing that belongs here'):
    inspection.describe(path)


def test_metadata_of_several_lines_is_one_line_each(tmp_path):
  header = {'__metadata__': {'config\nx': 'a\nb\x1b[31m'}}
  lines = _describe(_write(tmp_path / 'a.safetensors', _safetensors(header)))
  assert len(lines) == 2
  assert all(line.isprintable() for line in lines)


def test_magentas_files_are_named_for_what_they_are(tmp_path):
  tensors = magenta_files.drums_rnn_tensors()
  path = tmp_path / 'x.mag'
  path.write_bytes(magenta_files.bundle(tensors, attention=(32, 8)))
  lines = inspection.describe(path)
  assert lines[0] == 'a bundle of Magenta: a drums_rnn, drum_kit'
  assert lines[1].endswith('LSTM cells of 8, 6 units, attention over 32 steps')
  assert any('drumspace_continue --bundle_file=' in line for line in lines)
  path.write_bytes(magenta_files.bundle(tensors, 'attention_rnn'))
  assert 'weights of something else, attention_rnn' in (
      inspection.describe(path)[0]
  )
  path.write_bytes(path.read_bytes()[:-2000])
  with pytest.raises(errors.InputError, match="can't be read as Magenta"):
    inspection.describe(path)
