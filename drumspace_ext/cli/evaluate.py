r"""Judges beats, drawn from models or read from files, against real ones.

Each model of --checkpoint_file is drawn from, and each file or folder of
--input is read (datasets, published samples, MIDI, zips, TFRecords, drums_rnn
primers and outputs); each is a row of a panel. All are compared with real
patterns that were held out of training, beside two rows that are always there:
other held-out patterns (the ceiling) and these with their voices shuffled (the
floor). A row needs 50 patterns, and 100 must be held out. A model is judged by
all that it draws, not only by what passes the filters. The folder given by
--output_dir then holds evaluation.json, evaluation.html and manifest.json.

Usage:
  drumspace_evaluate --checkpoint_file=/tmp/drumspace/vae,/tmp/drumspace/acai \
    --examples_path=/tmp/drumspace/dataset --output_dir=/tmp/drumspace/panel
  drumspace_evaluate --input=sampled_raw.tsv,drums_rnn_outputs \
    --examples_path=/tmp/drumspace/dataset --output_dir=/tmp/drumspace/panel
  drumspace_evaluate --input=drums_rnn_outputs --recursive \
    --rows_by='t[0-9][.][0-9]' --voices_in=note_seq9 \
    --examples_path=/tmp/drumspace/dataset --output_dir=/tmp/drumspace/panel
"""

import collections
from collections.abc import Sequence
import dataclasses
import json
import re
import sys

from absl import flags

from drumspace_ext import errors
from drumspace_ext.cli import flags as drumspace_flags

_DEFAULT_DRAWS = 2000
_HELDOUT_PATH = flags.DEFINE_string(
    'heldout_path', None,
    'Real patterns that no model was trained on, in a form of --examples_path. '
    'By default the validation part of --examples_path, split as the models '
    'were trained.',
)
_ROWS_BY = flags.DEFINE_string(
    'rows_by', None,
    'Regular expression: an input becomes a row for each text that it finds in '
    'the names of files and records, as t[0-9][.][0-9] does in t0.8/a.mid.',
)
# Seed and share of validation where no model says how it was trained.
_DEFAULT_SPLIT = 0, 0.1


def _rows_by() -> re.Pattern | None:
  try:
    return re.compile(_ROWS_BY.value) if _ROWS_BY.value else None
  except re.error as e:
    raise errors.InputError(
        f'--rows_by={_ROWS_BY.value} is no regular expression: {e}.'
    ) from e


def _read(value: str, name: str) -> dict:
  """Returns the patterns of an input, bool `[num_patterns, 32, 14]`, by row."""
  from drumspace_ext.conversion import conversion
  from drumspace_ext.conversion import input_patterns
  from drumspace_ext.patterns import drum_maps

  options = conversion.Options(
      voices_in=drum_maps.load(drumspace_flags.VOICES_IN.value),
      steps_per_quarter=drumspace_flags.STEPS_PER_QUARTER.value,
      assume_drums=drumspace_flags.ASSUME_DRUMS.value,
  )
  rows_by = _rows_by()
  found = input_patterns.read(
      value, name, options, recursive=drumspace_flags.RECURSIVE.value
  )
  left_out, rows = list(found.left_out), collections.defaultdict(list)
  row_of = {source: name for source in found.sources}
  if rows_by:
    for source in row_of:
      part = rows_by.search(source)
      row_of[source] = f'{name} {part[0]}' if part else None
      if not part:
        left_out.append(
            f'{source}: --rows_by={_ROWS_BY.value} finds nothing in it'
        )
  for index, source in enumerate(found.sources):
    if row_of[source]:
      rows[row_of[source]].append(index)
  if left_out:
    found = dataclasses.replace(found, left_out=left_out)
    print(input_patterns.left_out_text(found), file=sys.stderr)
  if not rows:
    raise errors.InputError(f'{value} holds no pattern that can be read.')
  return {row: found.hits[rows[row]] for row in sorted(rows)}


def _split(training_sets, training_set, models):
  """Returns the step codes of (training set, held-out patterns)."""
  if _HELDOUT_PATH.value:
    heldout = training_sets.load(_HELDOUT_PATH.value)
    return training_set.codes, heldout.codes
  splits = {
      (model.metadata['seed'], model.config.training.valid_share)
      for _, model in models
  } or {_DEFAULT_SPLIT}
  if len(splits) > 1:
    raise errors.InputError(
        'the models were trained with other seeds or shares for validation: '
        + ', '.join(f'seed {seed}, {share:g}' for seed, share in sorted(splits))
        + '. Give --heldout_path, or evaluate them one by one.'
    )
  seed, valid_share = splits.pop()
  train, valid = training_sets.split(training_set, valid_share, seed=seed)
  return training_set.codes[train], training_set.codes[valid]


