"""Tests of continuing: the verb, its files, and what it refuses."""

import json

import drawn_patterns
import hypothesis
from hypothesis import strategies as st
import magenta_files
import numpy as np
import played_datasets
import pytest

from drumspace_ext import errors
from drumspace_ext.continuation import continuers
from drumspace_ext.continuation import continuing
from drumspace_ext.continuation import magenta_continuer
from drumspace_ext.continuation import primers
from drumspace_ext.notes import drum_tracks
from drumspace_ext.notes import midi_sequences
from drumspace_ext.notes import midi_writing
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices

_PRIMER = '[(36, 42), (), (42,), ()]'
_CODES = st.lists(
    st.integers(0, step_codes.NUM_CODES - 1), min_size=1, max_size=70
).map(lambda codes: np.array(codes, np.uint16))


@pytest.fixture(scope='module', name='bundle')
def _bundle(tmp_path_factory):
  path = tmp_path_factory.mktemp('bundle') / 'kit.mag'
  path.write_bytes(magenta_files.bundle(
      magenta_files.drums_rnn_tensors(), attention=(4, 8)
  ))
  return path


@pytest.fixture(scope='module', name='one_drum')
def _one_drum(tmp_path_factory):
  path = tmp_path_factory.mktemp('one') / 'one.mag'
  path.write_bytes(magenta_files.bundle(magenta_files.drums_rnn_tensors(
      num_classes=2, counter_bits=0, wraps='none'
  ), 'one_drum'))
  return path


@pytest.mark.parametrize('which', ['bundle', 'one_drum'])
@hypothesis.given(data=st.data())
def test_the_primer_is_kept_and_the_rest_is_as_long_as_asked_for(
    request, which, data
):
  continuer = continuers.load(request.getfixturevalue(which))
  primer = data.draw(_CODES)
  more = data.draw(st.integers(1, 20))
  codes = continuing.continue_codes(
      continuer, primer, num_steps=len(primer) + more, num_outputs=2,
      seed=data.draw(st.integers(0, 5)),
  )
  assert codes.shape == (2, len(primer) + more) and codes.dtype == np.uint16
  np.testing.assert_array_equal(codes[:, :len(primer)], [primer] * 2)
  assert (codes < step_codes.NUM_CODES).all()


def test_one_drum_plays_eighths_on_its_voice(one_drum):
  continuer = continuers.load(one_drum)
  codes = continuing.continue_codes(
      continuer, np.array([1, 0, 2, 0], np.uint16), num_steps=64
  )[0, 4:]
  snare = 1 << voices.INDEX[magenta_continuer.ONE_DRUM_VOICE]
  assert set(codes.tolist()) == {0, snare} and not codes[1::2].any()


def test_one_drum_hears_a_hit_on_the_eighth_behind_it():
  # Steps 1 and 2 are one eighth; step 5 is behind the end, and stays in.
  np.testing.assert_array_equal(
      magenta_continuer._eighths(np.array([0, 1, 1, 0, 0, 1])), [0, 1, 1]
  )


def test_whole_bars_of_silence_before_the_first_hit_are_not_heard(bundle):
  continuer = continuers.load(bundle)
  primer = np.array([0, 0, 1, 4, 2], np.uint16)
  plain, late = (
      continuing.continue_codes(
          continuer, np.pad(primer, (silence, 0)),
          num_steps=silence + 25, num_outputs=3,
      )[:, silence:] for silence in (0, 32)
  )
  np.testing.assert_array_equal(plain, late)


def test_the_step_behind_the_primer_is_silent_only_when_asked_for(bundle):
  continuer = continuers.load(bundle)
  primer = np.array([1, 4, 0, 0], np.uint16)
  codes = continuing.continue_codes(
      continuer, primer, num_steps=12, num_outputs=200, silent_step=True
  )
  # Cut behind the last hit, then a silent step.
  np.testing.assert_array_equal(codes[:, :3], [[1, 4, 0]] * 200)
  assert codes[:, 3].any()
  played_on = continuing.continue_codes(
      continuer, primer, num_steps=12, num_outputs=200
  )
  assert played_on[:, 4].any()


def test_a_file_that_is_played_like_is_read_by_its_drum_map(tmp_path):
  hits = np.zeros((32, 14), np.bool_)
  hits[::2, :3] = True
  velocities = np.full((32, 14), 120.0)
  velocities[:, 0] = 20
  song = tmp_path / 'low.mid'
  song.write_bytes(midi_writing.patterns_to_midi(
      hits, repeats=4, drum_map=drum_maps.load('gm14-12'),
      dynamics=played_datasets.dynamics_of(velocities, 0 * velocities),
  ))
  kicks = []
  for voices_in in ('gm14-12', None):
    made = continuing.continue_beats(
        'shipped:continue', tmp_path / 'on', groove=song, voices_in=voices_in,
        num_outputs=1, num_steps=32,
    )
    notes = midi_sequences.to_note_sequence(made.paths[0].read_bytes()).notes
    kicks.append(min(note.velocity for note in notes if note.pitch == 36))
  assert kicks[0] < 40 < kicks[1]


