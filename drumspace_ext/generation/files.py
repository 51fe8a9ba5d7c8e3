r"""Generation files: what `drumspace_generate` leaves in its output folder.

`patterns.tsv` holds the beats in published form (step codes, TAB, latent
vector), `patterns.tfrecord` the same as NoteSequences, `nearest.tsv` has for
each the nearest known pattern (`dataset.nearest_tsv`). Sampling adds every draw
(`sampled_raw.tsv`) and those that pass (`sampled_filtered.tsv`, duplicates
kept). MIDI goes into a zip or a folder.
"""

from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import pathlib
import re
import zipfile

import numpy as np

from drumspace_ext import callbacks
from drumspace_ext.dataset import examples
from drumspace_ext.dataset import nearest_tsv
from drumspace_ext.dataset import provenance
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.files import leftovers
from drumspace_ext.files import manifests
from drumspace_ext.files import midi_kinds
from drumspace_ext.files import output_files
from drumspace_ext.files import result_folders
from drumspace_ext.files import result_names
from drumspace_ext.files import tfrecords
from drumspace_ext.files import zip_archives
from drumspace_ext.generation import ways
from drumspace_ext.notes import midi_writing
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import dynamics as dynamics_lib
from drumspace_ext.patterns import step_codes

PATTERNS, RECORDS = result_names.PATTERNS, result_names.RECORDS
RAW, FILTERED = result_names.RAW, result_names.FILTERED
NEAREST, WALK_MIDI = result_names.NEAREST, result_names.WALK_MIDI
MIDI_ZIP, MIDI_FOLDER = result_names.MIDI_ZIP, result_names.MIDI_FOLDER
# How `_midi_names` end.
_MADE_NAME = re.compile(r'-\d{3,}-of-\d{3,}\.mid$')


@dataclasses.dataclass(frozen=True, kw_only=True)
class Style:
  """How beats are written.

  Attributes:
    qpm: Tempo in quarter notes per minute.
    dynamics: How hits are played, or None.
    zipped: One zip of MIDI files instead of a folder.
    name: What names of files and tracks begin with.
    as_one: One long MIDI file of all beats instead of one each.
    genres: Of the known beat that is nearest to each; empty if it has none.
  """

  qpm: float
  dynamics: dynamics_lib.Dynamics | None
  zipped: bool
  name: str
  as_one: bool = False
  genres: Sequence[str] = ()

  def dynamics_of(
      self, number: int | None = None
  ) -> dynamics_lib.Dynamics | None:
    """Returns how the beat of a number is played, or all of them in turn."""
    if self.dynamics is None:
      return None
    return self.dynamics.of_genres(
        self.genres if number is None else [self.genres[number]]
    )


def _write_midi(batch, hits: np.ndarray, style: Style) -> None:
  names = _midi_names(style, len(hits))
  files = (
      midi_writing.patterns_to_midi(
          beat, qpm=style.qpm, dynamics=style.dynamics_of(number),
          name=name.removesuffix('.mid'),
      ) for number, (name, beat) in enumerate(zip(names, hits))
  )
  if style.zipped:
    archive = batch.enter(
        zipfile.ZipFile(batch.open(MIDI_ZIP, text=False), 'w')
    )
    for name, content in zip(names, files):
      zip_archives.add(archive, name, content)
    return
  for name, content in zip(names, files):
    batch.write(name, content)


def write(
    folder: pathlib.Path, made: ways.Generated, style: Style,
    reference: examples.TrainingSet, arguments: Mapping,
    digests: Mapping[str, str], *,
    on_step: callbacks.OnStep = callbacks.silent,
) -> list[pathlib.Path]:
  """Writes everything about some generated beats.

  Args:
    folder: Where; made if missing.
    made: The beats.
    style: How they are written.
    reference: Patterns to look for the nearest in.
    arguments: For the manifest.
    digests: For the manifest.
    on_step: Called with the beats compared; see `callbacks`.

  Returns:
    The files written, the MIDI first.

  Raises:
    OutputError: If they can't be written.
  """
  paths = []
  codes = step_codes.hits_to_step_codes(made.hits)
  index, distances = nearest_tsv.find(codes, reference, on_step)
  style = dataclasses.replace(
      style, genres=[
          provenance.main_genre(reference.genres[i]) for i in index.tolist()
      ],
  )
  if style.dynamics is not None:
    style.dynamics.foresee(made.hits)
  has_older = (folder / manifests.FILE_NAME).is_file()
  # This run may write none there.
  leftovers.sweep(folder / MIDI_FOLDER)
  with output_files.Batch(folder) as batch:
    # The maker's name comes first, should the run be killed while renaming.
    batch.open(manifests.FILE_NAME).write(manifests.text(
        arguments, digests, maker=result_folders.GENERATE.script
    ))
    if style.as_one:
      batch.write(WALK_MIDI, midi_writing.patterns_to_midi(
          made.hits, qpm=style.qpm, dynamics=style.dynamics_of(),
          name=style.name,
      ))
      paths.append(folder / WALK_MIDI)
    elif style.zipped:
      _write_midi(batch, made.hits, style)
      paths.append(folder / MIDI_ZIP)
    dataset_tsv.write(
        batch.open(PATTERNS),
        dataset_tsv.PatternSet(codes=codes, latents=made.latents),
    )
    tfrecords.write(batch.open(RECORDS, text=False), (
        note_sequences.from_patterns(
            beat, qpm=style.qpm, dynamics=style.dynamics_of(i - 1),
            sequence_id=f'/id/drumspace/{style.name}/{i}',
        ).SerializeToString(deterministic=True)
        for i, beat in enumerate(made.hits, 1)
    ))
    batch.open(NEAREST).writelines(
        nearest_tsv.lines(index, distances, reference)
    )
    paths += [folder / PATTERNS, folder / RECORDS, folder / NEAREST]
    if made.samples is not None:
      samples = made.samples
      for name, keep in (
          (RAW, np.ones(len(samples.codes), np.bool_)),
          (FILTERED, samples.passing),
      ):
        dataset_tsv.write(batch.open(name), dataset_tsv.PatternSet(
            codes=samples.codes[keep], latents=samples.latents[keep]
        ))
        paths.append(folder / name)
    paths.append(folder / manifests.FILE_NAME)
  if not style.zipped and not style.as_one:
    with output_files.Batch(folder / MIDI_FOLDER) as batch:
      _write_midi(batch, made.hits, style)
    paths.insert(0, folder / MIDI_FOLDER)
  if has_older:
    _remove_older(folder, paths, _midi_names(style, len(made.hits)))
  return paths


def _midi_names(style: Style, count: int) -> list[str]:
  name = midi_kinds.safe_name(style.name)
  width = max(3, len(str(count)))
  return [
      f'{name}-{i:0{width}}-of-{count:0{width}}.mid'
      for i in range(1, count + 1)
  ]


def _remove_older(
    folder: pathlib.Path, paths: list[pathlib.Path], names: list[str]
) -> None:
  """Removes what an earlier run left, so that no two runs are mixed."""
  for name in (WALK_MIDI, MIDI_ZIP, RAW, FILTERED):
    if folder / name not in paths:
      (folder / name).unlink(missing_ok=True)
  kept = set(names) if folder / MIDI_FOLDER in paths else set()
  for path in (folder / MIDI_FOLDER).glob('*.mid'):
    # Other files are somebody's own.
    if _MADE_NAME.search(path.name) and path.name not in kept:
      path.unlink()
