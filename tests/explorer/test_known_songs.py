"""The page in a browser: songs made of its beats, dropped on its map."""

import numpy as np
import pytest

from drumspace_ext.notes import midi_writing
from drumspace_ext.starter import songs as starter_songs

pytestmark = pytest.mark.browser

_NUM_RECOGNISED = 148
_INTRO_QUARTERS = 7


def _recognised(page, folder, songs):
  """Opens songs one by one; returns those whose first loop is known."""
  field = page.window.driver.find_element('id', 'open')
  found = []
  for i, song in enumerate(songs):
    path = folder / f'tune {i} here.mid'
    path.write_bytes(midi_writing.note_sequence_to_midi(song))
    field.send_keys(str(path))
    found.append(page.run("""
      await until(() => byId('status').textContent.includes(args[0]));
      await rest();
      return deck.current.origin?.layer === 0 &&
        byId('badge').dataset.word === 'known' &&
        !byId('plausible').textContent;""", path.name))
  return found


def _with_intro(song, rng):
  """Returns a song behind an intro that ends in the middle of a bar."""
  late = type(song)()
  late.CopyFrom(song)
  pause = _INTRO_QUARTERS * 60 / song.tempos[0].qpm
  for events in (late.tempos, late.time_signatures):
    for event in events:
      if event.time:
        event.time += pause
  for note in late.notes:
    note.start_time += pause
    note.end_time += pause
  for start in np.arange(0, pause - 1e-6, 60 / song.tempos[0].qpm / 2):
    late.notes.add(
        start_time=float(start), end_time=float(start) + 0.1,
        pitch=int(rng.choice([38, 41, 45, 49])), velocity=90, is_drum=True,
        instrument=song.notes[0].instrument,
    )
  late.total_time += pause
  return late


def test_songs_of_known_beats_are_recognised(page, tmp_path):
  songs = list(starter_songs.songs(seed=0))
  found = _recognised(page, tmp_path, songs)
  assert len(found) >= _NUM_RECOGNISED and sum(found) >= min(
      _NUM_RECOGNISED, len(found)
  )


def test_songs_behind_an_intro_are_recognised(page, tmp_path):
  rng = np.random.default_rng(0)
  songs = list(starter_songs.songs(seed=1))[::15][:10]
  found = _recognised(
      page, tmp_path, [_with_intro(song, rng) for song in songs]
  )
  assert found == [True] * 10
