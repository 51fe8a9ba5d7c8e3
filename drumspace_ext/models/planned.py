"""The planned model: a stepwise model that decides on repeats before it writes.

What gave beats of the stepwise model away was not their hits but their repeats:
31 % of real first bars repeat their first half all but one hit, 21 % of drawn
ones, for each of a hundred bits is a chance to miss. So at the steps 4, 8 and
16 a plan is drawn first (`plans`), given z and all that is written, and then
kept.

The model is also told the entropy of what is written: a beat with little is
none (`patterns.entropy`), and no training pattern is such a one.
"""

import torch
from torch import nn
from torch.nn import functional

from drumspace_ext.models import configs
from drumspace_ext.models import fitted_samplers
from drumspace_ext.models import layers
from drumspace_ext.models import plans
from drumspace_ext.models import stepwise
from drumspace_ext.models import written
from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import step_codes

_STEPS, _VOICES = step_codes.NUM_STEPS, step_codes.NUM_VOICES
# Chosen on validation patterns (tests/benchmarks/RESULTS.md has the figures).
_SPREAD = 2.2
# Logits of what a plan leaves no choice about.
_CERTAIN = 30.0


class Planned(stepwise.Stepwise):
  """The model; it encodes as the stepwise one."""

  config: configs.PlannedConfig

  def __init__(self, config: configs.PlannedConfig):
    super().__init__(config)
    size, head = config.decoder_size, config.voice_head_size
    num_more = plans.NUM_INPUTS + plans.NUM_ENTROPY_INPUTS
    self.from_past = nn.Linear(
        self.from_past.in_features + num_more, size, bias=False
    )
    self.positions = nn.Embedding(_STEPS + len(plans.BLOCKS), size)
    self.to_plan_head = nn.Linear(size, head)
    self.plan_inputs = nn.Parameter(
        0.1 * torch.randn(plans.NUM_SYMBOLS, head)
    )
    self.plan_outputs = nn.Parameter(
        0.05 * torch.randn(plans.NUM_SYMBOLS, head)
    )
    self.to_plan_bits = nn.Linear(size, plans.NUM_SYMBOLS)

  def fit_sampler(
      self, mu: torch.Tensor, sigma: torch.Tensor, *, seed: int
  ) -> fitted_samplers.FittedSampler:
    """Returns the widened posteriors, wider than a stepwise model's."""
    return fitted_samplers.posteriors(mu, sigma, seed=seed, spread=_SPREAD)

  def _rules(self) -> dict[str, object]:
    return super()._rules() | {
        'blocks': plans.BLOCKS, 'min_nats': entropy.MIN_NATS,
    }

  def teacher_logits(
      self, z: torch.Tensor, hits: torch.Tensor
  ) -> torch.Tensor:
    """Returns each bit's logit given its plan and all before it.

    What the plan leaves no choice about is certain, a logit of 30 or -30.
    """
    return self.all_logits(z, hits)[0]

  def all_logits(
      self, z: torch.Tensor, hits: torch.Tensor
  ) -> tuple[torch.Tensor, torch.Tensor]:
    """Returns the logits of bits and plans given all that comes before.

    Args:
      z: float `[batch, z_size]`.
      hits: float `[batch, 448]`.

    Returns:
      (bits, plans), float `[batch, 32, 14]` and `[batch, 3, 28]`, the latter by
      voice: whether it differs, whether more than once.
    """
    rows = hits.view(-1, _STEPS, _VOICES)
    standing = plans.standings(rows)
    past = torch.cat([
        written.pasts(rows), plans.entropies(rows), standing.inputs
    ], dim=-1)
    before_plans = past[:, list(plans.BLOCKS)]
    before_plans = torch.cat([
        before_plans[..., :-plans.NUM_INPUTS],
        torch.zeros_like(standing.inputs[:, :len(plans.BLOCKS)]),
    ], dim=-1)
    known = self._trunk(
        torch.cat([past, before_plans], dim=1), z[:, None],
        torch.arange(_STEPS + len(plans.BLOCKS), device=rows.device),
    )
    steps, before_blocks = known.split([_STEPS, len(plans.BLOCKS)], dim=1)
    bits = layers.ordered_logits(
        rows, self.to_head(steps), self.voice_inputs, self.voice_outputs,
        self.to_bits(steps),
    )
    bits = torch.where(
        standing.forced > 0.5, _CERTAIN * (2 * standing.value - 1), bits
    )
    plan = symbols(rows)
    logits = layers.ordered_logits(
        plan, self.to_plan_head(before_blocks), self.plan_inputs,
        self.plan_outputs, self.to_plan_bits(before_blocks),
    )
    # Who does not differ does not differ more than once.
    differs = plan.unflatten(-1, (_VOICES, 2))[..., :1]
    is_more = torch.tensor([False, True], device=rows.device)
    certain = (is_more & (differs < 0.5)).flatten(-2)
    logits = torch.where(certain, -_CERTAIN, logits)
    return bits, logits

  def _reconstruction(
      self, z: torch.Tensor, hits: torch.Tensor, measured: bool
  ) -> torch.Tensor:
    half = bool(self.config.bfloat16) and self.training
    with torch.autocast(hits.device.type, torch.bfloat16, enabled=half):
      bits, plan_logits = self.all_logits(z, hits)
    logits = torch.cat([bits.flatten(1), plan_logits.flatten(1)], dim=1)
    plan = symbols(hits.view(-1, _STEPS, _VOICES)).flatten(1)
    return layers.bit_loss(
        logits.float(), torch.cat([hits, plan], dim=1), measured=measured
    )

  def draw_hits(
      self, z: torch.Tensor, *, temperature: float, threshold: float,
      generator: torch.Generator | None,
  ) -> torch.Tensor:
    """Writes a pattern for each latent vector, each once.

    Args:
      z: float `[batch, z_size]`.
      temperature: See `Stepwise.draw_hits`; plans are drawn like bits.
      threshold: Likewise.
      generator: Likewise.
    """
    return self._write(z, temperature, threshold, generator)

  def _write(
      self, z: torch.Tensor, temperature: float, threshold: float,
      generator: torch.Generator | None,
  ) -> torch.Tensor:
    """Writes a pattern for each latent vector; see `draw_hits`."""
    choose = stepwise.chooser(temperature, threshold, generator)
    rows = written.Written(len(z), z.device)
    so_far = plans.EntropySoFar(len(z), z.device)
    nothing = z.new_zeros(len(z), plans.NUM_INPUTS)
    number, block = 0, 0
    plan = count = nothing
    for step in range(_STEPS):
      past = torch.cat([rows.inputs(), so_far.inputs()], dim=-1)
      if step in plans.BLOCKS:
        known = self._trunk(
            torch.cat([past, nothing], dim=-1), z,
            torch.tensor(_STEPS + number, device=z.device),
        )
        plan, block, number = self._draw_plan(known, choose), step, number + 1
        count = z.new_zeros(len(z), _VOICES)
      standing = plans.standing(
          plan, count, rows.earlier(block), 2 * block - step
      ) if block else plans.Standing(
          nothing, nothing[:, :_VOICES], nothing[:, :_VOICES]
      )
      known = self._trunk(
          torch.cat([past, standing.inputs], dim=-1), z,
          torch.tensor(step, device=z.device),
      )
      row = _draw_ordered(
          self.to_head(known), self.to_bits(known), self.voice_inputs,
          self.voice_outputs, standing.forced > 0.5, standing.value, choose,
      )
      if block:
        count = count + (row - rows.earlier(block)).abs()
      rows.add(row)
      so_far.add(row)
    return rows.hits()

  def _draw_plan(
      self, known: torch.Tensor, choose: stepwise.Chooser
  ) -> torch.Tensor:
    """Draws the plans of a block, float `[batch, 2, 14]`."""
    nothing = known.new_zeros(len(known), plans.NUM_SYMBOLS)
    drawn = _draw_ordered(
        self.to_plan_head(known), self.to_plan_bits(known), self.plan_inputs,
        self.plan_outputs, nothing > 0.5, nothing, choose, in_pairs=True,
    )
    return drawn.unflatten(-1, (_VOICES, 2)).transpose(1, 2)


