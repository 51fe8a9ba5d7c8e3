"""The foretold model: a stepwise model that draws first how much will differ.

What gave beats of the stepwise model away was how often they repeat almost:
each of a hundred bits is a chance to miss. So at the steps 4, 8 and 16 one
variable is drawn first, given z and all that is written: how many hits will
differ from what was played there (`foretelling`). It is told to the decoder as
long as the block lasts, and never exceeded.

A part of the patterns is learnt untold. At temperature 0 nothing is foretold,
so that z decides as it does in a stepwise model.

The model is also told the entropy of what is written: a beat with little is
none (`patterns.entropy`), and no training pattern is such a one.
"""

import torch
from torch import nn
from torch.nn import functional

from drumspace_ext.models import configs
from drumspace_ext.models import fitted_samplers
from drumspace_ext.models import foretelling
from drumspace_ext.models import layers
from drumspace_ext.models import plans
from drumspace_ext.models import stepwise
from drumspace_ext.models import written
from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import step_codes

_STEPS, _VOICES = step_codes.NUM_STEPS, step_codes.NUM_VOICES
# Chosen on validation patterns (tests/benchmarks/RESULTS.md has the figures):
# how wide it draws, and what of that is drawn when its sampler is fitted.
_SPREAD, _DRAWN_SPREAD = 1.5, 1.45
# At which classes are drawn, chosen likewise.
_CLASS_TEMPERATURE = 0.85
# Of the logits where less differs so far than was foretold: a temperature below
# 1 leaves out what varies, and then too much would come out as copies.
_OWED = 0.65
# Logits of what is a copy for certain.
_CERTAIN = 30.0


class _SharedDropout(nn.Dropout):
  """Leaves out the same units at all steps of a pattern: a mask is cheap."""

  def forward(self, values: torch.Tensor) -> torch.Tensor:
    if not self.training or values.ndim < 3:
      return values
    return values * super().forward(torch.ones_like(values[:, :1]))


class _Keeping:
  """Chooses the bits of a step so that they keep to what is foretold."""

  def __init__(
      self, model: torch.Tensor, classes: torch.Tensor, count: torch.Tensor,
      choose: stepwise.Chooser,
  ):
    self._model, self._choose, self.count = model, choose, count
    self._least = foretelling.least(classes)
    self._most = foretelling.most(classes)

  def __call__(self, voice: int, logit: torch.Tensor) -> torch.Tensor:
    owed = self.count < self._least
    struck = self._choose(torch.where(owed, _OWED * logit, logit))
    model = self._model[:, voice]
    struck = torch.where(self.count < self._most, struck, model)
    self.count = self.count + (struck - model).abs()
    return struck


