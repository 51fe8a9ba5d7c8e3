"""MusicVAE: our records through its converters, and what it plays to us."""

import numpy as np
import pytest

from drumspace_ext.files import tfrecords
from drumspace_ext.notes import midi_sequences
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes
from drumspace_ext.pipelines import pattern_stages
from drumspace_ext.pipelines import stages
from drumspace_ext.starter import beats as starter_beats

pytestmark = pytest.mark.usefixtures('prepared')
_CONFIG = 'cat-drums_2bar_small'
_HPARAMS = 'batch_size=4,enc_rnn_size=[16],dec_rnn_size=[16],z_size=8'


def _beats():
  """Beats with every voice there is."""
  hits = [starter.hits for starter in starter_beats.load()]
  rng = np.random.default_rng(3)
  hits += list(rng.random((60, 32, step_codes.NUM_VOICES)) < 0.15)
  return np.stack(hits)


def _converters():
  """(Magenta's data converter, the drum map of its classes), by name."""
  from magenta.models.music_vae import configs

  return {
      name: (configs.CONFIG_MAP[name].data_converter, drum_maps.load(drum_map))
      for name, drum_map in (
          (_CONFIG, 'note_seq9'), ('groovae_2bar_humanize', 'groovae9'),
          ('groovae_2bar_tap_fixed_velocity', 'groovae9'),
      )
  }


def _there_and_back(converter, sequence):
  """Through the tensors that the model is trained to give back."""
  tensors = converter.to_tensors(sequence)
  assert len(tensors.outputs) == 1
  return converter.from_tensors(tensors.outputs)[0]


@pytest.mark.parametrize('name', [
    _CONFIG, 'groovae_2bar_humanize', 'groovae_2bar_tap_fixed_velocity',
])
def test_converter_loses_no_class_that_it_has(name):
  converter, drum_map = _converters()[name]
  for beat in _beats():
    sequence = note_sequences.from_patterns(beat, drum_map=drum_map)
    (back,) = note_sequences.to_patterns(
        _there_and_back(converter, sequence), drum_map=drum_map
    )
    np.testing.assert_array_equal(back, drum_map.folded(beat))


def test_classes_are_the_hosts_own():
  from magenta.models.music_vae import data

  ours = drum_maps.load('groovae9')
  assert {frozenset(row) for row in ours.pitches if row} == {
      frozenset(row) for row in data.ROLAND_DRUM_PITCH_CLASSES
  }
  # The pitch that GrooVAE writes comes first in ours too.
  assert {row[0] for row in ours.pitches if row} == {
      row[0] for row in data.ROLAND_DRUM_PITCH_CLASSES
  }


def test_other_maps_lose_or_fail():
  # The worse end: gm14 has pitches that GrooVAE does not know, and the toms of
  # note_seq9 are two of its classes only.
  converter, _ = _converters()['groovae_2bar_humanize']
  hits = np.zeros((32, step_codes.NUM_VOICES), np.bool_)
  hits[::4] = True
  with pytest.raises(KeyError):
    converter.to_tensors(note_sequences.from_patterns(hits))
  nine = drum_maps.load('note_seq9')
  back = note_sequences.to_patterns(
      _there_and_back(
          converter, note_sequences.from_patterns(hits, drum_map=nine)
      ), drum_map=nine,
  )
  assert back.sum() < nine.folded(hits).sum()


def test_music_vae_trains_on_our_records_and_plays_to_us(
    tmp_path, magenta_script
):
  from magenta.models.music_vae import TrainedModel
  from magenta.models.music_vae import configs
  import note_seq

  with (tmp_path / 'x.tfrecord').open('wb') as stream:
    mapper = pattern_stages.VoiceMapper(drum_maps.load('note_seq9'))
    tfrecords.write(stream, (
        mapper.transform(
            note_sequences.from_patterns(beat)
        )[0].SerializeToString() for beat in _beats()
    ))
  magenta_script(
      'models.music_vae.music_vae_train', f'--config={_CONFIG}',
      f'--run_dir={tmp_path}', '--mode=train', f'--hparams={_HPARAMS}',
      f'--examples_path={tmp_path / "x.tfrecord"}', '--num_steps=2',
  )
  config = configs.CONFIG_MAP[_CONFIG]
  config.hparams.parse(_HPARAMS)
  model = TrainedModel(
      config, batch_size=4,
      checkpoint_dir_or_path=str(tmp_path / 'train' / 'model.ckpt-2'),
  )
  cutter = pattern_stages.BarCutter()
  num_patterns = 0
  for number, played in enumerate(
      model.sample(n=4, length=32, temperature=1.0)
  ):
    path = tmp_path / f'{number}.mid'
    note_seq.sequence_proto_to_midi_file(played, str(path))
    read = midi_sequences.to_note_sequence(path.read_bytes())
    expected = {
        (round(note.start_time * 8), note.pitch) for note in played.notes
    }
    nine = drum_maps.load('note_seq9')
    (hits,) = note_sequences.to_patterns(read, drum_map=nine)
    assert {
        (step, nine.exemplars[voice])
        for step, voice in zip(*np.nonzero(hits))
    } == expected
    num_patterns += len(cutter.transform(read))
  assert num_patterns == 4


def test_drum_track_of_a_stage_is_what_the_converter_slices():
  from magenta.models.music_vae import configs

  converter = configs.CONFIG_MAP[_CONFIG].data_converter
  beat = starter_beats.load()[0].hits
  sequence = note_sequences.from_patterns(beat, repeats=4)
  (track,) = pattern_stages.DrumTrackExtractor().transform(sequence)
  mapper = pattern_stages.VoiceMapper(drum_maps.load('note_seq9'))
  (mapped,) = mapper.transform(sequence)
  (tensor,) = converter.to_tensors(mapped).outputs
  (played,) = converter.from_tensors([tensor])
  nine = drum_maps.load('note_seq9')
  found = {(round(n.start_time * 8), n.pitch) for n in played.notes}
  assert found == {
      (step, pitch) for step, event in enumerate(track) for pitch in event
  }
  assert stages.pattern_of(played, nine)[0].any()
