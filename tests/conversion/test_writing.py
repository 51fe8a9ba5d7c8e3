"""Tests for reading and writing: every form into every other."""

import dataclasses
import hashlib
import io
import os
import pathlib
import zipfile

import builders
import drawn_patterns
from hypothesis import assume
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import mido
import note_seq
import numpy as np
import pytest
import written_files

from drumspace_ext import errors
from drumspace_ext.conversion import files as conversion_files
from drumspace_ext.conversion import reading
from drumspace_ext.conversion import writing
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.files import tfrecords
from drumspace_ext.notes import midi_sequences
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes

_PLAIN = reading.Options()
_BEAT = drawn_patterns.hits_of(
    kick=(0, 16), snare=(8, 24), closed_hat=range(0, 32, 2), cowbell=(30,)
)
_TARGETS = ('pack', 'pack.zip', 'pack.tfrecord', 'pack.txt', 'pack.tsv')


def _convert(values, target, options=_PLAIN, *, primers=(), recursive=False):
  """Converts inputs to a target; returns (number written, rejections)."""
  rejected = []

  def on_reject(*rejection):
    rejected.append(rejection)

  form = conversion_files.form_of_path(target)
  is_folder = form == conversion_files.MIDI and target.suffix != '.mid'
  count = conversion_files.write(
      reading.read(
          [str(value) for value in values], primers, options,
          recursive=recursive, on_reject=on_reject,
      ),
      target if is_folder else target.parent,
      '' if is_folder else target.name, form, options, on_reject=on_reject,
  )
  return count, rejected


def _write_records(path, sequences):
  with path.open('wb') as stream:
    tfrecords.write(
        stream, (s.SerializeToString(deterministic=True) for s in sequences)
    )
  return path


def _read_records(path):
  return [note_seq.NoteSequence.FromString(r) for r in tfrecords.read(path)]


def _contents(path):
  """Returns the bytes of a file, or of the files of a folder by name."""
  if path.is_dir():
    return {file.name: file.read_bytes() for file in path.iterdir()}
  return path.read_bytes()


def _note_rows(sequence):
  return sorted(
      (n.pitch, n.program, n.is_drum, n.velocity, n.start_time, n.end_time)
      for n in sequence.notes
  )


def _band():
  """A NoteSequence of drums, piano, tempo and meter changes."""
  sequence = note_sequences.from_patterns(_BEAT, sequence_id='/id/band')
  sequence.tempos.add(time=1, qpm=90)
  sequence.time_signatures.add(time=2, numerator=3, denominator=4)
  sequence.notes.add(
      start_time=0.1, end_time=3, pitch=38, velocity=64, program=4, instrument=1
  )
  sequence.control_changes.add(
      time=0.5, control_number=64, control_value=127, program=4, instrument=1
  )
  sequence.filename = 'band.mid'
  return sequence


@given(codes=drawn_patterns.codes(1, 4), drum_map=drawn_patterns.MAPS)
@settings(max_examples=25)
def test_dataset_comes_back_from_every_form(
    codes, drum_map, tmp_path_factory
):
  folder = tmp_path_factory.mktemp('forms')
  source = written_files.dataset(folder / 'dataset.tsv', codes)
  options = reading.Options(voices_in=drum_map, voices_out=drum_map)
  expected = step_codes.hits_to_step_codes(
      drum_map.folded(step_codes.step_codes_to_hits(codes))
  )
  # A file without a note is none that is converted.
  assume(expected.any(1).all())
  for target in _TARGETS[:-1]:
    assert _convert([source], folder / target, options) == (len(codes), [])
    assert _convert([folder / target], folder / 'back.tsv', options) == (
        len(codes), []
    )
    back = dataset_tsv.read(folder / 'back.tsv').codes
    np.testing.assert_array_equal(back, expected, err_msg=target)
  assert _convert([source], folder / 'copy.tsv') == (len(codes), [])
  assert (folder / 'copy.tsv').read_text() == source.read_text()


@given(codes=drawn_patterns.codes(1, 2), tile=st.integers(1, 4))
@settings(max_examples=15)
def test_tiled_patterns_are_played_so_many_times(
    codes, tile, tmp_path_factory
):
  folder = tmp_path_factory.mktemp('tiles')
  source = written_files.dataset(folder / 'dataset.tsv', codes | 1)
  options = reading.Options(tile=tile)
  for target in _TARGETS:
    _convert([source], folder / target, options)
    _convert([folder / target], folder / 'back.tsv')
    np.testing.assert_array_equal(
        dataset_tsv.read(folder / 'back.tsv').codes,
        np.repeat(codes | 1, tile, 0), err_msg=target,
    )
  for sequence in _read_records(folder / 'pack.tfrecord'):
    assert sequence.total_time == pytest.approx(4 * tile)


