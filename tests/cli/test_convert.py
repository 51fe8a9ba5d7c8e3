"""Tests for drumspace_convert."""

import functools
import itertools
import pathlib
import resource
import wave
import zipfile

import builders
import drawn_patterns
import entry_points
from hypothesis import assume
from hypothesis import given
from hypothesis import settings
import mido
import note_seq
import numpy as np
import pretty_midi
import pytest
import written_files

from drumspace_ext import errors
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.files import tfrecords
from drumspace_ext.notes import midi_sequences
from drumspace_ext.notes import midi_writing
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import step_codes

_convert = functools.partial(entry_points.main, 'drumspace_convert')
_console = functools.partial(entry_points.console, 'drumspace_convert')
_BEAT = drawn_patterns.hits_of(kick=(0, 16), snare=(8, 24), cowbell=(30,))
_CODES = step_codes.hits_to_step_codes(_BEAT)


def _write_dataset(path, codes=_CODES[None]):
  return written_files.dataset(path, codes)


def _write_midi(path, *pitches, channel=9):
  path.parent.mkdir(exist_ok=True)
  path.write_bytes(builders.midi(builders.track(
      builders.notes(list(enumerate(pitches)), channel=channel)
  )))
  return path


def _pitches(path):
  sequence = midi_sequences.to_note_sequence(path.read_bytes())
  return [note.pitch for note in sequence.notes]


def _assert_fails_in_one_line(done, *parts):
  entry_points.assert_one_line(done, 'drumspace_convert', *parts)


@given(codes=drawn_patterns.codes(1, 3))
@settings(max_examples=15)
def test_dataset_comes_back_through_all_forms_in_a_row(
    codes, tmp_path_factory
):
  # A file without a note is none that is converted.
  assume(codes.any(1).all())
  folder = tmp_path_factory.mktemp('chain')
  _write_dataset(folder / 'a.tsv', codes)
  values = [folder / 'a.tsv', folder / 'b.zip', folder / 'c', folder / 'd.txt',
            folder / 'e.tfrecord', folder / 'f.tsv']
  for source, target in itertools.pairwise(values):
    assert _convert(f'--input={source}', f'--output={target}') == 0
  assert (folder / 'f.tsv').read_text() == (folder / 'a.tsv').read_text()


