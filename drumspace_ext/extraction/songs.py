"""Songs: the drums of whole inputs as step codes.

A song is all drum hits of an input on the grid, whatever its meter, from the
bar of the first hit to the last one. Next-step models are trained on them.
"""

import collections
from collections.abc import Iterator
from collections.abc import Sequence
import dataclasses
import functools
import typing

import numpy as np

from drumspace_ext import callbacks
from drumspace_ext import errors
from drumspace_ext.extraction import reading
from drumspace_ext.extraction import recipes
from drumspace_ext.extraction import worker_pool
from drumspace_ext.files import local_paths
from drumspace_ext.files import reader_faults
from drumspace_ext.inputs import contents as input_contents
from drumspace_ext.inputs import kinds as input_kinds
from drumspace_ext.inputs import listing as inputs
from drumspace_ext.inputs import tasks as input_tasks
from drumspace_ext.notes import grids
from drumspace_ext.patterns import step_codes

# As for datasets: a reader that takes longer hangs.
_TIMEOUT_S = 60.0


class Song(typing.NamedTuple):
  """The drums of one input.

  Attributes:
    name: The input's id.
    codes: Step codes, uint16 `[num_steps]`, from a bar line to a hit.
  """

  name: str
  codes: np.ndarray


class Lost(typing.NamedTuple):
  """An input without a song.

  Attributes:
    name: The input's id.
    reason: A key of `rejections.REASONS`.
  """

  name: str
  reason: str


@dataclasses.dataclass(frozen=True)
class Songs:
  """The songs of some inputs.

  Attributes:
    songs: In the order of their names.
    left_out: Inputs that give none, by reason.
  """

  songs: list[Song]
  left_out: collections.Counter[str]


def of_codes(codes: np.ndarray) -> np.ndarray:
  """Returns step codes from the bar of their first hit to their last hit."""
  struck = np.flatnonzero(codes)
  if not len(struck):
    return codes[:0]
  bar = step_codes.STEPS_PER_BAR
  return codes[struck[0] // bar * bar:struck[-1] + 1]


def of_read(read: reading.Read, recipe: recipes.Recipe) -> Song | Lost:
  """Returns the song of an input that was read."""
  try:
    with reader_faults.rejected():
      if read.onsets is None:
        raise read.problem or errors.RejectedInputError('no_drum_notes', '')
      chosen = recipe.for_pitches(read.onsets.pitches)
      codes = of_codes(grids.hit_grid(
          read.onsets, chosen.drum_map.code_of_pitch,
          steps_per_quarter=recipe.steps_per_quarter,
      ))
      if not len(codes):
        raise errors.RejectedInputError('no_known_voice', '')
  except errors.RejectedInputError as e:
    return Lost(read.input_id, e.reason)
  return Song(read.input_id, codes)


def _run_task(
    task: input_tasks.Task, recipe: recipes.Recipe
) -> list[Song | Lost]:
  """Reads the inputs of a task; it runs in a worker."""
  is_records = task.kind == input_kinds.TFRECORD
  return [
      Lost(name, data.reason)
      if isinstance(data, errors.RejectedInputError) else of_read(
          (reading.record if is_records else reading.midi)(data, name, recipe),
          recipe,
      ) for name, data in input_contents.contents(task)
  ]


def read(
    input_values: Sequence[str], *, recipe: recipes.Recipe | None = None,
    num_workers: int = 1, on_step: callbacks.OnStep = callbacks.silent,
) -> Songs:
  """Reads the songs of inputs; folders in folders are searched.

  Args:
    input_values: TFRecords, MIDI files, folders, zips and globs of them.
    recipe: How notes are read; as published if None.
    num_workers: Processes; 0 for this one alone.
    on_step: Called with the bytes read; see `callbacks`.

  Raises:
    InputError: If there is nothing to read, or no song in it.
  """
  recipe = recipe or recipes.Recipe()
  listing = inputs.list_inputs(
      [str(local_paths.expand(value)) for value in input_values],
      recursive=True,
  )
  input_contents.check_records(listing)
  pool: worker_pool.WorkerPool[input_tasks.Task, list[Song | Lost]] = (
      worker_pool.WorkerPool(
          functools.partial(_run_task, recipe=recipe),
          num_workers=num_workers, timeout_s=_TIMEOUT_S,
      )
  )
  songs, left_out, done = [], collections.Counter[str](), 0

  def loads() -> Iterator[input_tasks.Task]:
    for task in input_tasks.tasks(listing):
      if not isinstance(task, input_tasks.Task):
        left_out[task[1].reason] += 1
      elif task.items:
        yield task

  for outcome in pool.run(loads()):
    if isinstance(outcome, worker_pool.Failure):
      left_out[outcome.reason] += 1
      continue
    task, found = outcome
    done += task.size
    on_step(done, listing.num_bytes, 'reading songs')
    for one in found:
      if isinstance(one, Song):
        songs.append(one)
      else:
        left_out[one.reason] += 1
  if not songs:
    raise errors.InputError(
        f'{", ".join(input_values)}: no song with drums in it. Name MIDI '
        'files, NoteSequence TFRecords, or folders and zips of them.'
    )
  return Songs(sorted(songs, key=lambda song: song.name), left_out)
