"""A trained model: latent vectors of patterns, and patterns of latent vectors.

`TrainedModel('run_dir')`, `TrainedModel('shipped:acai')` or a checkpoint file.
It has MusicVAE's method names and shapes; `music_vae_methods` says what
differs.
"""

from collections.abc import Sequence
import dataclasses
import itertools

import numpy as np
import torch

from drumspace_ext import callbacks
from drumspace_ext import errors
from drumspace_ext.files import local_paths
from drumspace_ext.magenta_models import music_vae
from drumspace_ext.models import autoencoder
from drumspace_ext.models import checkpoints
from drumspace_ext.models import model_files
from drumspace_ext.models import music_vae_methods
from drumspace_ext.models import networks
from drumspace_ext.models import sampling
from drumspace_ext.patterns import step_codes

_BATCH = 4096
# Far beyond any latent of a training pattern.
_MAX_LATENT = 1e6


class TrainedModel(music_vae_methods.MusicVaeMethods):
  """Encodes and decodes patterns.

  Attributes:
    config: The resolved configuration.
    metadata: All of the checkpoint's metadata.
    sampler: Where the training patterns lie in the latent space.
    known_classes: Digests of their rotation classes, sorted, uint64.
    genres: The genres that the model knows, or None.
  """

  sampler: sampling.LatentSampler

  def __init__(self, checkpoint: local_paths.Name, *, device: str = 'cpu'):
    """Loads a model.

    Args:
      checkpoint: A run directory, a file, or `shipped:NAME`; or a MusicVAE of
        Magenta's for two-bar drums, as a checkpoint, a tar, or kept of it.
      device: Where to compute, `cpu` or `cuda`.

    Raises:
      CheckpointError: If there is no usable checkpoint.
    """
    parts = model_files.read(checkpoints.find(str(checkpoint)))
    self.config, self.metadata = parts.config, parts.metadata
    self.sampler, self.known_classes = parts.sampler, parts.known_classes
    self._network, self.genres = parts.network, parts.genres
    self._name, self._device = str(checkpoint), torch.device(device)
    self._network.to(self._device).eval()
    networks.prepare_torch()

  def __repr__(self) -> str:
    return f'{type(self).__name__}({self._name!r}, z_size={self.z_size})'

  @property
  def z_size(self) -> int:
    """Dimensions of the latent vector."""
    return self.config.model.z_size

  @property
  def train_step(self) -> int:
    """Train steps that the model has seen."""
    return checkpoints.whole_number(self.metadata, 'train_step')

  @property
  def seed(self) -> int:
    """Seed of its training, which chose what was kept for validation."""
    return checkpoints.whole_number(self.metadata, 'seed')

  def encode_tensors(
      self, input_tensors: Sequence[np.ndarray] | np.ndarray,
      lengths: Sequence[int] | None = None,
      control_tensors: Sequence[np.ndarray] | None = None,
  ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Encodes patterns, bool or 0 and 1, `[num_patterns, 32, 14]`.

    Args:
      input_tensors: The patterns.
      lengths: 32 for each of them, or None.
      control_tensors: Ignored; patterns have no controls.

    Returns:
      (z, mu, sigma), float32 `[num_patterns, z_size]`; z is mu, for a drawn z
      is no use to a caller who did not seed it.

    Raises:
      InputError: If a length is not 32, or a number is NaN.
      PatternError: If they have another shape.
    """
    del control_tensors
    for length in () if lengths is None else lengths:
      music_vae_methods.check_length(length)
    values = np.asarray(input_tensors)
    if values.ndim and not len(values):
      nothing = np.zeros((0, self.z_size), np.float32)
      return nothing, nothing.copy(), nothing.copy()
    if values.dtype.kind == 'f' and np.isnan(values).any():
      raise errors.InputError('patterns must be numbers; some are NaN.')
    hits = values > 0.5
    step_codes.validate(hits)
    if hits.ndim != 3:
      raise errors.PatternError(
          f'expected patterns [num_patterns, {step_codes.NUM_STEPS}, '
          f'{step_codes.NUM_VOICES}], got {list(hits.shape)}.'
      )
    flat = torch.from_numpy(
        hits.reshape(len(hits), -1).astype(np.float32)
    )
    mus, sigmas = [], []
    with torch.no_grad():
      for batch in flat.split(_BATCH):
        mean, deviation = self._network.encode(batch.to(self._device))
        mus.append(mean.cpu())
        sigmas.append(deviation.cpu())
    mu, sigma = torch.cat(mus).numpy(), torch.cat(sigmas).numpy()
    return mu, mu, sigma

  def decode_hits(
      self, z: np.ndarray, *, temperature: float = 0.0,
      threshold: float = 0.5, seed: int | None = None, once: bool = False,
      on_step: callbacks.OnStep = callbacks.silent,
  ) -> np.ndarray:
    """Decodes latent vectors to patterns.

    Args:
      z: float `[num_patterns, z_size]`.
      temperature: 0 sets each bit where its probability is above `threshold`
        (published); above 0 bits are drawn, from logits divided by it.
      threshold: Probability, only for temperature 0.
      seed: Of what is drawn; None draws anew each time.
      once: Draw nothing a second time, trivial or not.
      on_step: Called with the patterns done; see `callbacks`.

    Returns:
      bool `[num_patterns, 32, 14]`.

    Raises:
      InputError: If z has another size, or a number is out of range.
    """
    if not (np.abs(np.asarray(z, np.float64)) <= _MAX_LATENT).all():
      raise errors.InputError(
          f'z must be numbers up to {_MAX_LATENT:g}; some are not.'
      )
    # A copy: torch takes neither negative strides nor read-only arrays.
    z = np.array(z, np.float32)
    if z.ndim != 2 or z.shape[1] != self.z_size:
      raise errors.InputError(
          f'z must be [num_patterns, {self.z_size}], got {list(z.shape)}.'
      )
    if not 0 < threshold < 1:
      raise errors.InputError(f'threshold must be in (0, 1), got {threshold}.')
    if not 0 <= temperature < np.inf:
      raise errors.InputError(
          f'temperature must be a number not below 0, got {temperature}.'
      )
    generator = torch.Generator(self._device)
    if seed is None:
      generator.seed()
    else:
      generator.manual_seed(seed)
    write = self._network.draw_hits
    if once and not isinstance(self._network, music_vae.MusicVae):
      write = self._network.draw_once
    parts = []
    with torch.no_grad():
      for number, batch in enumerate(torch.from_numpy(z).split(_BATCH)):
        on_step(number * _BATCH, len(z), 'drawing')
        parts.append(write(
            batch.to(self._device), temperature=temperature,
            threshold=threshold, generator=generator,
        ).cpu().numpy())
    on_step(len(z), len(z), 'drawing')
    return np.concatenate(parts).reshape(
        -1, step_codes.NUM_STEPS, step_codes.NUM_VOICES
    )

  def weights(self) -> autoencoder.Weights:
    """Returns what others need to compute as the model does, a page say.

    Raises:
      InputError: If it is none that a page can compute; see `fits_page`.
    """
    if isinstance(self._network, music_vae.MusicVae):
      raise errors.InputError(
          'a MusicVAE of Magenta has no place in the page of a map.'
      )
    return self._network.weights()

  @property
  def fits_page(self) -> bool:
    """Whether the page of a map can compute as the model does."""
    return self._network.fits_page

  @property
  def default_temperature(self) -> float:
    """What suits the model: 0 for independent bits, more where bits depend."""
    return self._network.default_temperature

  @property
  def refuses(self) -> bool:
    """Whether some of what the model draws is refused; see `draw`."""
    return self.sampler.correction is not None

  def draw(
      self, count: int, *, seed: int,
      sampler: sampling.LatentSampler | None = None,
      temperature: float | None = None, threshold: float = 0.5,
      refusing: bool = True, on_step: callbacks.OnStep = callbacks.silent,
  ) -> sampling.Samples:
    """Draws patterns and judges them by the published filters.

    Args:
      count: Draws.
      seed: Of everything drawn.
      sampler: Where to draw z; the fitted one if None.
      temperature: See `decode_hits`; `default_temperature` if None.
      threshold: See `decode_hits`.
      refusing: Whether what comes up too often is drawn again, as the model's
        correction says (`corrections`), and trivial beats are.
      on_step: See `decode_hits`.
    """
    if temperature is None:
      temperature = self.default_temperature
    rng = np.random.default_rng(seed)
    decode_seed = int(rng.integers(music_vae_methods.TORCH_SEEDS))
    chosen = sampler or self.sampler
    chosen = dataclasses.replace(chosen, correction=(
        chosen.correction or self.sampler.correction
    ) if refusing else None)
    seeds = itertools.count(decode_seed)
    return sampling.draw(
        chosen,
        lambda z: self.decode_hits(
            z, temperature=temperature, threshold=threshold, seed=next(seeds),
            once=not refusing, on_step=on_step,
        ),
        count, self.known_classes, rng=rng,
    )
