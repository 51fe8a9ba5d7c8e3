"""Configurations: what a model is and how it is trained.

`config_loading` fills these classes from the files of `configs/`. Every value
stands in the file, with its reason; there are no defaults here.
"""

import dataclasses
import typing

from drumspace_ext import errors


@dataclasses.dataclass(frozen=True, kw_only=True)
class AeConfig:
  """The fully connected autoencoder.

  Attributes:
    kind: `ae`.
    z_size: Dimensions of the latent vector.
    hidden_sizes: Widths of the encoder's hidden layers, input side first; the
      decoder mirrors them.
  """

  kind: str
  z_size: int
  hidden_sizes: tuple[int, ...]

  def __post_init__(self):
    check(1 <= self.z_size <= 4096, 'z_size', self.z_size, 'in [1, 4096]')
    check(
        all(1 <= size <= 65536 for size in self.hidden_sizes), 'hidden_sizes',
        self.hidden_sizes, 'sizes in [1, 65536]',
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class VaeConfig(AeConfig):
  """The variational autoencoder.

  Attributes:
    beta: Weight of the KL term once warmed up; 1 is the ELBO.
    beta_warmup_steps: Train steps over which that weight grows from 0.
  """

  beta: float
  beta_warmup_steps: int

  def __post_init__(self):
    super().__post_init__()
    check(self.beta >= 0, 'beta', self.beta, 'not negative')
    check(
        self.beta_warmup_steps >= 0, 'beta_warmup_steps',
        self.beta_warmup_steps, 'not negative',
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class AcaiConfig(AeConfig):
  """The adversarially constrained autoencoder.

  Attributes:
    adversarial_weight: Weight of the critic's verdict on mixed latents, lambda
      in the paper.
    critic_reg: Share of the input in the critic's regularizing mix, gamma.
  """

  adversarial_weight: float
  critic_reg: float

  def __post_init__(self):
    super().__post_init__()
    check(
        self.adversarial_weight >= 0, 'adversarial_weight',
        self.adversarial_weight, 'not negative',
    )
    check(
        0 <= self.critic_reg <= 1, 'critic_reg', self.critic_reg, 'in [0, 1]'
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class StepwiseConfig(VaeConfig):
  """A variational autoencoder whose decoder writes step by step.

  Attributes:
    decoder_size: Width of the decoder's layers.
    num_decoder_layers: Its hidden layers.
    voice_head_size: Width of the part that orders the voices of a step.
    dropout: Share of the decoder's inputs and units left out in training.
  """

  decoder_size: int
  num_decoder_layers: int
  voice_head_size: int
  dropout: float

  def __post_init__(self):
    super().__post_init__()
    for name in ('decoder_size', 'num_decoder_layers', 'voice_head_size'):
      value = getattr(self, name)
      check(1 <= value <= 65536, name, value, 'in [1, 65536]')
    check(0 <= self.dropout < 1, 'dropout', self.dropout, 'in [0, 1)')


@dataclasses.dataclass(frozen=True, kw_only=True)
class PlannedConfig(StepwiseConfig):
  """A stepwise model that decides on repeats before it writes them.

  Attributes:
    bfloat16: 1 to train with products of bfloat16 numbers, half the time where
      a processor has these; 0 for float32.
  """

  bfloat16: int

  def __post_init__(self):
    super().__post_init__()
    check(self.bfloat16 in (0, 1), 'bfloat16', self.bfloat16, '0 or 1')


@dataclasses.dataclass(frozen=True, kw_only=True)
class ForetoldConfig(PlannedConfig):
  """A stepwise model that draws first how much will differ.

  Attributes:
    untold: Share of a batch that is learnt without what is foretold.
  """

  untold: float

  def __post_init__(self):
    super().__post_init__()
    check(0 <= self.untold <= 1, 'untold', self.untold, 'in [0, 1]')


@dataclasses.dataclass(frozen=True, kw_only=True)
class TrainStepsConfig:
  """The train steps of networks, and what is kept back for choices.

  Attributes:
    batch_size: Patterns in a train step.
    learning_rate: Peak of the one-cycle schedule.
    num_train_steps: Train steps of the whole run.
    adam_beta2: Decay of AdamW's second moments.
    weight_decay: Of AdamW.
    average_decay: Decay of the running average of the weights, which is what is
      saved; 0 saves the weights themselves.
    bar_exchange: Share of a batch whose two bars change places: still beats,
      but other ones.
    gradient_norm: Gradients are scaled down to this norm.
    valid_share: Share of inputs (or patterns) kept for all choices.
  """

  batch_size: int
  learning_rate: float
  num_train_steps: int
  adam_beta2: float
  weight_decay: float
  average_decay: float
  bar_exchange: float
  gradient_norm: float
  valid_share: float

  def __post_init__(self):
    for name in ('batch_size', 'num_train_steps'):
      value = getattr(self, name)
      check(value >= 1, name, value, 'at least 1')
    for name in ('learning_rate', 'gradient_norm'):
      value = getattr(self, name)
      check(value > 0, name, value, 'positive')
    check(
        self.weight_decay >= 0, 'weight_decay', self.weight_decay,
        'not negative',
    )
    for name in ('adam_beta2', 'average_decay'):
      value = getattr(self, name)
      check(0 <= value < 1, name, value, 'in [0, 1)')
    check(
        0 <= self.bar_exchange <= 1, 'bar_exchange', self.bar_exchange,
        'in [0, 1]',
    )
    check(
        0 < self.valid_share < 1, 'valid_share', self.valid_share, 'in (0, 1)'
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class TrainingConfig(TrainStepsConfig):
  """How a model of patterns is trained.

  Attributes:
    eval_steps: Train steps between evaluations.
    test_share: Share that nothing is chosen by; 0 where there are two parts.
  """

  eval_steps: int
  test_share: float

  def __post_init__(self):
    super().__post_init__()
    check(self.eval_steps >= 1, 'eval_steps', self.eval_steps, 'at least 1')
    check(
        0 <= self.test_share < 1 - self.valid_share, 'test_share',
        self.test_share, f'in [0, {1 - self.valid_share:g})',
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class AnyConfig:
  """A whole configuration of whichever kind.

  Attributes:
    name: What it is called.
  """

  name: str

  def to_dict(self) -> dict[str, typing.Any]:
    """Returns it as plain values, for JSON."""
    return dataclasses.asdict(self)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config(AnyConfig):
  """The whole configuration of a model of patterns.

  Attributes:
    model: The model's values.
    training: The training's values; None of a model trained elsewhere.
  """

  model: AeConfig
  training: TrainingConfig | None

  def for_training(self) -> TrainingConfig:
    """Returns the training's values.

    Raises:
      ConfigError: If there are none.
    """
    if self.training is None:
      raise errors.ConfigError(f'{self.name} was trained elsewhere.')
    return self.training


def check(fits: bool, name: str, value: object, expected: str) -> None:
  """Raises ConfigError if a value does not fit what is expected."""
  if not fits:
    raise errors.ConfigError(f'{name} must be {expected}, got {value}.')
