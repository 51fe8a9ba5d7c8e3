"""Converting: from named inputs of any form to files of one form."""

import collections
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
import contextlib
import itertools
import pathlib
import typing

import numpy as np

from drumspace_ext import callbacks
from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext import rejections
from drumspace_ext import suggestions
from drumspace_ext.conversion import converted_files
from drumspace_ext.conversion import files as conversion_files
from drumspace_ext.conversion import parquet
from drumspace_ext.conversion import reading
from drumspace_ext.conversion import writing
from drumspace_ext.files import local_paths
from drumspace_ext.files import result_folders
from drumspace_ext.notes import drum_parts as parts_lib
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import dynamics as dynamics_lib
from drumspace_ext.playing import players
from drumspace_ext.playing import sources
from drumspace_ext.sound import kit as drum_kit
from drumspace_ext.sound import soundfonts

# Of weights, which are no drums: Magenta's are kept in a file of ours.
_WEIGHTS_SUFFIX = '.safetensors'
# Items whose grooves are made at once, and how many patterns each may have.
_NUM_FORESEEN, _MAX_FORESEEN = 128, 8


def _target(
    output: local_paths.Name | None, output_dir: local_paths.Name | None,
    to: str | None,
) -> tuple[pathlib.Path, str, str]:
  """Returns (folder, file name or '', form) of the output."""
  if output and output_dir:
    raise errors.InputError('give --output or --output_dir, not both.')
  if output:
    path = local_paths.expand(output)
    form = conversion_files.form_of_path(path, to)
    if not path.is_dir() and not conversion_files.fits(path, form):
      raise errors.InputError(
          f'--to={form} does not fit the ending of --output={path}.'
      )
    if conversion_files.is_folder(path, form):
      return path, '', form
    return path.parent, path.name, form
  if output_dir:
    form = to or conversion_files.MIDI
    folder = local_paths.expand(output_dir)
    return folder, conversion_files.DEFAULT_NAMES.get(form, ''), form
  raise errors.InputError('say where to write with --output or --output_dir.')


def _maps(
    voices_in: str | None, voices_out: str | None
) -> tuple[drum_maps.DrumMap | None, drum_maps.DrumMap | None]:
  """Returns what to read and to write pitches with; None leaves them alone."""
  if voices_out and not voices_in:
    voices_in = defaults.VOICES_IN
  return (
      drum_maps.load(voices_in) if voices_in else None,
      drum_maps.load_to_write(voices_out) if voices_out else None,
  )


def _check_form(
    form: str, soundfont: local_paths.Name | None, kit: str,
    dynamics: dynamics_lib.Dynamics | None,
) -> None:
  """Refuses what would be ignored in a form."""
  suggestions.one_of('--to', form, conversion_files.FORMS)
  if form == conversion_files.PARQUET:
    parquet.check()
  drum_kit.load(kit)
  if form != conversion_files.WAV:
    if soundfont is not None:
      raise errors.InputError('--soundfont is for audio: add --to=wav.')
    if kit != defaults.KIT:
      raise errors.InputError('--kit is for audio: add --to=wav.')
  elif soundfont is not None and kit != defaults.KIT:
    raise errors.InputError('give --kit or --soundfont, not both.')
  if dynamics and form not in conversion_files.PLAYED_FORMS:
    raise errors.InputError(
        '--groove, --accents, --swing and --humanize are for MIDI, audio and '
        f'NoteSequences; {form} holds hits on the grid only.'
    )


def _kept(
    values: Sequence[str], output: pathlib.Path
) -> converted_files.Converted:
  """Writes Magenta's weights into a safetensors file."""
  from drumspace_ext.models import checkpoints
  from drumspace_ext.models import model_files

  if len(values) != 1:
    raise errors.InputError(
        f'{output} holds one model: give one bundle or checkpoint of Magenta '
        f'as input, got {len(values)}.'
    )
  source = checkpoints.find(values[0])
  if source.resolve() == output.resolve():
    raise errors.InputError(f'{output} is the input too.')
  model_files.keep(source, output)
  return converted_files.Converted(
      output=output, form=_WEIGHTS_SUFFIX.lstrip('.'), count=1, left_out={},
      silent=(),
  )


