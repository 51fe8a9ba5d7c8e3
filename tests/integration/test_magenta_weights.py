"""Magenta's weights: read here without TensorFlow, and played as it plays them.

Bundles are trained for a few steps by Magenta's own scripts; the older layout
is written by TensorFlow's own Saver. A randomly filled network is chaotic: of
it the first 16 steps are compared.
"""

import copy
import dataclasses

import builders
import entry_points
import magenta_files
import numpy as np
import pytest
from scipy import special
import torch

from drumspace_ext import errors
from drumspace_ext.files import tfrecords
from drumspace_ext.magenta_models import checkpoint_files
from drumspace_ext.magenta_models import drum_classes
from drumspace_ext.magenta_models import drums_rnn
from drumspace_ext.models import trained_model
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import drum_maps
from drumspace_ext.starter import beats as starter_beats

pytestmark = pytest.mark.usefixtures('prepared')
_ATOL = 1e-4


@pytest.fixture(scope='module', name='records')
def _records(tmp_path_factory):
  """The starter beats in Magenta's classes, each four times."""
  path = tmp_path_factory.mktemp('records') / 'x.tfrecord'
  nine = drum_maps.load('note_seq9')
  with path.open('wb') as stream:
    tfrecords.write(stream, (
        note_sequences.from_patterns(
            beat.hits, repeats=4, drum_map=nine
        ).SerializeToString() for beat in starter_beats.load()
    ))
  return path


@pytest.fixture(scope='module', name='shared')
def _shared():
  path = builders.DATA_DIR / 'drums_rnn' / 'drum_kit_rnn_homemade.mag'
  if not path.is_file():
    pytest.skip(f'no data in {builders.DATA_DIR}')
  return path


def _their_log_p(path, configuration, hparams, classes):
  """Magenta's softmax of a track, as logarithms, [num_steps, num_classes]."""
  from magenta.models.drums_rnn import drums_rnn_model
  from magenta.models.drums_rnn import drums_rnn_sequence_generator
  from magenta.models.shared import sequence_generator_bundle
  import note_seq

  config = copy.deepcopy(drums_rnn_model.default_configs[configuration])
  config.hparams.parse(f'{hparams},batch_size=1')
  model = drums_rnn_model.DrumsRnnModel(config)
  drums_rnn_sequence_generator.DrumsRnnSequenceGenerator(
      model, config.details, config.steps_per_quarter,
      bundle=sequence_generator_bundle.read_bundle_file(str(path)),
  ).initialize()
  encoding, session = config.encoder_decoder, model._session
  track = note_seq.DrumTrack(
      [encoding.class_index_to_event(int(c), []) for c in classes]
  )
  of = session.graph.get_collection
  (softmax,) = session.run(of('softmax'), {
      of('inputs')[0]: encoding.get_inputs_batch([track], full_length=True),
      tuple(of('initial_state')): session.run(of('initial_state')),
      of('temperature')[0]: 1.0,
  })
  return np.log(softmax[0])


def _assert_same(path, configuration, hparams):
  network = drums_rnn.DrumsRnn(checkpoint_files.read(path))
  assert network.configuration == configuration
  rng = np.random.default_rng(0)
  played = np.array([0, 1, 2, 4, 5, 6]) % network.num_classes
  classes = rng.choice(played, size=48)
  theirs = _their_log_p(path, configuration, hparams, classes)
  ours = special.log_softmax(network.read(classes[None])[0][0], -1)
  assert np.abs(ours - theirs).max() < _ATOL
  np.testing.assert_array_equal(ours.argmax(-1), theirs.argmax(-1))


def test_shared_bundle_plays_as_in_magenta(shared):
  _assert_same(shared, 'drum_kit', 'rnn_layer_sizes=[128,128]')


@pytest.mark.parametrize('configuration, hparams', [
    ('one_drum', 'rnn_layer_sizes=[24,16]'),
    ('drum_kit', 'rnn_layer_sizes=[24,16],attn_length=20'),
])
def test_bundles_trained_here_play_as_in_magenta(
    records, tmp_path, magenta_script, configuration, hparams
):
  common = [
      f'--config={configuration}', f'--run_dir={tmp_path / "run"}',
      f'--hparams={hparams},batch_size=16',
  ]
  magenta_script(
      'models.drums_rnn.drums_rnn_create_dataset', common[0],
      f'--input={records}', f'--output_dir={tmp_path}', '--eval_ratio=0',
  )
  magenta_script(
      'models.drums_rnn.drums_rnn_train', *common, '--num_training_steps=8',
      f'--sequence_example_file={tmp_path / "training_drum_tracks.tfrecord"}',
  )
  bundle = tmp_path / 'x.mag'
  magenta_script(
      'models.drums_rnn.drums_rnn_generate', *common,
      f'--bundle_file={bundle}', '--save_generator_bundle',
  )
  _assert_same(bundle, configuration, hparams)
  read = checkpoint_files.read(bundle)
  assert read.attention_length == (20 if 'attn' in hparams else None)
  # The same weights in TensorFlow's other format.
  other = checkpoint_files.read(checkpoint_files.find(str(tmp_path / 'run')))
  assert other.form == checkpoint_files.V2
  assert set(read.tensors) == set(other.tensors)
  for name, values in read.tensors.items():
    np.testing.assert_array_equal(values, other.tensors[name])


