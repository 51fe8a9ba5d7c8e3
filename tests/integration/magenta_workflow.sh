#!/usr/bin/env bash
# From NoteSequences to a trained drums_rnn and back, with console scripts.
#
#   magenta_workflow.sh SONGS.tfrecord OUTPUT_FOLDER [TRAINING_STEPS]
#
# drumspace_ext and Magenta may stand in two environments: they meet in files.
# MAGENTA is what runs Magenta's scripts; where they run as they are installed,
# it can be left out: drums_rnn_create_dataset --config=drum_kit ...
set -euo pipefail
songs=$1 out=$2 steps=${3:-20}
MAGENTA=${MAGENTA:-python $(dirname "$0")/run_magenta.py magenta.models.drums_rnn.}
hparams='batch_size=8,rnn_layer_sizes=[32],attn_length=16,dropout_keep_prob=0.9'

# Our loops as a training set that drums_rnn loses nothing of.
drumspace_run_pipeline --input="$songs" --stages=loops,drums_rnn \
  --output_dir="$out/loops"
${MAGENTA}drums_rnn_create_dataset --config=drum_kit --eval_ratio=0.0 \
  --input="$out/loops/patterns.tfrecord" --output_dir="$out/dataset"
${MAGENTA}drums_rnn_train --config=drum_kit --hparams="$hparams" \
  --run_dir="$out/run" --num_training_steps="$steps" \
  --sequence_example_file="$out/dataset/training_drum_tracks.tfrecord"

# drums_rnn continues a beat drawn from latent space.
drumspace_generate --checkpoint_file=shipped:vae --num_outputs=1 --seed=7 \
  --output_dir="$out/sample"
drumspace_convert --input="$out/sample/patterns.tsv" --voices_out=note_seq9 \
  --output="$out/sample/primer.txt"
${MAGENTA}drums_rnn_generate --config=drum_kit --hparams="$hparams" \
  --run_dir="$out/run" --num_outputs=2 --num_steps=128 \
  --primer_drums="$(head -n 1 "$out/sample/primer.txt")" \
  --output_dir="$out/continued"
# Or as a MIDI file, which brings its tempo with it.
drumspace_convert --input="$out/sample/patterns.tsv" --voices_out=note_seq9 \
  --qpm=97 --output="$out/sample/primer.mid"
${MAGENTA}drums_rnn_generate --config=drum_kit --hparams="$hparams" \
  --run_dir="$out/run" --num_outputs=2 --num_steps=64 \
  --primer_midi="$out/sample/primer.mid" --output_dir="$out/continued_midi"

# The continuations come back: as patterns with their latent vectors, as
# variations around them, and on the map of the songs.
drumspace_run_pipeline --input="$out/continued" --voices_in=note_seq9 \
  --stages=bars,encode --checkpoint_file=shipped:vae --output_dir="$out/back"
drumspace_run_pipeline --input="$out/continued" --voices_in=note_seq9 \
  --stages=bars,filter,vary,novel --checkpoint_file=shipped:vae \
  --num_outputs=2 --output_dir="$out/variations"
drumspace_create_dataset --input="$songs" --output_dir="$out/corpus"
drumspace_build_map --checkpoint_file=shipped:vae --voices_in=note_seq9 \
  --examples_path="$out/corpus" --input="$out/continued" \
  --num_outputs=50 --output_dir="$out/map"
