"""Generating: from a model's name to a folder of new beats."""

from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import pathlib

import numpy as np

from drumspace_ext import callbacks
from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext import suggestions
from drumspace_ext.conversion import named_patterns
from drumspace_ext.dataset import examples
from drumspace_ext.files import local_paths
from drumspace_ext.files import manifests
from drumspace_ext.files import result_folders
from drumspace_ext.generation import files as generation_files
from drumspace_ext.generation import genre_beats
from drumspace_ext.generation import ways
from drumspace_ext.models import checkpoints
from drumspace_ext.models import sampling
from drumspace_ext.models import trained_model
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import dynamics as dynamics_lib
from drumspace_ext.patterns import step_codes as patterns
from drumspace_ext.playing import players

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


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class GeneratedBeats:
  """Beats that were made; as text, how many and where they are.

  Attributes:
    output_dir: The folder that they are in.
    hits: bool `[num_beats, 32, 14]`.
    latents: Their latent vectors, float64 `[num_beats, z_size]`.
    samples: All draws and their verdicts; None where nothing was drawn.
    num_wanted: Beats that were asked for.
    paths: The files written, by name, the MIDI first.
    read_with: Drum maps that were chosen to read beats with, by their names.
  """

  output_dir: pathlib.Path
  hits: np.ndarray
  latents: np.ndarray
  samples: sampling.Samples | None
  num_wanted: int
  paths: Mapping[str, pathlib.Path]
  read_with: Mapping[str, str] = dataclasses.field(default_factory=dict)

  def __repr__(self) -> str:
    return f'GeneratedBeats({str(self.output_dir)!r}, beats={len(self.hits)})'

  def __str__(self) -> str:
    lines = []
    if self.samples is not None:
      total = len(self.samples.codes)
      distinct = self.samples.first_of_class.sum() / total
      lines.append(
          f'{total:,} draws: {self.samples.passing.mean():.1%} pass, '
          f'{distinct:.1%} distinct up to rotation'
      )
      if len(self.hits) < self.num_wanted:
        lines.append(f'only {len(self.hits):,} different beats passed')
    lines += map(' was read with the drum map '.join, self.read_with.items())
    lines.append(f'{len(self.hits):,} beats')
    return '\n'.join(lines + [f'  {path}' for path in self.paths.values()])


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Wish:
  """What is to be made; see `generate`."""

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
  read_with: dict[str, str] = dataclasses.field(default_factory=dict)

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
    for name, modes in _ONLY_IN.items():
      if getattr(self, name) not in (None, []) and self.mode not in modes:
        raise errors.InputError(
            f'--{name} has no use in --mode={self.mode}, only in '
            + ', '.join(modes) + '.'
        )
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
      near = None
      if self.genre:
        near = genre_beats.of(reference, self.genre)
      elif self.near:
        near = named_patterns.read_beats(
            self.near, drum_map=self.drum_map,
            on_map=self.read_with.__setitem__,
        )
      return ways.sample(
          model, num_outputs=self.count, num_draws=self.num_draws, near=near,
          seed=self.seed, temperature=self.temperature, threshold=self.cut,
          on_step=on_step,
      )
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


