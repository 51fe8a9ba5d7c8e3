"""Continuers: what plays on behind a beat, whichever model it is.

A *primer* is a beat of any length, as step codes of the 14 voices, four steps a
quarter. A *continuer* draws what follows it, in the same form: our own
next-step model, or a bundle of drums_rnn. `load` knows by its file which one a
model is.
"""

from collections.abc import Iterator
import pathlib
import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext.continuation import magenta_continuer
from drumspace_ext.continuation import next_step_continuer
from drumspace_ext.magenta_models import checkpoint_files
from drumspace_ext.magenta_models import drums_rnn_generation
from drumspace_ext.models import checkpoints
from drumspace_ext.models import magenta_files
from drumspace_ext.models import next_step


class Continuer(typing.Protocol):
  """What plays on behind a primer.

  Attributes:
    name: What its outputs are called by.
    description: What it is, in some words.
    primer_map: The drum map that primers are read with, where nobody says.
  """

  @property
  def name(self) -> str:
    """What its outputs are called by."""

  @property
  def description(self) -> str:
    """What it is, in some words."""

  @property
  def primer_map(self) -> str:
    """The drum map that primers are read with, where nobody says."""

  def continue_codes(
      self, primer: np.ndarray, *, num_steps: int, num_outputs: int,
      temperature: float, seed: int,
  ) -> np.ndarray:
    """Draws what follows a primer.

    Args:
      primer: Step codes, uint16 `[num_primer_steps]`, at least one.
      num_steps: Steps to draw, at least one.
      num_outputs: Continuations to draw.
      temperature: 0 takes the most probable step, 1 draws as the model sees
        it.
      seed: Of everything drawn; output `i` depends on it and on `i` alone.

    Returns:
      Step codes, uint16 `[num_outputs, num_steps]`.
    """

  def stream(
      self, primer: np.ndarray, *, temperature: float, seed: int,
      output: int = 0,
  ) -> Iterator[int]:
    """Yields what follows a primer, step code by step code, for ever.

    Args:
      primer: See `continue_codes`.
      temperature: Likewise.
      seed: Likewise.
      output: Which of its outputs this is.
    """


def plays_on(path: pathlib.Path) -> bool:
  """Says whether a file holds a continuer, which `load` then takes.

  Args:
    path: From `checkpoints.find`.

  Raises:
    CheckpointError: If it is damaged, or no checkpoint.
  """
  checkpoint = magenta_files.read(path)
  if checkpoint is not None:
    return checkpoint.kind == checkpoint_files.DRUMS_RNN
  tensors, _ = checkpoints.read_arrays(path)
  return any(name.startswith(next_step.PREFIX) for name in tensors)


def load(
    path: pathlib.Path, *, hparams: str = '',
    search: drums_rnn_generation.Search | None = None,
) -> Continuer:
  """Returns the continuer that a file holds.

  Args:
    path: From `checkpoints.find`.
    hparams: Magenta's `--hparams`, which a bundle does not need: sizes that it
      names must be those of the file.
    search: How drums_rnn draws; plainly if None.

  Raises:
    CheckpointError: If the file holds no continuer.
    InputError: If the hparams are those of another model.
  """
  checkpoint = magenta_files.read(path)
  if checkpoint is not None:
    return magenta_continuer.DrumsRnnContinuer(
        checkpoint, origin=str(path), hparams=hparams, search=search
    )
  tensors, _ = checkpoints.read_arrays(path)
  if not any(name.startswith(next_step.PREFIX) for name in tensors):
    other = (
        ', but one of two-bar beats: drumspace_generate plays it'
        if 'known_classes' in tensors else ''
    )
    raise errors.CheckpointError(
        f'{path} is no model that continues beats{other}. Give '
        f'{checkpoints.CONTINUER} or a bundle of drums_rnn.'
    )
  if hparams or (search and search != drums_rnn_generation.Search().at(
      search.temperature
  )):
    raise errors.InputError(
        '--hparams, --beam_size, --branch_factor and --steps_per_iteration are '
        f'for drums_rnn; {path} is a next-step model. Leave them out.'
    )
  return next_step_continuer.NextStepContinuer(
      next_step.from_tensors(tensors, str(path))
  )
