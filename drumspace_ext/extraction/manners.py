"""Manners: how a whole MIDI file is played, for others to be played so."""

import pathlib

import numpy as np

from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext.extraction import played_grooves
from drumspace_ext.files import midi_kinds
from drumspace_ext.files import reader_faults
from drumspace_ext.notes import grids
from drumspace_ext.notes import midi_reading
from drumspace_ext.notes import onsets as onsets_lib
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import groove_sums
from drumspace_ext.patterns import map_fit
from drumspace_ext.patterns import step_codes


def of_onsets(
    onsets: onsets_lib.DrumOnsets, drum_map: drum_maps.DrumMap | None = None
) -> np.ndarray:
  """Returns how all bars in 4/4 of an input are played, two bars as one.

  Args:
    onsets: Its drum notes.
    drum_map: How pitches are read; `gm14` if None.

  Returns:
    int64 `[5, 32, 14]`, see `groove_sums`.

  Raises:
    RejectedInputError: If its times are unusable.
  """
  drum_map = map_fit.chosen(
      drum_map or drum_maps.load(drum_maps.GM14), onsets.pitches
  )
  pieces = grids.cut(onsets, drum_map.code_of_pitch)
  if not len(pieces.steps):
    return groove_sums.no_cells()
  ends = np.append(pieces.starts[1:], len(pieces.steps)) - 1
  firsts, lasts = pieces.steps[pieces.starts], pieces.steps[ends]
  return played_grooves.cells([played_grooves.Input(onsets, pieces, [
      (first, last - first + 1, first % step_codes.NUM_STEPS, 0)
      for first, last in zip(firsts.tolist(), lasts.tolist())
  ])], 1)[:, 0]


def read(
    path: pathlib.Path, drum_map: drum_maps.DrumMap | None = None
) -> np.ndarray:
  """Returns how a MIDI file is played, two bars as one.

  Args:
    path: The file.
    drum_map: How its pitches are read; `gm14` if None.

  Returns:
    int64 `[5, 32, 14]`, see `groove_sums`.

  Raises:
    InputError: If the file can't be read, or holds no drums in 4/4.
  """
  try:
    data = midi_kinds.read(str(path))
    with reader_faults.rejected():
      cells = of_onsets(midi_reading.read_onsets(data), drum_map)
  except OSError as e:
    raise errors.InputError(
        f"--groove: {path} can't be read: {e.strerror}. Name a groove model, a "
        f'MIDI file, a dataset, or {defaults.GROOVE}.'
    ) from e
  except errors.RejectedInputError as e:
    raise errors.InputError(
        f'--groove: {path} gives no groove: {e}. Name a MIDI file with drums, '
        'or a dataset that drumspace_create_dataset makes of it.'
    ) from e
  if not cells[0].any():
    raise errors.InputError(
        f'--groove: {path} holds no drums in 4/4 that its drum map knows. Name '
        'another map with --voices_in, or another file.'
    )
  return cells
