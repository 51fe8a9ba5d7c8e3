"""drums_rnn, both ways, with its own dataset pipeline and encoding."""

import builders
import drawn_patterns
import entry_points
import numpy as np
import pytest

from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.files import tfrecords
from drumspace_ext.notes import drum_tracks
from drumspace_ext.notes import midi_writing
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes
from drumspace_ext.pipelines import pattern_stages
from drumspace_ext.starter import beats as starter_beats

pytestmark = pytest.mark.usefixtures('prepared')
_NINE = drum_maps.load('note_seq9')


@pytest.fixture(scope='module', name='config')
def _config(prepared):
  del prepared
  from magenta.models.drums_rnn import drums_rnn_model

  return drums_rnn_model.default_configs['drum_kit']


def _examples(config, path, folder, *, eval_ratio=0.0):
  """What drums_rnn_create_dataset makes of a file: its own pipeline."""
  from magenta.models.drums_rnn import drums_rnn_pipeline
  from magenta.pipelines import pipeline

  made = drums_rnn_pipeline.get_pipeline(config, eval_ratio)
  pipeline.run_pipeline_serial(
      made, pipeline.tf_record_iterator(str(path), made.input_type),
      str(folder),
  )
  return [
      record for name in ('training', 'eval')
      for record in tfrecords.read(folder / f'{name}_drum_tracks.tfrecord')
  ]


def _write_dataset(path, hits):
  with path.open('w', encoding='utf-8') as stream:
    for codes in step_codes.hits_to_step_codes(hits):
      stream.write(dataset_tsv.format_line(codes))


def _starter_hits():
  return np.stack([starter.hits for starter in starter_beats.load()])


def _decoded(config, record):
  """The events of a SequenceExample: what the model is trained to play."""
  import tensorflow as tf

  lists = tf.train.SequenceExample.FromString(record).feature_lists
  encoding = config.encoder_decoder
  labels = [
      feature.int64_list.value[0]
      for feature in lists.feature_list['labels'].feature
  ]
  events = []
  for label in labels:
    events.append(encoding.class_index_to_event(label, events))
  return events


@pytest.mark.parametrize('way', ['convert', 'stage'])
def test_no_pattern_of_the_starter_collection_is_lost(config, tmp_path, way):
  hits = _starter_hits()
  _write_dataset(tmp_path / 'dataset.tsv', hits)
  path = tmp_path / 'patterns.tfrecord'
  if way == 'convert':
    assert not entry_points.main(
        'drumspace_convert', f'--input={tmp_path / "dataset.tsv"}',
        '--tile=4', '--voices_out=note_seq9', f'--output={path}',
    )
  else:
    assert not entry_points.main(
        'drumspace_run_pipeline', f'--input={tmp_path / "dataset.tsv"}',
        '--stages=drums_rnn', f'--output_dir={tmp_path}',
    )
  examples = _examples(config, path, tmp_path / 'rnn', eval_ratio=0.2)
  assert len(examples) == len(hits) == 401


def test_what_drums_rnn_is_trained_to_play_is_our_pattern(config, tmp_path):
  hits = _starter_hits()[:40]
  path = tmp_path / 'x.tfrecord'
  with path.open('wb') as stream:
    tfrecords.write(stream, (
        pattern_stages.DrumsRnnWriter().transform(
            note_sequences.from_patterns(beat)
        )[0].SerializeToString() for beat in hits
    ))
  for record, beat in zip(_examples(config, path, tmp_path), hits):
    codes = drum_tracks.events_to_codes(_decoded(config, record), _NINE)
    # The first step is given, and the track ends with its last note.
    expected = step_codes.hits_to_step_codes(_NINE.folded(beat))
    whole = np.tile(expected, pattern_stages.DRUMS_RNN_REPEATS)
    np.testing.assert_array_equal(codes, whole[1:len(codes) + 1])
    assert not whole[len(codes) + 1:].any()


