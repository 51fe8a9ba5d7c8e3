"""The groove network: hits to the velocity and offset of each.

A hit's answer is a table by step and voice and what two small networks say
otherwise. One sees the whole pattern at once. The other sees it from where the
hit is, turned to that step, so that what it learns of one place it knows of all
others. Each is trained by itself, and between them is the answer: they err
differently. All say how a hit differs from the mean of its pattern, which is
put back at the end: the level of a performance is a matter of its instrument.

Answers are scaled: velocities by `SCALES[0]`, offsets by `SCALES[1]`.
"""

import torch
from torch import nn

from drumspace_ext.models import groove_answers
from drumspace_ext.models import groove_configs
from drumspace_ext.patterns import step_codes

SCALES = (10.0, 0.1)
NUM_SPREADS = 3
_CELLS, _ANSWERS = groove_answers.NUM_CELLS, groove_answers.NUM_ANSWERS
_STEPS, _VOICES = step_codes.NUM_STEPS, step_codes.NUM_VOICES
# Hits are few: at 2 the first layer's units are as wide awake as others.
INPUT_SCALE = 2.0
# Steps after which what stands around a hit counts alike, from fine to coarse.
_PERIODS = (
    _STEPS, step_codes.STEPS_PER_BAR, step_codes.STEPS_PER_QUARTER, 1
)
_FIRST = 0.5 * _CELLS**-0.5
# Of velocities and offsets: what counts of the network that sees all at once.
# The lateness of a hit is a matter of the whole beat.
WHOLE_SHARES = (0.5, 0.65)


def centred(values: torch.Tensor, hits: torch.Tensor) -> torch.Tensor:
  """Takes the mean over hits out, as `groove_answers.centred`."""
  struck = hits[:, None]
  counts = struck.sum(-1, keepdim=True).clamp(min=1)
  return (values - (values * struck).sum(-1, keepdim=True) / counts) * struck


class _Whole(nn.Module):
  """Sees a pattern as it stands."""

  def __init__(self, width: int, dropout: float):
    super().__init__()
    self.layers = nn.Sequential(
        nn.Linear(_CELLS, width), nn.ReLU(), nn.Dropout(dropout),
        nn.Linear(width, width), nn.ReLU(), nn.Dropout(dropout),
        nn.Linear(width, _ANSWERS * _CELLS),
    )

  def forward(self, hits: torch.Tensor) -> torch.Tensor:
    """Returns a correction of the table, float `[batch, 2, 448]`."""
    return self.layers(INPUT_SCALE * hits).view(-1, _ANSWERS, _CELLS)

  def linear(self) -> list[nn.Linear]:
    """Returns its three layers with weights."""
    return [part for part in self.layers if isinstance(part, nn.Linear)]


