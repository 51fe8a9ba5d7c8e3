"""Stage chains: stages run one after the other, without Magenta.

A chain runs one stage after the other; each takes what the one before gave.
Inputs go through it one by one, so that memory does not grow with them. What
comes out goes into a TFRecord file; each input of each stage that gives nothing
is named in a list with its reason, and all counts go into a report.
"""

import collections
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import itertools
import json
import pathlib
import types
import typing

from drumspace_ext import callbacks
from drumspace_ext import errors
from drumspace_ext import rejections
from drumspace_ext.conversion import reading
from drumspace_ext.conversion import writing
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.extraction import map_choice
from drumspace_ext.files import manifests
from drumspace_ext.files import output_files
from drumspace_ext.files import result_folders
from drumspace_ext.files import tfrecords
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import remapping
from drumspace_ext.patterns import drum_maps
from drumspace_ext.pipelines import stages

if typing.TYPE_CHECKING:
  import note_seq

REJECTED_HEADER = ('name', 'stage', 'reason', 'detail', 'hint')
# The place of what fails before any stage sees it.
READING = 'reading'
NAMES = result_folders.RUN_PIPELINE.files
# A counter: outputs of a rotation class that an earlier input gave too.
SEEN_BEFORE = 'seen_before'


class _Written(typing.NamedTuple):
  """A NoteSequence of patterns that was written here.

  Attributes:
    sequence: It.
  """

  sequence: 'note_seq.NoteSequence'


def run(
    chain: Sequence[stages.Stage], sequences: Iterable,
    counts: dict[str, collections.Counter],
    on_reject: Callable[[str, str, str, str], None],
    histograms: dict[str, dict[str, collections.Counter]] | None = None,
) -> Iterator:
  """Yields what comes out of a chain.

  Args:
    chain: The stages, in order; names and types fit.
    sequences: What the first stage takes.
    counts: Summed up here, by the name of the stage. `SEEN_BEFORE` are
      outputs of a rotation class that an earlier input gave too.
    on_reject: Called with (name, stage, reason, detail) of each input of each
      stage that gives nothing.
    histograms: Summed up here likewise, if given.

  Raises:
    InputError: If two stages have one name, or types do not fit.
  """
  names = [stage.name for stage in chain]
  if len(set(names)) < len(names):
    raise errors.InputError(f'two stages have one name: {", ".join(names)}.')
  for before, stage in itertools.pairwise(chain):
    if stage.input_type != before.output_type:
      raise errors.InputError(
          f'{stage.name} takes a {stage.input_type.__name__}, but '
          f'{before.name} before it gives a {before.output_type.__name__}.'
      )
  sums = {} if histograms is None else histograms
  for stage in chain:
    counts.setdefault(stage.name, collections.Counter())

  def through(stage, objects):
    seen: set[bytes] = set()
    for one in objects:
      taker = stage
      if isinstance(one, _Written):
        one, taker = one.sequence, stage.for_patterns
      outputs = taker.transform(one)
      counts[stage.name].update(taker.counts)
      if seen_before := len(taker.classes & seen):
        counts[stage.name][SEEN_BEFORE] += seen_before
      seen |= taker.classes
      for name, numbers in taker.histograms.items():
        own = sums.setdefault(stage.name, {})
        own.setdefault(name, collections.Counter()).update(numbers)
      if taker.rejection:
        on_reject(
            stages.sequence_name(one), stage.name, taker.rejection.reason,
            taker.rejection.detail,
        )
      yield from outputs

  for stage in chain:
    sequences = through(stage, sequences)
  yield from sequences


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class PipelineRun:
  """What a run over files gave; as text, its counts and files.

  Attributes:
    output_dir: The folder that the files are in.
    report: `inputs`, `unreadable` (reason to count), `outputs`, and `stages`,
      the counts of each by its name.
    paths: The files written, by name.
  """

  output_dir: pathlib.Path
  report: dict
  paths: dict[str, pathlib.Path]

  def __repr__(self) -> str:
    return (
        f'PipelineRun({str(self.output_dir)!r}, '
        f'inputs={self.report["inputs"]}, outputs={self.report["outputs"]})'
    )

  def __str__(self) -> str:
    paths = '\n'.join(f'  {path}' for path in self.paths.values())
    return f'{summary(self.report)}\n\n{paths}'


def _song(
    sequence: 'note_seq.NoteSequence', chain: Sequence[stages.Stage],
    options: reading.Options,
) -> 'note_seq.NoteSequence':
  """Returns a NoteSequence as the first stage of a chain takes it.

  Raises:
    RejectedInputError: If no note of it would sound.
  """
  gm14 = drum_maps.load(drum_maps.GM14)
  drum_map = options.voices_in or gm14
  if chain[0].reads_songs or not (drum_map != gm14 or options.assume_drums):
    return sequence
  return remapping.remapped(
      sequence, voices_in=drum_map, assume_drums=options.assume_drums
  )


