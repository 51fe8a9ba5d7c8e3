"""drums_rnn: Magenta's network that plays the next step of a drum track.

Layers of LSTM cells read a track step by step and give logits of the class of
the next step (`magenta_drums`; `one_drum` knows two classes, a drum or none).
The input is the step's class, one-hot, and in `drum_kit` the number of the next
step in binary, -1 or 1 a bit. A cell is TensorFlow's BasicLSTMCell: gates in
the order input, new, forget, output; 1 is added to the forget gate.

An attention over the last outputs (Cheng, Dong, Lapata 2016) stands around the
first cell (Magenta 2.1.4) or around all cells (the bundles that Google
published, and magenta-js): its query is c and h of the cells in it, and what it
finds is led into the next step's input and into this one's output.

Weights keep TensorFlow's shapes, `[inputs, outputs]`; sizes are read from them.
It is played by numpy: importing torch would take longer than playing.
"""

import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext.magenta_models import checkpoint_files
from drumspace_ext.magenta_models import weights as magenta_weights

_CONFIGURATION_OF_CLASSES = {2: 'one_drum', 512: 'drum_kit'}
# Of `drum_kit`, where the file does not say (a checkpoint has no graph).
_ATTENTION_LENGTH = 32
_MAX_ATTENTION_LENGTH = 4096
_MAX_COUNTER_BITS = 32
_WRAPPER, _STACK = 'attention_cell_wrapper/', 'multi_rnn_cell/'
_ALL = f'rnn/{_WRAPPER}'


class State(typing.NamedTuple):
  """What the network remembers of some tracks; float32, tracks first.

  Attributes:
    cells: (c, h) of each layer, `[batch, units]`.
    found: What the attention found, `[batch, size]`; None without one.
    memory: The last outputs, `[batch, length, size]`, the oldest first.
  """

  cells: tuple[tuple[np.ndarray, np.ndarray], ...]
  found: np.ndarray | None = None
  memory: np.ndarray | None = None

  def chosen(self, rows: np.ndarray) -> 'State':
    """Returns the state of some tracks, by their numbers, int64 `[n]`."""
    return State(
        tuple((c[rows], h[rows]) for c, h in self.cells),
        None if self.found is None else self.found[rows],
        None if self.memory is None else self.memory[rows],
    )


class _Attention(typing.NamedTuple):
  to_input: magenta_weights.Dense
  memory_kernel: np.ndarray
  to_query: magenta_weights.Dense
  score: np.ndarray
  to_output: magenta_weights.Dense

  def find(self, memory: np.ndarray, query: np.ndarray) -> np.ndarray:
    """Returns the mean of a memory, weighted by how it fits the query."""
    features = np.tanh(
        memory @ self.memory_kernel + self.to_query(query)[:, None]
    )
    scores = features @ self.score
    share = np.exp(scores - scores.max(axis=-1, keepdims=True))
    share /= share.sum(axis=-1, keepdims=True)
    return (share[:, None] @ memory)[:, 0]


def _sigmoid(x: np.ndarray) -> np.ndarray:
  # Of tanh, which never overflows.
  return np.tanh(x * x.dtype.type(0.5)) * x.dtype.type(0.5) + x.dtype.type(0.5)


