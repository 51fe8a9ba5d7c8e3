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
from drumspace_ext.models import written
from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import step_codes

_STEPS, _VOICES = step_codes.NUM_STEPS, step_codes.NUM_VOICES
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
    self.from_past = nn.Linear(
        written.NUM_PAST_INPUTS + written.NUM_REPEAT_INPUTS, size, bias=False
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
        'repeat_lags': written.REPEAT_LAGS,
        'count_scale': written.COUNT_SCALE,
        'improbable': IMPROBABLE,
    }

  def _trunk(
      self, past: torch.Tensor, z: torch.Tensor, step: torch.Tensor
  ) -> torch.Tensor:
    """Returns what is known before a step, float `[..., decoder_size]`.

    Args:
      past: float `[..., 14 * 31 + 84]`: the 31 steps before, by voice and then
        from the most distant to the last, and how voices repeat.
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
    known = self._trunk(written.pasts(rows), z[:, None], steps)
    return layers.ordered_logits(
        rows, self.to_head(known), self.voice_inputs, self.voice_outputs,
        self.to_bits(known),
    )

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

  def draw_once(
      self, z: torch.Tensor, *, temperature: float, threshold: float,
      generator: torch.Generator | None,
  ) -> torch.Tensor:
    """Writes a pattern for each latent vector, trivial or not."""
    return self._write(z, temperature, threshold, generator)

  def _write(
      self, z: torch.Tensor, temperature: float, threshold: float,
      generator: torch.Generator | None,
  ) -> torch.Tensor:
    """Writes a pattern for each latent vector, step by step; see draw_hits."""
    choose = chooser(temperature, threshold, generator)
    rows, look = written.Written(len(z), z.device), self._looking(z)
    for step in range(_STEPS):
      rows.add(self._strike(
          look(rows, step), lambda _, logit: choose(logit)
      ))
    return rows.hits()

  def _looking(self, z: torch.Tensor) -> Callable[..., torch.Tensor]:
    """Returns what gives `_trunk` of what is written, step by step.

    As `from_past` has it all, what is not written yet is left out, and adds
    nothing.

    Args:
      z: float `[batch, z_size]`.
    """
    past, repeats, rest = self.from_past.weight.split([
        written.NUM_PAST_INPUTS, written.NUM_REPEAT_INPUTS,
        self.from_past.in_features - written.NUM_PAST_INPUTS
        - written.NUM_REPEAT_INPUTS,
    ], dim=1)
    past = past.unflatten(1, (_VOICES, -1)).permute(2, 1, 0)
    past = past.flatten(0, 1)
    of_z, second = self.from_z(z), self.z_to_layers(z)

    def look(
        rows: written.Written, position: int,
        more: torch.Tensor | None = None, where: torch.Tensor | None = None,
    ) -> torch.Tensor:
      """Looks at `rows` from a position, and at `more` `[batch, ...]`.

      `where` says which of the batch are wanted, all if None.
      """
      parts = [(rows.differences(), repeats.T)]
      if more is not None:
        parts.append((more, rest.T))
      so_far = rows.so_far()
      if so_far.shape[1]:
        parts.append((so_far, past[-so_far.shape[1]:]))
      told = second
      first = of_z + self.positions.weight[position]
      if where is not None:
        first, told = first[where], told[where]
        parts = [(seen[where], weights) for seen, weights in parts]
      for seen, weights in parts:
        first.addmm_(seen, weights)
      return self._through_layers(first, told)

    return look

  def _strike(
      self, known: torch.Tensor,
      choose: Callable[[int, torch.Tensor], torch.Tensor],
  ) -> torch.Tensor:
    """Draws the voices of a step in their order, float `[batch, 14]`.

    Args:
      known: What is known before it, `[batch, decoder_size]`.
      choose: Makes bits of a voice's number and logits.
    """
    head, bits = self.to_head(known), self.to_bits(known)
    live = functional.gelu(head)
    row = torch.zeros(len(known), _VOICES, device=known.device)
    for voice in range(_VOICES):
      logit = live @ self.voice_outputs[voice] + bits[:, voice]
      row[:, voice] = struck = choose(voice, logit)
      # Most voices are silent, and tell the others nothing.
      where = struck.nonzero()[:, 0]
      told = head[where] + self.voice_inputs[voice]
      head[where], live[where] = told, functional.gelu(told)
    return row
