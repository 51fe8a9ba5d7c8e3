"""The next-step model: what follows in a song, voice by voice.

Two small networks give the logit of a hit: one for voices that the song has
played before, by what it did in like contexts (`song_contexts`), one for voices
that may enter. Each has two hidden layers and a straight way beside them. All
that is particular of a song is in its memory, not in the weights; so a model of
100 kB goes on with any song.

It is played by numpy in float64, and by the page in the same way: the same
uniform numbers give the same hits. `training.song_trainer` trains it.
"""

from collections.abc import Mapping
import math
import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext.models import song_contexts
from drumspace_ext.models import song_memory
from drumspace_ext.models import song_reading
from drumspace_ext.patterns import step_codes

# What the tensors of a checkpoint are called: `next_step.played.bias` and so
# on, by the fields of `Net`.
PREFIX = 'next_step.'
PLAYED, ENTRY = 'played', 'entry'
_NUM_TOLD_INPUTS = {
    PLAYED: song_contexts.NUM_PLAYED_INPUTS,
    ENTRY: song_contexts.NUM_ENTRY_INPUTS,
}
_NUM_VOICES = step_codes.NUM_VOICES
# Models are judged by what follows so many steps of a song.
PRIMER_STEPS = 64
# Songs are read in stretches of so many voices, for the memory they take.
_STRETCH = 1 << 15


