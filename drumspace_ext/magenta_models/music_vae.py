"""MusicVAE's two-bar drums: encoder, latent vector, decoder.

A bidirectional LSTM reads 32 steps of classes struck (and a bit for "none");
its last outputs give mu and sigma. The decoder is a stack of LSTM cells whose
first state comes of z and which gets z with each step it has written: in
`cat-drums` the number of a set of nine drums, one of 512, in `nade-drums` one
bit after the other, of nine classes or of all 61 pitches (NADE, Larochelle,
Murray 2011). A cell is TensorFlow's LSTMBlockCell; 1 is added to the forget
gate. GrooVAE (`groovae`) writes velocities and offsets too.

Patterns go in and out as hits of the 14 voices, as in all models here.
"""

from collections.abc import Iterator

import numpy as np
import torch
from torch import nn

from drumspace_ext import errors
from drumspace_ext.magenta_models import checkpoint_files
from drumspace_ext.magenta_models import drum_classes
from drumspace_ext.magenta_models import lstm_layers
from drumspace_ext.magenta_models import weights as weights_lib
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices

_NINE, _ALL = drum_classes.NUM_CLASSES, drum_classes.NUM_FULL_CLASSES
_STEPS = step_codes.NUM_STEPS
# What music_vae_generate draws with.
_DRAWN_AT = 0.5