def _lstm(
    cell: magenta_weights.Dense, x: np.ndarray,
    c: np.ndarray, h: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
  """Returns the next (c, h) of a BasicLSTMCell."""
  entering, new, kept, shown = np.split(cell(x, h), 4, axis=-1)
  c = c * _sigmoid(kept + 1) + _sigmoid(entering) * np.tanh(new)
  return c, np.tanh(c) * _sigmoid(shown)


class DrumsRnn:
  """The network.

  Attributes:
    configuration: `one_drum` or `drum_kit`.
    num_classes: Classes of a step.
    counter_bits: Bits of the step's number in the input.
    layer_sizes: Units of each layer.
    attention_length: Steps that the attention looks back; 0 without one.
    num_wrapped: Layers that the attention stands around; 0 without one.
  """

  def __init__(self, checkpoint: checkpoint_files.MagentaCheckpoint):
    """Takes the weights.

    Args:
      checkpoint: From `checkpoint_files.read`.

    Raises:
      CheckpointError: If they are not those of such a network.
    """
    weights = magenta_weights.Weights(checkpoint.tensors)
    prefixes = _cell_prefixes(weights)
    self.num_classes = weights.size('fully_connected/bias')
    if self.num_classes not in _CONFIGURATION_OF_CLASSES:
      raise errors.CheckpointError(
          f'it plays {self.num_classes} classes of steps; drums_rnn has '
          + ' or '.join(map(str, _CONFIGURATION_OF_CLASSES))
      )
    self.configuration = _CONFIGURATION_OF_CLASSES[self.num_classes]
    self._take(weights, prefixes)
    weights.finish()
    self.attention_length = 0
    if self._attention:
      self.attention_length = checkpoint.attention_length or _ATTENTION_LENGTH
      if not 1 <= self.attention_length <= _MAX_ATTENTION_LENGTH:
        raise errors.CheckpointError(
            f'its attention is {self.attention_length} steps long'
        )

  def _take(
      self, weights: magenta_weights.Weights, prefixes: list[str]
  ) -> None:
    """Takes all tensors; sizes follow from those of the biases."""
    self.layer_sizes = tuple(
        weights.size(f'{prefix}lstm_cell/bias') // 4 for prefix in prefixes
    )
    num_inputs = (
        weights.size(f'{prefixes[0]}lstm_cell/kernel') - self.layer_sizes[0]
    )
    self.counter_bits = num_inputs - self.num_classes
    if not 0 <= self.counter_bits <= _MAX_COUNTER_BITS:
      raise errors.CheckpointError(f'its first layer has {num_inputs} inputs')
    self._cells, size = [], num_inputs
    for prefix, units in zip(prefixes, self.layer_sizes):
      self._cells.append(
          weights.dense(f'{prefix}lstm_cell/', size + units, 4 * units)
      )
      size = units
    self._output = weights.dense('fully_connected/', size, self.num_classes)
    wrapper = _wrapper_prefix(weights)
    self.num_wrapped = 0
    self._attention = None
    if wrapper:
      self.num_wrapped = len(prefixes) if wrapper == _ALL else 1
      wrapped = self.layer_sizes[:self.num_wrapped]
      self._attention = _attention(weights, wrapper, num_inputs, wrapped)

  def start(self, batch: int) -> State:
    """Returns what the network remembers before the first step: nothing."""
    cells = tuple(
        (_zeros(batch, units), _zeros(batch, units))
        for units in self.layer_sizes
    )
    if not self._attention:
      return State(cells)
    size = self.layer_sizes[self.num_wrapped - 1]
    return State(
        cells, _zeros(batch, size), _zeros(batch, self.attention_length, size),
    )

  def _inputs(self, classes: np.ndarray, position: int) -> np.ndarray:
    """Returns the network's inputs, float32 `[batch, inputs]`."""
    inputs = _zeros(len(classes), self.num_classes + self.counter_bits)
    inputs[np.arange(len(classes)), classes] = 1
    bits = np.arange(self.counter_bits)
    inputs[:, self.num_classes:] = (position + 1 >> bits & 1) * 2 - 1
    return inputs

  def step(
      self, classes: np.ndarray, position: int, state: State
  ) -> tuple[np.ndarray, State]:
    """Reads one step of some tracks.

    Args:
      classes: What is played on it, int64 `[batch]`.
      position: Its number in the tracks, from 0.
      state: What was read before.

    Returns:
      (logits, state): of the class of the next step, float32
      `[batch, num_classes]`, and what to read that one with.
    """
    x = self._inputs(classes, position)
    cells, memory, found = [], state.memory, state.found
    if self._attention and found is not None:
      x = self._attention.to_input(x, found)
    for number, (cell, (c, h)) in enumerate(zip(self._cells, state.cells), 1):
      cells.append(_lstm(cell, x, c, h))
      x = cells[-1][1]
      if self._attention and number == self.num_wrapped and memory is not None:
        query = np.concatenate([part for cell in cells for part in cell], -1)
        found = self._attention.find(memory, query)
        x = self._attention.to_output(x, found)
        memory = np.concatenate([memory[:, 1:], x[:, None]], axis=1)
    return self._output(x), State(tuple(cells), found, memory)

  def read(
      self, classes: np.ndarray, state: State | None = None
  ) -> tuple[np.ndarray, State]:
    """Reads whole tracks from their beginning.

    Args:
      classes: int64 `[batch, num_steps]`, num_steps > 0.
      state: What was read before; nothing if None.

    Returns:
      (logits, state) as of `step`, the logits of all steps, float32
      `[batch, num_steps, num_classes]`.
    """
    state = state or self.start(len(classes))
    logits = []
    for position, row in enumerate(classes.T):
      one, state = self.step(row, position, state)
      logits.append(one)
    return np.stack(logits, axis=1), state


def _zeros(*shape: int) -> np.ndarray:
  return np.zeros(shape, np.float32)


def _wrapper_prefix(weights: magenta_weights.Weights) -> str | None:
  """Returns where the attention's tensors stand; None if there are none."""
  for prefix in (_ALL, f'rnn/{_STACK}cell_0/{_WRAPPER}'):
    if f'{prefix}kernel' in weights:
      return prefix
  return None


def _cell_prefixes(weights: magenta_weights.Weights) -> list[str]:
  """Returns where the tensors of each cell stand, the first layer first."""
  prefixes: list[str] = []
  while True:
    cell = f'{_STACK}cell_{len(prefixes)}/'
    for prefix in (f'{_ALL}{cell}', f'rnn/{cell}{_WRAPPER}', f'rnn/{cell}'):
      if f'{prefix}lstm_cell/kernel' in weights:
        prefixes.append(prefix)
        break
    else:
      break
  if not prefixes:
    raise errors.CheckpointError('there is no layer of drums_rnn in it')
  return prefixes


def _attention(
    weights: magenta_weights.Weights, prefix: str, num_inputs: int,
    wrapped: tuple[int, ...],
) -> _Attention:
  """Takes the tensors of an attention around layers of given sizes."""
  size = wrapped[-1]
  return _Attention(
      to_input=weights.dense(prefix, num_inputs + size, num_inputs),
      memory_kernel=weights.take(
          f'{prefix}attention/attn_w', 1, 1, size, size
      )[0, 0],
      to_query=weights.dense(f'{prefix}attention/', 2 * sum(wrapped), size),
      score=weights.take(f'{prefix}attention/attn_v', size),
      to_output=weights.dense(
          f'{prefix}attn_output_projection/', 2 * size, size
      ),
  )
