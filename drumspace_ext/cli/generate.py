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
  drumspace_generate --checkpoint_file=shipped:best --genre=funk \
    --density=1.5 --syncopation=3 --output_dir=/tmp/drumspace/busy
  drumspace_generate --run_dir=/tmp/drumspace/vae --mode=interpolate \
    --input=a.mid,b.mid --num_outputs=16 --output_dir=/tmp/drumspace/path
  drumspace_generate --run_dir=/tmp/drumspace/vae --mode=walk --num_bars=64 \
    --accents --swing=0.3 --output_dir=/tmp/drumspace/walk
"""

import typing

from absl import flags

from drumspace_ext import defaults
from drumspace_ext.cli import flags as drumspace_flags
from drumspace_ext.cli import list_flags
from drumspace_ext.cli import playing_flags

_NUM_DRAWS = flags.DEFINE_integer(
    'num_draws', None,
    'For sample: make just so many draws, as the published files did; '
    '--num_outputs is then the most that are written as MIDI.', lower_bound=1,
)
_NUM_BARS = flags.DEFINE_integer(
    'num_bars', defaults.NUM_BARS, 'For walk: length of the stroll.',
    lower_bound=4, upper_bound=65_536,
)
_STEP_CODES = flags.DEFINE_multi_string(
    'step_codes', [],
    'A beat as 32 step codes with commas between them; may be given several '
    'times.',
)
_GENRE = flags.DEFINE_string(
    'genre', None, 'For sample: draw beats of this genre: around those of '
    '--examples_path; without it as the model knows the genre.',
)
_NEAR = list_flags.define(
    'near', 'For sample: draw around these beats, named as --input.'
)
_DENSITY = flags.DEFINE_float(
    'density', None, 'For sample: draw beats of about so many hits a step. '
    'Most real ones have 0.5 to 1.8.', lower_bound=0,
)
_SYNCOPATION = flags.DEFINE_float(
    'syncopation', None, 'For sample: draw beats that are about so syncopated, '
    'a bar (Longuet-Higgins and Lee, of all drums but hats and cymbals). A '
    'plain rock beat has 0, the son clave 2; few have more than 5.',
    lower_bound=0,
)
_ZIP = flags.DEFINE_bool('zip', False, 'One zip of MIDI files, not a folder.')
_Value = typing.TypeVar('_Value')


def _given(holder: flags.FlagHolder[_Value]) -> _Value | None:
  """Returns what a flag says; None where only its default does."""
  return holder.value if holder.present else None


def main(argv: list[str]) -> int:
  from drumspace_ext.cli import progress
  from drumspace_ext.generation import generating

  mode = drumspace_flags.mode(generating.MODES)
  with progress.bar('beat') as on_step:
    print(generating.generate(
        drumspace_flags.checkpoint_name(), drumspace_flags.output_dir(),
        mode=mode, input_values=drumspace_flags.input_values(argv),
        step_codes=_STEP_CODES.value, genre=_GENRE.value, near=_NEAR.value,
        examples_path=drumspace_flags.EXAMPLES_PATH.value,
        num_outputs=drumspace_flags.NUM_OUTPUTS.value,
        num_draws=_NUM_DRAWS.value, num_bars=_given(_NUM_BARS),
        density=_DENSITY.value, syncopation=_SYNCOPATION.value,
        temperature=drumspace_flags.TEMPERATURE.value,
        threshold=_given(drumspace_flags.THRESHOLD),
        voices_in=drumspace_flags.VOICES_IN.value, qpm=drumspace_flags.qpm(),
        zipped=_ZIP.value, seed=drumspace_flags.SEED.value, on_step=on_step,
        arguments=drumspace_flags.arguments(__name__),
        **playing_flags.values(),
    ))
  return 0


def console_entry_point() -> None:
  drumspace_flags.run(
      main, required=[drumspace_flags.OUTPUT_DIR],
      shared=[
          drumspace_flags.INPUT, drumspace_flags.RUN_DIR,
          drumspace_flags.MODE, drumspace_flags.VOICES_IN,
          drumspace_flags.CHECKPOINT_FILE, drumspace_flags.EXAMPLES_PATH,
          drumspace_flags.SEED, drumspace_flags.NUM_OUTPUTS,
          *playing_flags.ALL, drumspace_flags.TEMPERATURE,
          drumspace_flags.THRESHOLD,
          drumspace_flags.QPM,
      ],
  )


if __name__ == '__main__':
  console_entry_point()