def generate(
    checkpoint_file: local_paths.Name, output_dir: local_paths.Name, *,
    mode: str = SAMPLE, input_values: local_paths.Names = (),
    step_codes: Sequence[str] = (), genre: str | None = None,
    near: local_paths.Names = (), examples_path: local_paths.Name | None = None,
    num_outputs: int | None = None, num_draws: int | None = None,
    num_bars: int | None = None, temperature: float | None = None,
    threshold: float | None = None, voices_in: str = defaults.VOICES_IN,
    qpm: float = defaults.QPM, accents: bool = False, swing: float = 0.0,
    humanize: float = 0.0, groove: local_paths.Name = defaults.GROOVE,
    groove_strength: float = defaults.GROOVE_STRENGTH,
    groove_drawn: bool = False,
    zipped: bool = False, seed: int = defaults.SEED,
    on_step: callbacks.OnStep = callbacks.silent,
    arguments: Mapping[str, object] | None = None,
) -> GeneratedBeats:
  """Makes new beats from a trained model and writes all about them.

  Args:
    checkpoint_file: Run directory, checkpoint file or `shipped:NAME`.
    output_dir: Where the files go; made if missing. Beats of an earlier run
      there are replaced.
    mode: One of `MODES`: `sample` draws beats that pass the published filters,
      `interpolate` leads from one beat to another, `blend` spans a square
      between four, `walk` strolls and comes back, `vary` lists neighbours.
    input_values: Beats that the mode begins with: MIDI files, TFRecords,
      `dataset.tsv:LINE`.
    step_codes: The same as 32 step codes with commas between them, each.
    genre: For sample: draw around known patterns of this genre.
    near: For sample: draw around these beats, named as `input_values`.
    examples_path: What is known, a dataset folder or file; the starter
      collection if None.
    num_outputs: Beats, of a blend along a side; 16 if None.
    num_draws: For sample: make just so many draws.
    num_bars: For walk: its length; 64 if None.
    temperature: For sample and vary, see `TrainedModel.decode_hits`; what
      suits the model if None.
    threshold: Likewise, at temperature 0; 0.5 if None.
    voices_in: Drum map to read beats with, a name or a TOML file.
    qpm: Tempo of what is written.
    accents: Velocities by place in the bar and by voice.
    swing: How late every second sixteenth comes; 1 makes triplets.
    humanize: How much times and velocities vary, 0 to 1.
    groove: How beats are played: `none`, a groove model (`shipped:groove`), a
      MIDI file or a dataset; see `players.player`.
    groove_strength: How much of that, 0 to 1.
    groove_drawn: One of many answers of a groove model, by `seed`, in place of
      its mean.
    zipped: One zip of MIDI files, not a folder.
    seed: Of everything random.
    on_step: Called with the beats drawn, then compared; see `callbacks`.
    arguments: What the manifest says was asked for; this call if None.

  Raises:
    InputError: If arguments contradict, a beat can't be read, none passes, or
      something in `output_dir` would be lost.
    CheckpointError: If the model is none.
    OutputError: If the files can't be written.
  """
  asked = manifests.arguments_of(locals()) if arguments is None else arguments
  wish = _Wish(
      mode=suggestions.one_of('--mode', mode, MODES),
      input_values=local_paths.names(input_values), step_codes=list(step_codes),
      genre=genre, near=local_paths.names(near), num_outputs=num_outputs,
      num_draws=num_draws, num_bars=num_bars, temperature=temperature,
      threshold=threshold, drum_map=drum_maps.load(voices_in), seed=seed,
  )
  wish.check()
  dynamics = dynamics_lib.chosen(
      accents=accents, swing=swing, humanize=humanize, seed=seed,
      groove=players.player(
          groove, drum_map=wish.drum_map, drawn=groove_drawn, seed=seed
      ),
      groove_strength=groove_strength,
  )
  folder, name = local_paths.expand(output_dir), str(checkpoint_file)
  result_folders.claim(folder, result_folders.GENERATE, [
      *wish.input_values, *wish.near,
      *([str(examples_path)] if examples_path else []),
  ])
  found = wish.beats()
  model = trained_model.TrainedModel(name)
  wish.check_model(model)
  reference = examples.load_or_starter(examples_path)
  made = wish.made(model, found, reference, on_step)
  chosen = {'read_with': wish.read_with} if wish.read_with else {}
  style = generation_files.Style(
      qpm=qpm, zipped=zipped, as_one=mode == WALK, dynamics=dynamics,
      name=f'{model.config.name}_{mode}_seed{seed}',
  )
  paths = generation_files.write(
      folder, made, style, reference, {**asked, **chosen},
      {'weights': manifests.digest(checkpoints.find(name)),
       'training_data': str(model.metadata.get('data_digest')),
       'reference': reference.digest}, on_step=on_step,
  )
  return GeneratedBeats(
      output_dir=folder, hits=made.hits, latents=made.latents,
      samples=made.samples, num_wanted=wish.count,
      paths={path.name: path for path in paths}, read_with=wish.read_with,
  )