@given(
    hits=drawn_patterns.hits(1, 2),
    # A MIDI file has whole microseconds a quarter.
    qpm=st.integers(200_000, 6_000_000).map(lambda micros: 60e6 / micros),
)
@settings(max_examples=15)
def test_note_sequences_stay_whole_through_tfrecord_and_midi(
    hits, qpm, tmp_path_factory
):
  folder = tmp_path_factory.mktemp('whole')
  sequence = note_sequences.from_patterns(hits, qpm=qpm, sequence_id='/id/x')
  sequence.notes.add(
      start_time=0, end_time=60 / qpm, pitch=50, velocity=3, program=7
  )
  source = _write_records(folder / 'in.tfrecord', [sequence, _band()])
  assert _convert([source], folder / 'out.tfrecord') == (2, [])
  assert _read_records(folder / 'out.tfrecord') == [sequence, _band()]
  _convert([source], folder / 'midi')
  _convert([folder / 'midi'], folder / 'back.tfrecord')
  back = _read_records(folder / 'back.tfrecord')
  for got, want in zip(back, [sequence, _band()], strict=True):
    np.testing.assert_allclose(
        _note_rows(got), _note_rows(want), rtol=0, atol=0.001
    )
    assert [round(t.qpm, 3) for t in got.tempos] == [
        round(t.qpm, 3) for t in want.tempos
    ]
    assert len(got.time_signatures) == len(want.time_signatures)
    assert len(got.control_changes) == len(want.control_changes)


@given(
    # Half of them from where the voices are.
    pitches=st.lists(
        st.integers(35, 64) | st.integers(0, 127), min_size=1, max_size=8
    ),
    map_in=drawn_patterns.MAPS, map_out=drawn_patterns.MAPS,
)
@settings(max_examples=60)
def test_drum_pitches_of_a_whole_sequence_go_through_both_maps(
    pitches, map_in, map_out
):
  sequence = note_seq.NoteSequence(total_time=len(pitches))
  for number, pitch in enumerate(pitches):
    for is_drum in (True, False):
      sequence.notes.add(
          start_time=number, end_time=number + 1, pitch=pitch, velocity=9,
          is_drum=is_drum,
      )
  expected = []
  for number, pitch in enumerate(pitches):
    voices_of = [v for v in range(14) if pitch in map_in.pitches[v]]
    target = map_out.write_as[voices_of[0]] if voices_of else -1
    if target >= 0:
      expected.append((number, True, map_out.pitches[target][0]))
    expected.append((number, False, pitch))
  record = writing.to_record(
      reading.Item(name='x', sequence=sequence),
      reading.Options(voices_in=map_in, voices_out=map_out),
  )
  got = note_seq.NoteSequence.FromString(record)
  assert [(n.start_time, n.is_drum, n.pitch) for n in got.notes] == expected
  assert got.total_time == sequence.total_time


def test_beat_goes_out_in_the_pitches_of_each_map_by_hand(tmp_path):
  source = written_files.dataset(
      tmp_path / 'dataset.tsv', step_codes.hits_to_step_codes(_BEAT)[None]
  )
  (tmp_path / 'mine.toml').write_text(
      'kick = [24]\nsnare = [26, 27]\nclosed_hat = [30]\ncowbell = [44]\n'
  )
  for name, pitches in (
      ('gm14', {36, 38, 42, 56}), ('roland', {36, 38, 42, 56}),
      ('note_seq9', {36, 38, 42}), (str(tmp_path / 'mine.toml'),
                                    {24, 26, 30, 44}),
  ):
    drum_map = drum_maps.load(name)
    _convert(
        [source], tmp_path / 'out.tfrecord',
        reading.Options(voices_out=drum_map),
    )
    (sequence,) = _read_records(tmp_path / 'out.tfrecord')
    assert {note.pitch for note in sequence.notes} == pitches
    _convert(
        [tmp_path / 'out.tfrecord'], tmp_path / 'back.tsv',
        reading.Options(voices_in=drum_map),
    )
    back = dataset_tsv.read(tmp_path / 'back.tsv').codes
    np.testing.assert_array_equal(
        step_codes.step_codes_to_hits(back), [drum_map.folded(_BEAT)]
    )


