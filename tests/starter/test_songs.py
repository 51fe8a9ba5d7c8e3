"""Tests for songs."""

import functools

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import note_seq
import numpy as np
import pytest

from drumspace_ext.dataset import creation as dataset_creation
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.extraction import genres
from drumspace_ext.extraction import one_input
from drumspace_ext.files import tfrecords
from drumspace_ext.notes import midi_writing
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import step_codes
from drumspace_ext.starter import beats as starter_beats
from drumspace_ext.starter import songs as starter_songs

_SEEDS = (0, 1, 12345)


@functools.cache
def _songs(seed):
  """Songs as bytes, which no test can change for another."""
  return tuple(
      song.SerializeToString(deterministic=True)
      for song in starter_songs.songs(seed=seed)
  )


def _classes(codes):
  return {row.tobytes() for row in step_codes.canonical(np.array(codes))}


@functools.cache
def _collection():
  return _classes([
      step_codes.hits_to_step_codes(beat.hits)
      for beat in starter_beats.load()
  ])


def _found(results):
  """Returns the rotation classes of some extracted inputs."""
  phases = []
  for result in results:
    assert result.reason is None, result
    phases += [
        step_codes.bytes_to_codes(loop.phase) for loop in result.loop_counts
    ]
  return _classes(phases)


@given(
    first=st.integers(0, 400), count=st.integers(1, 3), seed=st.integers(0, 99)
)
@settings(max_examples=40)
def test_song_of_any_beats_holds_these_beats_and_no_other(first, count, seed):
  beats = starter_beats.load()[first:first + count]
  if not beats:
    return
  song = starter_songs.song(beats, 7, np.random.default_rng(seed))
  result = one_input.extract_record(
      song.SerializeToString(), '', one_input.Recipe()
  )
  assert _found([result]) == _classes([
      step_codes.hits_to_step_codes(beat.hits) for beat in beats
  ])


@pytest.mark.parametrize('seed', _SEEDS)
def test_records_of_the_songs_give_exactly_the_collection(seed):
  recipe = one_input.Recipe()
  results = [
      one_input.extract_record(record, str(number), recipe)
      for number, record in enumerate(_songs(seed))
  ]
  assert _found(results) == _collection()
  assert len(_collection()) == len(starter_beats.load())
  assert sum(result.counts['trivial'] for result in results) == 0
  assert not any(result.dropped_pitches for result in results)


@pytest.mark.parametrize('seed', _SEEDS)
def test_midi_files_of_the_songs_give_exactly_the_collection(seed):
  recipe = one_input.Recipe()
  results = [
      one_input.extract_midi(
          midi_writing.note_sequence_to_midi(
              note_seq.NoteSequence.FromString(record)
          ), str(number), recipe,
      )
      for number, record in enumerate(_songs(seed))
  ]
  assert _found(results) == _collection()


@pytest.mark.parametrize('seed', _SEEDS)
def test_dataset_of_the_songs_is_exactly_the_collection(seed, tmp_path):
  with (tmp_path / 'songs.tfrecord').open('wb') as stream:
    tfrecords.write(stream, _songs(seed))
  created = dataset_creation.create(
      [str(tmp_path / 'songs.tfrecord')], tmp_path / 'dataset',
      recipe=one_input.Recipe(), num_workers=0,
  )
  codes = dataset_tsv.read(created.paths['dataset.tsv']).codes
  assert len(codes) == len(starter_beats.load())
  assert _classes(codes) == _collection()
  assert created.report['kept'] == created.report['inputs'] == (
      len(_songs(seed))
  )


@pytest.mark.parametrize('seed', _SEEDS)
def test_songs_have_what_makes_extraction_hard(seed):
  pauses = 0
  for record in _songs(seed):
    song = note_seq.NoteSequence.FromString(record)
    assert len({tempo.qpm for tempo in song.tempos}) >= 2
    meters = [(m.numerator, m.denominator) for m in song.time_signatures]
    assert meters[:3] == [(4, 4), (3, 4), (4, 4)]
    # The waltz sounds.
    start, end = (song.time_signatures[i].time for i in (1, 2))
    assert sum(start <= n.start_time < end - 1e-6 for n in song.notes) >= 12
    onsets = note_sequences.to_onsets(song)
    pauses += int((np.diff(np.sort(onsets.quarters)) > 8).any())
    # A loop is played through a change of tempo.
    assert any(
        0 < tempo.time < song.total_time for tempo in song.tempos
    )
  assert pauses >= len(_songs(seed)) / 2


def test_loops_are_played_at_more_than_one_tempo():
  results = [
      one_input.extract_record(record, '', one_input.Recipe())
      for record in _songs(0)
  ]
  loops = [loop for result in results for loop in result.loop_counts]
  assert all(loop.max_qpm > loop.min_qpm for loop in loops)
  assert all(loop.num_repeats >= 3 for loop in loops)


def test_same_seed_makes_the_same_bytes_and_another_seed_others():
  again = tuple(
      song.SerializeToString(deterministic=True)
      for song in starter_songs.songs(seed=1)
  )
  assert again == _songs(1)
  assert all(one != other for one, other in zip(_songs(0), _songs(1)))
  assert len(_songs(0)) == len(_songs(1))


def test_songs_are_named_and_labelled_by_genre():
  ids, names = set(), set()
  for record in _songs(0):
    song = note_seq.NoteSequence.FromString(record)
    (genre,) = song.sequence_metadata.genre
    assert genre in genres.NAMES
    assert song.filename.startswith(f'{genre}/')
    assert song.collection_name == 'starter'
    ids.add(song.id)
    names.add(song.filename)
  assert len(ids) == len(names) == len(_songs(0))


def test_song_of_one_beat_by_hand():
  (beat,) = [
      b for b in starter_beats.load()
      if b.name == 'Basic eighth-note rock beat'
  ]
  song = starter_songs.song([beat], 3, np.random.default_rng(0))
  assert song.filename == 'rock/song_003.mid'
  assert [t.qpm for t in song.tempos] == [beat.qpm, beat.qpm + 1]
  # The count-in is four hats in the first bar, then the beat.
  seconds_per_step = 60 / beat.qpm / 4
  steps = [
      (round(n.start_time / seconds_per_step), n.pitch)
      for n in song.notes if n.start_time < 17.5 * seconds_per_step
  ]
  assert steps == [
      (0, 42), (4, 42), (8, 42), (12, 42), (16, 36), (16, 42)
  ]
  assert song.total_time >= max(n.end_time for n in song.notes) - 1e-9
