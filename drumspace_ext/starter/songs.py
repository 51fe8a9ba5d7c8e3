"""Starter songs: the collection played as songs, as people hand them in.

A song has an intro, verses that repeat one beat each, fills between them, a
change of tempo, a bridge in 3/4 and a pause. Extraction from the songs gives
back exactly the rotation classes of the collection: fills and bridge are never
played three times in a row.
"""

from collections.abc import Iterator
from collections.abc import Sequence
import typing

import numpy as np

from drumspace_ext.notes import music_proto
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices
from drumspace_ext.starter import beats as starter_beats

if typing.TYPE_CHECKING:
  import note_seq

PATTERNS_PER_SONG = 3
_FILL_VOICES = ('snare', 'high_tom', 'low_tom', 'floor_tom')
_PAUSE_BARS = 3
_BRIDGE_QUARTERS = 12
_STEP_QUARTERS = 1 / step_codes.STEPS_PER_QUARTER
_COLLECTION = 'starter'


class _Writer:
  """Writes drums into a NoteSequence, at a position in quarter notes."""

  def __init__(
      self, song_id: str, filename: str, genre: str,
      rng: np.random.Generator,
  ):
    self.sequence = music_proto.note_sequence_class()(
        id=song_id, filename=filename, collection_name=_COLLECTION,
        ticks_per_quarter=note_sequences.TICKS_PER_QUARTER,
    )
    self.sequence.sequence_metadata.genre.append(genre)
    self._rng = rng
    self._seconds = 0.0
    self._qpm = 0.0

  def set_qpm(self, qpm: float) -> None:
    if qpm != self._qpm:
      self.sequence.tempos.add(time=self._seconds, qpm=qpm)
      self._qpm = qpm

  def set_meter(self, numerator: int) -> None:
    self.sequence.time_signatures.add(
        time=self._seconds, numerator=numerator, denominator=4
    )

  def skip(self, quarters: float) -> None:
    self._seconds += quarters * 60 / self._qpm
    self.sequence.total_time = self._seconds

  def play(self, rows: np.ndarray) -> None:
    """Plays rows of hits, bool `[num_steps, 14]`, a step each."""
    seconds_per_step = 60 / self._qpm * _STEP_QUARTERS
    for step, voice in np.argwhere(rows).tolist():
      start = self._seconds + step * seconds_per_step
      self.sequence.notes.add(
          start_time=start, end_time=start + seconds_per_step,
          pitch=voices.EXEMPLAR_PITCHES[voice],
          velocity=int(self._rng.integers(70, 120)),
          instrument=note_sequences.DRUM_INSTRUMENT, is_drum=True,
      )
    self.skip(len(rows) * _STEP_QUARTERS)


def _fill(rng: np.random.Generator) -> np.ndarray:
  """Makes a bar of toms and snare with every step struck differently."""
  rows = np.zeros((step_codes.STEPS_PER_BAR, step_codes.NUM_VOICES), np.bool_)
  choice = rng.integers(0, len(_FILL_VOICES), step_codes.STEPS_PER_BAR)
  for step, voice in enumerate(choice.tolist()):
    rows[step, voices.INDEX[_FILL_VOICES[voice]]] = True
  rows[0, voices.INDEX['crash']] = True
  return rows


def song(
    beats: Sequence[starter_beats.StarterPattern], number: int,
    rng: np.random.Generator,
) -> 'note_seq.NoteSequence':
  """Plays some beats as one song.

  Args:
    beats: One to three patterns of one genre.
    number: The number of the song, for its name.
    rng: Draws fills, velocities and numbers of repeats.

  Returns:
    A NoteSequence with tempo and meter changes.
  """
  genre = beats[0].genre
  filename = f'{genre}/song_{number:03}.mid'
  writer = _Writer(f'/id/starter/{number:03}', filename, genre, rng)
  qpm = beats[0].qpm
  writer.set_qpm(qpm)
  writer.set_meter(4)
  # Intro: the drummer counts in on the closed hat.
  count_in = np.zeros(
      (step_codes.STEPS_PER_BAR, step_codes.NUM_VOICES), np.bool_
  )
  count_in[::4, voices.INDEX['closed_hat']] = True
  writer.play(count_in)
  for verse, beat in enumerate(beats):
    writer.set_qpm(qpm + 2 * verse)
    for repeat in range(int(rng.integers(4, 7))):
      # Bands speed up: a change of tempo inside the loop must not break it.
      if repeat == 2:
        writer.set_qpm(qpm + 2 * verse + 1)
      writer.play(beat.hits)
    writer.play(_fill(rng))
    if verse == 0:
      _bridge(writer)
    else:
      writer.skip(4 * _PAUSE_BARS)
  writer.play(_fill(rng))
  return writer.sequence


def _bridge(writer: _Writer) -> None:
  """Plays a waltz, which is no pattern of two bars of 4/4."""
  waltz = np.zeros((12, step_codes.NUM_VOICES), np.bool_)
  waltz[0, voices.INDEX['kick']] = True
  waltz[[4, 8], voices.INDEX['ride']] = True
  writer.set_meter(3)
  for _ in range(_BRIDGE_QUARTERS // 3):
    writer.play(waltz)
  writer.set_meter(4)


def songs(*, seed: int = 0) -> 'Iterator[note_seq.NoteSequence]':
  """Yields the whole collection as songs, NoteSequences, genre by genre.

  Args:
    seed: Of fills, velocities and numbers of repeats.
  """
  by_genre: dict[str, list] = {}
  for beat in starter_beats.load():
    by_genre.setdefault(beat.genre, []).append(beat)
  number = 0
  for genre in sorted(by_genre):
    beats = by_genre[genre]
    for i in range(0, len(beats), PATTERNS_PER_SONG):
      number += 1
      # A song of its own generator stays the same when others are added.
      rng = np.random.default_rng([seed, number])
      yield song(beats[i:i + PATTERNS_PER_SONG], number, rng)