def test_roland_kit_becomes_general_midi_by_hand(tmp_path):
  # The edge of the hat and the rim of the floor tom, as the TD-11 sends them.
  data = builders.midi(builders.track(
      builders.notes([(0, 36), (120, 22), (240, 58), (360, 26), (480, 3)])
  ))
  (tmp_path / 'kit.mid').write_bytes(data)
  roland = reading.Options(voices_in=drum_maps.load('roland'))
  assert _convert(
      [tmp_path / 'kit.mid'], tmp_path / 'gm.mid', roland
  ) == (1, [])
  sequence = midi_sequences.to_note_sequence(
      (tmp_path / 'gm.mid').read_bytes()
  )
  assert [note.pitch for note in sequence.notes] == [36, 42, 41, 46]
  # And out again, each voice in the kit's own first pitch.
  _convert(
      [tmp_path / 'gm.mid'], tmp_path / 'again.mid',
      reading.Options(voices_out=drum_maps.load('roland')),
  )
  sequence = midi_sequences.to_note_sequence(
      (tmp_path / 'again.mid').read_bytes()
  )
  assert [note.pitch for note in sequence.notes] == [36, 42, 43, 46]


def test_voice_that_the_map_can_t_write_is_left_out():
  sequence = note_sequences.from_patterns(
      drawn_patterns.hits_of(kick=(0,), conga=(0, 8))
  )
  record = writing.to_record(
      reading.Item(name='x', sequence=sequence),
      reading.Options(voices_out=drum_maps.load('lstmetallica9')),
  )
  got = note_seq.NoteSequence.FromString(record)
  assert [note.pitch for note in got.notes] == [36]


def test_midi_files_become_the_records_that_magenta_makes(tmp_path):
  songs = tmp_path / 'songs' / 'rock'
  songs.mkdir(parents=True)
  data = builders.midi(builders.track(builders.notes([(0, 36), (480, 38)])))
  (songs / 'a.mid').write_bytes(data)
  assert _convert(
      [tmp_path / 'songs'], tmp_path / 'out.tfrecord', recursive=True
  ) == (1, [])
  (sequence,) = _read_records(tmp_path / 'out.tfrecord')
  digest = hashlib.sha1(b'rock/a.mid').hexdigest()
  assert sequence.id == f'/id/midi/songs/{digest}'
  assert (sequence.collection_name, sequence.filename) == (
      'songs', 'rock/a.mid'
  )


def test_primers_are_read_from_the_caller_and_from_files(tmp_path):
  (tmp_path / 'p.txt').write_text('\n[(36,), ()]\n\n[(38, 42)]\n')
  assert _convert(
      [tmp_path / 'p.txt'], tmp_path / 'out.tsv', primers=['[(49,)]']
  ) == (3, [])
  codes = dataset_tsv.read(tmp_path / 'out.tsv').codes
  assert codes[:, 0].tolist() == [128, 1, 6]
  assert not codes[:, 1:].any()


def test_long_primer_gives_all_its_patterns(tmp_path):
  primer = repr([(36,)] * 32 + [(38,)] * 2)
  assert _convert([], tmp_path / 'out.tsv', primers=[primer]) == (1, [])
  codes = dataset_tsv.read(tmp_path / 'out.tsv').codes
  assert codes.tolist() == [[1] * 32, [2, 2] + [0] * 30]


def test_patterns_of_a_midi_file_keep_its_tempo_and_tile(tmp_path):
  data = builders.midi(builders.track(
      builders.tempo(0, 400_000), builders.notes([(0, 36), (8 * 480, 38)])
  ))
  (tmp_path / 'a.mid').write_bytes(data)
  _convert(
      [tmp_path / 'a.mid'], tmp_path / 'out.tfrecord',
      reading.Options(tile=2),
  )
  (sequence,) = _read_records(tmp_path / 'out.tfrecord')
  assert [t.qpm for t in sequence.tempos] == [150]
  assert sequence.filename == 'a.mid'
  assert sequence.total_time == pytest.approx(4 * 8 * 0.4)
  # Each two bars are repeated where they stand.
  assert [
      (round(n.start_time / 0.1), n.pitch) for n in sequence.notes
  ] == [(0, 36), (32, 36), (64, 38), (96, 38)]


