"""Judging: from named models and files to a panel beside real patterns."""

import collections
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import json
import pathlib
import re

from drumspace_ext import callbacks
from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext import seeds
from drumspace_ext.conversion import named_patterns
from drumspace_ext.conversion import reading
from drumspace_ext.dataset import examples
from drumspace_ext.evaluation import groove_judging
from drumspace_ext.evaluation import html as evaluation_html
from drumspace_ext.evaluation import judged_models
from drumspace_ext.evaluation import panel as evaluation
from drumspace_ext.evaluation import song_judging
from drumspace_ext.evaluation import song_panel
from drumspace_ext.evaluation import unheeded
from drumspace_ext.extraction import recipes
from drumspace_ext.files import local_paths
from drumspace_ext.files import manifests
from drumspace_ext.files import output_files
from drumspace_ext.files import result_folders
from drumspace_ext.files import result_names
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class Evaluation:
  """A panel that was made; as text, the panel as a table, and its files.

  Attributes:
    output_dir: The folder that it is in.
    panel: The contents of `evaluation.json`, see `evaluation`.
    left_out: What could not be judged, a line each.
    paths: The files written, by name.
  """

  output_dir: pathlib.Path
  panel: Mapping
  left_out: Sequence[str]
  paths: Mapping[str, pathlib.Path]

  def __repr__(self) -> str:
    names = [row['name'] for row in self.panel['rows']]
    return f'Evaluation({str(self.output_dir)!r}, rows={names})'

  def __str__(self) -> str:
    paths = '\n'.join(f'  {path}' for path in self.paths.values())
    parts = [evaluation.to_text(self.panel)] if self.panel['rows'] else []
    if songs := self.panel.get(song_panel.KEY):
      parts.insert(0, song_panel.to_text(songs))
    if grooves := self.panel.get(groove_judging.KEY):
      parts.append(groove_judging.to_text(grooves))
    return '\n\n'.join([*parts, paths])


def _pattern_of(rows_by: str | None) -> re.Pattern | None:
  try:
    return re.compile(rows_by) if rows_by else None
  except re.error as e:
    raise errors.InputError(
        f'--rows_by={rows_by} is no regular expression: {e}.'
    ) from e


def _rows_of(
    found: named_patterns.NamedPatterns, rows_by: re.Pattern | None,
    value: str, left_out: list[str],
) -> list[evaluation.Row]:
  """Returns the rows that an input becomes."""
  missed = list(found.left_out)
  rows: dict[str, list[int]] = collections.defaultdict(list)
  row_of: dict[str, str | None] = {
      source: found.name for source in found.sources
  }
  if rows_by:
    for source in row_of:
      part = rows_by.search(source)
      row_of[source] = f'{found.name} {part[0]}' if part else None
      if not part:
        missed.append(
            f'{source}: --rows_by={rows_by.pattern} finds nothing in it'
        )
  for index, source in enumerate(found.sources):
    row = row_of[source]
    if row:
      rows[row].append(index)
  if missed:
    left_out.append(named_patterns.left_out_text(
        dataclasses.replace(found, left_out=missed)
    ))
  if not rows:
    raise errors.InputError(f'{value} holds no pattern that can be read.')
  return [
      evaluation.Row(name=name, hits=found.hits[rows[name]])
      for name in sorted(rows)
  ]


def _without_small(
    rows: list[evaluation.Row], left_out: list[str]
) -> tuple[list[evaluation.Row], list[str]]:
  """Returns (rows that can be judged, a note for each other one)."""
  small = list(filter(None, map(evaluation.shortage, rows)))
  # Of many rows the others are still worth knowing.
  if small and len(small) < len(rows):
    rows = [row for row in rows if not evaluation.shortage(row)]
    left_out.append('left out: ' + ' '.join(small))
  return rows, [f'Left out: {text}' for text in small]


def _of_patterns(
    rows: list[evaluation.Row], training_set: examples.TrainingSet,
    models: judged_models.JudgedModels, judges: judged_models.Judges,
    left_out: list[str], *, seed: int, on_step: callbacks.OnStep,
) -> dict:
  """Returns the panel of two-bar patterns, and what else is to be known."""
  rows, notes = _without_small(rows, left_out)
  panel = evaluation.evaluate(
      rows, step_codes.step_codes_to_hits(judges.heldout), judges.training,
      seed=seed, judged_by=judges.part, on_step=on_step,
  )
  return panel | {
      'notes': [*panel['notes'], *notes, *models.notes(training_set, judges)],
      'digests': panel['digests'] | {
          f'weights of {name}': digest
          for name, digest in models.digests.items()
      },
  }


def _write(
    folder: pathlib.Path, batch: output_files.Batch, panel: Mapping,
    arguments: Mapping[str, object],
) -> dict[str, pathlib.Path]:
  grooves = panel.get(groove_judging.KEY, {'digests': {}})
  digests = panel['digests'] | grooves['digests'] | {
      f'patterns of {row["name"]}': row['digest'] for row in panel['rows']
  }
  contents = {
      result_names.EVALUATION: json.dumps(panel, indent=1) + '\n',
      evaluation_html.FILE_NAME: evaluation_html.render(panel),
      manifests.FILE_NAME: manifests.text(
          arguments, digests, maker=result_folders.EVALUATE.script
      ),
  }
  # The maker's name comes first, should the run be killed while renaming.
  for name, content in reversed(contents.items()):
    batch.open(name).write(content)
  return {name: folder / name for name in contents}


