"""The stepwise model: a VAE whose decoder writes step by step, voice by voice.

Independent bits, as in the published decoders, can't say "either this or that":
what is drawn from them is noise around a mean. Here each bit is drawn given z
and all bits before it, so that a latent vector stands for a family of beats and
temperature chooses among its members.

The decoder looks back over all earlier steps of the pattern (31 of them, by
their distance, so that a repeat one bar later is easy to see) through a stack
of residual layers. It is also told what a layer over hits can't see: for each
voice, how far it has so far differed from itself a beat, half a bar and a bar
earlier, for most beats either repeat exactly or don't. Within a step, voices
are ordered by a small shared layer as in NADE (Larochelle, Murray 2011).
"""

from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional

from drumspace_ext.models import autoencoder
from drumspace_ext.models import configs
from drumspace_ext.models import fitted_samplers
from drumspace_ext.models import layers
from drumspace_ext.models import vae
from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import step_codes

_LOOKBACK = step_codes.NUM_STEPS - 1
_STEPS, _VOICES = step_codes.NUM_STEPS, step_codes.NUM_VOICES
_REPEAT_LAGS = (4, 8, 16)
# Counts of differences are divided by it, to be as large as the other inputs.
_COUNT_SCALE = 8.0
# Bits less probable than this are not drawn: of 448 decisions a few would come
# out wrong, and a beat is as good as its worst hit. As in nucleus sampling
# (Holtzman et al. 2019). tests/benchmarks/RESULTS.md: what it does to a panel.
IMPROBABLE = 0.08


# Makes bits of logits.
Chooser = Callable[[torch.Tensor], torch.Tensor]


def _is_trivial(hits: torch.Tensor) -> torch.Tensor:
  """Tells the beats, bool `[batch, 448]`, that the entropy rule refuses."""
  rows = hits.view(-1, _STEPS, _VOICES).cpu().numpy()
  trivial = entropy.is_trivial(step_codes.hits_to_step_codes(rows))
  return torch.from_numpy(trivial).to(hits.device)


def _repeat_inputs(counts: torch.Tensor) -> torch.Tensor:
  """Returns inputs made of counts of differences.

  Args:
    counts: float `[..., 3, 14]`, by lag and voice.

  Returns:
    float `[..., 84]`: whether there is a difference, and how many there are.
  """
  both = torch.stack([(counts > 0).float(), counts / _COUNT_SCALE], dim=-2)
  return both.flatten(-3)


def _differences(rows: torch.Tensor) -> torch.Tensor:
  """Counts where voices differ from themselves some steps earlier.

  Args:
    rows: Hits, float `[batch, 32, 14]`.

  Returns:
    float `[batch, 32, 3, 14]`: before each step, by lag and voice.
  """
  counts = []
  for lag in _REPEAT_LAGS:
    differs = (rows[:, lag:] - rows[:, :-lag]).abs()
    # None of the first `lag` steps has an earlier one; no step counts itself.
    counts.append(functional.pad(
        differs.cumsum(1)[:, :-1], (0, 0, lag + 1, 0)
    ))
  return torch.stack(counts, dim=2)


def pasts(rows: torch.Tensor) -> torch.Tensor:
  """Returns what is known before each step of hits `[batch, 32, 14]`.

  Returns:
    float `[batch, 32, 518]`: the 31 steps before, by voice and then from the
    most distant to the last, and the `_repeat_inputs`.
  """
  silence = torch.zeros(len(rows), _LOOKBACK, _VOICES, device=rows.device)
  padded = torch.cat([silence, rows[:, :-1]], dim=1)
  past = padded.unfold(1, _LOOKBACK, 1)  # [batch, 32, 14, 31]
  return torch.cat([
      past.reshape(len(rows), _STEPS, -1), _repeat_inputs(_differences(rows))
  ], dim=-1)


def chooser(
    temperature: float, threshold: float, generator: torch.Generator | None
) -> Chooser:
  """Returns what makes bits, float 0 or 1, of logits; see `draw_hits`."""
  cut = torch.logit(torch.tensor(threshold)).item()

  def choose(logit: torch.Tensor) -> torch.Tensor:
    if temperature == 0:
      return (logit > cut).float()
    chance = torch.sigmoid(logit / temperature)
    chance = torch.where(chance < IMPROBABLE, 0.0, chance)
    chance = torch.where(chance > 1 - IMPROBABLE, 1.0, chance)
    uniform = torch.rand(len(logit), generator=generator, device=logit.device)
    return (uniform < chance).float()

  return choose


