r"""Makes a dataset of unique drum patterns from NoteSequences and MIDI files.

A pattern is two bars of 4/4 on a sixteenth grid, with 14 voices, that some
input plays at least three times in a row. Patterns that differ only by a shift
in time are one. The folder given by --output_dir then holds dataset.tsv (the
patterns), provenance.tsv (where each comes from), patterns.tfrecord (the same
as NoteSequences), rejected.tsv (why every other input gave none), report.json
and report.html.

Usage:
  drumspace_create_dataset --input=notesequences.tfrecord \
    --output_dir=/tmp/drumspace/dataset
  drumspace_create_dataset --input=~/midi,more.zip --recursive \
    --output_dir=/tmp/drumspace/dataset
"""

from absl import flags

from drumspace_ext import drumspace_flags
from drumspace_ext import errors
from drumspace_ext import user_paths

_GAP_STEPS = flags.DEFINE_integer(
    'gap_steps', 32,
    'Cut a piece where so many steps in a row are silent.', lower_bound=1,
)
_NUM_WORKERS = flags.DEFINE_integer(
    'num_workers', None,
    'Processes that read inputs; as many as there are processors by default. '
    '0 reads in the main process, without protection from crashes.',
    lower_bound=0, upper_bound=1024,
)
_GENRES = flags.DEFINE_string(
    'genres', None,
    'Text file with further genre labels: input id or file name, TAB, genres '
    'with commas between them.',
)
_STRICT = flags.DEFINE_bool(
    'strict', False,
    'Exit with status 1 if an input was damaged or no pattern was found. The '
    'files are written all the same.',
)


def main(argv: list[str]) -> int:
  # pylint: disable=g-import-not-at-top
  from drumspace_ext import dataset_creation
  from drumspace_ext import drum_maps
  from drumspace_ext import extraction
  from drumspace_ext import progress
  from drumspace_ext import rejections
  from drumspace_ext import reports
  # pylint: enable=g-import-not-at-top

  recipe = extraction.Recipe(
      steps_per_quarter=drumspace_flags.STEPS_PER_QUARTER.value,
      gap_steps=_GAP_STEPS.value,
      assume_drums=drumspace_flags.ASSUME_DRUMS.value,
      drum_map=drum_maps.load(drumspace_flags.VOICES_IN.value),
  )
  genre_table = None
  if _GENRES.value:
    genre_table = dataset_creation.read_genre_table(
        user_paths.expand(_GENRES.value)
    )
  created = dataset_creation.create(
      drumspace_flags.input_values(argv), drumspace_flags.output_dir(),
      recipe=recipe, recursive=drumspace_flags.RECURSIVE.value,
      num_workers=_NUM_WORKERS.value, tile=drumspace_flags.TILE.value or 1,
      genre_table=genre_table,
      show_progress=progress.byte_bar,
  )
  print(reports.summary(created.report))
  print()
  for path in created.paths.values():
    print(f'  {path}')
  rejected = created.report['rejected']
  damaged = sum(rejected.get(reason, 0) for reason in rejections.DAMAGE)
  if _STRICT.value and (damaged or not created.report['patterns']):
    raise errors.InputError(
        f'--strict: {damaged} inputs are damaged and '
        f'{created.report["patterns"]} patterns were found; see '
        f'{created.paths["rejected.tsv"]}.'
    )
  return 0


def console_entry_point() -> None:
  drumspace_flags.run(
      main,
      required=[drumspace_flags.OUTPUT_DIR],
      shared=[
          drumspace_flags.INPUT, drumspace_flags.RECURSIVE,
          drumspace_flags.STEPS_PER_QUARTER, drumspace_flags.ASSUME_DRUMS,
          drumspace_flags.VOICES_IN, drumspace_flags.TILE,
      ],
  )


if __name__ == '__main__':
  console_entry_point()