def evaluate(
    examples_path: local_paths.Name, output_dir: local_paths.Name, *,
    checkpoint_file: local_paths.Names = (),
    input_values: local_paths.Names = (),
    heldout_path: local_paths.Name | None = None,
    judged_by: str | None = None, rows_by: str | None = None,
    recursive: bool = False,
    steps_per_quarter: int = defaults.STEPS_PER_QUARTER,
    assume_drums: bool = False, voices_in: str = defaults.VOICES_IN,
    num_outputs: int | None = None, temperature: float | None = None,
    threshold: float = defaults.THRESHOLD, seed: int = defaults.SEED,
    on_step: callbacks.OnStep = callbacks.silent,
    arguments: Mapping[str, object] | None = None,
) -> Evaluation:
  """Judges beats, drawn from models or read from files, against real ones.

  Models that continue beats are judged by songs, see `song_panel`: these are
  what `examples_path` and `heldout_path` then name.
  Models that play patterns (`shipped:groove`) are judged by how those of a
  dataset are played; see `groove_panel`.

  Args:
    examples_path: The training set: a dataset folder or file; or songs.
    output_dir: Where the files go; made if missing.
    checkpoint_file: Models to draw from, a row each: run directories,
      checkpoint files or `shipped:NAME`, or one of these.
    input_values: Files or folders of beats, a row each, or one of these.
    heldout_path: Real patterns that no model was trained on; by default the
      test part of the training set, divided as the models were trained.
    judged_by: Which part of it judges, `test` or `validation`; if None the
      test, where the models kept one.
    rows_by: Regular expression: an input becomes a row for each text that it
      finds in the names of files and records.
    recursive: Search folders in folders.
    steps_per_quarter: Grid steps of a quarter note.
    assume_drums: Take all notes as drums.
    voices_in: Drum map to read with, a name or a TOML file.
    num_outputs: Draws of each model, 2,000 if None; or songs that each goes
      on with, 250 if None.
    temperature: See `TrainedModel.decode_hits`; of songs 1 if None.
    threshold: Likewise.
    seed: Of everything random.
    on_step: Called with the beats drawn, then the rows judged; see
      `callbacks`.
    arguments: What the manifest says was asked for; this call if None.

  Raises:
    InputError: If nothing is named, something can't be read, or there are too
      few patterns.
    CheckpointError: If a model is none.
    OutputError: If the files can't be written.
  """
  asked = manifests.arguments_of(locals()) if arguments is None else arguments
  seeds.check(seed)
  errors.check_positive(num_outputs=num_outputs)
  values = local_paths.names(input_values)
  files = local_paths.names(checkpoint_file)
  if not values and not files:
    raise errors.InputError(
        'name something to judge with --checkpoint_file or --input.'
    )
  unheeded.check(
      files=files, values=values, heldout_path=heldout_path,
      judged_by=judged_by, rows_by=rows_by, threshold=threshold,
      temperature=temperature,
  )
  splitter = _pattern_of(rows_by)
  left_out: list[str] = []
  folder = local_paths.expand(output_dir)
  options = reading.Options(
      voices_in=drum_maps.load(voices_in), assume_drums=assume_drums,
      steps_per_quarter=steps_per_quarter,
  )
  result_folders.claim(folder, result_folders.EVALUATE, [
      *values, str(examples_path),
      *([str(heldout_path)] if heldout_path else []),
  ])
  with output_files.Batch(folder) as batch:
    names = named_patterns.names([*files, *values])
    players = groove_judging.of(files)
    makers = {
        name: file for name, file in zip(names, files) if file not in players
    }
    panel = groove_judging.alone(seed)
    if song_judging.are_continuers(files, values):
      panel = song_judging.judge(
          dict(zip(names, files)), examples_path, heldout_path=heldout_path,
          judged_by=judged_by, recipe=recipes.Recipe(
              drum_map=drum_maps.load(voices_in), assume_drums=assume_drums,
              steps_per_quarter=steps_per_quarter,
          ), settings=song_panel.Settings(
              num_songs=num_outputs or song_panel.NUM_SONGS, seed=seed,
              temperature=1.0 if temperature is None else temperature,
          ), on_step=on_step,
      )
    elif makers or values:
      training_set = examples.load(examples_path)
      models = judged_models.load(list(makers), list(makers.values()))
      judges = models.judges(training_set, heldout_path, judged_by)
      rows = models.rows(
          num_outputs or defaults.NUM_JUDGED, seed=seed, on_step=on_step,
          temperature=temperature, threshold=threshold,
      )
      for name, value in zip(names[len(files):], values):
        found = named_patterns.read(value, name, options, recursive=recursive)
        rows += _rows_of(found, splitter, value, left_out)
      panel = _of_patterns(
          rows, training_set, models, judges, left_out, seed=seed,
          on_step=on_step,
      )
    if players:
      panel[groove_judging.KEY] = groove_judging.judge(
          {name: file for name, file in zip(names, files) if file in players},
          examples_path, heldout_path=heldout_path, seed=seed, on_step=on_step,
      )
    paths = _write(folder, batch, panel, asked)
  return Evaluation(
      output_dir=folder, panel=panel, left_out=left_out, paths=paths
  )
