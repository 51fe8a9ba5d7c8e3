"""Configurations of next-step models, which are trained on whole songs."""

import dataclasses

from drumspace_ext.models import config_loading
from drumspace_ext.models import configs


@dataclasses.dataclass(frozen=True, kw_only=True)
class NextStepConfig:
  """The model.

  Attributes:
    kind: `next_step`.
    hidden_sizes: Widths of the two hidden layers for voices that a song has
      played before.
    entry_hidden_sizes: Of those for voices that enter it.
  """

  kind: str
  hidden_sizes: tuple[int, ...]
  entry_hidden_sizes: tuple[int, ...]

  def __post_init__(self):
    for name in ('hidden_sizes', 'entry_hidden_sizes'):
      sizes = getattr(self, name)
      configs.check(
          len(sizes) == 2 and all(1 <= size <= 4096 for size in sizes), name,
          sizes, 'two sizes in [1, 4096]',
      )


@dataclasses.dataclass(frozen=True, kw_only=True)
class SongTrainingConfig:
  """How a model is trained on songs.

  Attributes:
    num_train_steps: Train steps of the whole run, a song each.
    learning_rate: Peak of the one-cycle schedule.
    weight_decay: Of AdamW.
    gradient_norm: Gradients are scaled down to this norm.
    max_song_steps: Steps of a song that are read; of longer ones a stretch.
    max_told: Voices of its steps that are learnt from.
    entry_share: Share of the rests of voices not played yet that are.
    eval_steps: Train steps between evaluations.
    num_valid_songs: Songs of an evaluation.
    block_songs: Neighboring songs that are on one side of the split.
    valid_share: Share of blocks kept for evaluation.
  """

  num_train_steps: int
  learning_rate: float
  weight_decay: float
  gradient_norm: float
  max_song_steps: int
  max_told: int
  entry_share: float
  eval_steps: int
  num_valid_songs: int
  block_songs: int
  valid_share: float

  def __post_init__(self):
    for name in (
        'num_train_steps', 'max_told', 'eval_steps', 'num_valid_songs',
        'block_songs',
    ):
      value = getattr(self, name)
      configs.check(value >= 1, name, value, 'at least 1')
    configs.check(
        self.max_song_steps >= 128, 'max_song_steps', self.max_song_steps,
        'at least 128',
    )
    for name in ('learning_rate', 'gradient_norm', 'entry_share'):
      value = getattr(self, name)
      configs.check(value > 0, name, value, 'positive')
    configs.check(
        self.weight_decay >= 0, 'weight_decay', self.weight_decay,
        'not negative',
    )
    configs.check(
        self.entry_share <= 1, 'entry_share', self.entry_share, 'in (0, 1]'
    )
    configs.check(
        0 < self.valid_share < 1, 'valid_share', self.valid_share, 'in (0, 1)'
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class SongConfig(configs.AnyConfig):
  """The whole configuration of a model of songs.

  Attributes:
    model: The model's values.
    training: The training's values.
  """

  model: NextStepConfig
  training: SongTrainingConfig

  def for_training(self) -> SongTrainingConfig:
    """Returns the training's values."""
    return self.training


def from_dict(values: object, origin: str) -> SongConfig:
  """Makes a configuration of plain values; see `config_loading.from_dict`."""
  name, model, training = config_loading.tables_of(values, origin)
  return SongConfig(
      name=name, model=config_loading.fill(NextStepConfig, model, origin),
      training=config_loading.fill(SongTrainingConfig, training, origin),
  )


def load(name_or_path: str, hparams: str = '') -> SongConfig:
  """Reads a configuration; see `config_loading.load`."""
  return config_loading.load_as(from_dict, name_or_path, hparams)
