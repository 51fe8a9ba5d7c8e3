"""Model stages: patterns through a trained model's latent space.

Stages as in `stages`, from pattern NoteSequence to pattern NoteSequence. All
outputs carry their latent vectors (`latent_annotations`). The model, and torch
with it, is loaded when the first input comes.
"""

from collections.abc import Iterable
from collections.abc import Iterator
import contextlib
import functools
import hashlib
import pathlib
import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext.files import manifests
from drumspace_ext.pipelines import latent_annotations
from drumspace_ext.pipelines import pattern_stages
from drumspace_ext.pipelines import stages

if typing.TYPE_CHECKING:
  from drumspace_ext.models import trained_model

_SEED_BYTES = 8


def _load(checkpoint: str) -> tuple['trained_model.TrainedModel', str]:
  """Returns (model, what its weights are called in annotations)."""
  from drumspace_ext.models import checkpoints

  path = checkpoints.find(checkpoint)
  return _load_file(path, path.stat().st_mtime_ns)


# The stages of a chain share a model, as long as its file is the same.
@functools.lru_cache(maxsize=4)
def _load_file(path: pathlib.Path, mtime_ns: int):
  from drumspace_ext.models import trained_model

  del mtime_ns
  weights = latent_annotations.short_digest(manifests.digest(path))
  return trained_model.TrainedModel(str(path)), weights


class ModelStage(stages.Stage):
  """What all stages with a model have in common."""

  def __init__(self, checkpoint: str, *, name: str | None = None):
    """Makes the stage.

    Args:
      checkpoint: A run directory, a file, or `shipped:NAME`.
      name: See `stages.Stage`.
    """
    super().__init__(name)
    self._checkpoint = checkpoint

  @functools.cached_property
  def _loaded(self):
    return _load(self._checkpoint)

  @property
  def model(self) -> 'trained_model.TrainedModel':
    """The model.

    Raises:
      CheckpointError: If there is no usable checkpoint.
    """
    return self._loaded[0]

  @property
  def weights(self) -> str:
    """What the model is called in latent annotations."""
    return self._loaded[1]

  def _encode(self, hits: np.ndarray) -> np.ndarray:
    """Returns the latent vector of a pattern, float64 `[z_size]`."""
    return self.model.encode_tensors(hits[None])[1][0].astype(np.float64)


@contextlib.contextmanager
def _rejecting_bad_latents() -> Iterator[None]:
  """Makes a damaged annotation a reason to leave one input out."""
  try:
    yield
  except errors.InputError as e:
    raise errors.RejectedInputError('bad_latent', str(e)) from e


class LatentEncoder(ModelStage):
  """Pattern NoteSequence -> a copy of it that carries its latent vector."""

  def _outputs(self, sequence) -> Iterable:
    hits, _ = stages.pattern_of(sequence)
    copy = type(sequence)()
    copy.CopyFrom(sequence)
    with _rejecting_bad_latents():
      latent_annotations.write(copy, self._encode(hits), self.weights)
    yield copy


class Reconstructor(ModelStage):
  """Pattern NoteSequence -> what the model makes of its latent vector.

  The vector is the one that the NoteSequence carries, so that vectors can be
  changed between the stages, and else that of its pattern.
  """

  def _outputs(self, sequence) -> Iterable:
    hits, repeats = stages.pattern_of(sequence)
    with _rejecting_bad_latents():
      z = latent_annotations.read(sequence, self.weights)
      if z is None:
        z = self._encode(hits)
      decoded = self.model.decode_hits(z[None])[0]
    self._counts['bits_changed'] += int((decoded != hits).sum())
    made = stages.derive(sequence, decoded, 'reconstruction', repeats=repeats)
    latent_annotations.write(made, z, self.weights)
    yield made


class Variator(ModelStage):
  """Pattern NoteSequence -> its neighbours in latent space, nearest first.

  What is drawn depends on the seed and the pattern alone.
  """

  def __init__(
      self, checkpoint: str, *, num_outputs: int = 4, seed: int = 0,
      temperature: float | None = None, name: str | None = None,
  ):
    """Makes the stage.

    Args:
      checkpoint: See `ModelStage`.
      num_outputs: Variations of each pattern, at most.
      seed: Of everything drawn.
      temperature: See `TrainedModel.decode_hits`; by default what suits the
        model.
      name: See `stages.Stage`.
    """
    super().__init__(checkpoint, name=name)
    errors.check_positive(num_outputs=num_outputs)
    if temperature is not None and temperature < 0:
      raise errors.InputError(
          f'temperature must not be negative, got {temperature}.'
      )
    self._num_outputs = num_outputs
    self._seed = seed
    self._temperature = temperature

  def _outputs(self, sequence) -> Iterable:
    from drumspace_ext.generation import ways

    hits, repeats = stages.pattern_of(sequence)
    digest = hashlib.blake2b(
        hits.tobytes(), digest_size=_SEED_BYTES, key=str(self._seed).encode()
    )
    try:
      made = ways.vary(
          self.model, hits, num_outputs=self._num_outputs,
          seed=int.from_bytes(digest.digest(), 'big'),
          temperature=self._temperature,
      )
    except errors.InputError as e:
      raise errors.RejectedInputError('no_variation', str(e)) from e
    for number, (z, varied) in enumerate(zip(made.latents, made.hits), 1):
      variation = stages.derive(
          sequence, varied, f'variation/{number}', repeats=repeats
      )
      latent_annotations.write(variation, z, self.weights)
      yield variation


class ModelFilter(pattern_stages.PatternFilter):
  """A `PatternFilter` whose known patterns are those of a model."""

  def __init__(self, checkpoint: str, *, name: str | None = None):
    """Makes the stage; see `ModelStage`."""
    super().__init__(name=name)
    self._checkpoint = checkpoint

  @functools.cached_property
  def known_classes(self) -> np.ndarray:
    """Digests of the classes that are refused, uint64, sorted."""
    return _load(self._checkpoint)[0].known_classes
