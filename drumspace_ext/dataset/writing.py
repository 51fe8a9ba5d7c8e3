"""Dataset writing: the files of a dataset from a merged collection."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
import contextlib
import itertools
import json

import numpy as np

from drumspace_ext import callbacks
from drumspace_ext import defaults
from drumspace_ext.dataset import collection as collection_lib
from drumspace_ext.dataset import groove_tsv
from drumspace_ext.dataset import merging
from drumspace_ext.dataset import provenance
from drumspace_ext.dataset import rejected_tsv
from drumspace_ext.dataset import report as dataset_report
from drumspace_ext.dataset import report_html
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.extraction import one_input
from drumspace_ext.files import manifests
from drumspace_ext.files import output_files
from drumspace_ext.files import processes
from drumspace_ext.files import result_folders
from drumspace_ext.files import result_names
from drumspace_ext.files import tfrecords
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import pattern_records
from drumspace_ext.notes import played_patterns
from drumspace_ext.patterns import groove_sums
from drumspace_ext.patterns import grooves as grooves_lib
from drumspace_ext.patterns import step_codes

NAMES = result_names.OF_DATASET
# Patterns whose lines and records are made at once.
_TOGETHER = 256


def write(
    batch: output_files.Batch, collection: collection_lib.Collection,
    recipe: one_input.Recipe, tile: int, groove: str = defaults.GROOVE,
    on_step: callbacks.OnStep = callbacks.silent,
) -> dict:
  """Writes all files of a dataset.

  Args:
    batch: Where they go.
    collection: What they say, merged.
    recipe: How the inputs were read.
    tile: How many times each pattern is played in `patterns.tfrecord`.
    groove: How it is played there, `none` (straight) or `own`.
    on_step: Called with the patterns, then with the rejected inputs that are
      written; see `callbacks`.

  Returns:
    The contents of `report.json`.

  Raises:
    PipelineError: If a process that writes was killed.
    RuntimeError: If an input is not accounted for.
  """
  collection.totals.check()
  shape = dataset_report.Shape()
  # The maker's name comes first, should the run be killed while renaming.
  manifest = batch.open(manifests.FILE_NAME)
  tsv = batch.open(dataset_tsv.DATASET)
  origins = batch.open(result_names.PROVENANCE)
  near = recipe.has_near_loops
  maps = (
      collection.totals.remarked_as('read_with')
      if recipe.drum_map.chooses else None
  )
  origins.write(provenance.header_line(near=near, maps=maps is not None))
  grooves = batch.open(groove_tsv.FILE_NAME)
  grooves.write(groove_tsv.header_lines())
  records = batch.open(dataset_tsv.TFRECORD, text=False)
  with _rejected(batch, collection, maps or {}, recipe, on_step):
    patterns, number = collection.unique_patterns(on_step), 0
    # Records of these take no more memory than that of one pattern may.
    together = max(1, _TOGETHER // tile)
    while some := list(itertools.islice(patterns, together)):
      for pattern in some:
        tsv.write(dataset_tsv.format_line(pattern.codes))
        origins.write(provenance.format_line(pattern, near=near, maps=maps))
        shape.add(pattern)
      grooves.writelines(groove_tsv.format_lines(
          groove_sums.played(np.concatenate([p.groove for p in some], axis=1)),
          [p.groove.shape[1] for p in some],
      ))
      tfrecords.write(records, _records(some, number, tile, groove))
      number += len(some)
  report = dataset_report.make(collection.totals, recipe, shape)
  batch.open(dataset_tsv.REPORT).write(
      json.dumps(report, indent=2, ensure_ascii=False) + '\n'
  )
  # What is said of a groove is said where there is one.
  playing = {} if groove == defaults.GROOVE else {'groove': groove}
  manifest.write(manifests.text(
      {**report['recipe'], 'tile': tile, **playing}, {},
      maker=result_folders.CREATE_DATASET.script,
  ))
  batch.open(report_html.FILE_NAME).write(report_html.render(report))
  return report


@contextlib.contextmanager
def _rejected(
    batch: output_files.Batch, collection: collection_lib.Collection,
    maps: Mapping[str, str], recipe: one_input.Recipe,
    on_step: callbacks.OnStep,
) -> Iterator[None]:
  """Writes `rejected.tsv` beside what the block does, or else after it."""
  total = collection.totals.rejected.total()
  arguments = (
      batch.temporary_path(dataset_tsv.REJECTED), collection.rejected_path,
      total, collection.totals.remarked_as('other_map'), maps,
      recipe.for_hints(),
  )
  if collection.num_processes == 1 or total < merging.ROWS_OF_PROCESS:
    yield
    rejected_tsv.write(*arguments, on_step)
    return
  with processes.Beside(rejected_tsv.write, *arguments) as writing:
    yield
    on_step(0, total, 'writing rejected inputs')
    writing.answer()
    on_step(total, total, 'writing rejected inputs')


def _records(
    patterns: Sequence[collection_lib.UniquePattern], first: int, tile: int,
    groove: str,
) -> list[bytes]:
  """Returns patterns as the bytes of NoteSequences, at their usual tempo."""
  low, high = note_sequences.QPM_LIMITS
  qpms = [
      min(max((pattern.min_qpm + pattern.max_qpm) / 2, low), high)
      for pattern in patterns
  ]
  ids = [f'/id/drumspace/{first + i}' for i in range(len(patterns))]
  if groove == defaults.OWN_GROOVE:
    return [
        _played_record(*each, tile) for each in zip(patterns, qpms, ids)
    ]
  return pattern_records.of_patterns(
      np.stack([pattern.codes for pattern in patterns]), qpms=qpms, ids=ids,
      genres=[list(pattern.genres) for pattern in patterns], repeats=tile,
  )


def _played_record(
    pattern: collection_lib.UniquePattern, qpm: float, sequence_id: str,
    tile: int,
) -> bytes:
  """Returns a pattern as its inputs play it; straight if that isn't known."""
  hits = step_codes.step_codes_to_hits(pattern.codes)
  played, cells = groove_sums.played(pattern.groove), groove_sums.no_cells()
  dynamics = None
  if played.plays.any():
    cells[:, hits] = groove_sums.once(played)
    play = grooves_lib.Known(
        {pattern.codes.tobytes(): played}, grooves_lib.Manner(cells)
    )
    dynamics = played_patterns.as_played(play(hits[None]))
  return note_sequences.from_patterns(
      hits, qpm=qpm, dynamics=dynamics, repeats=tile, sequence_id=sequence_id,
      genres=list(pattern.genres),
  ).SerializeToString(deterministic=True)
