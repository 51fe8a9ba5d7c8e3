"""Tests for generation.files."""

import hashlib
import io
import json
import zipfile

import drawn_patterns
import mido
import note_seq
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.dataset import examples
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.files import tfrecords
from drumspace_ext.generation import files as generation_files
from drumspace_ext.generation import ways
from drumspace_ext.models import sampling
from drumspace_ext.notes import midi_writing
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import dynamics
from drumspace_ext.patterns import genre_swings
from drumspace_ext.patterns import step_codes

_STARTER = examples.load_or_starter(None)
_DIGESTS = {'weights': 'abc'}


def _beats():
  """A copy of a known beat, two beats near one, and one far from all."""
  known = step_codes.step_codes_to_hits(_STARTER.codes[[5, 5, 9, 20]])
  known[0] = np.roll(known[0], 5, axis=0)
  known[1, 30, 13] ^= True
  known[2, [1, 2], 12] ^= True
  known[3] = ~known[3]
  return known


def _made(*, samples=True):
  hits = _beats()
  z = np.random.default_rng(0).standard_normal((len(hits), 4))
  if not samples:
    return ways.Generated(latents=z, hits=hits)
  drawn = np.concatenate([hits, hits[3:], np.zeros((1, 32, 14), np.bool_)])
  return ways.Generated(latents=z, hits=hits, samples=sampling.judge(
      np.arange(24.0).reshape(6, 4) / 3, drawn,
      np.sort(step_codes.class_digests(_STARTER.codes)),
  ))


def _write(folder, made=None, **style):
  return generation_files.write(
      folder, made or _made(), generation_files.Style(**{
          'qpm': 96.0, 'dynamics': None, 'zipped': False, 'name': 'vae_seed3',
      } | style), _STARTER, {'seed': 3}, _DIGESTS,
  )


def _contents(folder):
  return {
      str(path.relative_to(folder)): path.read_bytes()
      for path in folder.rglob('*') if path.is_file()
  }


def _patterns_of(data):
  return note_sequences.to_patterns(note_seq.midi_to_note_sequence(data))


def _ticks(data):
  file = mido.MidiFile(file=io.BytesIO(data))
  (track,) = file.tracks
  assert file.ticks_per_beat == 480
  return sum(message.time for message in track)


def test_midi_files_hold_the_beats(tmp_path):
  made = _made()
  paths = _write(tmp_path, made)
  assert paths[0] == tmp_path / 'midi'
  files = sorted((tmp_path / 'midi').iterdir())
  assert [file.name for file in files] == [
      f'vae_seed3-{i:03}-of-004.mid' for i in range(1, 5)
  ]
  for file, beat in zip(files, made.hits):
    sequence = note_seq.midi_file_to_note_sequence(str(file))
    np.testing.assert_array_equal(note_sequences.to_patterns(sequence), [beat])
    assert sequence.tempos[0].qpm == pytest.approx(96, abs=1e-3)
    assert _ticks(file.read_bytes()) == 8 * 480
    (track,) = mido.MidiFile(file).tracks
    assert track.name == file.stem


def test_zip_holds_the_files_that_a_folder_does(tmp_path):
  _write(tmp_path / 'folder')
  paths = _write(tmp_path / 'zip', zipped=True)
  assert paths[0] == tmp_path / 'zip' / 'midi.zip'
  assert not (tmp_path / 'zip' / 'midi').exists()
  with zipfile.ZipFile(paths[0]) as archive:
    members = {name: archive.read(name) for name in archive.namelist()}
    assert archive.testzip() is None
  assert members == _contents(tmp_path / 'folder' / 'midi')
  assert len(members) == 4


@pytest.mark.parametrize('count', [1, 5])
def test_walk_is_one_file_exactly_as_long_as_its_bars(tmp_path, count):
  hits = np.repeat(_beats()[:1], count, axis=0)
  # A silent end shortens nothing.
  hits[-1, 20:] = False
  made = ways.Generated(latents=np.zeros((count, 2)), hits=hits)
  paths = _write(tmp_path, made, as_one=True)
  assert paths[0] == tmp_path / 'walk.mid'
  assert not (tmp_path / 'midi').exists()
  data = paths[0].read_bytes()
  assert _ticks(data) == count * 2 * 4 * 480
  np.testing.assert_array_equal(_patterns_of(data), hits)


def test_tsv_and_records_hold_the_beats_in_order(tmp_path):
  made = _made(samples=False)
  _write(tmp_path, made)
  back = dataset_tsv.read(tmp_path / 'patterns.tsv')
  np.testing.assert_array_equal(
      back.codes, step_codes.hits_to_step_codes(made.hits)
  )
  np.testing.assert_array_equal(back.latents, made.latents)
  assert back.coordinates is None
  sequences = [
      note_seq.NoteSequence.FromString(record)
      for record in tfrecords.read(tmp_path / 'patterns.tfrecord')
  ]
  assert len({sequence.id for sequence in sequences}) == 4
  for sequence, beat in zip(sequences, made.hits, strict=True):
    np.testing.assert_array_equal(note_sequences.to_patterns(sequence), [beat])
    assert sequence.tempos[0].qpm == 96