class Written:
  """The steps written so far, of a batch of beats."""

  def __init__(self, count: int, device: torch.device):
    # The past stands behind 31 silent steps, and grows as it is written.
    self._rows = torch.zeros(count, _LOOKBACK + _STEPS, _VOICES, device=device)
    self._counts = torch.zeros(
        count, len(_REPEAT_LAGS), _VOICES, device=device
    )
    self._step = 0

  def inputs(self) -> torch.Tensor:
    """Returns what `pasts` says before the next step, `[batch, 518]`."""
    past = self._rows[:, self._step:self._step + _LOOKBACK]
    return torch.cat([
        past.transpose(1, 2).flatten(1), self.differences()
    ], dim=-1)

  def so_far(self) -> torch.Tensor:
    """Returns the steps written so far, `[batch, 14 * steps]`."""
    return self._rows[:, _LOOKBACK:_LOOKBACK + self._step].flatten(1)

  def differences(self) -> torch.Tensor:
    """Returns the `_repeat_inputs` before the next step, `[batch, 84]`."""
    return _repeat_inputs(self._counts)

  def earlier(self, lag: int) -> torch.Tensor:
    """Returns what is so many steps before the next one, `[batch, 14]`."""
    return self._rows[:, _LOOKBACK + self._step - lag]

  def add(self, row: torch.Tensor) -> None:
    """Adds a step, float `[batch, 14]`."""
    self._rows[:, _LOOKBACK + self._step] = row
    for index, lag in enumerate(_REPEAT_LAGS):
      if self._step >= lag:
        self._counts[:, index] += (row - self.earlier(lag)).abs()
    self._step += 1

  def hits(self) -> torch.Tensor:
    """Returns the patterns, bool `[batch, 448]`."""
    return self._rows[:, _LOOKBACK:].flatten(1) > 0.5


