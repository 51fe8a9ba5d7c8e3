"""Tests for sequence_audio; cli/test_convert.py has what is heard of it."""

import drawn_patterns
import note_seq
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import drum_maps
from drumspace_ext.sound import rendering
from drumspace_ext.sound import sequence_audio

_BEAT = drawn_patterns.hits_of(kick=(0, 16), snare=(8,), closed_hat=(28,))


def test_pattern_as_a_note_sequence_sounds_as_itself():
  sequence = note_sequences.from_patterns(_BEAT, qpm=120)
  whole = sequence_audio.song(sequence).samples()
  pattern = rendering.render(_BEAT, qpm=120, loop=False)
  end = min(len(whole), len(pattern)) - 400
  np.testing.assert_allclose(whole[:end], pattern[:end], atol=1e-6)


def test_drum_map_and_assume_drums_tell_what_is_heard():
  sequence = note_seq.NoteSequence(total_time=1)
  sequence.notes.add(pitch=58, velocity=90, start_time=0.5, end_time=1)
  with pytest.raises(errors.RejectedInputError, match='no_drum_notes'):
    sequence_audio.song(sequence).samples()
  roland = drum_maps.load('roland')
  assert roland.voice_of_pitch[58] >= 0
  heard = sequence_audio.song(
      sequence, drum_map=roland, assume_drums=True
  ).samples()
  start = rendering.SAMPLE_RATE // 2
  assert not heard[:start].any()
  assert np.abs(heard[start:start + 400]).max() > 0.1


@pytest.mark.parametrize('time, reason', [
    (float('nan'), 'bad_times'), (float('inf'), 'bad_times'),
    (3601.0, 'too_large'), (1e300, 'too_large'),
])
def test_times_beyond_audio_are_a_rejection(time, reason):
  for field in ('total_time', 'note'):
    sequence = note_sequences.from_patterns(_BEAT)
    if field == 'note':
      sequence.notes[0].start_time = time
    else:
      sequence.total_time = time
    for render in (
        sequence_audio.song, lambda s: sequence_audio.song_by(None, s)
    ):
      with pytest.raises(errors.RejectedInputError, match=reason):
        render(sequence)
