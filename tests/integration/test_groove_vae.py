"""GrooVAE: grooves of ours through its converter and training, and back.

It is trained on one drum map (`groovae9`), and plays in another (`note_seq9`):
its converter has other pitches for inference.
"""

import copy

import drawn_patterns
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest

from drumspace_ext.conversion import converting
from drumspace_ext.files import tfrecords
from drumspace_ext.magenta_models import groove_tensors
from drumspace_ext.notes import midi_sequences
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import played_patterns
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import grooves
from drumspace_ext.pipelines import groove_converter

pytestmark = pytest.mark.usefixtures('prepared')
_CONFIG = 'groovae_2bar_humanize'
_HPARAMS = (
    'batch_size=4,enc_rnn_size=[16],dec_rnn_size=[16,16],z_size=8'
)
_NINE = drum_maps.load(groove_tensors.DRUM_MAP)
_PLAYED = drum_maps.load('note_seq9')


def _theirs():
  from magenta.models.music_vae import configs

  # A model that is made sets the mode of the one that is there.
  return copy.deepcopy(configs.CONFIG_MAP[_CONFIG].data_converter)


def _groove(seed):
  rng = np.random.default_rng(seed)
  return grooves.Groove(
      velocities=rng.integers(1, 128, (32, 14)).astype(float),
      # Up to its ends: half a step.
      offsets=np.clip(rng.uniform(-0.6, 0.6, (32, 14)), -0.5, 0.5),
  )


@given(
    hits=drawn_patterns.hits(1, 1), seed=st.integers(0, 2**32),
    qpm=st.floats(20, 400),
)
@settings(max_examples=25)
def test_both_converters_give_the_same_tensors(hits, seed, qpm):
  sequence = note_sequences.from_patterns(
      hits, qpm=qpm, drum_map=_NINE,
      dynamics=played_patterns.as_played(_groove(seed)),
  )
  theirs, ours = _theirs(), groove_converter.GrooveConverter(qpm=qpm)
  found = ours.to_tensors(sequence).outputs
  assert ours.output_depth == theirs.output_depth == 27
  expected = theirs.to_tensors(sequence).outputs
  # Magenta drops two bars whose second one is silent.
  if not hits[0, 16:].any():
    assert not len(expected)
    return
  np.testing.assert_allclose(found, expected, atol=1e-5)
  for tensor in found:
    # Theirs plays at 120 and begins, it may be, before the start.
    (played,) = theirs.from_tensors([tensor])
    np.testing.assert_allclose(
        groove_converter.GrooveConverter().to_tensors(played).outputs[0],
        tensor, atol=1e-5,
    )
    (played,) = ours.from_tensors([tensor])
    np.testing.assert_allclose(
        theirs.to_tensors(played).outputs[0], tensor, atol=1e-5
    )


def test_groove_vae_trains_on_our_records_and_its_grooves_come_in(
    tmp_path, magenta_script
):
  from magenta.models.music_vae import TrainedModel
  from magenta.models.music_vae import configs
  import note_seq

  records = tmp_path / 'grooves.tfrecord'
  converting.convert(
      [], records, primer_drums=[
          '[(36, 42), (42,), (38, 42), (42,), (36,), (51,), (38, 46), (49,)]'
      ] * 8, tile=4, groove='shipped:groove', voices_out=_NINE.name,
  )
  sequences = list(map(note_sequences.parse, tfrecords.read(records)))
  for sequence in sequences:
    theirs = _theirs().to_tensors(sequence)
    # A model that humanizes sees hits alone and learns the rest.
    assert not theirs.inputs[0][:, 9:].any()
    assert len(np.unique(theirs.outputs[0][:, 9:18])) > 3
  magenta_script(
      'models.music_vae.music_vae_train', f'--config={_CONFIG}',
      f'--run_dir={tmp_path}', '--mode=train', f'--hparams={_HPARAMS}',
      f'--examples_path={records}', '--num_steps=2',
  )
  config = copy.deepcopy(configs.CONFIG_MAP[_CONFIG])
  config.hparams.parse(_HPARAMS)
  model = TrainedModel(
      config, batch_size=4,
      checkpoint_dir_or_path=str(tmp_path / 'train' / 'model.ckpt-2'),
  )
  played = model.sample(n=4, length=32, temperature=1.0)
  assert any(sequence.notes for sequence in played)
  for number, sequence in enumerate(played):
    hits, groove = played_patterns.read(sequence, drum_map=_PLAYED)
    steps, struck = np.nonzero(hits.reshape(-1, 14))
    velocities = groove.velocities.reshape(-1, 14)[steps, struck]
    assert {
        (_PLAYED.exemplars[voice], velocity)
        for voice, velocity in zip(struck, velocities)
    } <= {
        (note.pitch, note.velocity) for note in sequence.notes
    }
    path = tmp_path / f'{number}.mid'
    note_seq.sequence_proto_to_midi_file(sequence, str(path))
    again, other = played_patterns.read(
        midi_sequences.to_note_sequence(path.read_bytes()), drum_map=_PLAYED
    )
    np.testing.assert_array_equal(again, hits)
    np.testing.assert_array_equal(
        other.velocities[hits], groove.velocities[hits]
    )
    # 220 ticks a quarter are 55 a step.
    assert (np.abs(other.offsets - groove.offsets)[hits] <= 0.02).all()