def test_tempo_of_patterns_is_the_one_asked_for(tmp_path):
  source = written_files.dataset(
      tmp_path / 'dataset.tsv', step_codes.hits_to_step_codes(_BEAT)[None]
  )
  _convert([source], tmp_path / 'o.mid', reading.Options(qpm=75))
  file = mido.MidiFile(tmp_path / 'o.mid')
  assert [m.tempo for m in file.tracks[0] if m.type == 'set_tempo'] == [800_000]
  assert [m.name for m in file.tracks[0] if m.type == 'track_name'] == [
      'dataset_000001'
  ]


def test_drums_on_another_channel_are_taken_when_asked(tmp_path):
  data = builders.midi(builders.track(
      builders.notes([(0, 36), (480, 38)], channel=0)
  ))
  (tmp_path / 'a.mid').write_bytes(data)
  with pytest.raises(errors.InputError, match='nothing could be converted'):
    _convert([tmp_path / 'a.mid'], tmp_path / 'out.tsv')
  assumed = reading.Options(assume_drums=True)
  _convert([tmp_path / 'a.mid'], tmp_path / 'out.tsv', assumed)
  row = dataset_tsv.read(tmp_path / 'out.tsv').codes[0]
  assert (row[0], row[4]) == (1, 2)
  for options in (_PLAIN, assumed):
    _convert([tmp_path / 'a.mid'], tmp_path / 'out.tfrecord', options)
    (sequence,) = _read_records(tmp_path / 'out.tfrecord')
    assert {n.is_drum for n in sequence.notes} == {options.assume_drums}


@pytest.mark.skipif(
    not (builders.DATA_DIR / 'drum_space').is_dir(),
    reason='the published files are not here',
)
def test_published_midi_pack_is_the_published_dataset():
  """Steps of a third of a quarter, no note-offs, three times in a row."""
  folder = builders.DATA_DIR / 'drum_space'
  options = reading.Options(steps_per_quarter=3)
  items = list(reading.read(
      [str(folder / 'midi_pack_200.zip')], [], options, recursive=False,
      on_reject=pytest.fail,
  ))
  published = dataset_tsv.read(folder / 'sampled10k_acai_filtered')
  assert len(items) == 200
  for item, codes in zip(items, published.codes):
    np.testing.assert_array_equal(
        reading.item_patterns(item, options),
        [step_codes.step_codes_to_hits(codes)] * 3,
    )


def test_published_two_columns_without_extension_are_a_dataset(tmp_path):
  path = tmp_path / 'sampled10k_acai_raw'
  row = step_codes.hits_to_step_codes(_BEAT)
  path.write_text(dataset_tsv.format_line(row, [0.5, -1.0]) * 2)
  assert _convert([path], tmp_path / 'out') == (2, [])
  assert sorted(_contents(tmp_path / 'out')) == [
      '000001_sampled10k_acai_raw_000001.mid',
      '000002_sampled10k_acai_raw_000002.mid',
  ]
  _convert([path], tmp_path / 'out.tsv')
  np.testing.assert_array_equal(
      dataset_tsv.read(tmp_path / 'out.tsv').codes, [row, row]
  )


@pytest.mark.parametrize('target', _TARGETS)
def test_same_input_makes_the_same_bytes(tmp_path, target):
  folders = []
  for number in range(2):
    folder = tmp_path / str(number) / 'in'
    folder.mkdir(parents=True)
    written_files.dataset(
        folder / 'd.tsv', step_codes.hits_to_step_codes(_BEAT)[None]
    )
    _write_records(folder / 'r.tfrecord', [_band()])
    for file in folder.iterdir():
      os.utime(file, (number * 1e9, number * 1e9))
    values = [folder / 'r.tfrecord', folder / 'd.tsv']
    assert _convert(values, folder / target) == (2, [])
    folders.append(folder)
  first, second = (_contents(folder / target) for folder in folders)
  assert first == second


def test_zip_is_plain(tmp_path):
  codes = np.tile(step_codes.hits_to_step_codes(_BEAT), (3, 1))
  source = written_files.dataset(tmp_path / 'd.tsv', codes)
  _convert([source], tmp_path / 'o.zip')
  with zipfile.ZipFile(tmp_path / 'o.zip') as archive:
    assert archive.testzip() is None
    assert archive.namelist() == [
        f'00000{n}_d_00000{n}.mid' for n in (1, 2, 3)
    ]
    for info in archive.infolist():
      assert info.date_time == (1980, 1, 1, 0, 0, 0)
      assert info.external_attr >> 16 == 0o644
      assert info.compress_type == zipfile.ZIP_DEFLATED
      mido.MidiFile(file=io.BytesIO(archive.read(info)))