class Foretold(stepwise.Stepwise):
  """The model; it encodes as the stepwise one."""

  config: configs.ForetoldConfig

  def __init__(self, config: configs.ForetoldConfig):
    super().__init__(config)
    size = config.decoder_size
    more = plans.NUM_ENTROPY_INPUTS + foretelling.NUM_INPUTS
    self.from_past = nn.Linear(
        self.from_past.in_features + more, size, bias=False
    )
    self.positions = nn.Embedding(_STEPS + len(plans.BLOCKS), size)
    self.dropout = _SharedDropout(config.dropout)
    self.to_classes = nn.Linear(size, foretelling.NUM_CLASSES)

  def fit_sampler(
      self, mu: torch.Tensor, sigma: torch.Tensor, *, seed: int
  ) -> fitted_samplers.FittedSampler:
    """Returns the widened posteriors, less wide than a stepwise model's."""
    return fitted_samplers.posteriors(
        mu, sigma, seed=seed, spread=_SPREAD, drawn=_DRAWN_SPREAD
    )

  def _rules(self) -> dict[str, object]:
    return super()._rules() | {
        'blocks': plans.BLOCKS, 'least': foretelling.LEAST,
        'class_temperature': _CLASS_TEMPERATURE, 'owed': _OWED,
        'min_nats': entropy.MIN_NATS,
    }

  def teacher_logits(
      self, z: torch.Tensor, hits: torch.Tensor
  ) -> torch.Tensor:
    """Returns each bit's logit given those before it, nothing foretold."""
    return self.all_logits(z, hits, hits.new_zeros(len(hits)))[0]

  def all_logits(
      self, z: torch.Tensor, hits: torch.Tensor, is_told: torch.Tensor
  ) -> tuple[torch.Tensor, torch.Tensor]:
    """Returns the logits of bits and classes given all that comes before.

    Args:
      z: float `[batch, z_size]`.
      hits: float `[batch, 448]`.
      is_told: 1 for the patterns that are written with what is foretold, else
        0, float `[batch]`.

    Returns:
      (bits, classes), float `[batch, 32, 14]` and `[batch, 3, 5]`.
    """
    rows = hits.view(-1, _STEPS, _VOICES)
    foretold = foretelling.of_patterns(rows)
    past = torch.cat([written.pasts(rows), plans.entropies(rows)], dim=-1)
    blocks = list(plans.BLOCKS)
    told = foretold.inputs * is_told[:, None, None]
    known = self._trunk(
        torch.cat([
            torch.cat([past, told], dim=-1),
            functional.pad(past[:, blocks], (0, foretelling.NUM_INPUTS)),
        ], dim=1),
        z[:, None], torch.arange(_STEPS + len(blocks), device=rows.device),
    )
    steps = known[:, :_STEPS]
    bits = layers.ordered_logits(
        rows, self.to_head(steps), self.voice_inputs, self.voice_outputs,
        self.to_bits(steps),
    )
    forced = foretold.forced & (is_told > 0.5)[:, None, None]
    bits = torch.where(forced, _CERTAIN * (2 * rows - 1), bits.float())
    return bits, self.to_classes(known[:, _STEPS:]).float()

  def _reconstruction(
      self, z: torch.Tensor, hits: torch.Tensor, measured: bool
  ) -> torch.Tensor:
    is_told = hits.new_zeros(len(hits))
    if self.training:
      is_told = (
          torch.rand(len(hits), device=hits.device) >= self.config.untold
      ).float()
    half = bool(self.config.bfloat16) and self.training
    with torch.autocast(hits.device.type, torch.bfloat16, enabled=half):
      bits, logits = self.all_logits(z, hits, is_told)
    loss = layers.bit_loss(bits.flatten(1), hits, measured=measured)
    classes = foretelling.of_patterns(hits.view(-1, _STEPS, _VOICES)).classes
    missed = functional.cross_entropy(
        logits.transpose(1, 2), classes, reduction='none'
    ).sum(-1)
    return loss + is_told * missed

  def _write(
      self, z: torch.Tensor, temperature: float, threshold: float,
      generator: torch.Generator | None,
  ) -> torch.Tensor:
    """Writes a pattern for each latent vector; see `draw_hits`.

    At temperature 0 nothing is foretold.
    """
    choose = stepwise.chooser(temperature, threshold, generator)
    rows, look = written.Written(len(z), z.device), self._looking(z)
    so_far = plans.EntropySoFar(len(z), z.device)
    nothing = z.new_zeros(len(z), foretelling.NUM_INPUTS)
    block = number = 0
    classes = count = z.new_zeros(len(z))
    for step in range(_STEPS):
      nats = so_far.inputs()
      untold = torch.cat([nats, nothing], dim=1)
      if temperature > 0 and step in plans.BLOCKS:
        block, number = step, plans.BLOCKS.index(step)
        known = look(rows, _STEPS + number, untold)
        classes = self._draw_classes(known, nats[:, 1], step, generator)
        count = z.new_zeros(len(z))
      if not block:
        row = self._strike(
            look(rows, step, untold), lambda _, logit: choose(logit)
        )
      else:
        told = torch.cat(
            [nats, foretelling.inputs(number, classes, count)], dim=1
        )
        model = rows.earlier(block)
        row = model.clone()
        # What may differ no more is a copy, and needs no network.
        where = (count < foretelling.most(classes)).nonzero()[:, 0]
        keeping = _Keeping(model[where], classes[where], count[where], choose)
        row[where] = self._strike(look(rows, step, told, where), keeping)
        count[where] = keeping.count
      rows.add(row)
      so_far.add(row)
    return rows.hits()

  def _draw_classes(
      self, known: torch.Tensor, is_trivial: torch.Tensor, step: int,
      generator: torch.Generator | None,
  ) -> torch.Tensor:
    """Draws the class of a block, int64 `[batch]`.

    A bar with little in it is not copied as a whole: that would be no beat.
    """
    logits = self.to_classes(known) / _CLASS_TEMPERATURE
    if step == plans.BLOCKS[-1]:
      logits[:, 0] = torch.where(is_trivial > 0.5, -torch.inf, logits[:, 0])
    chances = torch.softmax(logits, dim=-1)
    return torch.multinomial(chances, 1, generator=generator)[:, 0]
