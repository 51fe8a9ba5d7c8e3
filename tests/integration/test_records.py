"""Records: ours are read by TensorFlow and Magenta, theirs by us."""

import gzip

import builders
import numpy as np
import pytest

from drumspace_ext.conversion import files as conversion_files
from drumspace_ext.conversion import reading
from drumspace_ext.files import tfrecords
from drumspace_ext.notes import midi_writing
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import step_codes
from drumspace_ext.starter import songs as starter_songs

pytestmark = pytest.mark.usefixtures('prepared')
_NUM_RECORDS = 10_000


@pytest.fixture(scope='module', name='records')
def _records():
  """10,000 NoteSequences as bytes, all of them different."""
  rng = np.random.default_rng(5)
  hits = rng.random((_NUM_RECORDS, 32, step_codes.NUM_VOICES)) < 0.08
  return [
      note_sequences.from_patterns(
          beat, qpm=60 + number % 120, sequence_id=f'/id/{number}',
          genres=['rock'][:number % 2],
      ).SerializeToString(deterministic=True)
      for number, beat in enumerate(hits)
  ]


def test_ten_thousand_note_sequences_come_back_byte_for_byte(
    tmp_path, records
):
  """Ours -> TensorFlow reads and writes -> Magenta reads -> we read."""
  from magenta.pipelines import pipeline
  import note_seq
  import tensorflow as tf

  ours, theirs = tmp_path / 'ours.tfrecord', tmp_path / 'theirs.tfrecord'
  with ours.open('wb') as stream:
    assert tfrecords.write(stream, records) == _NUM_RECORDS
  seen = [
      record.numpy() for record in tf.data.TFRecordDataset(str(ours))
  ]
  assert seen == records
  with tf.io.TFRecordWriter(str(theirs)) as writer:
    for record in seen:
      writer.write(record)
  assert theirs.read_bytes() == ours.read_bytes()
  assert list(tfrecords.read(theirs)) == records
  sequences = list(pipeline.tf_record_iterator(
      str(ours), note_seq.NoteSequence
  ))
  assert [
      sequence.SerializeToString(deterministic=True) for sequence in sequences
  ] == records


def test_gzip_of_tensorflow_is_read(tmp_path, records):
  import tensorflow as tf

  path = tmp_path / 'x.tfrecord.gz'
  with tf.io.TFRecordWriter(str(path), options='GZIP') as writer:
    for record in records[:100]:
      writer.write(record)
  assert list(tfrecords.read(path)) == records[:100]
  mine = tmp_path / 'mine.tfrecord.gz'
  mine.write_bytes(gzip.compress(b''.join(map(tfrecords.frame, records[:9]))))
  read = tf.data.TFRecordDataset(str(mine), compression_type='GZIP')
  assert [record.numpy() for record in read] == records[:9]


def test_damage_that_tensorflow_finds_is_found_by_us(tmp_path, records):
  import tensorflow as tf

  path = tmp_path / 'x.tfrecord'
  data = bytearray(tfrecords.frame(records[0]))
  data[20] ^= 1
  path.write_bytes(data)
  with pytest.raises(tf.errors.DataLossError):
    list(tf.data.TFRecordDataset(str(path)))
  (damaged,) = tfrecords.read(path)
  assert damaged.reason == 'tfrecord_crc'


@pytest.fixture(scope='module', name='midi_folder')
def _midi_folder(tmp_path_factory):
  folder = tmp_path_factory.mktemp('songs') / 'songs'
  (folder / 'rock').mkdir(parents=True)
  for number, song in enumerate(list(starter_songs.songs(seed=1))[:12]):
    (folder / 'rock' / f'{number}.mid').write_bytes(
        midi_writing.note_sequence_to_midi(song)
    )
  return folder


def test_what_convert_dir_writes_is_read_and_named_alike(
    tmp_path, midi_folder, magenta_script
):
  theirs = tmp_path / 'theirs.tfrecord'
  magenta_script(
      'scripts.convert_dir_to_note_sequences', f'--input_dir={midi_folder}',
      f'--output_file={theirs}', '--recursive',
  )
  options = reading.Options()
  conversion_files.write(
      reading.read(
          [str(midi_folder)], [], options, recursive=True,
          on_reject=lambda *rejection: pytest.fail(str(rejection)),
      ),
      tmp_path, 'ours.tfrecord', 'tfrecord', options,
      on_reject=lambda *rejection: pytest.fail(str(rejection)),
  )
  hits = []
  for path in (theirs, tmp_path / 'ours.tfrecord'):
    sequences = list(map(note_sequences.parse, tfrecords.read(path)))
    hits.append({
        sequence.id: note_sequences.to_patterns(sequence).tobytes()
        for sequence in sequences
    })
  assert len(hits[0]) == 12
  assert hits[0] == hits[1]


def test_real_records_of_magenta_are_read_by_both(tmp_path):
  import tensorflow as tf

  source = builders.DATA_DIR / 'notesequences.tfrecord.gz'
  if not source.is_file():
    pytest.skip(f'no data in {builders.DATA_DIR}')
  records = list(tfrecords.read(source))
  assert records == [
      record.numpy() for record in
      tf.data.TFRecordDataset(str(source), compression_type='GZIP')
  ]
  plain = tmp_path / 'plain.tfrecord'
  with plain.open('wb') as stream:
    tfrecords.write(stream, records)
  assert plain.read_bytes() == gzip.decompress(source.read_bytes())
