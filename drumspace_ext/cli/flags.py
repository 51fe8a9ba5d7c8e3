"""Flags that several entry points share, and the `run` that each of them is.

Two modules that define the same flag can't be imported together, so a flag of
two entry points stands here. Names are Magenta's where Magenta has one.
"""

from collections.abc import Callable
from collections.abc import Sequence
import errno
import importlib
import math
import os
import pathlib
import re
import sys

from absl import app
from absl import flags
from absl import logging

from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext import scripts
from drumspace_ext import seeds
from drumspace_ext import suggestions
from drumspace_ext.cli import list_flags
from drumspace_ext.cli import magenta_flags
from drumspace_ext.files import local_paths
from drumspace_ext.files import reader_faults
from drumspace_ext.patterns import map_table

# Of an output without a name: what is printed has none.
_NOT_PRINTED = errno.ENOSPC, errno.EIO, errno.EBADF
_MISSING = re.compile(r'flag (--\w+)=None: Flag \1 must have a value.*?None')

INPUT = list_flags.define(
    'input',
    'Files, folders or quoted globs, with commas between them. Arguments '
    'without a flag are taken as inputs too.',
)
OUTPUT_DIR = flags.DEFINE_string('output_dir', None, 'Folder for the results.')
RECURSIVE = flags.DEFINE_bool('recursive', False, 'Search folders in folders.')
STEPS_PER_QUARTER = flags.DEFINE_integer(
    'steps_per_quarter', defaults.STEPS_PER_QUARTER,
    'Grid steps of a quarter note; a bar has 16 steps all the same.',
    lower_bound=1, upper_bound=96,
)
ASSUME_DRUMS = flags.DEFINE_bool(
    'assume_drums', False,
    'Take all notes as drums, for files whose drums are on another channel.',
)
GAP_STEPS = flags.DEFINE_integer(
    'gap_steps', defaults.GAP_STEPS,
    'Cut a piece where so many steps in a row are silent.', lower_bound=1,
)
GENRES = flags.DEFINE_string(
    'genres', None,
    'Text file with further genre labels: input id or file name, TAB, genres '
    'with commas between them.',
)
STRICT = flags.DEFINE_bool(
    'strict', False,
    'Exit with status 1 if an input was damaged or no pattern was found. The '
    'files are written all the same.',
)
VOICES_IN = flags.DEFINE_string(
    'voices_in', defaults.VOICES_IN,
    f'Drum map to read with: {", ".join(map_table.names())}, or a TOML file of '
    f'your own; {map_table.GM14}-12 is one moved by semitones. For each input '
    f'{map_table.AUTO} takes {map_table.GM14}, or the one that explains its '
    'pitches better, and says so.',
)
VOICES_OUT = flags.DEFINE_string(
    'voices_out', None,
    f'Drum map to write with, as --voices_in without {map_table.AUTO}. By '
    'default patterns are written in gm14, and the drum notes of whole '
    'NoteSequences keep their pitches.',
)
TILE = flags.DEFINE_integer(
    'tile', None,
    'Play each two-bar pattern this many times in what is written. drums_rnn '
    'needs 4 or more.', lower_bound=1, upper_bound=10_000,
)
RUN_DIR = flags.DEFINE_string('run_dir', None, 'Folder of a training run.')
EXAMPLES_PATH = flags.DEFINE_string(
    'examples_path', None,
    'Patterns: a dataset folder, a dataset.tsv or a patterns.tfrecord.',
)
CHECKPOINT_FILE = list_flags.define(
    'checkpoint_file', 'A run directory, a checkpoint file, or shipped:NAME.'
)
MODE = flags.DEFINE_string('mode', None, 'What to do; see the usage above.')
NUM_OUTPUTS = flags.DEFINE_integer(
    'num_outputs', None, 'How many beats; of a blend, along a side.',
    lower_bound=1, upper_bound=1_000_000,
)
TEMPERATURE = flags.DEFINE_float(
    'temperature', None,
    '0 takes the likelier value of each bit, 1 draws bits as the model sees '
    'them; by default what suits the model.', lower_bound=0,
)
HPARAMS = flags.DEFINE_string('hparams', '', 'name=value, with commas.')
NUM_STEPS = flags.DEFINE_integer(
    'num_steps', None, 'Steps in all: of a training run, or sixteenths.',
    lower_bound=1,
)
PRIMER_DRUMS = flags.DEFINE_multi_string(
    'primer_drums', [],
    'A drums_rnn primer: a Python list of tuples of MIDI pitches.',
)
THRESHOLD = flags.DEFINE_float(
    'threshold', defaults.THRESHOLD,
    'Probability above which a bit is a hit at temperature 0.'
)
QPM = flags.DEFINE_float(
    'qpm', defaults.QPM, 'Tempo of patterns, in quarter notes a minute.',
    lower_bound=1, upper_bound=1000,
)
SEED = flags.DEFINE_integer(
    'seed', defaults.SEED, 'Seed of everything random.', lower_bound=0,
    upper_bound=seeds.MAX,
)
LOG = flags.DEFINE_enum(
    'log', 'INFO', ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'],
    'The threshold for what messages will be logged.',
)

# Modules of flags that entry points share; each adds itself.
MODULES = [__name__]


def _flags_of(*modules: str) -> list[flags.Flag]:
  get = flags.FLAGS.get_key_flags_for_module
  return [flag for name in modules for flag in get(name)]


def given(holder: flags.FlagHolder[str | None]) -> str:
  """Returns the text of a flag that must be given."""
  if holder.value is None:
    raise errors.InputError(f'--{holder.name} is missing.')
  return holder.value