class MusicVae(nn.Module):
  """The network, with the methods of our own models.

  Attributes:
    configuration: The name of Magenta's configuration that it is like.
    z_size: Dimensions of the latent vector.
  """

  default_temperature = _DRAWN_AT
  # The page of a map has no LSTM cells.
  fits_page = False
  w_enc: torch.Tensor
  w_dec_t: torch.Tensor

  def __init__(self, checkpoint: checkpoint_files.MagentaCheckpoint):
    """Takes the weights.

    Args:
      checkpoint: From `checkpoint_files.read`.

    Raises:
      CheckpointError: If they are not those of such a network.
    """
    super().__init__()
    weights = weights_lib.Weights(checkpoint.tensors)
    self.z_size = weights.size('encoder/mu/bias')
    encoded = self._take_encoder(weights)
    for name in ('mu', 'sigma'):
      self._add_dense(
          name, weights.dense(f'encoder/{name}/', encoded, self.z_size)
      )
    self._take_decoder(weights)
    weights.finish()
    self.configuration = self._name()
    self.requires_grad_(False)

  def _name(self) -> str:
    return {
        (False, _NINE): 'cat-drums_2bar', (True, _NINE): 'nade-drums_2bar',
        (True, _ALL): 'nade-drums_2bar_full',
    }[self._nade_size > 0, self._num_classes]

  def _classes_of(self, size: int) -> int:
    """Returns how many classes an encoder with so many inputs hears."""
    if size - 1 not in (_NINE, _ALL):
      raise errors.CheckpointError(
          f'its encoder reads {size} inputs a step, which no MusicVAE of '
          'two-bar drums does'
      )
    return size - 1

  def _depth_of(self, nade: bool) -> int:
    """Returns how many numbers the decoder hears of a step."""
    return self._num_classes if nade else 1 << self._num_classes

  def _inputs(self, rows: np.ndarray) -> np.ndarray:
    """Returns the encoder's inputs of hits, `[batch, 32, 14]`."""
    rolls = drum_classes.hits_to_rolls(rows, self._num_classes)
    return np.concatenate(
        [rolls, ~rolls.any(-1, keepdims=True)], axis=-1
    ).astype(np.float32)

  def _add_dense(self, name: str, dense: weights_lib.Dense) -> None:
    for part, value in dense._asdict().items():
      self.register_buffer(f'{name}_{part}', torch.from_numpy(value))

  def _dense(self, name: str, *parts: torch.Tensor) -> torch.Tensor:
    return torch.addmm(
        getattr(self, f'{name}_bias'), torch.cat(parts, dim=-1),
        getattr(self, f'{name}_kernel'),
    )

  def _take_encoder(self, weights: weights_lib.Weights) -> int:
    """Takes the encoder's layers; returns the size of what they give."""
    self.encoder = nn.ModuleList()
    size = 0
    for prefixes in encoder_prefixes(weights):
      units = weights.size(f'{prefixes[0]}bias') // 4
      if not size:
        size = weights.size(f'{prefixes[0]}kernel') - units
        self._num_classes = self._classes_of(size)
      layer = nn.LSTM(size, units, batch_first=True, bidirectional=True)
      for prefix, suffix in zip(prefixes, ('_l0', '_l0_reverse')):
        dense = weights.dense(prefix, size + units, 4 * units)
        lstm_layers.fill_lstm(layer, dense, suffix)
      self.encoder.append(layer)
      size = 2 * units
    if not size:
      raise errors.CheckpointError('there is no encoder of MusicVAE in it')
    return size

  def _take_decoder(self, weights: weights_lib.Weights) -> None:
    nade = 'decoder/nade/w_enc' in weights
    depth = self._depth_of(nade)
    self.decoder, self._state_sizes = nn.ModuleList(), list[int]()
    size = depth + self.z_size
    while True:
      prefix = f'decoder/multi_rnn_cell/cell_{len(self.decoder)}/lstm_cell/'
      if f'{prefix}kernel' not in weights:
        break
      units = weights.size(f'{prefix}bias') // 4
      dense = weights.dense(prefix, size + units, 4 * units)
      cell = nn.LSTMCell(size, units)
      lstm_layers.fill_lstm(cell, dense, '')
      self.decoder.append(cell)
      # Of c and of h.
      self._state_sizes += [units, units]
      size = units
    if not self.decoder:
      raise errors.CheckpointError('there is no decoder of MusicVAE in it')
    self._add_dense('start', weights.dense(
        'decoder/z_to_initial_state/', self.z_size,
        sum(self._state_sizes),
    ))
    outputs = weights.size('decoder/output_projection/bias')
    self._nade_size = outputs - depth if nade else 0
    self._add_dense('output', weights.dense(
        'decoder/output_projection/', size, depth + self._nade_size
    ))
    if nade:
      for name, shape in (
          ('w_enc', (depth, 1, self._nade_size)),
          ('w_dec_t', (depth, self._nade_size, 1)),
      ):
        self.register_buffer(name, torch.from_numpy(
            weights.take(f'decoder/nade/{name}', *shape)
        ).flatten(1))
    self._depth = depth

  def encode(self, hits: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Returns the posterior of each pattern.

    Args:
      hits: float `[batch, 448]`.

    Returns:
      (mu, sigma), float `[batch, z_size]`.
    """
    rows = hits.view(-1, _STEPS, voices.NUM_VOICES).cpu().numpy() > 0.5
    x = torch.from_numpy(self._inputs(rows)).to(hits.device)
    for layer in self.encoder:
      x, (last, _) = layer(x)
    both = torch.cat([last[0], last[1]], dim=-1)
    mu, sigma = self._dense('mu', both), self._dense('sigma', both)
    return mu, nn.functional.softplus(sigma)

  def teacher_outputs(
      self, z: torch.Tensor, hits: torch.Tensor
  ) -> torch.Tensor:
    """Returns the decoder's outputs, each given the true steps before it.

    Args:
      z: float `[batch, z_size]`.
      hits: float `[batch, 448]`.

    Returns:
      float `[batch, 32, outputs]`: of `cat-drums` the logits of 512 sets.
    """
    rows = hits.view(-1, _STEPS, voices.NUM_VOICES).cpu().numpy() > 0.5
    struck = drum_classes.hits_to_rolls(rows, self._num_classes)
    rolls = torch.from_numpy(struck).to(z.device)
    state, given, outputs = self._start(z), None, []
    for step in range(_STEPS):
      output, state = self._step(z, given, state)
      outputs.append(output)
      given = self._as_input(rolls[:, step])
    return torch.stack(outputs, dim=1)

  def draw_hits(
      self, z: torch.Tensor, *, temperature: float, threshold: float,
      generator: torch.Generator | None,
  ) -> torch.Tensor:
    """Writes a pattern for each latent vector.

    Args:
      z: float `[batch, z_size]`.
      temperature: Logits are divided by it before each step is drawn; at 0 the
        most probable one is taken.
      threshold: Probability of a bit of `nade-drums` at temperature 0; of no
        meaning to `cat-drums`, whose steps are no independent bits.
      generator: Draws; None is allowed at temperature 0.

    Returns:
      bool `[batch, 448]`.
    """
    state, given, steps = self._start(z), None, []
    for _ in range(_STEPS):
      output, state = self._step(z, given, state)
      if self._nade_size:
        rolls = self._nade(output, temperature, threshold, generator)
      else:
        rolls = self._category(output, temperature, generator)
      given = self._as_input(rolls)
      steps.append(rolls)
    written = torch.stack(steps, dim=1).cpu().numpy()
    hits = torch.from_numpy(drum_classes.rolls_to_hits(written))
    return hits.flatten(1).to(z.device)

  def _start(self, z: torch.Tensor) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Returns the decoder's first state, (c, h) of each cell from z."""
    flat = torch.tanh(self._dense('start', z))
    parts = flat.split(self._state_sizes, dim=-1)
    return list(zip(parts[::2], parts[1::2]))

  def _as_input(self, rolls: torch.Tensor) -> torch.Tensor:
    """Returns what the decoder hears of a step, float `[batch, depth]`."""
    if self._nade_size:
      return rolls.float()
    bits = 1 << torch.arange(_NINE, device=rolls.device)
    return nn.functional.one_hot(
        (rolls.long() * bits).sum(-1), self._depth
    ).float()

  def _step(self, z, given, state):
    """Returns (outputs, state) of the decoder's next step."""
    if given is None:
      given = torch.zeros(len(z), self._depth, device=z.device)
    x, following = torch.cat([given, z], dim=-1), []
    for cell, (c, h) in zip(self.decoder, state):
      h, c = cell(x, (h, c))
      following.append((c, h))
      x = h
    return self._dense('output', x), following

  def _category(self, logits, temperature, generator) -> torch.Tensor:
    """Chooses one of the sets; bool `[batch, 9]`."""
    if temperature > 0:
      shares = torch.softmax(logits / temperature, dim=-1)
      chosen = torch.multinomial(shares, 1, generator=generator)
    else:
      chosen = logits.argmax(-1, keepdim=True)
    return (chosen >> torch.arange(_NINE, device=logits.device) & 1) > 0

  def _nade(self, output, temperature, threshold, generator) -> torch.Tensor:
    """Writes bit after bit; bool `[batch, classes]`."""
    hidden, biases = output.split([self._nade_size, self._depth], dim=-1)
    bits = []
    for number in range(self._depth):
      logit = biases[:, number] + torch.sigmoid(hidden) @ self.w_dec_t[number]
      if temperature > 0:
        chance = torch.sigmoid(logit / temperature)
        bit = torch.rand(
            len(chance), generator=generator, device=chance.device
        ) < chance
      else:
        bit = torch.sigmoid(logit) >= threshold
      hidden = hidden + bit.float()[:, None] * self.w_enc[number]
      bits.append(bit)
    return torch.stack(bits, dim=-1)


def encoder_prefixes(
    weights: weights_lib.Weights,
) -> Iterator[tuple[str, str]]:
  """Yields where the tensors of each layer stand, forward and backward."""
  number = 0
  while True:
    forward, backward = (
        f'encoder/cell_{number}/bidirectional_rnn/{way}/multi_rnn_cell/cell_0/'
        'lstm_cell/' for way in ('fw', 'bw')
    )
    if f'{forward}kernel' not in weights:
      return
    yield forward, backward
    number += 1
