"""Configurations of groove models, which play patterns.

They are evaluated once, at the end of their training, and nothing is chosen by
that: such a training has no `eval_steps`, and no third part.
"""

import dataclasses

from drumspace_ext.models import configs

# What plays patterns is no model of patterns, and has classes of its own.
KIND = 'groove'


def names_groove(config: object) -> bool:
  """Says whether the configuration in a checkpoint is of a groove model."""
  # Other models have configurations of other forms, which their own readers
  # check.
  model = config.get('model') if isinstance(config, dict) else None
  return isinstance(model, dict) and model.get('kind') == KIND


@dataclasses.dataclass(frozen=True, kw_only=True)
class GrooveConfig:
  """What plays patterns: networks of the mean answer and of drawn ones.

  Attributes:
    kind: `groove`.
    hidden_size: Width of the network that sees patterns as they stand.
    around_size: Width of the one that sees them from each step.
    dropout: Share of the first one's units that its teachers leave out in
      training.
    around_dropout: Share of the other one's.
    hit_dropout: Share of the hits of a pattern that teachers do not see in
      training.
    take_size: Width of the networks that draw.
    take_dropout: Share of their units left out in training.
    critic_size: Width of the network that chooses what is drawn.
    critic_dropout: Share of its units left out in training.
  """

  kind: str
  hidden_size: int
  around_size: int
  dropout: float
  around_dropout: float
  hit_dropout: float
  take_size: int
  take_dropout: float
  critic_size: int
  critic_dropout: float

  def __post_init__(self):
    for name in ('hidden_size', 'around_size', 'take_size', 'critic_size'):
      value = getattr(self, name)
      configs.check(1 <= value <= 65536, name, value, 'in [1, 65536]')
    for name in (
        'dropout', 'around_dropout', 'hit_dropout', 'take_dropout',
        'critic_dropout',
    ):
      value = getattr(self, name)
      configs.check(0 <= value < 1, name, value, 'in [0, 1)')


@dataclasses.dataclass(frozen=True, kw_only=True)
class GrooveSettings(configs.AnyConfig):
  """The whole configuration of what plays patterns.

  Attributes:
    model: The model's values.
    training: The training's values.
  """

  model: GrooveConfig
  training: configs.TrainStepsConfig
