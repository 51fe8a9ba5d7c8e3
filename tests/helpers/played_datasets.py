"""Datasets of MIDI files that are played, by rule and by chance."""

import pathlib

import numpy as np

from drumspace_ext.dataset import creation
from drumspace_ext.notes import midi_writing
from drumspace_ext.patterns import dynamics
from drumspace_ext.patterns import grooves


def dynamics_of(
    velocities: np.ndarray, offsets: np.ndarray
) -> dynamics.Dynamics:
  """Returns what plays every pattern alike, of two arrays `[32, 14]`."""
  return dynamics.Dynamics(groove=lambda asked: grooves.Groove(
      velocities=np.broadcast_to(velocities, asked.shape),
      offsets=np.broadcast_to(offsets, asked.shape),
  ))


def midi(
    hits: np.ndarray, velocities: np.ndarray, offsets: np.ndarray,
    repeats: int = 4,
) -> bytes:
  """Returns a pattern as a file that plays it so, of arrays `[32, 14]`."""
  return midi_writing.patterns_to_midi(
      hits, repeats=repeats, dynamics=dynamics_of(velocities, offsets)
  )


def write_songs(folder: pathlib.Path, count: int, seed: int = 0) -> None:
  """Writes files whose hats are loud on beats, late between, and vary."""
  rng = np.random.default_rng(seed)
  for number in range(count):
    hits = np.zeros((32, 14), np.bool_)
    hits[::2, 2] = True
    hits[rng.integers(32, size=6), rng.integers(14, size=6)] = True
    velocities = np.full((32, 14), 60.0)
    velocities[::4] = 110
    velocities += np.rint(rng.normal(0, 6, velocities.shape))
    offsets = rng.normal(0, 0.03, velocities.shape)
    offsets[2::4] += 0.2
    (folder / f'{number:03}.mid').write_bytes(
        midi(hits, velocities, offsets)
    )


def make(folder: pathlib.Path, count: int, seed: int = 0) -> pathlib.Path:
  """Returns the folder of the dataset of such files."""
  songs = folder / 'songs'
  songs.mkdir(parents=True)
  write_songs(songs, count, seed)
  return creation.create_dataset([str(songs)], folder / 'ds').output_dir


def make_random(
    folder: pathlib.Path, count: int, *, dynamic: bool, timed: bool
) -> pathlib.Path:
  """Returns the folder of a dataset of files played by chance.

  Args:
    folder: Where they are made.
    count: How many.
    dynamic: Whether velocities differ.
    timed: Whether anything is off the grid.
  """
  songs = folder / 'songs'
  songs.mkdir(parents=True)
  rng = np.random.default_rng(count)
  for number in range(count):
    hits = np.zeros((32, 14), np.bool_)
    hits[::4, 2] = True
    hits[rng.integers(32, size=5), rng.integers(14, size=5)] = True
    (songs / f'{number:03}.mid').write_bytes(midi(
        hits, np.rint(80 + 40 * dynamic * rng.uniform(-1, 1, hits.shape)),
        0.2 * timed * rng.uniform(-1, 1, hits.shape),
    ))
  return creation.create_dataset([str(songs)], folder / 'ds').output_dir