def test_a_folder_of_continuations(bundle, tmp_path):
  made = continuing.continue_beats(
      str(bundle), tmp_path / 'on', primer_drums=_PRIMER, num_outputs=3,
      num_steps=41, seed=7, qpm=96.0,
  )
  assert [path.name for path in made.paths] == [
      f'drum_kit_continue_seed7-00{i}-of-003.mid' for i in (1, 2, 3)
  ]
  assert made.num_primer_steps == 4 and '3 continuations of 4' in str(made)
  gm14 = drum_maps.load('gm14')
  lines = (tmp_path / 'on' / 'continuations.txt').read_text().splitlines()
  for path, codes, line in zip(made.paths, made.codes, lines, strict=True):
    sequence = midi_sequences.to_note_sequence(path.read_bytes())
    # A silent end does not shorten the file.
    assert sequence.total_time == pytest.approx(41 * 60 / 96 / 4)
    read = primers.from_midi(path, gm14).codes
    np.testing.assert_array_equal(read, codes[:len(read)])
    assert not codes[len(read):].any()
    np.testing.assert_array_equal(
        drum_tracks.events_to_codes(drum_tracks.parse_primer(line)), codes
    )
  manifest = json.loads((tmp_path / 'on' / 'manifest.json').read_text())
  assert manifest['arguments']['seed'] == 7
  assert manifest['arguments']['num_primer_steps'] == 4
  before = [path.read_bytes() for path in made.paths]
  again = continuing.continue_beats(
      str(bundle), tmp_path / 'on', primer_drums=_PRIMER, num_outputs=2,
      num_steps=41, seed=7, qpm=96.0,
  )
  assert len(list((tmp_path / 'on' / 'midi').iterdir())) == 2
  assert [path.read_bytes()[100:] for path in again.paths] == [
      content[100:] for content in before[:2]
  ]


def test_primers_of_all_kinds_are_the_same_primer(bundle, tmp_path):
  hits = drawn_patterns.hits_of(kick=(0, 8, 16, 24), snare=(4, 12, 31))
  codes = step_codes.hits_to_step_codes(hits)
  midi = tmp_path / 'x.mid'
  midi.write_bytes(midi_writing.patterns_to_midi(hits, qpm=140))
  made = [
      continuing.continue_beats(
          str(bundle), tmp_path / f'on{number}', num_outputs=2, num_steps=64,
          **primer,
      ).codes for number, primer in enumerate((
          {'primer_drums': drum_tracks.format_primer(codes)},
          {'primer_midi': midi}, {'input_values': midi},
      ))
  ]
  np.testing.assert_array_equal(made[0], made[1])
  np.testing.assert_array_equal(made[0], made[2])
  # The tempo of a MIDI file stands above the other.
  (path, _) = sorted((tmp_path / 'on1' / 'midi').iterdir())
  sequence = midi_sequences.to_note_sequence(path.read_bytes())
  assert sequence.tempos[0].qpm == pytest.approx(140, abs=1e-3)


def test_the_model_may_be_a_checkpoint_or_what_was_kept_of_it(
    bundle, tmp_path
):
  from drumspace_ext.conversion import converting

  tensors = magenta_files.drums_rnn_tensors()
  (tmp_path / 'run' / 'train').mkdir(parents=True)
  magenta_files.write_v2(tmp_path / 'run' / 'train' / 'model.ckpt-5', tensors)
  made = converting.convert(bundle, tmp_path / 'kept.safetensors')
  assert made.count == 1
  kept = continuers.load(tmp_path / 'kept.safetensors')
  assert kept.network.attention_length == 4
  arguments = {'num_outputs': 2, 'num_steps': 20, 'seed': 1}
  first = continuing.continue_beats(
      str(bundle), tmp_path / 'a', **arguments
  ).codes
  second = continuing.continue_beats(
      str(tmp_path / 'kept.safetensors'), tmp_path / 'b', **arguments
  ).codes
  np.testing.assert_array_equal(first, second)
  # A checkpoint does not say how long its attention is.
  from_run = continuing.continue_beats(
      str(tmp_path / 'run'), tmp_path / 'c', **arguments
  )
  assert from_run.codes.shape == first.shape


@pytest.mark.parametrize('arguments, words', [
    ({'num_steps': 4}, 'the primer has 4 steps'),
    ({'num_outputs': 0}, 'num_outputs must be at least 1'),
    ({'primer_midi': 'x.mid'}, 'give one primer'),
    ({'hparams': 'rnn_layer_sizes=[64,64]'},
     r'rnn_layer_sizes of this model is \[8, 6\], not \[64, 64\]'),
    ({'temperature': -1.0}, 'temperature must be'),
    ({'qpm': 5000.0}, r'qpm must be in \[1, 1000\]'),
    ({'voices_out': 'gm15'}, 'neither a drum map'),
])
def test_mistakes_are_one_line(bundle, tmp_path, arguments, words):
  with pytest.raises(errors.DrumspaceError, match=words):
    continuing.continue_beats(**({
        'checkpoint': str(bundle), 'output_dir': tmp_path / 'on',
        'primer_drums': _PRIMER,
    } | arguments))
  assert not (tmp_path / 'on').exists()


def test_hparams_of_the_same_sizes_and_of_training_are_taken(bundle):
  continuer = continuers.load(
      bundle, hparams='rnn_layer_sizes=[8,6],attn_length=4,batch_size=64'
  )
  assert continuer.name == 'drum_kit'


def test_other_models_are_named_for_what_they_are(tmp_path):
  with pytest.raises(errors.CheckpointError, match='one of two-bar beats'):
    continuing.continue_beats('shipped:vae', tmp_path / 'on')
  other = tmp_path / 'melody.mag'
  other.write_bytes(magenta_files.bundle(
      magenta_files.drums_rnn_tensors(), 'attention_rnn'
  ))
  with pytest.raises(errors.CheckpointError, match='is no drums_rnn .* else'):
    continuing.continue_beats(str(other), tmp_path / 'on')


def test_results_of_others_stay(bundle, tmp_path):
  mine = tmp_path / 'continuations.txt'
  mine.write_text('mine')
  with pytest.raises(errors.InputError, match='continuations.txt'):
    continuing.continue_beats(str(bundle), tmp_path)
  assert mine.read_text() == 'mine'