def convert(
    input_values: local_paths.Names = (),
    output: local_paths.Name | None = None, *,
    output_dir: local_paths.Name | None = None, to: str | None = None,
    primer_drums: Sequence[str] = (), recursive: bool = False,
    steps_per_quarter: int = defaults.STEPS_PER_QUARTER,
    assume_drums: bool = False, drum_channels: Iterable[int | str] = (),
    drum_tracks: Iterable[str] = (), voices_in: str | None = None,
    voices_out: str | None = None, tile: int | None = None,
    qpm: float | None = None, accents: bool = False,
    swing: dynamics_lib.Swing = 0.0, humanize: float = 0.0,
    groove: local_paths.Name = defaults.GROOVE,
    groove_strength: dynamics_lib.Strength = defaults.GROOVE_STRENGTH,
    groove_drawn: bool = False,
    soundfont: local_paths.Name | None = None, kit: str = defaults.KIT,
    seed: int = defaults.SEED, on_step: callbacks.OnStep = callbacks.silent,
) -> converted_files.Converted:
  """Converts drums of any form into files of one form.

  Args:
    input_values: TFRecords, MIDI files, folders, zips, datasets, texts with a
      drums_rnn primer a line, and globs, or one of these.
    output: File or folder to write; its ending tells the form.
    output_dir: Folder to write into, in place of `output`.
    to: Form to write, one of `conversion_files.FORMS`, where nothing tells.
    primer_drums: drums_rnn primers as further inputs.
    recursive: Search folders in folders.
    steps_per_quarter: Grid steps of a quarter note, where patterns are cut.
    assume_drums: Take all notes as drums.
    drum_channels: Channels, 1 to 16, that hold the drums of MIDI files in place
      of those that are marked so; of NoteSequences instruments, from 1.
    drum_tracks: Names or globs of tracks that hold them, likewise.
    voices_in: Drum map to read with, a name or a TOML file; by default `gm14`
      for patterns, and pitches of whole NoteSequences stay as they are.
    voices_out: Drum map to write with; likewise.
    tile: Cut into patterns and play each so many times; None leaves whole
      NoteSequences whole.
    qpm: Tempo of patterns; by default each beat's own, as its dataset or song
      knows it, or else 120. Whole NoteSequences keep their own.
    accents: Velocities by place in the bar and by voice.
    swing: How late every second sixteenth comes; 1 makes triplets, `auto` is
      as each beat's genre has it, where its folder knows one.
    humanize: How much times and velocities vary, 0 to 1.
    groove: How patterns are played: `none`, a groove model
      (`shipped:groove`), a MIDI file or a dataset; see `players.player`.
    groove_strength: How much of that, 0 to 1; or two such, of velocity and of
      timing.
    groove_drawn: One of many answers of a groove model, by `seed`, in place of
      its mean.
    soundfont: A SoundFont to render audio with, all instruments.
    kit: What audio of drums sounds by, one of `kit.NAMES`, without a SoundFont.
    seed: Of `humanize` and `groove_drawn`.
    on_step: Called with what is done of each input; see `callbacks`.

  Raises:
    InputError: If nothing could be converted, or arguments contradict.
    DrumMapError: If there is no such drum map.
    OutputError: If a file can't be written.
  """
  errors.check_positive(tile=tile)
  values = local_paths.names(input_values)
  if output and local_paths.expand(output).suffix == _WEIGHTS_SUFFIX:
    return _kept(values, local_paths.expand(output))
  folder, name, form = _target(output, output_dir, to)
  dynamics = players.dynamics(
      groove, accents=accents, swing=swing, humanize=humanize, seed=seed,
      groove_strength=groove_strength, groove_drawn=groove_drawn,
      drum_map=drum_maps.load(voices_in or defaults.VOICES_IN),
  )
  _check_form(form, soundfont, kit, dynamics)
  result_folders.claim(
      folder, result_folders.CONVERT, [*values, *sources.files(groove)],
      names=[name] if name else [],
  )
  read_with, write_with = _maps(voices_in, voices_out)
  parts = parts_lib.of_arguments(drum_channels, drum_tracks)
  options = reading.Options(
      voices_in=read_with, voices_out=write_with, tile=tile,
      steps_per_quarter=steps_per_quarter, assume_drums=assume_drums, qpm=qpm,
      # Where all notes are drums no part is.
      drum_parts=parts_lib.MARKED if assume_drums else parts, dynamics=dynamics,
      kit=kit,
      soundfont=None if soundfont is None else soundfonts.SoundFont(soundfont),
  )
  return _written(
      values, primer_drums, options, (folder, name, form),
      recursive=recursive, on_step=on_step,
  )