def run_files(
    values: Sequence[str], output_dir: pathlib.Path,
    chain: Sequence[stages.Stage], *, recursive: bool = False,
    options: reading.Options | None = None,
    recipe: Mapping = types.MappingProxyType({}),
    manifest: Callable[[], str] = lambda: manifests.text(
        {}, {}, maker=result_folders.RUN_PIPELINE.script
    ),
    on_step: callbacks.OnStep = callbacks.silent,
) -> PipelineRun:
  """Runs a chain over files and writes what comes out.

  Args:
    values: What `reading.read` takes.
    output_dir: Where `NAMES` are written.
    chain: The stages; what comes out are NoteSequences.
    recursive: Search folders in folders.
    options: How what is no NoteSequence is read.
    recipe: How the stages cut songs, see `rejections.hint`.
    manifest: Gives the text of the manifest.
    on_step: See `reading.read`.

  Raises:
    InputError: If there is nothing to read, or an input would be overwritten.
    OutputError: If the files can't be written.
  """
  result_folders.claim(output_dir, result_folders.RUN_PIPELINE, values)
  options = options or reading.Options()
  counts: dict[str, collections.Counter] = {}
  histograms: dict[str, dict[str, collections.Counter]] = {}
  totals: collections.Counter[str] = collections.Counter()
  unreadable: collections.Counter[str] = collections.Counter()
  with output_files.Batch(output_dir) as batch:
    rejected = batch.open(dataset_tsv.REJECTED)
    rejected.write('\t'.join(REJECTED_HEADER) + '\n')

    def on_reject(name, stage, reason, detail):
      hint = rejections.hint(reason, recipe)
      fields = name, stage, reason, detail, hint
      rejected.write('\t'.join(map(dataset_tsv.escape, fields)) + '\n')

    def on_unreadable(name, reason, detail):
      totals['inputs'] += 1
      unreadable[reason] += 1
      on_reject(name, READING, reason, detail)

    def sequences() -> 'Iterator[note_seq.NoteSequence]':
      for item in reading.read(
          values, [], options, recursive=recursive, on_reject=on_unreadable,
          excluded=output_dir, on_step=on_step,
      ):
        if item.sequence is None:
          totals['inputs'] += 1
          yield _Written(note_sequences.parse(writing.to_record(item, options)))
          continue
        try:
          sequence = _song(item.sequence, chain, options)
        except errors.RejectedInputError as e:
          on_unreadable(item.name, e.reason, e.detail)
          continue
        totals['inputs'] += 1
        yield sequence

    totals['outputs'] = tfrecords.write(
        batch.open(dataset_tsv.TFRECORD, text=False),
        (
            sequence.SerializeToString(deterministic=True)
            for sequence in run(
                chain, sequences(), counts, on_reject, histograms
            )
        ),
    )
    if not totals['inputs']:
      raise errors.InputError(
          f'{", ".join(values)}: no MIDI file and no record in it.'
      )
    report = {
        'inputs': totals['inputs'], 'unreadable': dict(unreadable),
        'outputs': totals['outputs'],
        'stages': {
            name: dict(count) | {
                # As JSON gives them back.
                key: {str(n): numbers[n] for n in sorted(numbers)}
                for key, numbers in histograms.get(name, {}).items()
            } for name, count in counts.items()
        },
    }
    batch.open(dataset_tsv.REPORT).write(
        json.dumps(report, indent=2, ensure_ascii=False) + '\n'
    )
    batch.open(manifests.FILE_NAME).write(manifest())
  return PipelineRun(
      output_dir=output_dir, report=report,
      paths={name: output_dir / name for name in NAMES},
  )


def summary(report: dict) -> str:
  """Returns the counts of a report as text for a person."""
  lines = [f'{"inputs":<30}{report["inputs"]:>10,}']
  for reason, count in sorted(report['unreadable'].items()):
    lines.append(f'  {rejections.REASONS[reason][0]:<46}{count:>10,}')
  for name, counts in report['stages'].items():
    lines.append(
        f'{name:<20}{counts.get("inputs", 0):>10,} in '
        f'{counts.get("outputs", 0):>10,} out'
    )
    for counter, count in sorted(counts.items()):
      if counter.startswith(stages.REJECTED):
        meaning, _ = rejections.REASONS[counter.removeprefix(stages.REJECTED)]
        lines.append(f'  {count:>8,}  {meaning}')
      if counter.startswith(map_choice.COUNTED):
        drum_map = counter.removeprefix(map_choice.COUNTED)
        lines.append(f'  {count:>8,}  read with the drum map {drum_map}')
  lines.append(f'{"outputs":<30}{report["outputs"]:>10,}')
  repeated = sum(
      counts.get(SEEN_BEFORE, 0) for counts in report['stages'].values()
  )
  if repeated and not any(
      stages.REJECTED + 'repeated_pattern' in counts
      for counts in report['stages'].values()
  ):
    lines.append(
        f'{repeated:,} patterns came from an earlier input too: add the stage '
        'unique before you split them into parts'
    )
  return '\n'.join(lines)
