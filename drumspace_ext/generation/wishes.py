"""Wishes: what is to be made, checked and made."""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import functools

import numpy as np

from drumspace_ext import callbacks
from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext.dataset import examples
from drumspace_ext.generation import asked as asked_beats
from drumspace_ext.generation import genre_beats
from drumspace_ext.generation import ways
from drumspace_ext.models import aimed_sampling
from drumspace_ext.models import trained_model
from drumspace_ext.patterns import descriptors
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes as patterns

SAMPLE, INTERPOLATE, BLEND, WALK, VARY = MODES = (
    'sample', 'interpolate', 'blend', 'walk', 'vary'
)
# Arguments that only some modes have a use for.
_ONLY_IN = {
    'genre': (SAMPLE,), 'near': (SAMPLE,), 'num_draws': (SAMPLE,),
    'num_bars': (WALK,), 'temperature': (SAMPLE, VARY),
    'threshold': (SAMPLE, VARY),
    'num_outputs': (SAMPLE, INTERPOLATE, BLEND, VARY),
}
# Beats that a mode needs by name or step codes: at least and at most.
_NEEDED = {SAMPLE: (0, 0), INTERPOLATE: (2, 2), BLEND: (4, 4), WALK: (0, 1),
           VARY: (1, 1)}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wish:
  """What is to be made; its fields are arguments of `generating.generate`."""

  mode: str
  input_values: Sequence[str]
  step_codes: Sequence[str]
  genre: str | None
  near: Sequence[str]
  num_outputs: int | None
  num_draws: int | None
  num_bars: int | None
  temperature: float | None
  threshold: float | None
  drum_map: drum_maps.DrumMap
  seed: int
  has_examples: bool = False
  asked: Mapping[str, float] = dataclasses.field(default_factory=dict)
  read_with: dict[str, str] = dataclasses.field(default_factory=dict)
  notes: list[str] = dataclasses.field(default_factory=list)

  @property
  def count(self) -> int:
    """Beats wanted."""
    return self.num_outputs or defaults.NUM_BEATS

  @property
  def cut(self) -> float:
    """Probability above which a bit is a hit, at temperature 0."""
    return defaults.THRESHOLD if self.threshold is None else self.threshold

  def check(self) -> None:
    """Refuses what would be ignored, or can't be."""
    errors.check_positive(
        num_outputs=self.num_outputs, num_draws=self.num_draws,
        num_bars=self.num_bars,
    )
    for name, modes in _ONLY_IN.items():
      if getattr(self, name) not in (None, []) and self.mode not in modes:
        raise errors.InputError(
            f'--{name} has no use in --mode={self.mode}, only in '
            + ', '.join(modes) + '.'
        )
    if self.asked and self.mode != SAMPLE:
      raise errors.InputError(
          f'--{next(iter(self.asked))} has no use in --mode={self.mode}, only '
          f'in {SAMPLE}.'
      )
    descriptors.check(self.asked)
    if self.num_bars is not None and self.num_bars % 2:
      raise errors.InputError(
          f'--num_bars must be even (a beat has two bars), got {self.num_bars}.'
      )
    if self.genre and self.near:
      raise errors.InputError('give --genre or --near, not both.')
    if self.mode in (INTERPOLATE, BLEND) and self.count < 2:
      raise errors.InputError('--num_outputs must be at least 2 here.')

  def check_model(self, model: trained_model.TrainedModel) -> None:
    """Refuses a threshold where bits are drawn."""
    temperature = self.temperature
    if temperature is None:
      temperature = model.default_temperature
    if self.threshold is not None and temperature > 0:
      raise errors.InputError(
          '--threshold is for --temperature=0; here bits are drawn, at '
          f'temperature {temperature:g}.'
      )

  def beats(self) -> np.ndarray:
    """Reads the beats that the mode needs, bool `[num_beats, 32, 14]`."""
    least, most = _NEEDED[self.mode]
    if not self.input_values and not self.step_codes and not least:
      return np.zeros((0, patterns.NUM_STEPS, patterns.NUM_VOICES), bool)
    # What reads songs is needed by few wishes.
    from drumspace_ext.conversion import named_patterns

    found = named_patterns.read_beats(
        self.input_values, self.step_codes, drum_map=self.drum_map,
        on_map=self.read_with.__setitem__,
    )
    if len(found) < least or not most:
      raise errors.InputError(
          f'--mode={self.mode} takes {least} beats by --input or --step_codes, '
          f'got {len(found)}.'
          + (' --near draws around beats.' if not most else '')
      )
    if len(found) > most:
      raise errors.InputError(
          f'--mode={self.mode} takes {most} beats, got {len(found)}. Name the '
          'lines of a dataset as dataset.tsv:LINE.'
      )
    return found

  def made(
      self, model: trained_model.TrainedModel, found: np.ndarray,
      reference: examples.TrainingSet, on_step: callbacks.OnStep,
  ) -> ways.Generated:
    """Makes the beats, of those that were found."""
    if self.mode == SAMPLE:
      return self._sampled(model, reference, on_step)
    if self.mode == INTERPOLATE:
      return ways.interpolate(model, found, num_steps=self.count)
    if self.mode == BLEND:
      return ways.blend(model, found, size=self.count)
    if self.mode == WALK:
      return ways.walk(
          model, num_bars=self.num_bars or defaults.NUM_BARS,
          start=found[0] if len(found) else None, seed=self.seed,
      )
    return ways.vary(
        model, found[0], num_outputs=self.count, seed=self.seed,
        temperature=self.temperature, threshold=self.cut,
    )

  def _sampled(
      self, model: trained_model.TrainedModel,
      reference: examples.TrainingSet, on_step: callbacks.OnStep,
  ) -> ways.Generated:
    """Draws beats, from everywhere or around others."""
    near: np.ndarray | None = None
    log_weights: list[aimed_sampling.LogWeight] = []
    if self.genre:
      near, log_weights = self._of_genre(self.genre, model, reference)
    elif self.near:
      from drumspace_ext.conversion import named_patterns

      near = named_patterns.read_beats(
          self.near, drum_map=self.drum_map, on_map=self.read_with.__setitem__,
      )
    make: Callable[..., ways.Generated] = ways.sample
    if self.asked:
      make = functools.partial(asked_beats.sample, asked=self.asked)
    return make(
        model, num_outputs=self.count, num_draws=self.num_draws, near=near,
        seed=self.seed, temperature=self.temperature, threshold=self.cut,
        log_weights=log_weights, on_step=on_step,
    )

  def _of_genre(
      self, genre: str, model: trained_model.TrainedModel,
      reference: examples.TrainingSet,
  ) -> tuple[np.ndarray | None, list[aimed_sampling.LogWeight]]:
    """Returns (beats to draw around, weights) of a genre.

    The examples that somebody names come first, then what the model knows, and
    the starter collection at last.
    """
    if model.genres is not None and not self.has_examples and (
        model.genres.name_of(genre) or not genre_beats.has(reference, genre)
    ):
      return None, [model.genres.log_weight(genre)]
    near = genre_beats.of(reference, genre)
    if not self.has_examples:
      self.notes.append(
          f'{model.config.name} knows no {genre}: drawn around {len(near)} '
          'beats of the starter collection'
      )
    return near, []