_NAMES = {
    '../../x': '000001_x.mid',
    '/etc/passwd': '000001_passwd.mid',
    '..': '000001.mid',
    '': '000001.mid',
    'a b  c.mid': '000001_a_b_c.mid',
    'Schlägel für Ümit.mid': '000001_Schlägel_für_Ümit.mid',
    '日本': '000001_日本.mid',
    '.hidden': '000001_hidden.mid',
    'C:\\con.mid': '000001_C_con.mid',
    'a\nb\0c': '000001_a_b_c.mid',
    'x' * 300 + 'end.mid': f'000001_{"x" * 77}end.mid',
    '$(rm -rf ~)': '000001_rm_-rf.mid',
    '-rf.mid': '000001_-rf.mid',
    'dir/../../y.mid': '000001_y.mid',
    'SONG.MID': '000001_SONG.mid',
    'Song.Mid.RMI': '000001_Song.Mid.mid',
}


@pytest.mark.parametrize(('name', 'file_name'), _NAMES.items())
def test_names_are_made_safe(tmp_path, name, file_name):
  folder = tmp_path / 'deep' / 'out'
  items = [reading.Item(name=name, hits=_BEAT[None])]
  for target, form in (
      ('', conversion_files.MIDI), ('o.zip', conversion_files.ZIP)
  ):
    conversion_files.write(
        items, folder, target, form, _PLAIN, on_reject=pytest.fail
    )
  assert sorted(_contents(folder)) == sorted([file_name, 'o.zip'])
  assert zipfile.ZipFile(folder / 'o.zip').namelist() == [file_name]
  assert [p.name for p in tmp_path.iterdir()] == ['deep']


@pytest.mark.parametrize(('name', 'form'), [
    ('a.mid', 'midi'), ('a.MIDI', 'midi'), ('a.zip', 'zip'),
    ('a.tfrecord', 'tfrecord'), ('a.tsv', 'tsv'), ('a.TXT', 'primer'),
    ('folder', 'midi'), ('a.tfrecords', 'tfrecord'),
])
def test_name_of_the_output_tells_its_form(name, form):
  assert conversion_files.form_of_path(pathlib.Path(name)) == form


def test_ending_that_says_nothing_is_refused_but_for_a_folder(tmp_path):
  path = tmp_path / 'folder.d'
  with pytest.raises(errors.InputError, match='say the form with --to'):
    conversion_files.form_of_path(path)
  path.mkdir()
  assert conversion_files.form_of_path(path) == conversion_files.MIDI


def test_two_inputs_do_not_fit_into_one_midi_file(tmp_path):
  codes = np.tile(step_codes.hits_to_step_codes(_BEAT), (2, 1))
  source = written_files.dataset(tmp_path / 'two.tsv', codes)
  with pytest.raises(errors.InputError, match='out.mid holds one MIDI file'):
    _convert([source], tmp_path / 'out.mid')
  assert [p.name for p in tmp_path.iterdir()] == ['two.tsv']
  assert _convert([source], tmp_path / 'out') == (2, [])


def test_bad_inputs_are_named_and_the_others_converted(tmp_path):
  folder = tmp_path / 'in'
  folder.mkdir()
  (folder / 'a.mid').write_text('no MIDI')
  (folder / 'b.mid').write_bytes(
      builders.midi(builders.track(builders.notes([(0, 36)])))
  )
  (folder / 'c.mid').write_bytes(b'')
  with (folder / 'd.tfrecord').open('wb') as stream:
    stream.write(tfrecords.frame(_band().SerializeToString()))
    stream.write(tfrecords.frame(b'\xff\xff\xff'))
    stream.write(tfrecords.frame(b'broken')[:-1] + b'\0')
  (folder / 'e.zip').write_bytes(b'PK\x03\x04')
  count, rejected = _convert([folder], tmp_path / 'out.tfrecord')
  assert count == 2
  assert sorted((name, reason) for name, reason, _ in rejected) == [
      ('in/a.mid', 'not_midi'), ('in/c.mid', 'empty'),
      ('in/d.tfrecord', 'tfrecord_crc'),
      ('in/d.tfrecord#1', 'not_note_sequence'),
      ('in/e.zip', 'bad_zip_member'),
  ]


