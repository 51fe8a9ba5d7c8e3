"""A trained model, with MusicVAE's method names and shapes.

`TrainedModel('run_dir')`, `TrainedModel('shipped:acai')` or a checkpoint file.
The constructor differs from Magenta's, for a checkpoint carries its own
configuration; `encode`, `decode`, `sample`, `interpolate`, `encode_tensors` and
`decode_tensors` take what a MusicVAE user's code passes. Of that, `length`,
`lengths`, `assert_same_length`, `c_input` and `control_tensors` are ignored:
patterns have a fixed length and no controls.
"""

from collections.abc import Sequence
import typing

import numpy as np
import torch

from drumspace_ext import callbacks
from drumspace_ext import checkpoints
from drumspace_ext import config_loading
from drumspace_ext import errors
from drumspace_ext import latents as latents_lib
from drumspace_ext import networks
from drumspace_ext import note_sequences
from drumspace_ext import onsets as onsets_lib
from drumspace_ext import paths
from drumspace_ext import patterns
from drumspace_ext import sampling
from drumspace_ext.models import autoencoder

if typing.TYPE_CHECKING:
  import note_seq

_BATCH = 4096
_TORCH_SEEDS = 2**63 - 1
# Far beyond any latent of a training pattern.
_MAX_LATENT = 1e6