def test_usage_of_the_docstring_works(tmp_path):
  _write_dataset(tmp_path / 'dataset.tsv', np.stack([_CODES, _CODES // 2]))
  done = _console('--input=dataset.tsv', '--output=beats.zip', cwd=tmp_path)
  assert (done.returncode, done.stderr) == (0, '')
  assert done.stdout == '2 converted to beats.zip\n'
  (tmp_path / 'midi_folder' / 'rock').mkdir(parents=True)
  _write_midi(tmp_path / 'midi_folder' / 'rock' / 'a.mid', 36)
  done = _console(
      '--input=midi_folder', '--recursive', '--output=songs.tfrecord',
      cwd=tmp_path,
  )
  assert done.stdout == '1 converted to songs.tfrecord\n'
  done = _console(
      '--input=dataset.tsv', '--tile=4', '--voices_out=note_seq9',
      '--output=for_drums_rnn.tfrecord', cwd=tmp_path,
  )
  assert done.returncode == 0
  first = note_seq.NoteSequence.FromString(
      next(tfrecords.read(tmp_path / 'for_drums_rnn.tfrecord'))
  )
  assert first.total_time == pytest.approx(16)
  # The cowbell is a snare to note_seq.
  assert {note.pitch for note in first.notes} == {36, 38}
  done = _console(
      '--primer_drums=[(36, 42), (), (42,), ()]', '--output=one.mid',
      cwd=tmp_path,
  )
  assert (done.returncode, done.stderr) == (0, '')
  assert _pitches(tmp_path / 'one.mid') == [36, 42, 42]
  done = _console(
      '--input=dataset.tsv', '--to=wav', '--qpm=96', '--accents',
      '--output=loops.zip', cwd=tmp_path,
  )
  assert (done.returncode, done.stderr) == (0, '')
  with zipfile.ZipFile(tmp_path / 'loops.zip') as archive:
    names = archive.namelist()
    assert names == ['000001_dataset_000001.wav', '000002_dataset_000002.wav']
    with wave.open(archive.open(names[0])) as file:
      # 32 steps of 60 / 96 / 4 seconds.
      assert file.getnframes() == 5 * 44_100
      assert (file.getnchannels(), file.getsampwidth()) == (2, 2)


def test_plain_arguments_are_inputs_too(tmp_path):
  _write_dataset(tmp_path / 'a.tsv')
  assert _convert(tmp_path / 'a.tsv', '--output', tmp_path / 'o.tsv') == 0
  assert (tmp_path / 'o.tsv').read_text() == (tmp_path / 'a.tsv').read_text()


@pytest.mark.parametrize(('form', 'name'), [
    ('zip', 'drums.zip'), ('tfrecord', 'drums.tfrecord'), ('tsv', 'drums.tsv'),
    ('primer', 'drums_primers.txt'), ('wav', '000001_a_000001.wav'),
    ('midi', '000001_a_000001.mid'),
    (None, '000001_a_000001.mid'),
])
def test_output_dir_gets_a_file_by_its_form(tmp_path, form, name):
  _write_dataset(tmp_path / 'a.tsv')
  to = [f'--to={form}'] if form else []
  assert _convert(
      tmp_path / 'a.tsv', f'--output_dir={tmp_path / "out"}', *to
  ) == 0
  assert [p.name for p in (tmp_path / 'out').iterdir()] == [name]


def _samples(path):
  with wave.open(str(path)) as file:
    frames = file.readframes(file.getnframes())
  return np.frombuffer(frames, '<i2').reshape(-1, 2) / 32768


def test_audio_of_a_beat_is_a_loop_with_its_onsets(tmp_path):
  _write_dataset(tmp_path / 'a.tsv')
  for name in ('one.wav', 'two.wav'):
    assert _convert(
        tmp_path / 'a.tsv', f'--output={tmp_path / name}', '--humanize=0.5',
        '--seed=3',
    ) == 0
  assert (tmp_path / 'one.wav').read_bytes() == (
      tmp_path / 'two.wav'
  ).read_bytes()
  assert _convert(tmp_path / 'a.tsv', f'--output={tmp_path / "a.wav"}') == 0
  samples = _samples(tmp_path / 'a.wav')
  assert len(samples) == 4 * 44_100
  for second in range(4):
    start = second * 44_100
    before, after = samples[start - 50:start], samples[start:start + 400]
    assert np.abs(after).max() > 0.2
    if second:
      assert np.abs(before).max() < 0.05
  assert (tmp_path / 'a.wav').read_bytes() != (
      tmp_path / 'one.wav'
  ).read_bytes()


def test_audio_of_a_whole_song_sounds_to_its_end(tmp_path):
  source = _write_midi(tmp_path / 'in' / 'a.mid', 36, 49)
  assert _convert(source, f'--output={tmp_path / "a.wav"}') == 0
  samples = _samples(tmp_path / 'a.wav')
  assert len(samples) > 2 * 44_100
  assert np.abs(samples[-100:]).max() < 0.001
  piano = _write_midi(tmp_path / 'in' / 'b.mid', 60, channel=0)
  done = _console(piano, '--to=wav', '--output=p.wav', cwd=tmp_path)
  _assert_fails_in_one_line(done, 'nothing could be converted', 'b.mid')
  assert _convert(
      piano, '--to=wav', f'--output={tmp_path / "p.wav"}', '--assume_drums'
  ) == 0


def test_soundfont_of_the_user_is_heard(tmp_path):
  soundfont = pathlib.Path(pretty_midi.__file__).parent / 'TimGM6mb.sf2'
  source = _write_dataset(tmp_path / 'a.tsv')
  for flag in ([], [f'--soundfont={soundfont}']):
    assert _convert(
        source, '--to=wav', f'--output={tmp_path / f"{len(flag)}.wav"}', *flag
    ) == 0
  samples = _samples(tmp_path / '1.wav')
  assert len(samples) == 4 * 48_000
  assert 0.2 < np.abs(samples).max() <= 0.95
  envelope = np.abs(samples).max(axis=1)
  for second in range(4):
    start = second * 48_000
    assert envelope[start:start + 480].max() > 0.1
  # Whole songs have their piano, too.
  piano = _write_midi(tmp_path / 'in' / 'b.mid', 60, channel=0)
  assert _convert(
      piano, f'--output={tmp_path / "p.wav"}', f'--soundfont={soundfont}'
  ) == 0
  samples = _samples(tmp_path / 'p.wav')
  assert np.abs(samples).max() > 0.02
  assert len(samples) > 2 * 48_000


def test_wrong_soundfont_is_one_line(tmp_path):
  _write_dataset(tmp_path / 'a.tsv')
  soundfont = pathlib.Path(pretty_midi.__file__).parent / 'TimGM6mb.sf2'
  (tmp_path / 'cut.sf2').write_bytes(soundfont.read_bytes()[:1_000_000])
  for args, part in (
      (['--to=wav', '--soundfont=nowhere.sf2'], "nowhere.sf2 can't be read"),
      (['--to=wav', '--soundfont=a.tsv'], 'a.tsv is no SoundFont'),
      (['--to=wav', '--soundfont=cut.sf2'], 'cut.sf2 is damaged'),
      (['--to=midi', '--soundfont=a.tsv'], 'add --to=wav'),
      (['--to=tsv', '--swing=0.5'], 'audio and NoteSequences; tsv'),
      (['--to=wav', '--swing=2'], r'swing must be in [0, 1]'),
  ):
    done = _console('a.tsv', '--output_dir=out', *args, cwd=tmp_path)
    _assert_fails_in_one_line(done, part)
    assert not (tmp_path / 'out').exists()


def test_form_can_be_told_apart_from_the_name(tmp_path):
  _write_dataset(tmp_path / 'a.tsv')
  assert _convert(
      tmp_path / 'a.tsv', f'--output={tmp_path / "beats.data"}', '--to=tfrecord'
  ) == 0
  assert len(list(tfrecords.read(tmp_path / 'beats.data'))) == 1


def test_folder_that_looks_like_a_midi_file_is_a_folder(tmp_path):
  _write_dataset(tmp_path / 'a.tsv', np.stack([_CODES, _CODES]))
  (tmp_path / 'pack.mid').mkdir()
  assert _convert(tmp_path / 'a.tsv', f'--output={tmp_path / "pack.mid"}') == 0
  assert len(list((tmp_path / 'pack.mid').iterdir())) == 2


def test_drum_maps_of_whole_files_both_ways(tmp_path):
  # Pedal hat, second floor tom, no voice at all.
  source = _write_midi(tmp_path / 'in' / 'a.mid', 44, 58, 3)
  (tmp_path / 'mine.toml').write_text('closed_hat = [80]\nfloor_tom = [81]\n')
  out = tmp_path / 'o.mid'
  for args, pitches in (
      ([], [44, 58, 3]),
      (['--voices_in=roland'], [42, 41]),
      (['--voices_in=roland', '--voices_out=note_seq9'], [42, 45]),
      (['--voices_in=roland', f'--voices_out={tmp_path / "mine.toml"}'],
       [80, 81]),
      (['--voices_in=gm14'], [42]),
      (['--voices_out=roland'], [42]),
  ):
    assert _convert(source, f'--output={out}', *args) == 0
    assert _pitches(out) == pitches, args
  assert _convert(
      _write_midi(tmp_path / 'in' / 'b.mid', 80, 81), f'--output={out}',
      f'--voices_in={tmp_path / "mine.toml"}',
  ) == 0
  assert _pitches(out) == [42, 41]


def test_tempo_is_the_one_asked_for(tmp_path):
  _write_dataset(tmp_path / 'a.tsv')
  out = tmp_path / 'o.mid'
  assert _convert(tmp_path / 'a.tsv', f'--output={out}', '--qpm=75.5') == 0
  tempos = [m.tempo for m in mido.MidiFile(out).tracks[0]
            if m.type == 'set_tempo']
  assert tempos == [round(60e6 / 75.5)]


def test_flags_of_the_grid_reach_the_reader(tmp_path):
  # A third of a quarter, on the piano.
  source = _write_midi(tmp_path / 'in' / 'a.mid', channel=0)
  source.write_bytes(builders.midi(builders.track(
      builders.notes([(0, 36), (160, 38), (320, 42)], channel=0)
  )))
  assert _convert(
      source, f'--output={tmp_path / "o.tsv"}', '--assume_drums',
      '--steps_per_quarter=3',
  ) == 0
  codes = dataset_tsv.read(tmp_path / 'o.tsv').codes
  assert codes.tolist() == [[1, 2, 4] + [0] * 29]


def test_bad_inputs_are_named_and_the_rest_is_done(
    tmp_path, monkeypatch, capsys
):
  folder = tmp_path / 'in'
  _write_midi(folder / 'good.mid', 36)
  for number in range(7):
    (folder / f'bad_{number}.mid').write_text('hello')
  (folder / 'empty.mid').write_bytes(b'')
  monkeypatch.chdir(tmp_path)
  assert _convert('--input=in', '--output=out') == 0
  captured = capsys.readouterr()
  assert captured.out == '1 converted to out\n'
  lines = captured.err.splitlines()
  assert lines[0] == (
      '7 left out: the file is not MIDI, whatever its name says; fetch it '
      'again, or unpack it first'
  )
  assert lines[1:6] == [
      f'  in/bad_{n}.mid (it looks like text)' for n in range(5)
  ]
  assert lines[6] == '  and 2 more'
  assert lines[7].startswith('1 left out: the file has no bytes')
  assert lines[8:] == ['  in/empty.mid']
  assert [p.name for p in (tmp_path / 'out').iterdir()] == [
      '000001_good.mid'
  ]


def test_nothing_converted_is_one_line_and_no_file(tmp_path):
  (tmp_path / 'in').mkdir()
  for number in range(3):
    (tmp_path / 'in' / f'bad_{number}.mid').write_text('hello')
  (tmp_path / 'in' / 'empty.mid').write_bytes(b'')
  for output in ('out', 'out.zip', 'out.tfrecord', 'out.tsv', 'out.txt'):
    with pytest.raises(errors.InputError, match='nothing .*bad_0.*empty.mid'):
      _convert(tmp_path / 'in', f'--output={tmp_path / output}')
  done = _console('--input=in', '--output=out', cwd=tmp_path)
  _assert_fails_in_one_line(done, 'nothing could be converted', 'in/bad_0.mid')
  assert [p.name for p in tmp_path.iterdir()] == ['in']


def test_two_inputs_for_one_midi_file_are_refused(tmp_path):
  _write_dataset(tmp_path / 'two.tsv', np.stack([_CODES, _CODES]))
  done = _console('two.tsv', '--output=one.mid', cwd=tmp_path)
  _assert_fails_in_one_line(done, 'one.mid holds one MIDI file', 'a .zip')
  assert [p.name for p in tmp_path.iterdir()] == ['two.tsv']


@pytest.mark.parametrize(('args', 'part'), [
    (['a.tsv'], 'say where to write with --output or --output_dir'),
    (['a.tsv', '--output=o.mid', '--output_dir=o'], 'not both'),
    (['--output=o.mid'], 'no input given'),
    (['gone.tsv', '--output=o.mid'], 'gone.tsv does not exist'),
    (['a.tsv', '--output=o.mid', '--voices_out=roland9'], "mean 'roland'"),
    (['a.tsv', '--output=o.mid', '--tile=0'], '--tile=0'),
    (['a.tsv', '--output=o.mid', '--qpm=0'], '--qpm=0'),
    (['a.tsv', '--output=o.mid', '--to=wav'], '--to=wav'),
    (['a.tsv', '--output=o.mid', '--outptu=x'], 'outptu'),
    (['--primer_drums=[36]', '--output=o.mid'], 'drums_rnn primer'),
    (["--primer_drums=__import__('os').system('touch evaluated')",
      '--output=o.mid'], 'drums_rnn primer'),
    (['short.tsv', '--output=o.mid'], 'short.tsv, line 1: a pattern is 32'),
    (['high.tsv', '--output=o.mid'], 'high.tsv, line 1: step code 16384'),
    (['a.tsv', '--output=a.tsv/o.mid'], "can't write"),
])
def test_mistakes_are_one_line(tmp_path, args, part):
  _write_dataset(tmp_path / 'a.tsv')
  (tmp_path / 'short.tsv').write_text(','.join(['1'] * 31) + '\n')
  (tmp_path / 'high.tsv').write_text(','.join(['1'] * 31 + ['16384']) + '\n')
  before = sorted(p.name for p in tmp_path.iterdir())
  _assert_fails_in_one_line(_console(*args, cwd=tmp_path), part)
  assert sorted(p.name for p in tmp_path.iterdir()) == before


@pytest.mark.parametrize(('args', 'match'), [
    (['a.tsv'], 'say where to write'),
    (['a.tsv', '--output=o.mid', '--output_dir=o'], 'not both'),
    (['gone.tsv', '--output=o.mid'], 'gone.tsv does not exist'),
])
def test_main_leaves_the_message_to_its_caller(args, match):
  with pytest.raises(errors.InputError, match=match):
    _convert(*args)


def _four_gigabytes():
  resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))


@pytest.mark.parametrize('args', [
    ['--output=o.tsv'], ['--output=o.txt'], ['--output=o.mid', '--tile=2'],
], ids=str)
def test_midi_file_of_37_bytes_is_no_bomb(tmp_path, args):
  data = builders.midi(builders.track(
      builders.event(0x0FFFFFFF, 0x99, 36, 100), builders.event(1, 0x89, 36, 0)
  ), division=1)
  assert len(data) == 37
  (tmp_path / 'huge.mid').write_bytes(data)
  done = _console(
      'huge.mid', *args, cwd=tmp_path, preexec_fn=_four_gigabytes
  )
  _assert_fails_in_one_line(done, 'huge.mid')


@pytest.mark.parametrize('time', [1e9, 1e300])
def test_note_at_the_end_of_time_is_no_bomb(tmp_path, time):
  sequence = note_sequences.from_patterns(_BEAT)
  sequence.notes[0].start_time = time
  (tmp_path / 'in.tfrecord').write_bytes(
      tfrecords.frame(sequence.SerializeToString())
  )
  done = _console(
      'in.tfrecord', '--output=o.tsv', cwd=tmp_path,
      preexec_fn=_four_gigabytes,
  )
  _assert_fails_in_one_line(done, 'in.tfrecord')


def test_help_shows_the_usage_and_the_flags():
  done = _console('--help')
  for part in ('Usage:', '--primer_drums=', '--voices_out', '--recursive',
               '--tile', '--qpm', '--soundfont', '--swing'):
    assert part in done.stdout
  # Flags of other entry points are not its own.
  assert '--threshold' not in done.stdout


def test_sequence_that_fits_no_grid_is_left_out(tmp_path):
  sequences = [note_sequences.from_patterns(_BEAT) for _ in range(2)]
  sequences[0].notes[0].start_time = float('nan')
  with (tmp_path / 'in.tfrecord').open('wb') as stream:
    tfrecords.write(stream, (s.SerializeToString() for s in sequences))
  done = _console('in.tfrecord', '--output=o.tsv', cwd=tmp_path)
  assert (done.returncode, done.stdout) == (0, '1 converted to o.tsv\n')
  assert done.stderr.splitlines()[0].startswith('1 left out: it has times')


@pytest.mark.parametrize(('args', 'message'), [
    (['in.tsv', '--output=in.tsv'], 'would be overwritten'),
    (['--primer_drums=[(36,)]', '--output=in.mid', '--groove=in.mid'],
     'would be overwritten'),
    (['in.tsv', '--output=o.zip', '--to=tfrecord'], 'does not fit the ending'),
    (['in.tsv', '--output=o.zip', '--qpm=nan'], '--qpm must be a number'),
])
def test_mistake_that_would_lose_something_is_refused(tmp_path, args, message):
  (tmp_path / 'in.tsv').write_text(','.join(['1,0,2,0'] * 8) + '\n')
  (tmp_path / 'in.mid').write_bytes(midi_writing.patterns_to_midi(_BEAT))
  before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
  _assert_fails_in_one_line(_console(*args, cwd=tmp_path), message)
  assert before == {p.name: p.read_bytes() for p in tmp_path.iterdir()}


def test_midi_in_a_zip_is_a_zip_of_midi(tmp_path):
  (tmp_path / 'in.tsv').write_text(','.join(['1,0,2,0'] * 8) + '\n')
  for name, to in (('a.zip', ['--to=midi']), ('b.zip', [])):
    done = _console('in.tsv', f'--output={name}', *to, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, '')
  assert (tmp_path / 'a.zip').read_bytes() == (tmp_path / 'b.zip').read_bytes()


def test_comma_at_the_end_is_no_further_input(tmp_path):
  (tmp_path / 'in.tsv').write_text(','.join(['1,0,2,0'] * 8) + '\n')
  (tmp_path / 'other.mid').write_bytes(b'no MIDI file')
  done = _console('--input=in.tsv,', '--output=o.zip', cwd=tmp_path)
  assert (done.returncode, done.stderr) == (0, '')
  assert done.stdout.startswith('1 converted')


def test_drums_of_velocity_0_are_named_and_nothing_is_written(tmp_path):
  sequence = note_sequences.from_patterns(_BEAT, repeats=4)
  for note in sequence.notes:
    note.velocity = 0
  with (tmp_path / 'in.tfrecord').open('wb') as stream:
    tfrecords.write(stream, [sequence.SerializeToString()])
  for output in ('o.mid', 'o.wav', 'o.tfrecord', 'o.tsv'):
    done = _console('in.tfrecord', f'--output={output}', cwd=tmp_path)
    _assert_fails_in_one_line(done, 'nothing', '20 drum notes of velocity 0')
  assert [p.name for p in tmp_path.iterdir()] == ['in.tfrecord']