def test_damaged_member_of_a_zip_is_named(tmp_path):
  good = builders.midi(builders.track(builders.notes([(0, 36)])))
  with zipfile.ZipFile(tmp_path / 'a.zip', 'w') as archive:
    archive.writestr('bad.mid', b'original')
    archive.writestr('good.mid', good)
  data = (tmp_path / 'a.zip').read_bytes()
  (tmp_path / 'a.zip').write_bytes(data.replace(b'original', b'orignial'))
  count, ((name, reason, _),) = _convert([tmp_path / 'a.zip'], tmp_path / 'o')
  assert (count, reason) == (1, 'bad_zip_member')
  assert name.endswith('a.zip/bad.mid')
  assert sorted(_contents(tmp_path / 'o')) == ['000001_good.mid']


def test_sequence_that_fits_no_grid_is_named(tmp_path):
  bad = _band()
  bad.notes[0].start_time = float('inf')
  source = _write_records(tmp_path / 'in.tfrecord', [bad, _band()])
  count, ((name, reason, detail),) = _convert([source], tmp_path / 'out.tsv')
  assert (count, name, reason) == (1, 'band.mid', 'bad_times')
  assert 'a time is no number' in detail


def test_nothing_converted_leaves_nothing(tmp_path):
  (tmp_path / 'a.mid').write_text('no MIDI')
  for target in _TARGETS:
    with pytest.raises(errors.InputError, match='nothing could be converted'):
      _convert([tmp_path / 'a.mid'], tmp_path / target)
  assert [p.name for p in tmp_path.iterdir()] == ['a.mid']


@pytest.mark.parametrize(('text', 'match'), [
    (','.join(['1'] * 31), 'line 2: a pattern is 32 step codes, got 31'),
    (','.join(['1'] * 31 + ['16384']), 'line 2: step code 16384 is outside'),
    (','.join(['1'] * 31 + ['-1']), 'line 2: step code -1 is outside'),
    (','.join(['1'] * 31 + ['x']), 'line 2: expected 32 step codes'),
])
def test_bad_line_of_a_dataset_stops_everything(tmp_path, text, match):
  good = dataset_tsv.format_line(step_codes.hits_to_step_codes(_BEAT))
  (tmp_path / 'd.tsv').write_text(f'{good}{text}\n')
  for target in _TARGETS:
    with pytest.raises(errors.InputError, match=match):
      _convert([tmp_path / 'd.tsv'], tmp_path / target)
  assert [p.name for p in tmp_path.iterdir()] == ['d.tsv']


def test_caller_s_mistakes_are_said_so(tmp_path):
  with pytest.raises(errors.InputError, match='no input given'):
    _convert([], tmp_path / 'out.tsv')
  with pytest.raises(errors.InputError, match='gone.mid does not exist'):
    _convert([tmp_path / 'gone.mid'], tmp_path / 'out.tsv')
  with pytest.raises(errors.InputError, match="got 'hello'"):
    _convert([], tmp_path / 'out.tsv', primers=['hello'])
  (tmp_path / 'examples.tfrecord').write_bytes(tfrecords.frame(
      builders.field(2, builders.feature_map(['inputs']))
  ))
  with pytest.raises(errors.InputError, match='SequenceExample'):
    _convert([tmp_path / 'examples.tfrecord'], tmp_path / 'out.tsv')


def test_pitch_that_midi_does_not_have_does_no_harm(tmp_path):
  sequence = _band()
  sequence.notes.add(pitch=200, velocity=9, is_drum=True, end_time=1)
  sequence.notes.add(pitch=-92, velocity=9, is_drum=True, end_time=1)
  source = _write_records(tmp_path / 'in.tfrecord', [sequence])
  count, rejected = _convert(
      [source], tmp_path / 'out.tfrecord',
      reading.Options(voices_out=drum_maps.load('roland')),
  )
  assert count + len(rejected) == 1
  if count:
    (got,) = _read_records(tmp_path / 'out.tfrecord')
    assert len(got.notes) == len(_band().notes)


def test_converting_leaves_the_item_alone():
  sequence = _band()
  item = reading.Item(name='x', sequence=sequence)
  options = reading.Options(voices_out=drum_maps.load('note_seq9'))
  first = writing.to_record(item, options)
  assert sequence == _band()
  assert writing.to_record(item, options) == first