def test_two_bars_alone_or_a_silent_bar_give_drums_rnn_nothing(
    config, tmp_path
):
  # The worse end: why patterns are tiled, and what no tiling helps.
  silent = drawn_patterns.hits_of(kick=(0, 3, 6), snare=(4, 12), crash=(1,))
  loud = _starter_hits()[0]
  for name, hits, repeats in (('once', loud, 1), ('silent', silent, 8)):
    (tmp_path / name).mkdir()
    path = tmp_path / name / 'x.tfrecord'
    with path.open('wb') as stream:
      tfrecords.write(stream, [note_sequences.from_patterns(
          hits, repeats=repeats, drum_map=_NINE
      ).SerializeToString()])
    assert not _examples(config, path, tmp_path / name)
  writer = pattern_stages.DrumsRnnWriter()
  assert not writer.transform(note_sequences.from_patterns(silent))
  assert writer.rejection.reason == 'bar_of_silence'


def test_our_primers_are_what_drums_rnn_reads(config):
  """As `drums_rnn_generate` reads `--primer_drums` and `--primer_midi`."""
  import ast

  from magenta.pipelines import drum_pipelines
  import note_seq

  for beat in _starter_hits()[::40]:
    expected = step_codes.hits_to_step_codes(_NINE.folded(beat))
    text = drum_tracks.format_primer(
        step_codes.hits_to_step_codes(beat), _NINE
    )
    track = note_seq.DrumTrack(
        [frozenset(pitches) for pitches in ast.literal_eval(text)]
    )
    np.testing.assert_array_equal(
        drum_tracks.events_to_codes(track, _NINE), expected
    )
    encoding = config.encoder_decoder.encode(track)
    assert len(encoding[1]) == step_codes.NUM_STEPS - 1
    sequence = note_seq.midi_to_note_sequence(
        midi_writing.patterns_to_midi(beat[None], qpm=93, drum_map=_NINE)
    )
    assert round(sequence.tempos[0].qpm) == 93
    tracks, _ = drum_pipelines.extract_drum_tracks(
        note_seq.quantize_note_sequence(sequence, 4), min_bars=0,
        gap_bars=float('inf'), ignore_is_drum=True,
    )
    codes = drum_tracks.events_to_codes(tracks[0], _NINE)
    np.testing.assert_array_equal(codes, expected[:len(codes)])
    assert not expected[len(codes):].any()


@pytest.fixture(name='outputs')
def _outputs():
  path = builders.DATA_DIR / 'drums_rnn' / 'drums_rnn_generated.tfrecord.gz'
  if not path.is_file():
    pytest.skip(f'no data in {builders.DATA_DIR}')
  return path


def test_real_outputs_become_patterns_and_variations(outputs, tmp_path):
  assert not entry_points.main(
      'drumspace_run_pipeline', f'--input={outputs}', '--stages=bars',
      '--voices_in=note_seq9', f'--output_dir={tmp_path / "bars"}',
  )
  cut = list(map(note_sequences.parse, tfrecords.read(
      tmp_path / 'bars' / 'patterns.tfrecord'
  )))
  sequences = list(map(note_sequences.parse, tfrecords.read(outputs)))
  # An output of 29 steps is one pattern, of 61 two.
  expected = sum(
      -(-round(max(n.end_time for n in s.notes) * s.tempos[0].qpm / 15) // 32)
      for s in sequences
  )
  assert len(cut) == expected == 500
  assert not entry_points.main(
      'drumspace_run_pipeline', f'--input={outputs}',
      '--stages=bars,filter,vary,novel', '--voices_in=note_seq9',
      '--checkpoint_file=shipped:vae', '--num_outputs=2',
      f'--output_dir={tmp_path / "vary"}',
  )
  assert len(list(
      tfrecords.read(tmp_path / 'vary' / 'patterns.tfrecord')
  )) > 800