def _notes(training_sets, training_set, models, heldout_codes) -> list[str]:
  """Says where a model knows other patterns than it is judged by."""
  import numpy as np

  notes = []
  classes = training_sets.class_digests(heldout_codes)
  if _HELDOUT_PATH.value:
    known = training_sets.class_digests(training_set.codes)
    if both := int(np.isin(classes, known).sum()):
      notes.append(
          f'{both:,} of the {len(classes):,} patterns held out are in '
          '--examples_path too: no beat can be new beside them.'
      )
  for name, model in models:
    is_other = model.metadata['data_digest'] != training_set.digest
    if is_other:
      notes.append(
          f'{name} was trained on other data than --examples_path, by which '
          'its passing and novel beats are told.'
      )
    # What a model keeps for validation is in its data, but not learnt.
    if is_other or _HELDOUT_PATH.value:
      shared = int(np.isin(classes, model.known_classes).sum())
      notes.append(
          f'{shared:,} of the {len(classes):,} patterns held out are in the '
          f'data of {name}.'
      )
  return notes


def _load(weights: Sequence[str]) -> tuple[list, list[str]]:
  """Returns (models, digests of their files); torch comes with them."""
  from drumspace_ext.files import manifests
  from drumspace_ext.models import checkpoints
  from drumspace_ext.models import trained_model

  digests = [manifests.digest(checkpoints.find(value)) for value in weights]
  return [trained_model.TrainedModel(value) for value in weights], digests


def _panel(values: Sequence[str], weights: Sequence[str]) -> dict:
  """Reads and draws everything and returns the panel."""
  from drumspace_ext.cli import progress
  from drumspace_ext.conversion import input_patterns
  from drumspace_ext.dataset import examples
  from drumspace_ext.evaluation import panel as evaluation
  from drumspace_ext.patterns import step_codes

  seed = drumspace_flags.SEED.value
  training_set = examples.load(drumspace_flags.EXAMPLES_PATH.value)
  names = input_patterns.names([*weights, *values])
  loaded, digests = _load(weights) if weights else ([], [])
  models = list(zip(names, loaded))
  train_codes, heldout_codes = _split(examples, training_set, models)
  rows = []
  for name, model in models:
    drawn = model.draw(
        drumspace_flags.NUM_OUTPUTS.value or _DEFAULT_DRAWS, seed=seed,
        temperature=drumspace_flags.TEMPERATURE.value,
        threshold=drumspace_flags.THRESHOLD.value,
    )
    hits = step_codes.step_codes_to_hits(drawn.codes)
    rows.append(evaluation.Row(name=name, hits=hits))
  for name, value in zip(names[len(weights):], values):
    rows += [
        evaluation.Row(name=row, hits=hits)
        for row, hits in _read(value, name).items()
    ]
  small = list(filter(None, map(evaluation.shortage, rows)))
  # Of many rows the others are still worth knowing.
  if small and len(small) < len(rows):
    rows = [row for row in rows if not evaluation.shortage(row)]
    print('left out: ' + ' '.join(small), file=sys.stderr)
  with progress.bar('row') as on_step:
    panel = evaluation.evaluate(
        rows, step_codes.step_codes_to_hits(heldout_codes), train_codes,
        seed=seed, on_step=on_step,
    )
  panel['notes'] += [f'Left out: {text}' for text in small]
  panel['notes'] += _notes(examples, training_set, models, heldout_codes)
  panel['digests'] |= {
      f'weights of {name}': digest for name, digest in zip(names, digests)
  }
  return panel


def main(argv: list[str]) -> int:
  from drumspace_ext.evaluation import html as evaluation_html
  from drumspace_ext.evaluation import panel as evaluation
  from drumspace_ext.files import manifests
  from drumspace_ext.files import output_files
  from drumspace_ext.files import result_folders
  from drumspace_ext.files import result_names

  values = drumspace_flags.input_values(argv)
  weights = drumspace_flags.CHECKPOINT_FILE.value
  if not values and not weights:
    raise errors.InputError(
        'name something to judge with --checkpoint_file or --input.'
    )
  if not drumspace_flags.EXAMPLES_PATH.value:
    raise errors.InputError('name the training set with --examples_path.')
  folder = drumspace_flags.output_dir()
  result_folders.claim(folder, result_folders.EVALUATE, [
      *values, drumspace_flags.EXAMPLES_PATH.value,
      *filter(None, [_HELDOUT_PATH.value]),
  ])
  with output_files.Batch(folder) as batch:
    panel = _panel(values, weights)
    digests = panel['digests'] | {
        f'patterns of {row["name"]}': row['digest'] for row in panel['rows']
    }
    arguments = drumspace_flags.arguments(__name__) | {'input': values}
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
  print(evaluation.to_text(panel))
  print()
  for name in contents:
    print(f'  {folder / name}')
  return 0


def console_entry_point() -> None:
  drumspace_flags.run(
      main,
      required=[drumspace_flags.OUTPUT_DIR],
      shared=[
          drumspace_flags.INPUT, drumspace_flags.CHECKPOINT_FILE,
          drumspace_flags.EXAMPLES_PATH, drumspace_flags.RECURSIVE,
          drumspace_flags.STEPS_PER_QUARTER, drumspace_flags.ASSUME_DRUMS,
          drumspace_flags.VOICES_IN, drumspace_flags.SEED,
          drumspace_flags.NUM_OUTPUTS, drumspace_flags.TEMPERATURE,
          drumspace_flags.THRESHOLD,
      ],
  )


if __name__ == '__main__':
  console_entry_point()