def _draw_ordered(
    head: torch.Tensor, bits: torch.Tensor, inputs: torch.Tensor,
    outputs: torch.Tensor, forced: torch.Tensor, value: torch.Tensor,
    choose: stepwise.Chooser, *, in_pairs: bool = False,
) -> torch.Tensor:
  """Draws bits one after the other, each given those before it.

  Args:
    head: float `[batch, voice_head_size]`; it is changed.
    bits: float `[batch, num_bits]`.
    inputs: What a bit that is set adds to the head, `[num_bits, ...]`.
    outputs: What the head says of a bit, likewise.
    forced: Bits that are not drawn, bool `[batch, num_bits]`.
    value: What these are, float.
    choose: Draws.
    in_pairs: Whether each second bit is only drawn where the one before it is
      set.

  Returns:
    float `[batch, num_bits]`.
  """
  drawn = value.clone()
  for index in range(bits.shape[1]):
    is_open = ~forced[:, index]
    if in_pairs and index % 2:
      is_open = is_open & (drawn[:, index - 1] > 0.5)
    where = is_open.nonzero()[:, 0]
    if len(where):
      logit = functional.gelu(head[where]) @ outputs[index]
      drawn[where, index] = choose(logit + bits[where, index])
    struck = (drawn[:, index] > 0.5).nonzero()[:, 0]
    head[struck] += inputs[index]
  return drawn


def symbols(rows: torch.Tensor) -> torch.Tensor:
  """Returns the plans of patterns as they are drawn, `[batch, 3, 28]`."""
  return torch.stack([
      plans.of_block(rows, block).transpose(1, 2).flatten(1)
      for block in plans.BLOCKS
  ], dim=1)
