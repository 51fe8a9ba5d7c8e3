"""drums_rnn as a continuer: from step codes to its classes and back.

`drum_kit` has a class for each set of nine drums; voices that it lacks are
folded in (`drum_classes`). `one_drum` knows a drum or none, in eighths: a hit
on an odd sixteenth is read on the eighth behind it, as note_seq quantizes, and
what it plays comes out on `ONE_DRUM_VOICE`. As Magenta's generator, it does not
hear whole bars of silence before the first hit.
"""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence

import numpy as np

from drumspace_ext import errors
from drumspace_ext.magenta_models import checkpoint_files
from drumspace_ext.magenta_models import drum_classes
from drumspace_ext.magenta_models import drums_rnn
from drumspace_ext.magenta_models import drums_rnn_generation
from drumspace_ext.models import hparams as hparams_lib
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices

# Magenta writes its one drum as a hand clap (39), which is one of snare's.
ONE_DRUM_VOICE = 'snare'
_MAX_STEPS = 1 << 16
# More of them are no faster.
_SONGS_AT_ONCE = 32
_ANY_SET = 1e-4


def _eighths(codes: np.ndarray) -> np.ndarray:
  """Returns whether anything is struck, int64 `[ceil(num_steps / 2)]`."""
  struck = np.zeros(-(-len(codes) // 2), np.int64)
  steps = (np.flatnonzero(codes) + 1) // 2
  # Nothing is read behind the primer's end.
  struck[np.minimum(steps, len(struck) - 1)] = 1
  return struck


class DrumsRnnContinuer:
  """A drums_rnn; see `continuers.Continuer`.

  Attributes:
    network: The network.
  """

  primer_map = drum_classes.DRUM_MAP

  def __init__(
      self, checkpoint: checkpoint_files.MagentaCheckpoint, *,
      origin: str, hparams: str = '',
      search: drums_rnn_generation.Search | None = None,
  ):
    """Builds the network.

    Args:
      checkpoint: A drums_rnn.
      origin: Where it comes from, for messages.
      hparams: See `continuers.load`.
      search: How steps are drawn, but for the temperature.

    Raises:
      CheckpointError: If it is another model.
      InputError: If the hparams are those of another model.
    """
    try:
      if checkpoint.kind != checkpoint_files.DRUMS_RNN:
        raise errors.CheckpointError(
            f'it is {checkpoint_files.TITLES[checkpoint.kind]}'
        )
      self.network = drums_rnn.DrumsRnn(checkpoint)
    except errors.CheckpointError as e:
      raise errors.CheckpointError(
          f'{origin} is no drums_rnn that can be played: {e}.'
      ) from e
    self._search = search or drums_rnn_generation.Search()
    self._check(hparams_lib.parse(hparams))

  def _check(self, hparams: Mapping[str, object]) -> None:
    """Refuses hparams of another network; those of training are ignored."""
    have = {
        'rnn_layer_sizes': list(self.network.layer_sizes),
        'attn_length': self.network.attention_length,
    }
    for name, value in have.items():
      asked = hparams.get(name, value)
      if asked != value:
        raise errors.InputError(
            f'--hparams: {name} of this model is {value}, not {asked}. Leave '
            'it out: sizes are read from the file.'
        )

  @property
  def name(self) -> str:
    """`drum_kit` or `one_drum`."""
    return self.network.configuration

  @property
  def description(self) -> str:
    """What it is, in some words."""
    units = ', '.join(map(str, self.network.layer_sizes))
    return f'drums_rnn {self.name}, layers of {units} units'

  def _classes(self, primer: np.ndarray) -> np.ndarray:
    """Returns a primer as the network reads it."""
    bar = step_codes.STEPS_PER_BAR
    first = int(np.argmax(primer > 0)) if primer.any() else 0
    heard = primer[first // bar * bar:]
    if self.name == 'one_drum':
      return _eighths(heard)
    return drum_classes.codes_to_classes(heard)

  def stream(
      self, primer: np.ndarray, *, temperature: float, seed: int,
      output: int = 0,
  ) -> Iterator[int]:
    """Yields what follows a primer for ever; see `continuers.Continuer`.

    Raises:
      InputError: If a number is out of range, or steps are to be searched.
    """
    if self._search != drums_rnn_generation.Search().at(
        self._search.temperature
    ):
      raise errors.InputError('a stream has no end that a beam could look to.')
    self._check_primer(primer)
    steps = drums_rnn_generation.stream(
        self.network, self._classes(primer), temperature=temperature,
        seed=seed, output=output,
    )
    per_step = self._steps_of_class
    return (
        int(code) for step in steps
        for code in self._codes(np.array([[step]]), per_step)[0]
    )

  @property
  def _steps_of_class(self) -> int:
    """How many sixteenths one of its steps is."""
    return step_codes.STEPS_PER_QUARTER // (
        drum_classes.STEPS_PER_QUARTER[self.name]
    )

  def _check_primer(self, primer: np.ndarray) -> None:
    if not 1 <= len(primer) <= _MAX_STEPS:
      raise errors.InputError(
          f'a primer has 1 to {_MAX_STEPS} steps, got {len(primer)}.'
      )

  def _codes(self, classes: np.ndarray, num_steps: int) -> np.ndarray:
    """Returns what the network played as step codes."""
    if self.name != 'one_drum':
      return drum_classes.classes_to_codes(classes)
    codes = np.zeros((len(classes), 2 * classes.shape[1]), np.uint16)
    codes[:, ::2] = classes << voices.INDEX[ONE_DRUM_VOICE]
    return codes[:, :num_steps]

  def class_nats(
      self, songs: Sequence[np.ndarray]
  ) -> list[np.ndarray] | None:
    """Returns how surprising each step's set of nine drums is.

    Attention feeds on what it gave, and may grow without bounds in long songs;
    so a chance of `_ANY_SET` is left for sets drawn evenly, which is all there
    is where its numbers have overflowed.

    Args:
      songs: Step codes, uint16 `[num_steps]` each.

    Returns:
      float64 `[num_steps]` each; on the first step any set is as probable.
      None of `one_drum`, which hears eighths.
    """
    if self.name == 'one_drum':
      return None
    found: list[np.ndarray] = [np.zeros(0)] * len(songs)
    order = sorted(range(len(songs)), key=lambda index: len(songs[index]))
    for start in range(0, len(order), _SONGS_AT_ONCE):
      part = order[start:start + _SONGS_AT_ONCE]
      nats = self._nats_together([songs[index] for index in part])
      for index, row in zip(part, nats):
        found[index] = row[:len(songs[index])]
    return found

  def _nats_together(self, songs: Sequence[np.ndarray]) -> np.ndarray:
    """Returns nats of songs, filled up to the longest, which is the last."""
    classes = np.zeros((len(songs), len(songs[-1])), np.int64)
    for row, codes in zip(classes, songs):
      row[:len(codes)] = drum_classes.codes_to_classes(codes)
    nats = np.full(classes.shape, np.log(self.network.num_classes))
    state = self.network.start(len(songs))
    for step in range(classes.shape[1] - 1):
      with np.errstate(over='ignore', invalid='ignore'):
        logits, state = self.network.step(classes[:, step], step, state)
        scaled = logits.astype(np.float64)
        chances = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
        chances /= chances.sum(axis=-1, keepdims=True)
      chosen = chances[np.arange(len(songs)), classes[:, step + 1]]
      even = 1 / self.network.num_classes
      nats[:, step + 1] = -np.log(
          (1 - _ANY_SET) * np.nan_to_num(chosen, nan=even) + _ANY_SET * even
      )
    return nats

  def continue_codes(
      self, primer: np.ndarray, *, num_steps: int, num_outputs: int,
      temperature: float, seed: int,
  ) -> np.ndarray:
    """Draws what follows a primer; see `continuers.Continuer`.

    Raises:
      InputError: If a number is out of range.
    """
    if not 1 <= len(primer) <= _MAX_STEPS or not 1 <= num_steps <= _MAX_STEPS:
      raise errors.InputError(
          f'a primer and what follows it have 1 to {_MAX_STEPS} steps, got '
          f'{len(primer)} and {num_steps}.'
      )
    per_step = self._steps_of_class
    classes = drums_rnn_generation.extend(
        self.network, self._classes(primer),
        num_steps=-(-num_steps // per_step), num_outputs=num_outputs,
        seed=seed, search=self._search.at(temperature),
    )
    return self._codes(classes, num_steps)
