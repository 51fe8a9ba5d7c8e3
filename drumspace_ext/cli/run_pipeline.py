r"""Runs a chain of stages over NoteSequences, as a Magenta pipeline would.

--stages names them in the order in which they run; each is described there.
--voices_out writes the patterns in another drum map at the end of the chain,
--groove and its like play them there.
Inputs are TFRecords of NoteSequences, MIDI files, folders, zips, datasets and
drums_rnn primers. --output_dir then holds patterns.tfrecord, rejected.tsv (each
input of each stage that gave nothing, and why), report.json (all counts) and
manifest.json. Inside Magenta the same stages are pipelines:
drumspace_ext.pipelines.magenta.

Usage:
  drumspace_run_pipeline --input=songs.tfrecord --stages=loops,drums_rnn \
    --output_dir=/tmp/drumspace/for_drums_rnn
  drumspace_run_pipeline --input=drums_rnn_outputs --voices_in=note_seq9 \
    --stages=bars,vary,novel --checkpoint_file=shipped:vae --num_outputs=8 \
    --seed=1 --output_dir=/tmp/drumspace/variations
"""

from drumspace_ext import errors
from drumspace_ext.cli import flags as drumspace_flags
from drumspace_ext.cli import list_flags
from drumspace_ext.cli import playing_flags
from drumspace_ext.cli import reading_flags
from drumspace_ext.pipelines import kinds

_STAGES = list_flags.define(
    'stages', '\n'.join(
        ['Stages of the chain, with commas between them:', *kinds.lines()]
    )
)


def _checkpoint() -> str | None:
  names = drumspace_flags.checkpoint_names()
  if len(names) > 1:
    raise errors.InputError(
        f'one model is enough, got {len(names)}: {", ".join(names)}.'
    )
  return names[0] if names else None


def main(argv: list[str]) -> int:
  from drumspace_ext.cli import progress
  from drumspace_ext.pipelines import running

  with progress.bar('', scaled=True) as on_step:
    print(running.run_pipeline(
        drumspace_flags.input_values(argv), drumspace_flags.output_dir(),
        [kind.strip() for kind in _STAGES.value],
        recursive=drumspace_flags.RECURSIVE.value,
        voices_out=drumspace_flags.VOICES_OUT.value,
        tile=drumspace_flags.TILE.value, qpm=drumspace_flags.qpm(),
        checkpoint_file=_checkpoint(),
        examples_path=drumspace_flags.EXAMPLES_PATH.value,
        num_outputs=drumspace_flags.NUM_OUTPUTS.value,
        temperature=drumspace_flags.TEMPERATURE.value,
        seed=drumspace_flags.SEED.value, on_step=on_step,
        arguments=drumspace_flags.arguments(__name__),
        **playing_flags.values(), **reading_flags.values(),
    ))
  return 0


def console_entry_point() -> None:
  drumspace_flags.run(
      main,
      required=[drumspace_flags.OUTPUT_DIR],
      shared=[
          drumspace_flags.INPUT, drumspace_flags.RECURSIVE,
          *reading_flags.ALL, *playing_flags.ALL, drumspace_flags.VOICES_OUT,
          drumspace_flags.TILE, drumspace_flags.QPM, drumspace_flags.RUN_DIR,
          drumspace_flags.CHECKPOINT_FILE, drumspace_flags.EXAMPLES_PATH,
          drumspace_flags.NUM_OUTPUTS, drumspace_flags.TEMPERATURE,
          drumspace_flags.SEED,
      ],
  )


if __name__ == '__main__':
  console_entry_point()