def test_records_are_played_as_the_midi_files_are(tmp_path):
  played = dynamics.Dynamics(accents=True, swing=0.4)
  made = _made(samples=False)
  _write(tmp_path, made, dynamics=played)
  for record, beat in zip(
      tfrecords.read(tmp_path / 'patterns.tfrecord'), made.hits, strict=True
  ):
    sequence = note_seq.NoteSequence.FromString(record)
    expected = note_sequences.from_patterns(beat, qpm=96, dynamics=played)
    assert sequence.notes == expected.notes


def test_beat_swings_as_the_genre_of_the_nearest_known_one(tmp_path):
  genres = [next(iter(genres), '') for genres in _STARTER.genres]
  rows = [genres.index(genre) for genre in ('soul', 'rock', 'funk')]
  hits = step_codes.step_codes_to_hits(_STARTER.codes[rows])
  hits[:, 1::2, 3] = True  # far from being another's
  made = ways.Generated(latents=np.zeros((len(hits), 2)), hits=hits)
  _write(tmp_path / 'each', made, dynamics=dynamics.Dynamics(swing='auto'))
  _write(
      tmp_path / 'walk', made, as_one=True,
      dynamics=dynamics.Dynamics(swing='auto'),
  )
  lines = (tmp_path / 'each' / 'nearest.tsv').read_text().splitlines()[1:]
  swings = [
      genre_swings.of_genre(line.split('\t')[4].partition(':')[0])
      for line in lines
  ]
  files = sorted((tmp_path / 'each' / 'midi').iterdir())
  expected = [
      midi_writing.patterns_to_midi(
          beat, qpm=96, dynamics=dynamics.Dynamics(swing=swing),
          name=path.stem,
      ) for path, beat, swing in zip(files, hits, swings)
  ]
  assert [path.read_bytes() for path in files] == expected
  assert len(set(swings)) > 1
  walk = note_seq.midi_to_note_sequence(
      (tmp_path / 'walk' / 'walk.mid').read_bytes()
  )
  step = 60 / 96 / 4
  starts = np.array([note.start_time for note in walk.notes]) / step
  # Each third is as late as its own beat's.
  for number, swing in enumerate(swings):
    own = starts[(starts >= 32 * number) & (starts < 32 * (number + 1))]
    late = own[np.floor(own + 1e-3) % 2 == 1] % 1
    np.testing.assert_allclose(late, swing / 3, atol=0.01)


def test_draws_have_the_published_form(tmp_path):
  made = _made()
  paths = _write(tmp_path, made)
  raw = (tmp_path / 'sampled_raw.tsv').read_text().splitlines()
  filtered = (tmp_path / 'sampled_filtered.tsv').read_text().splitlines()
  assert tmp_path / 'sampled_raw.tsv' in paths
  for line, codes, z in zip(
      raw, made.samples.codes, made.samples.latents, strict=True
  ):
    first, second = line.split('\t')
    assert first == ','.join(map(str, codes))
    assert list(map(float, second.split(','))) == z.tolist()
  # The first is known and the last is silent; one stands there twice.
  assert made.samples.passing.tolist() == [False, True, True, True, True, False]
  assert filtered == raw[1:5]
  assert filtered[2].split('\t')[0] == filtered[3].split('\t')[0]


def test_what_was_not_drawn_has_no_draws(tmp_path):
  paths = _write(tmp_path, _made(samples=False))
  names = {path.name for path in paths}
  assert names == {path.name for path in tmp_path.iterdir()}
  assert names == {
      'midi', 'patterns.tsv', 'patterns.tfrecord', 'nearest.tsv',
      'manifest.json',
  }


def test_nearest_is_that_of_comparing_all(tmp_path):
  made = _made()
  _write(tmp_path, made)
  lines = (tmp_path / 'nearest.tsv').read_text().splitlines()
  assert lines[0] == (
      'index\tverdict\tdistance\tnearest_step_codes\tgenres\tsources\tqpm'
  )
  rows = [line.split('\t') for line in lines[1:]]
  known = step_codes.step_codes_to_hits(_STARTER.codes)
  for number, (row, beat) in enumerate(zip(rows, made.hits, strict=True), 1):
    bits = min(
        (np.roll(beat, shift, axis=0) != known).sum((1, 2)).min()
        for shift in range(32)
    )
    verdict = 'copy' if bits == 0 else 'near' if bits <= 4 else 'novel'
    assert row[:3] == [str(number), verdict, str(bits)]
    index = _STARTER.codes.tolist().index(list(map(int, row[3].split(','))))
    assert min(
        (np.roll(beat, shift, axis=0) != known[index]).sum()
        for shift in range(32)
    ) == bits
    (genre,) = _STARTER.genres[index]
    assert row[4] == f'{genre}:1'
    assert json.loads(row[5]) == list(_STARTER.input_ids[index])
    assert float(row[6]) == _STARTER.tempos[index].mean()
  assert [row[1] for row in rows] == ['copy', 'near', 'near', 'novel']


