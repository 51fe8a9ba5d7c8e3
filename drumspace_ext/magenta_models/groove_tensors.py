"""Groove tensors: patterns and how they are played, as GrooVAE has them.

A step of a *groove tensor* is three numbers a class, all first ones first:
whether it is struck (0 or 1), its velocity (0 to 1, of 127) and its offset (-1
to 1, in half steps). Magenta counts an offset the other way round than we do:
what is early is above 0. Where nothing is struck all three are 0.

The classes are those of GrooVAE (`CLASSES`, the drum map `groovae9`), or other
voices by name, as all 14 (`voices.NAMES`). A voice without a class is folded
into the one that `groovae9` writes it as; of several on one step the loudest
counts, of those the earliest. Source: GrooveConverter and
ROLAND_DRUM_PITCH_CLASSES of magenta.models.music_vae.data (2.1.4).
"""

from collections.abc import Sequence
import functools

import numpy as np

from drumspace_ext import errors
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import grooves
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices

DRUM_MAP = 'groovae9'
# Theirs: kick, snare, closed and open hi-hat, low, mid and high tom, crash,
# ride.
CLASSES = ('kick', 'snare', 'closed_hat', 'open_hat', 'floor_tom', 'low_tom',
           'high_tom', 'crash', 'ride')
# Hits, velocities and offsets.
NUM_PARTS = 3
_MAX_VELOCITY = 127
_HALF_STEPS = 2


@functools.cache
def drum_map() -> drum_maps.DrumMap:
  """Returns GrooVAE's drum map; pitches that it lacks are read as gm14's."""
  own = drum_maps.load(DRUM_MAP)
  known = {pitch for row in own.pitches for pitch in row}
  return drum_maps.DrumMap(
      name=own.name, write_as=own.write_as, source=own.source, pitches=tuple(
          (*row, *(pitch for pitch in more if pitch not in known))
          for row, more in zip(own.pitches, voices.PITCHES.values())
      ),
  )


def _owners(names: Sequence[str]) -> list[list[int]]:
  """Returns for each class the voices that are folded into it."""
  targets = drum_maps.load(DRUM_MAP).write_as
  own = [voices.INDEX[name] for name in names]
  rows = [[voice] for voice in own]
  for voice, target in enumerate(targets):
    if voice not in own and target in own:
      rows[own.index(target)].append(voice)
  return rows


def of_patterns(
    hits: np.ndarray, groove: grooves.Groove, names: Sequence[str] = CLASSES
) -> np.ndarray:
  """Returns patterns and how they are played as groove tensors.

  Args:
    hits: bool `[..., 32, 14]`.
    groove: How they are played, in arrays of this shape.
    names: Voices of the classes.

  Returns:
    float32 `[..., 32, 3 * num_classes]`.
  """
  step_codes.validate(hits)
  result = np.zeros((*hits.shape[:-1], NUM_PARTS, len(names)), np.float32)
  for number, owners in enumerate(_owners(names)):
    struck = hits[..., owners]
    velocities = np.where(struck, groove.velocities[..., owners], -1.0)
    offsets = np.where(struck, groove.offsets[..., owners], 0.0)
    # Ascending: the loudest, of those the earliest, is the last.
    last = np.lexsort((-offsets, velocities), axis=-1)[..., -1:]
    there = struck.any(-1)
    result[..., 0, number] = there
    for part, values, scale in (
        (1, velocities, 1 / _MAX_VELOCITY), (2, offsets, -_HALF_STEPS)
    ):
      chosen = np.take_along_axis(values, last, -1)[..., 0]
      result[..., part, number] = np.where(there, chosen * scale, 0.0)
  return result.reshape(*hits.shape[:-1], NUM_PARTS * len(names))


def to_patterns(
    tensors: np.ndarray, names: Sequence[str] = CLASSES
) -> tuple[np.ndarray, grooves.Groove]:
  """Returns (hits, groove) of groove tensors.

  A class is struck above 0.5, as Magenta has it; velocities are whole numbers
  from 1, offsets within half a step, whatever a model gives.

  Args:
    tensors: float `[..., 32, 3 * num_classes]`.
    names: Voices of the classes.

  Returns:
    bool `[..., 32, 14]`, and the groove in arrays of this shape.

  Raises:
    PatternError: If the shape is another one.
  """
  tensors = np.asarray(tensors, np.float64)
  shape = step_codes.NUM_STEPS, NUM_PARTS * len(names)
  if tensors.shape[-2:] != shape:
    raise errors.PatternError(
        f'expected groove tensors {list(shape)} of {len(names)} classes, got '
        f'{list(tensors.shape)}.'
    )
  parts = tensors.reshape(*tensors.shape[:-1], NUM_PARTS, len(names))
  own = [voices.INDEX[name] for name in names]
  hits = np.zeros((*tensors.shape[:-1], voices.NUM_VOICES), np.bool_)
  velocities, offsets = np.ones(hits.shape), np.zeros(hits.shape)
  hits[..., own] = parts[..., 0, :] > 0.5
  velocities[..., own] = np.clip(
      np.rint(np.nan_to_num(parts[..., 1, :]) * _MAX_VELOCITY),
      1, _MAX_VELOCITY,
  )
  offsets[..., own] = np.clip(
      -np.nan_to_num(parts[..., 2, :]) / _HALF_STEPS, -0.5, 0.5
  )
  return hits, grooves.Groove(velocities=velocities, offsets=offsets)
