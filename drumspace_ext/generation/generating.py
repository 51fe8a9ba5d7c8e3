"""Generating: from a model's name to a folder of new beats."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import pathlib

import numpy as np

from drumspace_ext import callbacks
from drumspace_ext import defaults
from drumspace_ext import suggestions
from drumspace_ext.dataset import examples
from drumspace_ext.files import local_paths
from drumspace_ext.files import manifests
from drumspace_ext.files import result_folders
from drumspace_ext.generation import files as generation_files
from drumspace_ext.generation import wishes
from drumspace_ext.models import checkpoints
from drumspace_ext.models import sampling
from drumspace_ext.models import trained_model
from drumspace_ext.patterns import descriptors
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import dynamics as dynamics_lib
from drumspace_ext.playing import players
from drumspace_ext.playing import sources

SAMPLE, WALK, MODES = wishes.SAMPLE, wishes.WALK, wishes.MODES


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
    asked: What the beats were to be, by the names of descriptors.
    notes: What a person should know of how they were drawn.
  """

  output_dir: pathlib.Path
  hits: np.ndarray
  latents: np.ndarray
  samples: sampling.Samples | None
  num_wanted: int
  paths: Mapping[str, pathlib.Path]
  read_with: Mapping[str, str] = dataclasses.field(default_factory=dict)
  asked: Mapping[str, float] = dataclasses.field(default_factory=dict)
  notes: Sequence[str] = ()

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
    lines += [*self._answers(), *self.notes]
    lines += map(' was read with the drum map '.join, self.read_with.items())
    lines.append(f'{len(self.hits):,} beats')
    return '\n'.join(lines + [f'  {path}' for path in self.paths.values()])

  def _answers(self) -> Iterator[str]:
    """Yields, for all that was asked of the beats, what they are."""
    for name, value in self.asked.items():
      of = descriptors.DESCRIPTORS[name]
      values = of.measure(self.hits)
      yield (
          f'{name} {values.min():.2f} to {values.max():.2f} {of.unit}, '
          f'{value:g} asked for'
      )


def generate(
    checkpoint_file: local_paths.Name, output_dir: local_paths.Name, *,
    mode: str = SAMPLE, input_values: local_paths.Names = (),
    step_codes: Sequence[str] = (), genre: str | None = None,
    near: local_paths.Names = (), examples_path: local_paths.Name | None = None,
    num_outputs: int | None = None, num_draws: int | None = None,
    num_bars: int | None = None, density: float | None = None,
    syncopation: float | None = None, temperature: float | None = None,
    threshold: float | None = None, voices_in: str = defaults.VOICES_IN,
    qpm: float = defaults.QPM, accents: bool = False,
    swing: dynamics_lib.Swing = 0.0, humanize: float = 0.0,
    groove: local_paths.Name = defaults.GROOVE,
    groove_strength: dynamics_lib.Strength = defaults.GROOVE_STRENGTH,
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
    genre: For sample: beats of this genre: around those of `examples_path`;
      without it as the model has learnt them, or around starter beats.
    near: For sample: draw around these beats, named as `input_values`.
    examples_path: What is known, a dataset folder or file; the starter
      collection if None.
    num_outputs: Beats, of a blend along a side; 16 if None.
    num_draws: For sample: make just so many draws.
    num_bars: For walk: its length; 64 if None.
    density: For sample: hits a step of the beats; see `descriptors`.
    syncopation: For sample: how syncopated they are, a bar; likewise.
    temperature: For sample and vary, see `TrainedModel.decode_hits`; what
      suits the model if None.
    threshold: Likewise, at temperature 0; 0.5 if None.
    voices_in: Drum map to read beats with, a name or a TOML file.
    qpm: Tempo of what is written.
    accents: Velocities by place in the bar and by voice.
    swing: How late every second sixteenth comes; 1 makes triplets, `auto` is
      as the genre of the nearest known beat has it.
    humanize: How much times and velocities vary, 0 to 1.
    groove: How beats are played: `none`, a groove model (`shipped:groove`), a
      MIDI file or a dataset; see `players.player`.
    groove_strength: How much of that, 0 to 1; or two such, of velocity and of
      timing.
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
  noted = manifests.arguments_of(locals()) if arguments is None else arguments
  asked = {
      name: value for name, value in (
          (descriptors.DENSITY, density),
          (descriptors.SYNCOPATION, syncopation),
      ) if value is not None
  }
  wish = wishes.Wish(
      mode=suggestions.one_of('--mode', mode, MODES),
      input_values=local_paths.names(input_values), step_codes=list(step_codes),
      genre=genre, near=local_paths.names(near), num_outputs=num_outputs,
      num_draws=num_draws, num_bars=num_bars, temperature=temperature,
      threshold=threshold, drum_map=drum_maps.load(voices_in), seed=seed,
      has_examples=examples_path is not None, asked=asked,
  )
  wish.check()
  dynamics = players.dynamics(
      groove, accents=accents, swing=swing, humanize=humanize, seed=seed,
      groove_strength=groove_strength, groove_drawn=groove_drawn,
      drum_map=wish.drum_map,
  )
  folder, name = local_paths.expand(output_dir), str(checkpoint_file)
  result_folders.claim(folder, result_folders.GENERATE, [
      *wish.input_values, *wish.near, *sources.files(groove),
      *([str(examples_path)] if examples_path else []),
  ])
  found = wish.beats()
  model = trained_model.TrainedModel(name)
  wish.check_model(model)
  reference = examples.load_or_starter(examples_path)
  made = wish.made(model, found, reference, on_step)
  noted = {
      name: value for name, value in noted.items()
      # What was not asked for is not in the manifests of earlier versions.
      if value is not None or name not in descriptors.DESCRIPTORS
  }
  if wish.read_with:
    noted['read_with'] = wish.read_with
  style = generation_files.Style(
      qpm=qpm, zipped=zipped, as_one=mode == WALK, dynamics=dynamics,
      name=f'{model.config.name}_{mode}_seed{seed}',
  )
  paths = generation_files.write(
      folder, made, style, reference, noted,
      {'weights': manifests.digest(checkpoints.find(name)),
       'training_data': str(model.metadata.get('data_digest')),
       'reference': reference.digest, **sources.digests(groove)},
      on_step=on_step,
  )
  return GeneratedBeats(
      output_dir=folder, hits=made.hits, latents=made.latents,
      samples=made.samples, num_wanted=wish.count,
      paths={path.name: path for path in paths}, read_with=wish.read_with,
      asked=asked, notes=wish.notes,
  )