def test_attention_round_all_cells_plays_as_in_tensorflow(tmp_path):
  """As in the bundles that Google published."""
  from magenta.contrib import rnn as contrib_rnn
  import tensorflow.compat.v1 as tf

  classes = np.random.default_rng(1).choice([0, 1, 4, 5], size=16)
  inputs = np.zeros((1, 16, 518), np.float32)
  inputs[0, np.arange(16), classes] = 1
  for position in range(16):
    inputs[0, position, 512:] = [
        1 if (position + 1) >> bit & 1 else -1 for bit in range(6)
    ]
  with tf.Graph().as_default(), tf.Session() as session:
    cell = contrib_rnn.AttentionCellWrapper(
        tf.nn.rnn_cell.MultiRNNCell(
            [tf.nn.rnn_cell.BasicLSTMCell(n) for n in (24, 20, 16)]
        ), 8, state_is_tuple=True,
    )
    outputs, _ = tf.nn.dynamic_rnn(cell, tf.constant(inputs), dtype=tf.float32)
    import tf_slim

    logits = tf_slim.layers.linear(outputs[0], 512)
    session.run(tf.global_variables_initializer())
    expected = session.run(logits)
    tf.train.Saver(write_version=1).save(session, str(tmp_path / 'x.ckpt'))
  read = checkpoint_files.read(tmp_path / 'x.ckpt')
  assert read.form == checkpoint_files.V1
  network = drums_rnn.DrumsRnn(dataclasses.replace(
      read, attention_length=8
  ))
  assert network.num_wrapped == 3
  made = network.read(classes[None])[0][0]
  assert np.abs(made - expected).max() < _ATOL
  np.testing.assert_array_equal(made.argmax(-1), expected.argmax(-1))


@pytest.mark.parametrize('name, hparams', [
    ('cat-drums_2bar_small', 'enc_rnn_size=[32],dec_rnn_size=[24,20],z_size=8'),
    ('nade-drums_2bar_full', 'enc_rnn_size=[32],dec_rnn_size=[24,16],z_size=8,'
     'nade_num_hidden=12'),
])
def test_music_vae_trained_here_is_the_same_model(
    records, tmp_path, magenta_script, name, hparams
):
  from magenta.models.music_vae import TrainedModel
  from magenta.models.music_vae import configs

  magenta_script(
      'models.music_vae.music_vae_train', f'--config={name}', '--mode=train',
      f'--run_dir={tmp_path}', f'--hparams={hparams},batch_size=16',
      f'--examples_path={records}', '--num_steps=12',
  )
  config = configs.CONFIG_MAP[name]
  config.hparams.parse(hparams)
  theirs = TrainedModel(
      config, batch_size=16,
      checkpoint_dir_or_path=str(tmp_path / 'train' / 'model.ckpt-12'),
  )
  ours = trained_model.TrainedModel(str(tmp_path))
  assert ours.train_step == 12
  hits = np.stack([beat.hits for beat in starter_beats.load()[:32]])
  num_classes = config.data_converter.input_depth - 1
  rolls = drum_classes.hits_to_rolls(hits, num_classes)
  inputs = np.concatenate([rolls, ~rolls.any(-1, keepdims=True)], -1)
  _, mu, sigma = theirs.encode_tensors(list(inputs), [32] * len(inputs))
  _, our_mu, our_sigma = ours.encode_tensors(hits)
  assert np.abs(mu - our_mu).max() < _ATOL
  assert np.abs(sigma - our_sigma).max() < _ATOL
  z = np.random.default_rng(0).standard_normal((16, 8)).astype(np.float32)
  # Magenta divides by its temperature: nearly 0.
  samples, outputs = theirs._sess.run(
      [theirs._decoder_results.samples, theirs._decoder_results.rnn_output],
      {theirs._temperature: 1e-9, theirs._max_length: 32, theirs._z_input: z},
  )
  bits = samples > 0.5
  if samples.shape[-1] == 512:
    bits = (samples.argmax(-1)[..., None] >> np.arange(9) & 1) > 0
  expected = drum_classes.rolls_to_hits(bits)
  decoded = ours.decode_hits(z)
  # After 12 train steps without a seed some odds are even to the last digits of
  # a float: there a beat is theirs by a latent vector beside its own.
  for row in np.flatnonzero((decoded != expected).any((1, 2))):
    beside = z[row] + 1e-5 * np.random.default_rng(1).standard_normal((64, 8))
    near = ours.decode_hits(beside.astype(np.float32))
    assert (near == expected[row]).all((1, 2)).any(), row
  if samples.shape[-1] == 512:
    made = ours._network.teacher_outputs(
        torch.from_numpy(z), torch.from_numpy(
            expected.reshape(len(z), -1).astype(np.float32)
        ),
    ).numpy()
    assert np.abs(made - outputs).max() < _ATOL
    np.testing.assert_array_equal(made.argmax(-1), outputs.argmax(-1))


