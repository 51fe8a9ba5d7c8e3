r"""Writes new drum beats from a trained model.

--mode=sample draws beats that pass the published filters: from the whole space,
from a genre's part of it (--genre), or around given beats (--near).
--mode=interpolate leads from one beat to another, --mode=blend spans a square
between four, --mode=walk strolls through the space and comes back (one long
MIDI file), --mode=vary lists neighbours of a beat, the nearest first. Beats are
named by --input: MIDI files, TFRecords, dataset.tsv:LINE; or by --step_codes.
Outputs of drums_rnn are read with --voices_in=note_seq9.

Usage:
  drumspace_generate --run_dir=/tmp/drumspace/vae --num_outputs=100 \
    --examples_path=/tmp/drumspace/dataset --output_dir=/tmp/drumspace/beats
  drumspace_generate --run_dir=/tmp/drumspace/vae --mode=interpolate \
    --input=a.mid,b.mid --num_outputs=16 --output_dir=/tmp/drumspace/path
  drumspace_generate --run_dir=/tmp/drumspace/vae --mode=walk --num_bars=64 \
    --accents --swing=0.3 --output_dir=/tmp/drumspace/walk
"""

import pathlib

from absl import flags

from drumspace_ext import drumspace_flags
from drumspace_ext import errors
from drumspace_ext import list_flags

_MODES = ('sample', 'interpolate', 'blend', 'walk', 'vary')
_NUM_DRAWS = flags.DEFINE_integer(
    'num_draws', None,
    'For sample: make just so many draws, as the published files did; '
    '--num_outputs is then the most that are written as MIDI.', lower_bound=1,
)
_NUM_BARS = flags.DEFINE_integer(
    'num_bars', 64, 'For walk: length of the stroll.', lower_bound=4,
    upper_bound=65_536,
)
_STEP_CODES = flags.DEFINE_multi_string(
    'step_codes', [],
    'A beat as 32 step codes with commas between them; may be given several '
    'times.',
)
_GENRE = flags.DEFINE_string(
    'genre', None, 'For sample: draw around training patterns of this genre.'
)
_NEAR = list_flags.define(
    'near', 'For sample: draw around these beats, named as --input.'
)
_ZIP = flags.DEFINE_bool('zip', False, 'One zip of MIDI files, not a folder.')
_DEFAULT_OUTPUTS = 16
# Flags that only some modes have a use for.
_ONLY_IN = {
    'genre': ('sample',), 'near': ('sample',), 'num_draws': ('sample',),
    'num_bars': ('walk',), 'temperature': ('sample', 'vary'),
    'threshold': ('sample', 'vary'),
    'num_outputs': ('sample', 'interpolate', 'blend', 'vary'),
}
# Beats that a mode needs by --input or --step_codes: at least and at most.
_NEEDED = {'sample': (0, 0), 'interpolate': (2, 2), 'blend': (4, 4),
           'walk': (0, 1), 'vary': (1, 1)}


def _mode() -> str:
  return drumspace_flags.mode(_MODES)


def _check_flags() -> None:
  """Refuses what would be ignored."""
  mode = _mode()
  for name, modes in _ONLY_IN.items():
    if flags.FLAGS[name].present and mode not in modes:
      raise errors.InputError(
          f'--{name} has no use in --mode={mode}, only in '
          + ', '.join(modes) + '.'
      )
  if _NUM_BARS.value % 2:
    raise errors.InputError(
        f'--num_bars must be even (a beat has two bars), got {_NUM_BARS.value}.'
    )


def _num_outputs() -> int:
  return drumspace_flags.NUM_OUTPUTS.value or _DEFAULT_OUTPUTS


def _drum_map():
  from drumspace_ext import drum_maps  # pylint: disable=g-import-not-at-top

  return drum_maps.load(drumspace_flags.VOICES_IN.value)


def _beats(argv):
  from drumspace_ext import beats  # pylint: disable=g-import-not-at-top

  values = drumspace_flags.input_values(argv)
  least, most = _NEEDED[_mode()]
  if not values and not _STEP_CODES.value and not least:
    return []
  found = beats.read(values, _STEP_CODES.value, drum_map=_drum_map())
  if len(found) < least or not most:
    raise errors.InputError(
        f'--mode={_mode()} takes {least} beats by --input or --step_codes, '
        f'got {len(found)}.'
        + (' --near draws around beats.' if not most else '')
    )
  if len(found) > most:
    raise errors.InputError(
        f'--mode={_mode()} takes {most} beats, got {len(found)}. Name the '
        'lines of a dataset as dataset.tsv:LINE.'
    )
  return found