def test_primers_that_are_no_utf_8_are_said_so(tmp_path):
  (tmp_path / 'p.txt').write_bytes(b'[(36,), ()]\n\xff\xfe\n')
  with pytest.raises(errors.InputError, match='p.txt'):
    _convert([tmp_path / 'p.txt'], tmp_path / 'out.tsv')


@pytest.mark.parametrize('tile', [None, 2])
@pytest.mark.parametrize('target', _TARGETS)
def test_file_name_that_is_no_utf_8_does_no_harm(tmp_path, target, tile):
  folder = tmp_path / 'in'
  folder.mkdir()
  path = os.fsencode(folder) + b'/a\xff.mid'
  with open(path, 'wb') as stream:
    stream.write(builders.midi(builders.track(builders.notes([(0, 36)]))))
  assert _convert(
      [folder], tmp_path / target, reading.Options(tile=tile)
  ) == (1, [])


def test_options_can_t_be_changed():
  with pytest.raises(dataclasses.FrozenInstanceError):
    _PLAIN.tile = 3


def _without_a_note():
  """NoteSequences that sound like nothing, by the reason that is given."""
  silent, odd, unknown = (
      note_sequences.from_patterns(_BEAT) for _ in range(3)
  )
  for note in silent.notes:
    note.velocity = 0
  for note in odd.notes:
    note.pitch = 200
  for note in unknown.notes:
    note.pitch = 12
  return {
      'silent_notes': silent, 'no_notes': odd, 'no_known_voice': unknown,
  }


@pytest.mark.parametrize('reason', _without_a_note())
@pytest.mark.parametrize('target', [*_TARGETS, 'one.mid', 'one.wav'])
@pytest.mark.parametrize('gm14', [True, False])
def test_output_without_a_note_is_no_success(tmp_path, reason, target, gm14):
  sequence = _without_a_note()[reason]
  options = reading.Options(
      voices_in=drum_maps.load(drum_maps.GM14) if gm14 else None
  )
  source = _write_records(tmp_path / 'in.tfrecord', [sequence])
  is_kept = (
      reason == 'no_known_voice' and not gm14
      and target in ('pack', 'pack.zip', 'pack.tfrecord', 'one.mid')
  )
  if is_kept:  # a whole NoteSequence keeps its own pitches
    assert _convert([source], tmp_path / target, options) == (1, [])
    return
  with pytest.raises(errors.InputError, match='nothing could be converted'):
    _convert([source], tmp_path / target, options)
  assert [p.name for p in tmp_path.iterdir()] == ['in.tfrecord']
  good = _write_records(
      tmp_path / 'in.tfrecord', [sequence, _band()]
  )
  count, ((_, found, detail),) = _convert(
      [good], tmp_path / target, options
  )
  assert count == 1 and detail
  assert found == reason or reason == 'no_notes'


def test_silent_patterns_keep_their_place_unless_all_are_silent(tmp_path):
  codes = np.stack([
      np.zeros(32, np.uint16), step_codes.hits_to_step_codes(_BEAT)
  ])
  source = written_files.dataset(tmp_path / 'd.tsv', codes)
  silent = []
  count = conversion_files.write(
      reading.read(
          [str(source)], [], _PLAIN, recursive=False, on_reject=None
      ),
      tmp_path / 'out', '', conversion_files.MIDI, _PLAIN,
      on_reject=lambda *_: None, on_silent=silent.append,
  )
  assert (count, silent) == (2, ['d_000001'])
  assert len(list((tmp_path / 'out').iterdir())) == 2
  written_files.dataset(source, codes[:1])
  for target in _TARGETS:
    with pytest.raises(errors.InputError, match='no note to write in 1 patt'):
      _convert([source], tmp_path / f'none_{target}')
  assert sorted(p.name for p in tmp_path.iterdir()) == ['d.tsv', 'out']


def test_drums_that_a_map_can_t_write_are_no_success():
  cowbell = drawn_patterns.hits_of(cowbell=(0, 16))
  options = reading.Options(
      tile=4, voices_out=drum_maps.load('lstmetallica9')
  )
  item = reading.Item(
      name='x', sequence=note_sequences.from_patterns(cowbell)
  )
  with pytest.raises(errors.RejectedInputError, match='2 notes of pitch 56'):
    writing.to_midi(item, options)
