"""Latent annotations: latent vectors carried by NoteSequences.

A NoteSequence has no field for a vector, so it goes into a text annotation at
time 0, of type UNKNOWN, with the text

  drumspace_latent {"weights": "0123456789abcdef", "z": [0.5, -1.25]}

where `weights` is the beginning of the SHA-256 of the checkpoint that the
vector belongs to, and `z` is written so that every float comes back exactly.
A NoteSequence holds one vector of a checkpoint; others may stand beside it.
The annotation goes through TFRecords and Magenta's Quantizer, but not through
its TimeChangeSplitter or MIDI files, which drop text.
"""

import json
import typing

import numpy as np

from drumspace_ext import errors

if typing.TYPE_CHECKING:
  import note_seq

PREFIX = 'drumspace_latent '
MAX_CHARS = 1 << 16
_WEIGHTS_CHARS = 16


def short_digest(digest: str) -> str:
  """Returns what names a checkpoint in an annotation, of its SHA-256."""
  return digest[:_WEIGHTS_CHARS]


def _parse(text: str) -> tuple[str, np.ndarray]:
  """Returns (weights, z) of an annotation's text."""
  try:
    if len(text) > MAX_CHARS:
      raise ValueError(f'{len(text)} characters')
    value = json.loads(text.removeprefix(PREFIX))
    z = np.array(value['z'], np.float64)
    if z.ndim != 1 or not np.isfinite(z).all():
      raise ValueError('z is no vector of numbers')
    return str(value['weights']), z
  except (ValueError, TypeError, KeyError, RecursionError) as e:
    raise errors.InputError(
        f'expected an annotation such as {PREFIX}{{"weights": "...", "z": '
        f'[...]}}, got {text[:60]!r} ({e}).'
    ) from e


def _is_latent(annotation) -> bool:
  return annotation.text.startswith(PREFIX)


def write(
    sequence: 'note_seq.NoteSequence', z: np.ndarray, weights: str
) -> None:
  """Puts a latent vector into a NoteSequence, in place of an older one.

  Args:
    sequence: A NoteSequence; it is changed.
    z: float `[z_size]`.
    weights: From `short_digest`, of the checkpoint that z belongs to.

  Raises:
    InputError: If z is no vector of finite numbers.
  """
  z = np.asarray(z, np.float64)
  if z.ndim != 1 or not np.isfinite(z).all():
    raise errors.InputError(
        f'z must be a vector of finite numbers, got {z!r:.60}.'
    )
  kept = [
      annotation for annotation in sequence.text_annotations
      if not _is_latent(annotation) or _parse(annotation.text)[0] != weights
  ]
  texts = type(sequence)(text_annotations=kept).text_annotations
  del sequence.text_annotations[:]
  sequence.text_annotations.extend(texts)
  sequence.text_annotations.add(
      text=PREFIX + json.dumps({'weights': weights, 'z': z.tolist()})
  )


def read(
    sequence: 'note_seq.NoteSequence', weights: str | None = None
) -> np.ndarray | None:
  """Returns the latent vector that a NoteSequence carries.

  Args:
    sequence: A NoteSequence.
    weights: Only of this checkpoint, as `short_digest` names it; of any, if
      None.

  Returns:
    float64 `[z_size]`, or None if it carries none.

  Raises:
    InputError: If an annotation is damaged, or it carries vectors of several
      checkpoints and none was asked for.
  """
  found = dict(
      _parse(annotation.text) for annotation in sequence.text_annotations
      if _is_latent(annotation)
  )
  if weights is not None:
    return found.get(weights)
  if len(found) > 1:
    raise errors.InputError(
        f'{sequence.id} carries latent vectors of {len(found)} checkpoints '
        f'({", ".join(sorted(found))}); say which.'
    )
  return next(iter(found.values()), None)
