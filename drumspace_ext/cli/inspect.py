r"""Says what a file is and holds, in about ten lines, with a few patterns.

It knows TFRecords of NoteSequences (and of SequenceExamples, which are easily
taken for them), MIDI files, zips, datasets, drums_rnn primers, checkpoints and
folders. For a MIDI file it says why it gives no pattern, if it gives none, and
which drum map explains its pitches better than the one it is read with.

Usage:
  drumspace_inspect notesequences.tfrecord
  drumspace_inspect --input=song.mid,dataset.tsv
  drumspace_inspect my_dataset:12
"""

import sys

from drumspace_ext import errors
from drumspace_ext.cli import flags as drumspace_flags


def main(argv: list[str]) -> int:
  from drumspace_ext.conversion import inspecting

  paths = inspecting.files(drumspace_flags.input_values(argv))
  if not paths:
    raise errors.InputError('name a file: drumspace_inspect FILE')
  status = 0
  for path in paths:
    try:
      print(inspecting.inspect(
          path, voices_in=drumspace_flags.VOICES_IN.value
      ))
    except errors.InputError as e:
      if len(paths) == 1:
        raise
      print(f'drumspace_inspect: {e}', file=sys.stderr)
      status = 1
  return status


def console_entry_point() -> None:
  drumspace_flags.run(main, shared=[
      drumspace_flags.INPUT, drumspace_flags.VOICES_IN,
  ])


if __name__ == '__main__':
  console_entry_point()