@pytest.mark.parametrize('name', [
    'groovae_2bar_humanize', 'groovae_2bar_tap_fixed_velocity',
    'groovae_2bar_add_closed_hh',
])
def test_groovae_is_the_same_model(tmp_path, name):
  """Of a graph with drawn weights: its scripts want data from the net."""
  from magenta.models.music_vae import TrainedModel
  from magenta.models.music_vae import configs
  import tensorflow.compat.v1 as tf

  config = copy.deepcopy(configs.CONFIG_MAP[name])
  config.hparams.parse(
      'enc_rnn_size=[24],dec_rnn_size=[20,16],z_size=8,batch_size=8'
  )
  # Magenta copies a configuration, which it can't once it is built.
  drawn = copy.deepcopy(config)
  converter, path = config.data_converter, tmp_path / name / 'model.ckpt-3'
  path.parent.mkdir()
  with tf.Graph().as_default(), tf.Session() as session:
    tf.set_random_seed(1)
    drawn.model.build(
        drawn.hparams, converter.output_depth, is_training=False
    )
    drawn.model.sample(8, max_length=2, z=tf.zeros((8, 8)))
    drawn.model.encode(
        tf.zeros((8, 2, converter.input_depth)), tf.fill([8], 2)
    )
    session.run(tf.global_variables_initializer())
    tf.train.Saver().save(session, str(path), write_meta_graph=False)
  theirs = TrainedModel(
      config, batch_size=8, checkpoint_dir_or_path=str(path)
  )
  ours = trained_model.TrainedModel(str(path))
  assert ours.config.name == name
  converter.set_mode('infer')
  beats = starter_beats.load()[:8]
  nine = drum_maps.load('note_seq9')
  hits = np.stack([beat.hits for beat in beats])
  inputs = [converter.to_tensors(
      note_sequences.from_patterns(beat.hits, drum_map=nine)
  ).inputs[0] for beat in beats]
  _, mu, sigma = theirs.encode_tensors(inputs, [32] * len(inputs))
  _, our_mu, our_sigma = ours.encode_tensors(hits)
  assert np.abs(mu - our_mu).max() < _ATOL
  assert np.abs(sigma - our_sigma).max() < _ATOL
  z = np.random.default_rng(0).standard_normal((8, 8)).astype(np.float32)
  samples, outputs = theirs._sess.run(
      [theirs._decoder_results.samples, theirs._decoder_results.rnn_output],
      {theirs._temperature: 1e-9, theirs._max_length: 32, theirs._z_input: z},
  )
  with torch.no_grad():
    steps, logits = ours._network.outputs(torch.from_numpy(z))
  assert np.abs(steps.numpy() - samples).max() < _ATOL
  assert np.abs(logits.numpy() - outputs[..., :9]).max() < _ATOL
  np.testing.assert_array_equal(
      ours.decode_hits(z), drum_classes.rolls_to_hits(samples[..., :9] > 0.5)
  )


def test_no_damage_to_real_files_gets_through(shared, tmp_path):
  magenta_files.assert_damage_is_refused(tmp_path, 10_000, seed=2)
  content = shared.read_bytes()
  rng = np.random.default_rng(3)
  for number in range(60):
    damaged = bytearray(content)
    for place in rng.integers(0, len(content), 3):
      damaged[place] ^= int(rng.integers(1, 256))
    path = tmp_path / f'{number % 2}.mag'
    path.write_bytes(damaged if number % 3 else damaged[:rng.integers(9, 1e6)])
    try:
      checkpoint_files.read(path)
    except errors.CheckpointError:
      continue
    # What is left of the bundle (its graph) has no checksum.
    assert number % 3


def test_continuing_the_shared_bundle(shared, tmp_path):
  assert entry_points.main(
      'drumspace_continue', f'--bundle_file={shared}', '--num_outputs=2',
      '--primer_drums=[(36, 42), (), (42,), ()]', f'--output_dir={tmp_path}',
  ) == 0
  assert len(list((tmp_path / 'midi').iterdir())) == 2