def test_reference_without_origin_leaves_columns_empty(tmp_path):
  bare = examples.make(_STARTER.codes[:9])
  generation_files.write(
      tmp_path, _made(), generation_files.Style(
          qpm=120.0, dynamics=None, zipped=True, name='x'
      ), bare, {}, {},
  )
  lines = (tmp_path / 'nearest.tsv').read_text().splitlines()[1:]
  assert len(lines) == 4
  assert all(line.endswith('\t\t[]\t') for line in lines)


def test_manifest_says_what_was_asked_for(tmp_path):
  _write(tmp_path)
  manifest = json.loads((tmp_path / 'manifest.json').read_text())
  assert manifest['arguments'] == {'seed': 3}
  assert manifest['digests'] == _DIGESTS


@pytest.mark.parametrize('zipped', [False, True])
def test_same_beats_give_the_same_bytes(tmp_path, zipped):
  played = dynamics.Dynamics(accents=True, swing=0.5, humanize=1, seed=4)
  for name in ('a', 'b'):
    _write(tmp_path / name, zipped=zipped, dynamics=played)
  assert _contents(tmp_path / 'a') == _contents(tmp_path / 'b')
  _write(tmp_path / 'c', zipped=zipped)
  plain = _contents(tmp_path / 'c')
  differ = {
      name for name, data in _contents(tmp_path / 'a').items()
      if hashlib.sha256(data).digest() != hashlib.sha256(plain[name]).digest()
  }
  # What sounds is played, what a model learns from is as it was.
  assert 'patterns.tfrecord' in differ
  assert all('midi' in name for name in differ - {'patterns.tfrecord'})


def test_played_beats_are_still_the_beats(tmp_path):
  played = dynamics.Dynamics(accents=True, swing=1, humanize=1)
  made = _made()
  _write(tmp_path, made, dynamics=played)
  velocities = set()
  for file, beat in zip(sorted((tmp_path / 'midi').iterdir()), made.hits):
    sequence = note_seq.midi_file_to_note_sequence(str(file))
    np.testing.assert_array_equal(note_sequences.to_patterns(sequence), [beat])
    velocities |= {note.velocity for note in sequence.notes}
  assert len(velocities) > 5


def test_place_that_can_not_be_written_is_named(tmp_path):
  (tmp_path / 'file').touch()
  with pytest.raises(errors.OutputError, match="can't write .*file"):
    _write(tmp_path / 'file')
  assert not (tmp_path / 'file').read_bytes()


def test_failed_run_leaves_no_midi(tmp_path):
  (tmp_path / 'patterns.tsv').mkdir()
  with pytest.raises(errors.OutputError, match='a folder has this name'):
    _write(tmp_path)
  assert [path.name for path in tmp_path.iterdir()] == ['patterns.tsv']


def test_second_run_leaves_its_own_midi_alone(tmp_path):
  _write(tmp_path)
  fewer = ways.Generated(
      latents=np.zeros((2, 4)), hits=_beats()[:2]
  )
  _write(tmp_path, fewer)
  assert len(list((tmp_path / 'midi').iterdir())) == 2


def test_name_does_not_lead_out_of_the_folder(tmp_path):
  folder = tmp_path / 'a' / 'b'
  made = ways.Generated(
      latents=np.zeros((1, 4)),
      hits=drawn_patterns.hits_of(kick=(0, 3), snare=(8,))[None],
  )
  _write(folder, made, name='../../escaped')
  assert not list(tmp_path.glob('a/*.mid')) + list(tmp_path.glob('*.mid'))


def test_two_runs_in_one_folder_are_not_mixed(tmp_path):
  (tmp_path / 'midi').mkdir()
  (tmp_path / 'midi' / 'mine.mid').write_bytes(b'own')
  (tmp_path / 'walk.mid').write_bytes(b'own')
  _write(tmp_path)
  # It was there before any run.
  assert (tmp_path / 'walk.mid').read_bytes() == b'own'
  (tmp_path / 'walk.mid').unlink()
  for style, made in (
      ({'as_one': True}, _made(samples=False)), ({'zipped': True}, _made()),
      ({'name': 'acai_vary_seed0'}, _made(samples=False)), ({}, _made()),
  ):
    alone = tmp_path / 'alone' / str(sorted(style))
    _write(alone, made, **style)
    _write(tmp_path, made, **style)
    there = {
        path.relative_to(alone).as_posix() for path in alone.rglob('*')
        if path.is_file()
    }
    assert there | {'midi/mine.mid'} == {
        path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob('*')
        if path.is_file() and 'alone' not in path.parts
    }