class TrainedModel:
  """Encodes and decodes patterns.

  Attributes:
    config: The resolved configuration.
    metadata: All of the checkpoint's metadata.
    sampler: Where the training patterns lie in the latent space.
    known_classes: Digests of their rotation classes, sorted, uint64.
  """

  def __init__(self, checkpoint: str, *, device: str = 'cpu'):
    """Loads a model.

    Args:
      checkpoint: A run directory, a file, or `shipped:NAME`.
      device: Where to compute, `cpu` or `cuda`.

    Raises:
      CheckpointError: If there is no usable checkpoint.
    """
    path = checkpoints.find(checkpoint)
    tensors, self.metadata = checkpoints.read(path)
    try:
      self.config = config_loading.from_dict(self.metadata['config'], str(path))
      self._network = networks.filled(self.config.model, {
          key.removeprefix('network.'): value for key, value in tensors.items()
          if key.startswith('network.')
      })
      self.sampler = sampling.from_tensors({
          key.removeprefix('sampler.'): value.numpy().astype(np.float64)
          for key, value in tensors.items() if key.startswith('sampler.')
      })
      _ = self.train_step
      if self.sampler.means.shape[1] != self.z_size:
        raise ValueError('its sampler is of another size than its latents')
      self.known_classes = np.sort(
          tensors['known_classes'].reshape(-1).numpy().view(np.uint64)
      )
    except (
        ArithmeticError, AttributeError, KeyError, IndexError, RuntimeError,
        TypeError, ValueError,
    ) as e:
      first = str(e).strip().split('\n')[0]
      raise errors.CheckpointError(
          f'{path} does not hold a whole model: {first}'
      ) from e
    self._device = torch.device(device)
    self._network.to(self._device).eval()
    networks.prepare_torch()

  @property
  def z_size(self) -> int:
    """Dimensions of the latent vector."""
    return self.config.model.z_size

  @property
  def train_step(self) -> int:
    """Train steps that the model has seen."""
    return int(self.metadata['train_step'])

  def encode_tensors(
      self, input_tensors: Sequence[np.ndarray],
      lengths: Sequence[int] | None = None,
      control_tensors: Sequence[np.ndarray] | None = None,
  ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Encodes patterns, bool or 0 and 1, `[num_patterns, 32, 14]`.

    Returns:
      (z, mu, sigma), float32 `[num_patterns, z_size]`; z is mu, for a drawn z
      is no use to a caller who did not seed it.
    """
    del lengths, control_tensors
    hits = np.asarray(input_tensors) > 0.5
    patterns.validate(hits)
    flat = torch.from_numpy(
        hits.reshape(len(hits), -1).astype(np.float32)
    )
    mus, sigmas = [], []
    with torch.no_grad():
      for batch in flat.split(_BATCH):
        mu, sigma = self._network.encode(batch.to(self._device))
        mus.append(mu.cpu())
        sigmas.append(sigma.cpu())
    mu, sigma = torch.cat(mus).numpy(), torch.cat(sigmas).numpy()
    return mu, mu, sigma

  def encode(
      self, note_sequences_: 'Sequence[note_seq.NoteSequence]',
      assert_same_length: bool = False,
  ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Encodes NoteSequences by their first two bars, as `encode_tensors`."""
    del assert_same_length
    return self.encode_tensors([
        note_sequences.to_patterns(sequence)[0] for sequence in note_sequences_
    ])

  def decode_hits(
      self, z: np.ndarray, *, temperature: float = 0.0,
      threshold: float = 0.5, seed: int = 0,
      on_step: callbacks.OnStep = callbacks.silent,
  ) -> np.ndarray:
    """Decodes latent vectors to patterns.

    Args:
      z: float `[num_patterns, z_size]`.
      temperature: 0 sets each bit where its probability is above `threshold`
        (published); above 0 bits are drawn, from logits divided by it.
      threshold: Probability, only for temperature 0.
      seed: Of what is drawn.
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
    generator = torch.Generator(self._device).manual_seed(seed)
    parts = []
    with torch.no_grad():
      for number, batch in enumerate(torch.from_numpy(z).split(_BATCH)):
        on_step(number * _BATCH, len(z), 'drawing')
        parts.append(self._network.draw_hits(
            batch.to(self._device), temperature=temperature,
            threshold=threshold, generator=generator,
        ).cpu().numpy())
    on_step(len(z), len(z), 'drawing')
    return np.concatenate(parts).reshape(
        -1, patterns.NUM_STEPS, patterns.NUM_VOICES
    )

  def decode_tensors(
      self, z: np.ndarray, length: int | None = None,
      temperature: float = 0.0, c_input: object = None, *, seed: int = 0,
  ) -> np.ndarray:
    """Decodes latent vectors, as `decode_hits`.

    Returns:
      float32 0 or 1, `[num_patterns, 32, 14]`.
    """
    del length, c_input
    hits = self.decode_hits(z, temperature=temperature, seed=seed)
    return hits.astype(np.float32)

  def decode(
      self, z: np.ndarray, length: int | None = None,
      temperature: float = 0.0, c_input: object = None, *, seed: int = 0,
      qpm: float = onsets_lib.DEFAULT_QPM,
  ) -> list:
    """Decodes latent vectors to two-bar NoteSequences; see `decode_hits`."""
    del length, c_input
    hits = self.decode_hits(z, temperature=temperature, seed=seed)
    return [note_sequences.from_patterns(h, qpm=qpm) for h in hits]

  def weights(self) -> autoencoder.Weights:
    """Returns what others need to compute as the model does, a page say."""
    return self._network.weights()

  @property
  def default_temperature(self) -> float:
    """0 for independent bits; 0.8, of the best panel, where bits are drawn."""
    return 0.8 if self.config.model.kind == 'stepwise' else 0.0

  def draw(
      self, count: int, *, seed: int,
      sampler: sampling.LatentSampler | None = None,
      temperature: float | None = None, threshold: float = 0.5,
      on_step: callbacks.OnStep = callbacks.silent,
  ) -> sampling.Samples:
    """Draws patterns and judges them by the published filters.

    Args:
      count: Draws.
      seed: Of everything drawn.
      sampler: Where to draw z; the fitted one if None.
      temperature: See `decode_hits`; `default_temperature` if None.
      threshold: See `decode_hits`.
      on_step: Likewise.
    """
    if temperature is None:
      temperature = self.default_temperature
    rng = np.random.default_rng(seed)
    decode_seed = int(rng.integers(_TORCH_SEEDS))
    return sampling.draw(
        sampler or self.sampler,
        lambda z: self.decode_hits(
            z, temperature=temperature, threshold=threshold, seed=decode_seed,
            on_step=on_step,
        ),
        count, self.known_classes, rng=rng,
    )

  def sample(
      self, n: int, length: int | None = None, temperature: float | None = None,
      same_z: bool = False, c_input: object = None, *, seed: int = 0,
      qpm: float = onsets_lib.DEFAULT_QPM,
  ) -> list:
    """Draws NoteSequences.

    Args:
      n: How many.
      temperature: See `decode_hits`; `default_temperature` if None.
      same_z: Decode one z n times.
      seed: Of everything drawn.
      qpm: Tempo of the NoteSequences.
    """
    del length, c_input
    if temperature is None:
      temperature = self.default_temperature
    rng = np.random.default_rng(seed)
    decode_seed = int(rng.integers(_TORCH_SEEDS))
    z = self.sampler.draw(1 if same_z else n, rng=rng)
    return self.decode(
        np.broadcast_to(z, (n, self.z_size)), temperature=temperature,
        seed=decode_seed, qpm=qpm,
    )

  def interpolate(
      self, start_sequence: 'note_seq.NoteSequence',
      end_sequence: 'note_seq.NoteSequence', num_steps: int,
      length: int | None = None, temperature: float = 0.0,
      assert_same_length: bool = True, *,
      qpm: float = onsets_lib.DEFAULT_QPM,
  ) -> list:
    """Interpolates between two NoteSequences, as MusicVAE's method.

    Args:
      start_sequence: A NoteSequence; its first two bars count.
      end_sequence: Likewise.
      num_steps: NoteSequences to return, the two ends among them; as decoded,
        not as given (`generation.interpolate` has exact ends).
      temperature: At 0 the way is cut into even steps (`paths`); above 0 its
        latent vectors are decoded as they are. See `decode_hits`.
      qpm: Tempo of the NoteSequences.
    """
    del length, assert_same_length
    _, mu, _ = self.encode([start_sequence, end_sequence])
    if temperature or num_steps < 2:
      line = latents_lib.lerp(mu[0], mu[1], np.linspace(0, 1, num_steps))
      return self.decode(line, temperature=temperature, qpm=qpm)
    ends = self.decode_hits(mu)
    _, hits = paths.between(*ends, *mu, num_steps, self.decode_hits)
    return [note_sequences.from_patterns(h, qpm=qpm) for h in hits]
