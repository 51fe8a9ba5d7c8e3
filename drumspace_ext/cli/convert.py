r"""Converts drums between TFRecord, MIDI, audio, dataset and drums_rnn primers.

Reads any mixture of NoteSequence TFRecords, MIDI files, folders and zips of
them, datasets and primers, and writes one form, told by the name of --output
(.tfrecord, .zip, .tsv, .txt for primers, .mid, .wav, .parquet, .h2song for
Hydrogen; a folder for MIDI files) or by --to. NoteSequences and MIDI files are
written whole, all instruments, unless --tile asks for patterns. Beats of a
dataset, a map or a model come at their own tempo, unless --qpm is given, and in
folders by genre. Audio of patterns is a seamless loop, 16 bits; it sounds by
the package's own kit (drums only) or by --soundfont. A dataset or primers made
from them hold every 32 steps from the start, whatever the meter;
drumspace_create_dataset is what looks for loops in 4/4. Latent vectors and map
coordinates of a dataset are not carried over. Magenta's weights (a .mag bundle,
a checkpoint, a .tar) are kept in one .safetensors file, which every script
takes in their place.

Usage:
  drumspace_convert --input=dataset.tsv --output=beats.zip
  drumspace_convert --input=midi_folder --recursive --output=songs.tfrecord
  drumspace_convert --input=dataset.tsv --tile=4 --voices_out=note_seq9 \
    --output=for_drums_rnn.tfrecord
  drumspace_convert --primer_drums="[(36, 42), (), (42,), ()]" --output=one.mid
  drumspace_convert --input=dataset.tsv --to=wav --qpm=96 --accents \
    --output=loops.zip
  drumspace_convert --input=my_dataset --output=table_for_pandas.parquet
  drumspace_convert --input=my_dataset:1,my_dataset:2 --output=beats.h2song
  drumspace_convert --input=drum_kit_rnn.mag --output=drum_kit_rnn.safetensors
"""

import sys

from absl import flags

from drumspace_ext import defaults
from drumspace_ext.cli import flags as drumspace_flags
from drumspace_ext.cli import playing_flags
from drumspace_ext.cli import reading_flags

_OUTPUT = flags.DEFINE_string(
    'output', None, 'File or folder to write; or give --output_dir and --to.'
)
_TO = flags.DEFINE_enum(
    'to', None, ['midi', 'zip', 'tfrecord', 'tsv', 'primer', 'wav', 'parquet',
                 'h2song'],
    'Form to write, where the name of --output does not tell. wav goes into a '
    'folder or a .zip too.',
)
_KIT = flags.DEFINE_enum(
    'kit', defaults.KIT, ['acoustic', 'electronic', 'soft'],
    "The package's own drums that audio sounds by: as recorded ones, of a drum "
    'machine, or played softly with brushes.',
)
_SOUNDFONT = flags.DEFINE_string(
    'soundfont', None,
    'A SoundFont (.sf2) of your own to render audio with, all instruments.',
)


def main(argv: list[str]) -> int:
  from drumspace_ext.cli import progress
  from drumspace_ext.conversion import converting

  voices_in = drumspace_flags.VOICES_IN
  with progress.bar('', scaled=True) as on_step:
    converted = converting.convert(
        drumspace_flags.input_values(argv), _OUTPUT.value,
        output_dir=drumspace_flags.OUTPUT_DIR.value, to=_TO.value,
        primer_drums=drumspace_flags.PRIMER_DRUMS.value,
        recursive=drumspace_flags.RECURSIVE.value,
        steps_per_quarter=drumspace_flags.STEPS_PER_QUARTER.value,
        assume_drums=drumspace_flags.ASSUME_DRUMS.value,
        drum_channels=reading_flags.DRUM_CHANNELS.value,
        drum_tracks=reading_flags.DRUM_TRACKS.value,
        # Its default holds where patterns are cut or voices are led over.
        voices_in=voices_in.value if voices_in.present else None,
        voices_out=drumspace_flags.VOICES_OUT.value,
        tile=drumspace_flags.TILE.value,
        # Beats have tempos of their own, where nothing is asked for.
        qpm=drumspace_flags.qpm() if drumspace_flags.QPM.present else None,
        soundfont=_SOUNDFONT.value, kit=_KIT.value,
        seed=drumspace_flags.SEED.value, on_step=on_step,
        **playing_flags.values(),
    )
  print(converted)
  for line in converted.warnings():
    print(line, file=sys.stderr)
  return 0


def console_entry_point() -> None:
  drumspace_flags.run(main, shared=[
      drumspace_flags.INPUT, drumspace_flags.OUTPUT_DIR,
      drumspace_flags.RECURSIVE, drumspace_flags.STEPS_PER_QUARTER,
      drumspace_flags.ASSUME_DRUMS, reading_flags.DRUM_CHANNELS,
      reading_flags.DRUM_TRACKS, drumspace_flags.VOICES_IN,
      drumspace_flags.VOICES_OUT, drumspace_flags.TILE, drumspace_flags.QPM,
      *playing_flags.ALL, drumspace_flags.SEED, drumspace_flags.PRIMER_DRUMS,
  ])


if __name__ == '__main__':
  console_entry_point()
