"""Continuers: what plays on behind a beat, whichever model it is.

A *primer* is a beat of any length, as step codes of the 14 voices, four steps a
quarter. A *continuer* draws what follows it, in the same form. drums_rnn's
bundles are continuers; `load` knows by its file which one a model is.
"""

import pathlib
import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext.continuation import magenta_continuer
from drumspace_ext.magenta_models import drums_rnn_generation
from drumspace_ext.models import model_files

if typing.TYPE_CHECKING:
  from drumspace_ext.magenta_models import checkpoint_files


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
  checkpoint: checkpoint_files.MagentaCheckpoint | None = (
      model_files.read_magenta(path)
  )
  if checkpoint is None:
    raise errors.CheckpointError(
        f'{path} is no model that continues beats, but one of two-bar beats: '
        'drumspace_generate plays it. Give a bundle of drums_rnn.'
    )
  return magenta_continuer.DrumsRnnContinuer(
      checkpoint, origin=str(path), hparams=hparams, search=search
  )