class Net(typing.NamedTuple):
  """The weights of one network, float64.

  Attributes:
    told_kernel: `[told inputs, first]`, of what belongs to a voice of a step.
    step_kernel: `[NUM_STEP_INPUTS, first]`, of what belongs to the step.
    bias: `[first]`.
    hidden_kernel: `[first, second]`.
    hidden_bias: `[second]`.
    output_kernel: `[second]`.
    output_bias: `[1]`.
    told_way: `[told inputs]`, straight to the logit.
    step_way: `[NUM_STEP_INPUTS]`, likewise.
  """

  told_kernel: np.ndarray
  step_kernel: np.ndarray
  bias: np.ndarray
  hidden_kernel: np.ndarray
  hidden_bias: np.ndarray
  output_kernel: np.ndarray
  output_bias: np.ndarray
  told_way: np.ndarray
  step_way: np.ndarray

  def of_step(self, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns what inputs of steps, `[..., NUM_STEP_INPUTS]`, add."""
    return (
        inputs @ self.step_kernel + self.bias,
        inputs @ self.step_way + self.output_bias[0],
    )

  def logits(
      self, inputs: np.ndarray, step: tuple[np.ndarray, np.ndarray]
  ) -> np.ndarray:
    """Returns logits of hits, `[...]`.

    Args:
      inputs: Those of voices, `[..., told inputs]`.
      step: What their steps add.
    """
    first = np.maximum(inputs @ self.told_kernel + step[0], 0)
    second = np.maximum(first @ self.hidden_kernel + self.hidden_bias, 0)
    return second @ self.output_kernel + inputs @ self.told_way + step[1]


def shapes(part: str, sizes: tuple[int, int]) -> dict[str, tuple[int, ...]]:
  """Returns the shape of each tensor of a network, by its field in `Net`."""
  (first, second), told = sizes, _NUM_TOLD_INPUTS[part]
  step = song_contexts.NUM_STEP_INPUTS
  return dict(zip(Net._fields, (
      (told, first), (step, first), (first,), (first, second), (second,),
      (second,), (1,), (told,), (step,),
  )))


def _net(part: str, tensors: Mapping[str, np.ndarray]) -> Net:
  """Takes the tensors of a network, and checks their shapes."""
  try:
    taken = Net(*(
        np.asarray(tensors[f'{part}.{name}'], np.float64)
        for name in Net._fields
    ))
  except KeyError as e:
    raise ValueError(f'there is no {e.args[0]} in it') from e
  if taken.hidden_kernel.ndim != 2:
    raise ValueError(f'{part}.hidden_kernel in it is no matrix')
  first, second = taken.hidden_kernel.shape
  for name, shape in shapes(part, (first, second)).items():
    value = getattr(taken, name)
    if value.shape != shape:
      raise ValueError(
          f'{part}.{name} in it has shape {list(value.shape)}, expected '
          f'{list(shape)}'
      )
    if not np.isfinite(value).all():
      raise ValueError(f'{part}.{name} in it holds what is no number')
  return taken


def _nats(logits: np.ndarray, hits: np.ndarray) -> np.ndarray:
  """Returns minus the log-likelihood of hits."""
  return np.logaddexp(0, np.where(hits, -logits, logits))


def _is_hit(logit: float, uniform: float, temperature: float) -> bool:
  """Says whether a voice is struck."""
  if not temperature:
    return logit > 0
  return uniform < 1 / (1 + math.exp(min(-logit / temperature, 700.0)))


class NextStep:
  """The model.

  Attributes:
    played: The network for voices that were played before.
    entry: That for voices that enter.
  """

  def __init__(self, tensors: Mapping[str, np.ndarray]):
    """Takes the weights.

    Args:
      tensors: `played.bias` and so on.

    Raises:
      ValueError: If they are not those of such a model.
    """
    self.played, self.entry = (
        _net(part, tensors) for part in (PLAYED, ENTRY)
    )

  def nats(self, codes: np.ndarray) -> np.ndarray:
    """Returns how surprising each step of a song is, float64 `[num_steps]`.

    Args:
      codes: Step codes of the whole song, integer `[num_steps]`.
    """
    if not len(codes):
      return np.zeros(0)
    reading = song_reading.read(codes)
    nats = np.zeros(len(codes))
    for net, told, inputs in (
        (self.played, reading.played, reading.played_inputs),
        (self.entry, reading.entries, reading.entry_inputs),
    ):
      step = net.of_step(reading.step_inputs)
      for start in range(0, len(told.steps), _STRETCH):
        places = slice(start, start + _STRETCH)
        steps = told.steps[places]
        logits = net.logits(inputs(places), (step[0][steps], step[1][steps]))
        np.add.at(nats, steps, _nats(logits, told.hits[places]))
    return nats

  def draw(
      self, memory: song_memory.SongMemory, uniform: np.ndarray,
      temperature: float,
  ) -> int:
    """Draws the next step of a song; the memory stays as it is.

    Args:
      memory: What the song has played.
      uniform: Numbers in [0, 1), one for each voice, float64 `[14]`.
      temperature: Logits are divided by it; 0 takes what is more probable.

    Returns:
      A step code.
    """
    inputs, code = memory.step_inputs(), 0
    step = self.played.of_step(inputs)
    for voice in range(_NUM_VOICES):
      if memory.known >> voice & 1:
        logit = float(self.played.logits(np.concatenate([
            memory.count_inputs(voice, code),
            song_contexts.voice_inputs(np.array(voice), np.array(code)),
        ]), step))
        code |= int(_is_hit(logit, uniform[voice], temperature)) << voice
    left = [v for v in range(_NUM_VOICES) if not memory.known >> v & 1]
    step = self.entry.of_step(inputs)
    while left:
      # All at once: a voice seldom enters, and then the rest is asked again.
      logits = self.entry.logits(
          song_contexts.voice_inputs(np.array(left), np.full(len(left), code)),
          step,
      )
      struck = [
          _is_hit(logit, uniform[voice], temperature)
          for voice, logit in zip(left, logits.tolist())
      ]
      if not any(struck):
        break
      first = struck.index(True)
      code |= 1 << left[first]
      left = left[first + 1:]
    return code


def from_tensors(
    tensors: Mapping[str, np.ndarray], origin: str
) -> NextStep:
  """Makes a model of a checkpoint's tensors, whose others are left out.

  Raises:
    CheckpointError: If they are not those of such a model.
  """
  try:
    return NextStep({
        name.removeprefix(PREFIX): values for name, values in tensors.items()
        if name.startswith(PREFIX)
    })
  except ValueError as e:
    raise errors.CheckpointError(
        f'{origin} holds no next-step model: {e}.'
    ) from e
