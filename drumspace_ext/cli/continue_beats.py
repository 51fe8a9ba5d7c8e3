r"""Continues a beat: what a model plays on behind a primer, as MIDI files.

The model is ours that remembers its song (--checkpoint_file=shipped:continue,
or one of drumspace_train --config=continue), or drums_rnn, Magenta's step by
step network, by a bundle (--bundle_file=drum_kit_rnn.mag) or a checkpoint
(--checkpoint_file, --run_dir); neither Magenta nor TensorFlow is needed. The
primer is a text (--primer_drums), a whole MIDI file (--primer_midi) or a beat
of two bars (--input); without one it is a single kick. --num_steps counts the
primer too. Flags are those of drums_rnn_generate. Unlike it, this plays right
behind the primer; --silent_step leaves a step silent, as it does. drums_rnn
reads pitches of the first two kinds of primers as Magenta's nine classes,
unless --voices_in says else; what is written is gm14, and
--voices_out=note_seq9 is Magenta's.

--stream writes no files but prints what follows the primer, without end: two
bars a line, as 32 step codes with commas between them. That is the form of
dataset.tsv, so what it printed is an input of every script. It draws no faster
than it is read; Ctrl-C ends it behind a whole line, --num_steps after so many.

Usage:
  drumspace_continue --checkpoint_file=shipped:continue --input=beat.mid \
    --num_steps=288 --output_dir=/tmp/drumspace/on
  drumspace_continue --bundle_file=drum_kit_rnn.mag --num_outputs=10 \
    --primer_drums="[(36, 42), (), (42,), ()]" --output_dir=/tmp/drumspace/on
  drumspace_continue --bundle_file=drum_kit_rnn.mag --input=beat.mid \
    --num_steps=256 --temperature=0.9 --seed=3 --output_dir=/tmp/drumspace/on
  drumspace_continue --checkpoint_file=shipped:continue --input=beat.mid \
    --stream | head -100 > more.tsv
"""

import sys

from absl import flags

from drumspace_ext import errors
from drumspace_ext.cli import flags as drumspace_flags
from drumspace_ext.cli import playing_flags

_BUNDLE_FILE = flags.DEFINE_string(
    'bundle_file', None, 'A .mag file of drums_rnn.'
)
_PRIMER_MIDI = flags.DEFINE_string(
    'primer_midi', None,
    'A MIDI file whose drums are the primer; its tempo stands above --qpm.',
)
_BEAM_SIZE = flags.DEFINE_integer(
    'beam_size', 1, 'Tracks that a beam search goes on with.', lower_bound=1,
    upper_bound=1024,
)
_BRANCH_FACTOR = flags.DEFINE_integer(
    'branch_factor', 1, 'Branches of each track in a beam search.',
    lower_bound=1, upper_bound=1024,
)
_STEPS_PER_ITERATION = flags.DEFINE_integer(
    'steps_per_iteration', 1, 'Steps between two choices of a beam search.',
    lower_bound=1,
)
_SILENT_STEP = flags.DEFINE_bool(
    'silent_step', False,
    'Cut the primer behind its last hit and leave the next step silent.',
)

_STREAM = flags.DEFINE_bool(
    'stream', False,
    'Print what follows as step codes, two bars a line, until Ctrl-C.',
)


def _model() -> str:
  names = [
      *drumspace_flags.checkpoint_names(),
      *filter(None, [_BUNDLE_FILE.value]),
  ]
  if len(names) != 1:
    raise errors.InputError(
        'name one model, with --bundle_file, --checkpoint_file or --run_dir; '
        f'got {len(names)}.'
    )
  return names[0]


def _primer_drums() -> str | None:
  values = drumspace_flags.PRIMER_DRUMS.value
  if len(values) > 1:
    raise errors.InputError(
        f'one --primer_drums is continued, got {len(values)}.'
    )
  return values[0] if values else None


def _stream(argv: list[str]) -> int:
  """Prints what follows, line by line."""
  from drumspace_ext.continuation import continuing
  from drumspace_ext.continuation import streaming

  # Step codes have neither tempo nor pitches, and are not played.
  for flag in (
      drumspace_flags.OUTPUT_DIR, drumspace_flags.NUM_OUTPUTS, _BEAM_SIZE,
      _BRANCH_FACTOR, _STEPS_PER_ITERATION, _SILENT_STEP, drumspace_flags.QPM,
      drumspace_flags.VOICES_OUT, *playing_flags.ALL,
  ):
    if flags.FLAGS[flag.name].present:
      raise errors.InputError(
          f'--stream prints one continuation, step by step; leave out '
          f'--{flag.name}.'
      )
  voices_in = flags.FLAGS['voices_in']
  temperature = drumspace_flags.TEMPERATURE.value
  steps = streaming.stream_beats(
      _model(), drumspace_flags.input_values(argv),
      primer_drums=_primer_drums(), primer_midi=_PRIMER_MIDI.value,
      hparams=drumspace_flags.HPARAMS.value,
      temperature=(
          continuing.TEMPERATURE if temperature is None else temperature
      ), num_steps=drumspace_flags.NUM_STEPS.value,
      voices_in=voices_in.value if voices_in.present else None,
      seed=drumspace_flags.SEED.value,
  )
  try:
    for line in streaming.lines(steps):
      # In one piece, for whoever reads.
      sys.stdout.write(line)
      sys.stdout.flush()
  except KeyboardInterrupt:
    # That is how a stream ends.
    pass
  return 0


def main(argv: list[str]) -> int:
  if _STREAM.value:
    return _stream(argv)
  if drumspace_flags.OUTPUT_DIR.value is None:
    raise errors.InputError('--output_dir is missing.')
  from drumspace_ext.continuation import continuing

  def given(flag, default):
    return default if flag.value is None else flag.value

  voices_in = flags.FLAGS['voices_in']
  print(continuing.continue_beats(
      _model(), drumspace_flags.output_dir(),
      drumspace_flags.input_values(argv), primer_drums=_primer_drums(),
      primer_midi=_PRIMER_MIDI.value, hparams=drumspace_flags.HPARAMS.value,
      num_outputs=given(drumspace_flags.NUM_OUTPUTS, continuing.NUM_OUTPUTS),
      num_steps=given(drumspace_flags.NUM_STEPS, continuing.NUM_STEPS),
      temperature=given(drumspace_flags.TEMPERATURE, continuing.TEMPERATURE),
      beam_size=_BEAM_SIZE.value, branch_factor=_BRANCH_FACTOR.value,
      steps_per_iteration=_STEPS_PER_ITERATION.value,
      silent_step=_SILENT_STEP.value, qpm=drumspace_flags.qpm(),
      # Its default depends on the primer.
      voices_in=voices_in.value if voices_in.present else None,
      voices_out=drumspace_flags.VOICES_OUT.value,
      seed=drumspace_flags.SEED.value, **playing_flags.values(),
  ))
  return 0


def console_entry_point() -> None:
  drumspace_flags.run(
      main, shared=[
          drumspace_flags.OUTPUT_DIR,
          drumspace_flags.CHECKPOINT_FILE, drumspace_flags.RUN_DIR,
          drumspace_flags.INPUT, drumspace_flags.PRIMER_DRUMS,
          drumspace_flags.HPARAMS, drumspace_flags.NUM_OUTPUTS,
          drumspace_flags.NUM_STEPS, drumspace_flags.TEMPERATURE,
          drumspace_flags.QPM, drumspace_flags.VOICES_IN,
          drumspace_flags.VOICES_OUT, *playing_flags.ALL, drumspace_flags.SEED,
      ],
  )


if __name__ == '__main__':
  console_entry_point()