class Around(nn.Module):
  """Sees a pattern from each step that has hits.

  Its first layer is the sum of some that know the place of what stands around
  only up to a period: few numbers learn what is common.
  """

  def __init__(self, width: int, dropout: float):
    """Makes the layers."""
    super().__init__()
    self.around = nn.ParameterList([
        _FIRST * torch.randn(period, _VOICES, width) for period in _PERIODS
    ])
    self.places = nn.ParameterList([
        0.3 * torch.randn(period, width) for period in _PERIODS[1:3]
    ])
    self.bias = nn.Parameter(torch.zeros(width))
    self.hidden = nn.Linear(width, width)
    self.out = nn.Linear(width, _ANSWERS * _VOICES)
    self.dropout = nn.Dropout(dropout)

  def first(self) -> tuple[torch.Tensor, torch.Tensor]:
    """Returns the first layer as it works.

    Returns:
      (by steps from the hit's step on and voice, float `[448, width]`; by the
      step itself, `[32, width]`).
    """
    weight = torch.stack([
        part.repeat(_STEPS // len(part), 1, 1) for part in self.around
    ]).sum(0)
    places = torch.stack([
        part.repeat(_STEPS // len(part), 1) for part in self.places
    ]).sum(0)
    return weight.flatten(0, 1), places + self.bias

  def forward(self, hits: torch.Tensor) -> torch.Tensor:
    """Returns a correction of the table, float `[batch, 2, 448]`."""
    weight, places = self.first()
    grid = hits.view(-1, _STEPS, _VOICES)
    rows, steps = grid.any(2).nonzero(as_tuple=True)
    turned = (steps[:, None] + torch.arange(_STEPS)) % _STEPS
    seen = grid[rows[:, None], turned].flatten(1)
    values = torch.relu(INPUT_SCALE * (seen @ weight) + places[steps])
    values = torch.relu(self.hidden(self.dropout(values)))
    answers = self.out(self.dropout(values)).view(-1, _ANSWERS, _VOICES)
    result = hits.new_zeros(len(grid), _STEPS, _ANSWERS, _VOICES)
    result = result.index_put((rows, steps), answers)
    return result.transpose(1, 2).flatten(2)


class GrooveNetwork(nn.Module):
  """The table, the networks and the spreads of a groove model."""

  table: torch.Tensor
  level: torch.Tensor
  spreads: torch.Tensor
  shares: torch.Tensor

  def __init__(self, config: groove_configs.GrooveConfig):
    """Makes the layers; their weights come from torch's global generator."""
    super().__init__()
    self.config = config
    self.whole = _Whole(config.hidden_size, config.dropout)
    self.around = Around(config.around_size, config.around_dropout)
    # Scaled means by step and voice, and the mean velocity of all.
    self.register_buffer('table', torch.zeros(_ANSWERS, _CELLS))
    self.register_buffer('level', torch.zeros(1))
    # Of what is left: standard deviations, scaled, and how common each is.
    self.register_buffer('spreads', torch.ones(_ANSWERS, NUM_SPREADS))
    self.register_buffer(
        'shares', torch.full((_ANSWERS, NUM_SPREADS), 1 / NUM_SPREADS)
    )

  def forward(self, hits: torch.Tensor) -> torch.Tensor:
    """Returns centred answers, scaled, `[batch, 2, 448]`.

    Args:
      hits: float 0 or 1, `[batch, 448]`.
    """
    share = hits.new_tensor(WHOLE_SHARES)[:, None]
    said = share * self.whole(hits) + (1 - share) * self.around(hits)
    return centred(self.table + said, hits)

  def soften(self, answer: int, share: float) -> None:
    """Leaves a share of what is said otherwise than the table.

    Args:
      answer: `groove_answers.VELOCITY` or `OFFSET`.
      share: 0 leaves it to the table, 1 all as it is.
    """
    with torch.no_grad():
      for layer in (self.whole.linear()[-1], self.around.out):
        for values in (layer.weight, layer.bias):
          values.unflatten(0, (_ANSWERS, -1))[answer].mul_(share)

  def losses(
      self, hits: torch.Tensor, answers: torch.Tensor, known: torch.Tensor
  ) -> torch.Tensor:
    """Returns the mean squared errors of a batch, by network, float `[2, 2]`.

    Args:
      hits: float 0 or 1, `[batch, 448]`.
      answers: Centred and scaled, float `[batch, 2, 448]`.
      known: 0 where a pattern says nothing of an answer, float `[batch, 2]`.
    """
    # By what is left of a pattern, all of it is told, or what is left.
    dropout = self.config.hit_dropout if self.training else 0.0
    seen = hits * (torch.rand_like(hits) >= dropout)
    return torch.stack([
        self._loss(self.whole(seen), hits, answers, known),
        self._loss(self.around(seen), seen, centred(answers, seen), known),
    ])

  def _loss(
      self, said: torch.Tensor, hits: torch.Tensor, answers: torch.Tensor,
      known: torch.Tensor,
  ) -> torch.Tensor:
    counts = (hits.sum(-1, keepdim=True) * known).sum(0).clamp(min=1)
    squares = (answers - centred(self.table + said, hits))**2
    return (squares.sum(-1) * known).sum(0) / counts
