"""MusicVAE's methods: what `TrainedModel` shares with Magenta's.

The constructor differs from Magenta's, for a checkpoint carries its own
configuration. `encode`, `decode`, `sample`, `interpolate`, `encode_tensors` and
`decode_to_tensors` take what a MusicVAE user's code passes. What differs:

  temperature  is 0 by default and not 1: the likelier value of each bit, as
               published. `sample` takes `default_temperature`.
  length       is 32 steps; None means that too, another length is an error.
  z            that `encode` returns is mu, not drawn around it.
  n examples   of a NoteSequence: the first two bars count, where MusicVAE
               raises MultipleExtractedExamplesError; no drums are silence.
  sample       draws z where the training patterns lie, not from N(0, I).
  interpolate  goes in even steps along a line, not in a slerp.
  c_input, control_tensors  are ignored: patterns have no controls.
"""

import abc
from collections.abc import Sequence
import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext.models import interpolation
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import onsets as onsets_lib
from drumspace_ext.patterns import step_codes

if typing.TYPE_CHECKING:
  import note_seq

TORCH_SEEDS = 2**63 - 1


def check_length(length: int | None) -> None:
  """Raises InputError for a length that patterns don't have; None is theirs."""
  if length is not None and length != step_codes.NUM_STEPS:
    raise errors.InputError(
        f'length must be {step_codes.NUM_STEPS} steps (two bars), got {length}.'
    )


class Sampler(typing.Protocol):
  """What draws latent vectors."""

  def draw(self, count: int, *, rng: np.random.Generator) -> np.ndarray:
    """Returns latent vectors, float64 `[count, z_size]`."""


class MusicVaeMethods(abc.ABC):
  """The methods over NoteSequences, made of those over hits.

  Attributes:
    sampler: Where to draw latent vectors.
  """

  sampler: Sampler

  @property
  @abc.abstractmethod
  def z_size(self) -> int:
    """Dimensions of the latent vector."""

  @property
  @abc.abstractmethod
  def default_temperature(self) -> float:
    """The temperature that suits the model."""

  @abc.abstractmethod
  def encode_tensors(
      self, input_tensors: Sequence[np.ndarray] | np.ndarray,
  ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns (z, mu, sigma) of patterns, bool `[num_patterns, 32, 14]`."""

  @abc.abstractmethod
  def decode_hits(
      self, z: np.ndarray, *, temperature: float = 0.0,
      seed: int | None = None,
  ) -> np.ndarray:
    """Returns patterns, bool `[num_patterns, 32, 14]`."""

  def encode(
      self, note_sequences_: 'Sequence[note_seq.NoteSequence]',
      assert_same_length: bool = False,
  ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Encodes NoteSequences by their first two bars, as `encode_tensors`.

    Args:
      note_sequences_: The NoteSequences.
      assert_same_length: Raise InputError, where MusicVAE has AssertionError,
        if they are not all of as many two bars.
    """
    hits = [note_sequences.to_patterns(one) for one in note_sequences_]
    if assert_same_length and len(counts := set(map(len, hits))) > 1:
      raise errors.InputError(
          f'the NoteSequences must be of one length, got {sorted(counts)} '
          'times two bars. With assert_same_length=False the first two count.'
      )
    return self.encode_tensors([one[0] for one in hits])

  def decode_tensors(
      self, z: np.ndarray, length: int | None = None,
      temperature: float = 0.0, c_input: object = None, *,
      seed: int | None = None,
  ) -> np.ndarray:
    """Decodes latent vectors, as `decode_hits`; c_input is ignored.

    Returns:
      float32 0 or 1, `[num_patterns, 32, 14]`.

    Raises:
      InputError: If `length` is neither None nor 32, or as `decode_hits`.
    """
    del c_input
    check_length(length)
    hits = self.decode_hits(z, temperature=temperature, seed=seed)
    return hits.astype(np.float32)

  # MusicVAE's name of it.
  decode_to_tensors = decode_tensors

  def decode(
      self, z: np.ndarray, length: int | None = None,
      temperature: float = 0.0, c_input: object = None, *,
      seed: int | None = None, qpm: float = onsets_lib.DEFAULT_QPM,
  ) -> list:
    """Decodes to two-bar NoteSequences; arguments as `decode_tensors`."""
    del c_input
    check_length(length)
    hits = self.decode_hits(z, temperature=temperature, seed=seed)
    return [note_sequences.from_patterns(h, qpm=qpm) for h in hits]

  def sample(
      self, n: int, length: int | None = None, temperature: float | None = None,
      same_z: bool = False, c_input: object = None, *,
      seed: int | None = None, qpm: float = onsets_lib.DEFAULT_QPM,
  ) -> list:
    """Draws NoteSequences, others each time unless a seed is given.

    Args:
      n: How many.
      length: 32 steps, or None.
      temperature: See `decode_hits`; `default_temperature` if None.
      same_z: Decode one z n times.
      c_input: Ignored.
      seed: Of everything drawn; None draws anew, as MusicVAE does.
      qpm: Tempo of the NoteSequences.
    """
    del c_input
    check_length(length)
    if temperature is None:
      temperature = self.default_temperature
    rng = np.random.default_rng(seed)
    decode_seed = int(rng.integers(TORCH_SEEDS))
    z = self.sampler.draw(1 if same_z else n, rng=rng)
    return self.decode(
        np.broadcast_to(z, (n, self.z_size)), temperature=temperature,
        seed=decode_seed, qpm=qpm,
    )

  def interpolate(
      self, start_sequence: 'note_seq.NoteSequence',
      end_sequence: 'note_seq.NoteSequence', num_steps: int,
      length: int | None = None, temperature: float = 0.0,
      assert_same_length: bool = True, *, seed: int | None = None,
      qpm: float = onsets_lib.DEFAULT_QPM,
  ) -> list:
    """Interpolates between two NoteSequences, as MusicVAE's method.

    Args:
      start_sequence: A NoteSequence; its first two bars count.
      end_sequence: Likewise.
      num_steps: NoteSequences to return, the two ends among them; as decoded,
        not as given (`generation.ways.interpolate` has exact ends).
      length: 32 steps, or None.
      temperature: At 0 the way is cut into even steps (`interpolation`); above
        0 its latent vectors are decoded as they are. See `decode_hits`.
      assert_same_length: See `encode`.
      seed: Of what is drawn above temperature 0; None draws anew.
      qpm: Tempo of the NoteSequences.
    """
    check_length(length)
    _, mu, _ = self.encode([start_sequence, end_sequence], assert_same_length)
    if temperature or num_steps < 2:
      line = interpolation.lerp(mu[0], mu[1], np.linspace(0, 1, num_steps))
      return self.decode(
          line, temperature=temperature, seed=seed, qpm=qpm
      )
    ends = self.decode_hits(mu)
    _, hits = interpolation.between(
        ends[0], ends[1], mu[0], mu[1], num_steps, self.decode_hits
    )
    return [note_sequences.from_patterns(h, qpm=qpm) for h in hits]