def output_dir() -> pathlib.Path:
  """Returns --output_dir as a path."""
  if not OUTPUT_DIR.value:
    raise errors.InputError('--output_dir is empty; name a folder.')
  return local_paths.expand(OUTPUT_DIR.value)


def input_values(argv: Sequence[str]) -> list[str]:
  """Returns --input and the plain arguments behind the script's name."""
  # A comma at the end is no name of the folder that one is in.
  return [value for value in (*INPUT.value, *argv[1:]) if value.strip()]


def checkpoint_names() -> list[str]:
  """Returns the models that --checkpoint_file and --run_dir name."""
  return [*CHECKPOINT_FILE.value, *filter(None, [RUN_DIR.value])]


def checkpoint_name() -> str:
  """Returns the one model that --checkpoint_file or --run_dir names."""
  from drumspace_ext.models import checkpoints

  names = checkpoint_names()
  if len(names) != 1:
    raise errors.InputError(
        'name one model, with --run_dir or --checkpoint_file: '
        f'{checkpoints.RECOMMENDED} is the best of those that come along '
        f'({", ".join(checkpoints.shipped_names())}).'
    )
  return names[0]


def arguments(module: str) -> dict[str, object]:
  """Returns the flags of an entry point for its manifest, by name.

  Args:
    module: Its `__name__`.
  """
  return {
      flag.name: flag.value for flag in _flags_of(module, *MODULES)
      # Where results go, and what is logged, makes no difference to them.
      if flag.name not in (OUTPUT_DIR.name, LOG.name)
  }


def mode(choices: Sequence[str]) -> str:
  """Returns --mode, by default the first of some choices."""
  return suggestions.one_of('--mode', MODE.value or choices[0], choices)


def qpm() -> float:
  """Returns --qpm; a flag's bounds let `nan` through."""
  if not math.isfinite(QPM.value):
    raise errors.InputError(f'--qpm must be a number, got {QPM.value}.')
  return QPM.value


def _main(main: Callable[[list[str]], int]) -> Callable[[list[str]], int]:
  """Wraps `main`: a caller's mistake is one line and exit status 1."""

  def wrapped(argv: list[str]) -> int:
    logging.set_verbosity(LOG.value)
    # A name that the terminal has no letters for ends no job.
    for stream in (sys.stdout, sys.stderr):
      if hasattr(stream, 'reconfigure'):
        stream.reconfigure(errors='backslashreplace')
    try:
      status = main(argv)
      if sys.stdout:
        sys.stdout.flush()
      return status
    except BrokenPipeError:
      raise
    except KeyboardInterrupt:
      print('Interrupted; nothing half-written is left.', file=sys.stderr)
      return 130
    except Exception as e:
      message = reader_faults.last_words(e)
      if isinstance(e, OSError) and not e.filename and e.errno in _NOT_PRINTED:
        _forget_stdout()
        message = f"what is printed can't be written: {e.strerror}."
      elif LOG.value == 'DEBUG' and not isinstance(e, errors.DrumspaceError):
        raise
    print(f'{pathlib.Path(sys.argv[0]).name}: {message}', file=sys.stderr)
    return 1

  return wrapped


def run(
    main: Callable[[list[str]], int],
    *,
    required: Sequence[flags.FlagHolder] = (),
    shared: Sequence[flags.FlagHolder] = (),
    unset: Sequence[flags.FlagHolder] = (),
) -> None:
  """Parses flags and runs `main`; every `console_entry_point` is this call.

  absl prints, for --help, the docstring and flags of the module run as
  `__main__`. For an installed script that is setuptools' wrapper, which has
  neither, so both are handed over here.

  Args:
    main: The entry point's `main(argv)`; it returns the exit status.
    required: Shared flags that must be given.
    shared: Other flags of this module that the entry point uses. Those of
      neither list are not shown, and are refused.
    unset: Those of `shared` whose default --help must not tell, for here it is
      another one; their value is None where nothing is said.
  """
  scripts.begin()
  for holder in unset:
    flags.FLAGS.set_default(holder.name, None)
  entry_point = importlib.import_module(main.__module__)
  sys.modules['__main__'].__doc__ = entry_point.__doc__
  used = {holder.name for holder in (*required, *shared, LOG)}
  for flag in _flags_of(*MODULES):
    if flag.name in used:
      flags.FLAGS.register_key_flag_for_module(sys.argv[0], flag)
    else:
      delattr(flags.FLAGS, flag.name)
  for flag in _flags_of(entry_point.__name__):
    flags.FLAGS.register_key_flag_for_module(sys.argv[0], flag)
  flags.mark_flags_as_required(required)
  try:
    app.run(_main(main), flags_parser=_parse)
  except BrokenPipeError:
    # The reader of our output (`head`, say) has what it wants.
    _forget_stdout()


def _forget_stdout() -> None:
  """Drops what is still to be printed; Python would complain at its end."""
  os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parse(argv: Sequence[str]) -> list[str]:
  """Parses flags; a wrong one is one line and exit status 1."""
  try:
    return flags.FLAGS(argv)
  except flags.Error as e:
    name = pathlib.Path(argv[0]).name
    message = str(e).removeprefix('FATAL Flags parsing error: ')
    # Several missing flags come as several lines.
    message = '; '.join(line.strip(' .') for line in message.splitlines())
    message = _MISSING.sub(r'\1 is missing', message)
    message = magenta_flags.answer(getattr(e, 'flagname', '')) or message
    print(f'{name}: {message}. See {name} --help.', file=sys.stderr)
    sys.exit(1)
