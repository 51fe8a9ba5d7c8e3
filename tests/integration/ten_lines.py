"""`magenta_workflow.py` in ten lines: `python ten_lines.py SONGS FOLDER`."""

import sys

import run_magenta

run_magenta.prepare()

from magenta.models.drums_rnn import drums_rnn_model as rnn
from magenta.models.drums_rnn import drums_rnn_sequence_generator as generators
from magenta.models.shared import events_rnn_graph
from magenta.models.shared import events_rnn_train
from magenta.pipelines import event_sequence_pipeline
from magenta.pipelines import pipeline
import note_seq
from note_seq.protobuf import generator_pb2
import tensorflow.compat.v1 as tf

import drumspace_ext
from drumspace_ext.extraction import one_input
from drumspace_ext.patterns import drum_maps
from drumspace_ext.pipelines import magenta as magenta_pipelines
from drumspace_ext.pipelines import pattern_stages

tf.disable_v2_behavior()
songs, folder = sys.argv[1:]
config, nine = rnn.default_configs['drum_kit'], drum_maps.load('note_seq9')
config.hparams.parse('batch_size=8,rnn_layer_sizes=[32],attn_length=16')
model = drumspace_ext.TrainedModel('shipped:vae')

# 1, 2: loops -> SequenceExamples
dag = magenta_pipelines.as_dag([
    pattern_stages.DrumTrackExtractor(repeats=4),
    event_sequence_pipeline.EncoderPipeline(
        note_seq.DrumTrack, config.encoder_decoder)], 'training_drum_tracks')
pipeline.run_pipeline_serial(
    dag, pipeline.tf_record_iterator(songs, note_seq.NoteSequence), folder)
# 3, 4: a few steps of training
graph = events_rnn_graph.get_build_graph_fn(
    'train', config, [f'{folder}/training_drum_tracks.tfrecord'])
events_rnn_train.run_training(graph, f'{folder}/train', 10)
# 5, 6, 7, 8: drums_rnn continues a beat drawn from latent space
generator = generators.DrumsRnnSequenceGenerator(
    rnn.DrumsRnnModel(config), config.details, checkpoint=f'{folder}/train')
primer = pattern_stages.VoiceMapper(nine).transform(model.sample(1)[0])[0]
options = generator_pb2.GeneratorOptions(generate_sections=[
    {'start_time': primer.total_time + 0.125, 'end_time': 16.0}])
continued = generator.generate(primer, options)
# 9, 10: back to patterns, and to their latent vectors
cutter = pattern_stages.BarCutter(one_input.Recipe(drum_map=nine))
print(model.encode(cutter.transform(continued))[0])
