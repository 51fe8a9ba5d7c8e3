"""From NoteSequences to a trained drums_rnn and back, in one Magenta program.

  python magenta_workflow.py SONGS.tfrecord OUTPUT_FOLDER [TRAINING_STEPS]

It needs Magenta with TensorFlow and drumspace_ext in one environment. Copy it:
what follows `run_magenta.prepare()` is all there is to it.
`magenta_workflow.sh` does the same with console scripts, where the two may be
in two environments.
"""

import sys

import run_magenta

run_magenta.prepare()

from magenta.models.drums_rnn import drums_rnn_model
from magenta.models.drums_rnn import drums_rnn_sequence_generator
from magenta.models.shared import events_rnn_graph
from magenta.models.shared import events_rnn_train
from magenta.pipelines import drum_pipelines
from magenta.pipelines import event_sequence_pipeline
from magenta.pipelines import note_sequence_pipelines
from magenta.pipelines import pipeline
import note_seq
from note_seq.protobuf import generator_pb2
import tensorflow.compat.v1 as tf

import drumspace_ext
from drumspace_ext.extraction import one_input
from drumspace_ext.patterns import drum_maps
from drumspace_ext.pipelines import chains as stage_chains
from drumspace_ext.pipelines import magenta as magenta_pipelines
from drumspace_ext.pipelines import model_stages
from drumspace_ext.pipelines import pattern_stages

HPARAMS = (
    'batch_size=8,rnn_layer_sizes=[32],attn_length=16,dropout_keep_prob=0.9'
)
MODEL = 'shipped:vae'
NUM_STEPS = 128


def make_dataset(songs: str, folder: str, config) -> None:
  """NoteSequences -> our loops -> Magenta's own graph -> SequenceExamples."""
  dag = magenta_pipelines.as_dag([
      pattern_stages.LoopExtractor(), pattern_stages.DrumsRnnWriter(),
      note_sequence_pipelines.TimeChangeSplitter(),
      note_sequence_pipelines.Quantizer(config.steps_per_quarter),
      drum_pipelines.DrumsExtractor(min_bars=7, max_steps=512),
      event_sequence_pipeline.EncoderPipeline(
          note_seq.DrumTrack, config.encoder_decoder
      ),
  ], 'training_drum_tracks')
  pipeline.run_pipeline_serial(
      dag, pipeline.tf_record_iterator(songs, note_seq.NoteSequence), folder
  )


def continue_sample(config, checkpoint: str) -> note_seq.NoteSequence:
  """Draws a beat from our latent space and lets drums_rnn play on."""
  generator = drums_rnn_sequence_generator.DrumsRnnSequenceGenerator(
      drums_rnn_model.DrumsRnnModel(config), config.details,
      config.steps_per_quarter, checkpoint=checkpoint,
  )
  sample = drumspace_ext.TrainedModel(MODEL).sample(1, seed=7)
  (primer,) = pattern_stages.VoiceMapper(drum_maps.load('note_seq9')).transform(
      sample[0]
  )
  step = 60 / primer.tempos[0].qpm / config.steps_per_quarter
  options = generator_pb2.GeneratorOptions()
  options.generate_sections.add(
      start_time=max(note.end_time for note in primer.notes) + step,
      end_time=NUM_STEPS * step,
  )
  options.args['temperature'].float_value = 1.0
  return generator.generate(primer, options)


def back_to_patterns(sequence: note_seq.NoteSequence) -> list:
  """Cuts what drums_rnn played into patterns that carry latent vectors."""
  recipe = one_input.Recipe(drum_map=drum_maps.load('note_seq9'))
  chain = [
      pattern_stages.BarCutter(recipe), model_stages.LatentEncoder(MODEL),
  ]
  return list(stage_chains.run(chain, [sequence], {}, print))


def main(songs: str, folder: str, num_training_steps: str = '20') -> list:
  """Does it all and returns the patterns of the continuation."""
  tf.disable_v2_behavior()
  config = drums_rnn_model.default_configs['drum_kit']
  config.hparams.parse(HPARAMS)
  make_dataset(songs, f'{folder}/dataset', config)
  events_rnn_train.run_training(
      events_rnn_graph.get_build_graph_fn(
          'train', config, [f'{folder}/dataset/training_drum_tracks.tfrecord']
      ),
      f'{folder}/run/train', int(num_training_steps),
  )
  continued = continue_sample(config, f'{folder}/run/train')
  note_seq.sequence_proto_to_midi_file(continued, f'{folder}/continued.mid')
  # magenta_workflow.sh shows how they come onto the map of the songs.
  return back_to_patterns(continued)


if __name__ == '__main__':
  for pattern in main(*sys.argv[1:]):
    print(pattern.id, pattern.text_annotations[0].text)
