r"""Converts drums between TFRecord, MIDI, audio, dataset and drums_rnn primers.

Reads any mixture of NoteSequence TFRecords, MIDI files, folders and zips of
them, datasets and primers, and writes one form, told by the name of --output
(.tfrecord, .zip, .tsv, .txt for primers, .mid, .wav; a folder for MIDI files)
or by --to. NoteSequences and MIDI files are written whole, all instruments,
unless --tile asks for patterns. Audio of patterns is a seamless loop, 16 bits;
it sounds by the package's own kit (drums only) or by --soundfont. A dataset or
primers made from them hold every 32 steps from the start, whatever the meter;
drumspace_create_dataset is what looks for loops in 4/4. Latent vectors and map
coordinates of a dataset are not carried over.

Usage:
  drumspace_convert --input=dataset.tsv --output=beats.zip
  drumspace_convert --input=midi_folder --recursive --output=songs.tfrecord
  drumspace_convert --input=dataset.tsv --tile=4 --voices_out=note_seq9 \
    --output=for_drums_rnn.tfrecord
  drumspace_convert --primer_drums="[(36, 42), (), (42,), ()]" --output=one.mid
  drumspace_convert --input=dataset.tsv --to=wav --qpm=96 --accents \
    --output=loops.zip
"""

import collections
import pathlib
import sys

from absl import flags

from drumspace_ext import drumspace_flags
from drumspace_ext import errors
from drumspace_ext import user_paths

_OUTPUT = flags.DEFINE_string(
    'output', None, 'File or folder to write; or give --output_dir and --to.'
)
_TO = flags.DEFINE_enum(
    'to', None, ['midi', 'zip', 'tfrecord', 'tsv', 'primer', 'wav'],
    'Form to write, where the name of --output does not tell. wav goes into a '
    'folder or a .zip too.',
)
_PRIMER_DRUMS = flags.DEFINE_multi_string(
    'primer_drums', [],
    'A drums_rnn primer as input: a string of a Python list of tuples of MIDI '
    'pitches. May be given several times.',
)
_SOUNDFONT = flags.DEFINE_string(
    'soundfont', None,
    'A SoundFont (.sf2) of your own to render audio with, all instruments.',
)
_MAX_NAMED = 5


def _target(conversion_files) -> tuple[pathlib.Path, str, str]:
  """Returns (folder, file name or '', form) of the output."""
  if _OUTPUT.value and drumspace_flags.OUTPUT_DIR.value:
    raise errors.InputError('give --output or --output_dir, not both.')
  if _OUTPUT.value:
    path = user_paths.expand(_OUTPUT.value)
    form = _TO.value or conversion_files.form_of_path(path)
    if not path.is_dir() and not conversion_files.fits(path, form):
      raise errors.InputError(
          f'--to={form} does not fit the ending of --output={path}.'
      )
    if conversion_files.is_folder(path, form):
      return path, '', form
    return path.parent, path.name, form
  if drumspace_flags.OUTPUT_DIR.value:
    form = _TO.value or conversion_files.MIDI
    folder = drumspace_flags.output_dir()
    return folder, conversion_files.DEFAULT_NAMES.get(form, ''), form
  raise errors.InputError('say where to write with --output or --output_dir.')


def _print_names(what: str, names: list[str]) -> None:
  print(f'{len(names):,} {what}', file=sys.stderr)
  for name in names[:_MAX_NAMED]:
    print(f'  {name}', file=sys.stderr)
  if len(names) > _MAX_NAMED:
    print(f'  and {len(names) - _MAX_NAMED:,} more', file=sys.stderr)


def main(argv: list[str]) -> int:
  # pylint: disable=g-import-not-at-top
  from drumspace_ext import conversion
  from drumspace_ext import conversion_files
  from drumspace_ext import drum_maps
  from drumspace_ext import progress
  from drumspace_ext import rejections
  from drumspace_ext import soundfonts
  # pylint: enable=g-import-not-at-top

  folder, name, form = _target(conversion_files)
  if _SOUNDFONT.value is not None and form != conversion_files.WAV:
    raise errors.InputError('--soundfont is for audio: add --to=wav.')
  dynamics = drumspace_flags.dynamics()
  if dynamics and form not in conversion_files.PLAYED_FORMS:
    raise errors.InputError(
        f'--accents, --swing and --humanize are for MIDI and audio; {form} '
        'holds hits on the grid only.'
    )
  maps = [
      drum_maps.load(flag.value) if flag.value else None
      for flag in (drumspace_flags.VOICES_IN, drumspace_flags.VOICES_OUT)
  ]
  if not flags.FLAGS['voices_in'].present and maps[1] is None:
    maps[0] = None
  options = conversion.Options(
      voices_in=maps[0], voices_out=maps[1], tile=drumspace_flags.TILE.value,
      steps_per_quarter=drumspace_flags.STEPS_PER_QUARTER.value,
      assume_drums=drumspace_flags.ASSUME_DRUMS.value,
      qpm=drumspace_flags.qpm(), dynamics=dynamics,
      soundfont=(
          None if _SOUNDFONT.value is None
          else soundfonts.SoundFont(_SOUNDFONT.value)
      ),
  )
  rejected: dict[str, list[str]] = collections.defaultdict(list)
  silent: list[str] = []

  def on_reject(item_name, reason, detail):
    rejected[reason].append(f'{item_name} ({detail})' if detail else item_name)

  try:
    with progress.bar('item') as on_step:
      count = conversion_files.write(
          conversion.read(
              drumspace_flags.input_values(argv), _PRIMER_DRUMS.value, options,
              recursive=drumspace_flags.RECURSIVE.value, on_reject=on_reject,
          ),
          folder, name, form, options, on_reject=on_reject,
          sources=drumspace_flags.input_values(argv),
          on_silent=silent.append,
      )
  except errors.InputError as e:
    if not rejected:
      raise
    named = '; '.join(
        f'{names[0]}: {rejections.REASONS[reason][0]}'
        for reason, names in rejected.items()
    )
    raise errors.InputError(f'{e} {named}') from e
  print(f'{count:,} converted to {folder / name if name else folder}')
  for reason, names in rejected.items():
    meaning, hint = rejections.REASONS[reason]
    _print_names(f'left out: {meaning}; {hint}', names)
  if silent:
    _print_names('written hold no note', silent)
  return 0


def console_entry_point() -> None:
  drumspace_flags.run(main, shared=[
      drumspace_flags.INPUT, drumspace_flags.OUTPUT_DIR,
      drumspace_flags.RECURSIVE, drumspace_flags.STEPS_PER_QUARTER,
      drumspace_flags.ASSUME_DRUMS, drumspace_flags.VOICES_IN,
      drumspace_flags.VOICES_OUT, drumspace_flags.TILE, drumspace_flags.QPM,
      drumspace_flags.ACCENTS, drumspace_flags.SWING, drumspace_flags.HUMANIZE,
      drumspace_flags.SEED,
  ])


if __name__ == '__main__':
  console_entry_point()