class Stepwise(vae.Vae):
  """The model; its encoder is the VAE's, its decoder is its own."""

  config: configs.StepwiseConfig
  # Halves its file: it has 21 times the weights of the published models.
  saved_dtype = torch.float16
  is_corrected = True
  # Of the best panel.
  default_temperature = 0.8

  def __init__(self, config: configs.StepwiseConfig):
    super().__init__(config)
    del self.decoder
    size, head = config.decoder_size, config.voice_head_size
    num_repeat_inputs = 2 * len(_REPEAT_LAGS) * _VOICES
    self.from_past = nn.Linear(
        _LOOKBACK * _VOICES + num_repeat_inputs, size, bias=False
    )
    self.from_z = nn.Linear(config.z_size, size)
    self.positions = nn.Embedding(_STEPS, size)
    self.layers = nn.ModuleList(
        nn.Linear(size, size) for _ in range(config.num_decoder_layers)
    )
    self.z_to_layers = nn.Linear(config.z_size, size)
    self.dropout = nn.Dropout(config.dropout)
    self.to_head = nn.Linear(size, head)
    self.voice_inputs = nn.Parameter(0.1 * torch.randn(_VOICES, head))
    self.voice_outputs = nn.Parameter(0.05 * torch.randn(_VOICES, head))
    self.to_bits = nn.Linear(size, _VOICES)

  def fit_sampler(
      self, mu: torch.Tensor, sigma: torch.Tensor, *, seed: int
  ) -> fitted_samplers.FittedSampler:
    """Returns the widened posteriors: no simple distribution is like them."""
    return fitted_samplers.posteriors(mu, sigma, seed=seed)

  def weights(self) -> autoencoder.Weights:
    """Returns what others need to compute as it does."""
    return autoencoder.Weights(
        self.config.kind, self.z_size, self._rules(), {
            name: value.detach().float().cpu().numpy()
            for name, value in self.state_dict().items()
        },
    )

  def _rules(self) -> dict[str, object]:
    """Returns the numbers of the decoder's rules, as JSON can hold them."""
    return {
        'repeat_lags': _REPEAT_LAGS, 'count_scale': _COUNT_SCALE,
        'improbable': IMPROBABLE,
    }

  def _trunk(
      self, past: torch.Tensor, z: torch.Tensor, step: torch.Tensor
  ) -> torch.Tensor:
    """Returns what is known before a step, float `[..., decoder_size]`.

    Args:
      past: float `[..., 14 * 31 + 84]`: the 31 steps before, by voice and then
        from the most distant to the last, and the `_repeat_inputs`.
      z: float `[..., z_size]`.
      step: Its number, int64 `[...]`.
    """
    return self._through_layers(
        self.from_past(past) + self.from_z(z) + self.positions(step),
        self.z_to_layers(z),
    )

  def _through_layers(
      self, first: torch.Tensor, second: torch.Tensor
  ) -> torch.Tensor:
    """Returns the same of what the first two layers are told of it all."""
    known = functional.gelu(first)
    for number, layer in enumerate(self.layers):
      update = layer(self.dropout(known))
      if number == 0:
        update += second
      known = known + functional.gelu(update)
    return known

  def teacher_logits(
      self, z: torch.Tensor, hits: torch.Tensor
  ) -> torch.Tensor:
    """Returns each bit's logit given the true bits before it.

    Args:
      z: float `[batch, z_size]`.
      hits: float `[batch, 448]`.

    Returns:
      float `[batch, 32, 14]`.
    """
    rows = hits.view(-1, _STEPS, _VOICES)
    steps = torch.arange(_STEPS, device=rows.device)
    known = self._trunk(pasts(rows), z[:, None], steps)
    struck = torch.cumsum(rows[..., None] * self.voice_inputs, dim=-2)
    before = functional.pad(struck[..., :-1, :], (0, 0, 1, 0))
    head = functional.gelu(self.to_head(known)[..., None, :] + before)
    return (head * self.voice_outputs).sum(-1) + self.to_bits(known)

  def _reconstruction(
      self, z: torch.Tensor, hits: torch.Tensor, measured: bool
  ) -> torch.Tensor:
    logits = self.teacher_logits(z, hits).flatten(1)
    return layers.bit_loss(logits, hits, measured=measured)

  def draw_hits(
      self, z: torch.Tensor, *, temperature: float, threshold: float,
      generator: torch.Generator | None,
  ) -> torch.Tensor:
    """Writes a pattern for each latent vector.

    No training pattern is trivial by the entropy rule; bits drawn one by one
    (temperature above 0) may come to such a beat, and are then drawn once more.

    Args:
      z: float `[batch, z_size]`.
      temperature: Logits are divided by it before drawing, and what is then
        `IMPROBABLE` is left out; at 0 a bit is set where its probability is
        above `threshold`.
      threshold: Probability, only for temperature 0.
      generator: Draws the bits; None is allowed at temperature 0.

    Returns:
      bool `[batch, 448]`.
    """
    hits = self._write(z, temperature, threshold, generator)
    if temperature > 0 and (trivial := _is_trivial(hits)).any():
      hits[trivial] = self._write(z[trivial], temperature, threshold, generator)
    return hits

  def _write(
      self, z: torch.Tensor, temperature: float, threshold: float,
      generator: torch.Generator | None,
  ) -> torch.Tensor:
    """Writes a pattern for each latent vector, step by step; see draw_hits."""
    choose = chooser(temperature, threshold, generator)
    rows = Written(len(z), z.device)
    # As `from_past` has them, but step by step: what is not written yet is left
    # out, and adds nothing.
    past, repeats = self.from_past.weight.split(
        [_LOOKBACK * _VOICES, 2 * len(_REPEAT_LAGS) * _VOICES], dim=1
    )
    past = past.unflatten(1, (_VOICES, _LOOKBACK)).permute(2, 1, 0)
    past = past.flatten(0, 1)
    of_z, second = self.from_z(z), self.z_to_layers(z)
    for step in range(_STEPS):
      first = of_z + self.positions.weight[step]
      if step:
        first.addmm_(rows.so_far(), past[-step * _VOICES:])
        first.addmm_(rows.differences(), repeats.T)
      known = self._through_layers(first, second)
      head, bits = self.to_head(known), self.to_bits(known)
      live = functional.gelu(head)
      row = torch.zeros(len(z), _VOICES, device=z.device)
      for voice in range(_VOICES):
        struck = choose(live @ self.voice_outputs[voice] + bits[:, voice])
        row[:, voice] = struck
        # Most voices are silent, and tell the others nothing.
        where = struck.nonzero()[:, 0]
        told = head[where] + self.voice_inputs[voice]
        head[where], live[where] = told, functional.gelu(told)
      rows.add(row)
    return rows.hits()
