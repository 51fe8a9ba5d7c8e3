"""Continuer data: the next-step model that the page plays on with.

It is part of the page's data (`page_data`): `continuer` in the header, and the
weights as columns `continue.played.bias` and so on.
"""

import numpy as np

from drumspace_ext.continuation import next_step_continuer
from drumspace_ext.models import checkpoints
from drumspace_ext.models import next_step
from drumspace_ext.models import song_contexts


def of_model(
    model: next_step.NextStep,
) -> tuple[dict[str, object], dict[str, np.ndarray]]:
  """Returns (header, columns) of a model, for the page to run."""
  header = song_contexts.tables() | {
      'most_remembered': next_step_continuer.MAX_REMEMBERED,
      'kept': next_step_continuer.KEPT, 'phase': next_step_continuer.PHASE,
  }
  return {'continuer': header}, {
      f'continue.{part}.{name}': values.astype(np.float32)
      for part, net in (
          (next_step.PLAYED, model.played), (next_step.ENTRY, model.entry)
      ) for name, values in net._asdict().items()
  }


def shipped() -> tuple[dict[str, object], dict[str, np.ndarray]]:
  """Returns (header, columns) of the model that comes with the package."""
  path = checkpoints.find(checkpoints.CONTINUER)
  tensors, _ = checkpoints.read_arrays(path)
  return of_model(next_step.from_tensors(tensors, str(path)))