def _make(generation, model, found, reference):
  # pylint: disable=g-import-not-at-top
  from drumspace_ext import beats
  from drumspace_ext import generating
  # pylint: enable=g-import-not-at-top

  seed, count = drumspace_flags.SEED.value, _num_outputs()
  if _mode() == 'sample':
    near = None
    if _GENRE.value and _NEAR.value:
      raise errors.InputError('give --genre or --near, not both.')
    if _GENRE.value:
      near = generating.genre_beats(reference, _GENRE.value)
    elif _NEAR.value:
      near = beats.read(_NEAR.value, drum_map=_drum_map())
    return generation.sample(
        model, num_outputs=count, num_draws=_NUM_DRAWS.value, near=near,
        seed=seed, temperature=drumspace_flags.TEMPERATURE.value,
        threshold=drumspace_flags.THRESHOLD.value,
    )
  if _mode() in ('interpolate', 'blend') and count < 2:
    raise errors.InputError('--num_outputs must be at least 2 here.')
  if _mode() == 'interpolate':
    return generation.interpolate(model, found, num_steps=count)
  if _mode() == 'blend':
    return generation.blend(model, found, size=count)
  if _mode() == 'walk':
    return generation.walk(
        model, num_bars=_NUM_BARS.value,
        start=found[0] if len(found) else None, seed=seed,
    )
  return generation.vary(
      model, found[0], num_outputs=count, seed=seed,
      temperature=drumspace_flags.TEMPERATURE.value,
      threshold=drumspace_flags.THRESHOLD.value,
  )


def main(argv: list[str]) -> int:
  # pylint: disable=g-import-not-at-top
  from drumspace_ext import checkpoints
  from drumspace_ext import generation
  from drumspace_ext import generation_files
  from drumspace_ext import manifests
  from drumspace_ext import trained_model
  from drumspace_ext import training_sets
  # pylint: enable=g-import-not-at-top

  _check_flags()
  playing = drumspace_flags.dynamics()
  name = drumspace_flags.checkpoint_name()
  generation_files.check_folder(drumspace_flags.output_dir(), [
      *drumspace_flags.input_values(argv), *_NEAR.value,
      *filter(None, [drumspace_flags.EXAMPLES_PATH.value]),
  ])
  found = _beats(argv)
  model = trained_model.TrainedModel(name)
  temperature = drumspace_flags.TEMPERATURE.value
  if temperature is None:
    temperature = model.default_temperature
  if flags.FLAGS['threshold'].present and temperature > 0:
    raise errors.InputError(
        '--threshold is for --temperature=0; here bits are drawn, at '
        f'temperature {temperature:g}.'
    )
  reference = training_sets.load_or_starter(
      drumspace_flags.EXAMPLES_PATH.value
  )
  made = _make(generation, model, found, reference)
  style = generation_files.Style(
      qpm=drumspace_flags.qpm(), zipped=_ZIP.value, as_one=_mode() == 'walk',
      name=f'{model.config.name}_{_mode()}_seed{drumspace_flags.SEED.value}',
      dynamics=playing,
  )
  arguments = drumspace_flags.arguments(__name__)
  paths = generation_files.write(
      drumspace_flags.output_dir(), made, style, reference, arguments,
      {'weights': manifests.digest(checkpoints.find(name)),
       'training_data': str(model.metadata.get('data_digest')),
       'reference': reference.digest},
  )
  if made.samples is not None:
    total = len(made.samples.codes)
    print(
        f'{total:,} draws: {made.samples.passing.mean():.1%} pass, '
        f'{made.samples.first_of_class.sum() / total:.1%} distinct up to '
        'rotation'
    )
    if len(made.hits) < _num_outputs():
      print(f'only {len(made.hits):,} different beats passed')
  print(f'{len(made.hits):,} beats')
  for path in map(pathlib.Path, paths):
    print(f'  {path}')
  return 0


def console_entry_point() -> None:
  drumspace_flags.run(
      main, required=[drumspace_flags.OUTPUT_DIR],
      shared=[
          drumspace_flags.INPUT, drumspace_flags.RUN_DIR,
          drumspace_flags.MODE, drumspace_flags.VOICES_IN,
          drumspace_flags.CHECKPOINT_FILE, drumspace_flags.EXAMPLES_PATH,
          drumspace_flags.SEED, drumspace_flags.NUM_OUTPUTS,
          drumspace_flags.ACCENTS, drumspace_flags.SWING,
          drumspace_flags.HUMANIZE,
          drumspace_flags.TEMPERATURE, drumspace_flags.THRESHOLD,
          drumspace_flags.QPM,
      ],
  )


if __name__ == '__main__':
  console_entry_point()