class _Noted(typing.NamedTuple):
  """Names of items that are not written as was asked for; see `Converted`."""

  unplayed: list[str]
  unswung: list[str]
  drums_alone: list[str]


def _noting(
    items: Iterator[reading.Item], form: str, options: reading.Options,
    noted: _Noted,
) -> Iterator[reading.Item]:
  """Yields items, and notes those that are not written as was asked for."""
  asks = options.dynamics is not None or options.qpm is not None
  for item in items:
    name = errors.on_one_line(item.name)
    if not writing.is_song(item, options):
      if writing.lacks_swing(item, options):
        noted.unswung.append(name)
    elif form in conversion_files.SONG_FORMS:
      if asks:
        noted.unplayed.append(name)
      if form == conversion_files.WAV and writing.sounds_in_part(item, options):
        noted.drums_alone.append(name)
    yield item


def _foreseen(
    items: Iterator[reading.Item], options: reading.Options,
    dynamics: dynamics_lib.Dynamics,
) -> Iterator[reading.Item]:
  """Yields items, and has the grooves of many made at once."""
  while some := list(itertools.islice(items, _NUM_FORESEEN)):
    hits = []
    for item in some:
      if not writing.is_song(item, options):
        # Who writes it says what is wrong with it.
        with contextlib.suppress(errors.RejectedInputError):
          patterns = reading.item_patterns(item, options)
          # Those of a song are many as they are.
          hits += [patterns] if len(patterns) <= _MAX_FORESEEN else []
    if hits:
      dynamics.foresee(np.concatenate(hits))
    yield from some


def _written(
    values: Sequence[str], primers: Sequence[str], options: reading.Options,
    target: tuple[pathlib.Path, str, str], *, recursive: bool,
    on_step: callbacks.OnStep,
) -> converted_files.Converted:
  """Reads, converts and writes, and notes what goes wrong."""
  folder, name, form = target
  left_out: dict[str, list[str]] = collections.defaultdict(list)
  read_with: dict[str, list[str]] = collections.defaultdict(list)
  silent: list[str] = []
  noted = _Noted([], [], [])

  def on_reject(item_name: str, reason: str, detail: str) -> None:
    line = f'{item_name} ({detail})' if detail else item_name
    left_out[reason].append(errors.on_one_line(line))

  items = reading.read(
      values, primers, options, recursive=recursive, on_reject=on_reject,
      on_step=on_step,
  )
  items = _noting(items, form, options, noted)
  if options.dynamics and options.dynamics.groove is not None:
    items = _foreseen(items, options, options.dynamics)
  try:
    count = conversion_files.write(
        items, folder, name, form, options, on_reject=on_reject,
        on_silent=silent.append,
        on_map=lambda item_name, drum_map: read_with[drum_map].append(
            errors.on_one_line(item_name)
        ),
    )
  except errors.InputError as e:
    if not left_out:
      raise
    named = '; '.join(
        f'{names[0]}: {rejections.REASONS[reason][0]}'
        for reason, names in left_out.items()
    )
    raise errors.InputError(f'{e} {named}') from e
  return converted_files.Converted(
      output=folder / name if name else folder, form=form, count=count,
      left_out=left_out, silent=silent, read_with=read_with, **noted._asdict(),
      num_others=conversion_files.num_others(folder, name, form, count),
  )
