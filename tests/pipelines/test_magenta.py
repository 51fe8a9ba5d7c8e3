"""Contract tests with Magenta's real pipeline classes, without TensorFlow.

`tests/integration` has those with TensorFlow. Magenta's wheel is no dependency:
these are skipped without it, and fail if CI=true.
"""

import importlib
import pathlib
import subprocess
import sys
import types

import builders
import hypothesis
from hypothesis import strategies as st
import magenta_without_tensorflow
import note_seq
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.files import tfrecords
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import dynamics
from drumspace_ext.patterns import step_codes
from drumspace_ext.pipelines import continuation_stages
from drumspace_ext.pipelines import latent_annotations
from drumspace_ext.pipelines import magenta as magenta_pipelines
from drumspace_ext.pipelines import model_stages
from drumspace_ext.pipelines import pattern_stages
from drumspace_ext.pipelines import playing_stages
from drumspace_ext.pipelines import stages
from drumspace_ext.starter import beats as starter_beats
from drumspace_ext.starter import songs as starter_songs

MODEL = 'shipped:vae'
# TensorFlow and Magenta warn of much where they are imported.
pytestmark = (
    [pytest.mark.filterwarnings('ignore')]
    if magenta_without_tensorflow.has_tensorflow() else []
)


@pytest.fixture(scope='module', name='magenta')
def _magenta():
  if not magenta_without_tensorflow.is_installed():
    pytest.skip('Magenta is not installed')
  with magenta_without_tensorflow.modules() as modules:
    yield modules


@pytest.fixture(scope='module', name='songs')
def _songs():
  return list(starter_songs.songs(seed=1))[:12]


@pytest.fixture(scope='module', name='beats')
def _beats():
  return [
      note_sequences.from_patterns(starter.hits, sequence_id=f'/id/{number}')
      for number, starter in enumerate(starter_beats.load()[:12])
  ]


def _every_stage():
  return [
      pattern_stages.LoopExtractor(), pattern_stages.DrumTrackExtractor(),
      pattern_stages.BarCutter(), pattern_stages.PatternFilter(),
      pattern_stages.VoiceMapper(drum_maps.load('note_seq9')),
      pattern_stages.DrumsRnnWriter(), model_stages.LatentEncoder(MODEL),
      model_stages.Reconstructor(MODEL),
      model_stages.Variator(MODEL, num_outputs=2),
      model_stages.ModelFilter(MODEL),
      playing_stages.PatternPlayer(dynamics.Dynamics(swing=0.5)),
  ]


_EVERY_STAGE = pytest.mark.parametrize(
    'number', range(len(_every_stage())),
    ids=[stage.name for stage in _every_stage()],
)


def _all_subclasses(cls):
  for sub in cls.__subclasses__():
    yield sub
    yield from _all_subclasses(sub)


def test_every_stage_there_is_is_tested():
  concrete = {
      cls for cls in _all_subclasses(stages.Stage)
      if not cls.__abstractmethods__
      and cls.__module__.startswith('drumspace_ext.')
  }
  # What remembers gives something else the second time; the other one needs a
  # model of Magenta's.
  assert {type(stage) for stage in _every_stage()} == concrete - {
      pattern_stages.UniquePatterns, continuation_stages.Continuation
  }


@_EVERY_STAGE
def test_stage_becomes_a_real_pipeline(magenta, number, songs, beats):
  """Types, names, lists and statistics are what Magenta's own code wants."""
  stage = _every_stage()[number]
  made = magenta_pipelines.as_magenta_pipeline(stage)
  assert isinstance(made, magenta.pipeline.Pipeline)
  assert type(made) is not magenta.pipeline.Pipeline
  assert made.name == stage.name == type(stage).__name__
  # Types are compared for equality in a graph.
  assert made.input_type == note_seq.NoteSequence
  assert made.output_type in (note_seq.NoteSequence, note_seq.DrumTrack)
  assert made.get_stats() == []
  num_outputs = 0
  for one in [*songs[:4], *beats]:
    outputs = made.transform(one)
    assert type(outputs) is list
    assert all(type(output) is made.output_type for output in outputs)
    counts = {stat.name: stat.count for stat in made.get_stats()}
    assert all(
        isinstance(stat, magenta.statistics.Counter)
        for stat in made.get_stats()
    )
    assert counts == {
        f'{stage.name}_{name}': n for name, n in stage.counts.items()
    }
    assert counts[f'{stage.name}_inputs'] == 1
    assert counts[f'{stage.name}_outputs'] == len(outputs)
    rejected = sum(
        n for name, n in counts.items()
        if name.startswith(f'{stage.name}_{stages.REJECTED}')
    )
    assert rejected == (not outputs)
    num_outputs += len(outputs)
  assert num_outputs >= 4


@_EVERY_STAGE
def test_statistics_are_fresh_objects(magenta, number, beats):
  # Magenta merges in place and copies shallowly: a kept one counts double.
  made = magenta_pipelines.as_magenta_pipeline(_every_stage()[number])
  merged = []
  for beat in beats[:5]:
    made.transform(beat)
    merged = magenta.statistics.merge_statistics(merged + made.get_stats())
  inputs = [stat for stat in merged if stat.name == f'{made.name}_inputs']
  assert [stat.count for stat in inputs] == [5]
  made.transform(beats[0])
  by_name = {stat.name: stat.count for stat in made.get_stats()}
  assert by_name[f'{made.name}_inputs'] == 1


@_EVERY_STAGE
def test_stage_runs_in_a_dag(magenta, number, songs, beats):
  stage = _every_stage()[number]
  dag = magenta_pipelines.as_dag([stage], 'made')
  assert dag.output_type == {'made': stage.output_type}
  loaded = magenta.pipeline.load_pipeline(dag, [*songs[:2], *beats])
  expected = [o for s in [*songs[:2], *beats] for o in stage.transform(s)]
  assert list(loaded) == ['made']
  assert loaded['made'] == expected


def _graph(magenta, link):
  """A graph of Magenta's own pipelines with one of ours in the middle."""
  splitter = magenta.note_sequence_pipelines.TimeChangeSplitter()
  quantizer = magenta.note_sequence_pipelines.Quantizer(steps_per_quarter=4)
  ours = magenta_pipelines.as_magenta_pipeline(link)
  dag_lib = magenta.dag_pipeline
  return dag_lib.DAGPipeline({
      splitter: dag_lib.DagInput(note_seq.NoteSequence),
      quantizer: splitter,
      ours: quantizer,
      dag_lib.DagOutput('patterns'): ours,
  })


def _patterns_of(sequences):
  return {stages.pattern_of(sequence)[0].tobytes() for sequence in sequences}


def _split_and_direct(magenta, sequences):
  """Returns the patterns behind Magenta's splitter and Quantizer, and ours."""
  stage = pattern_stages.LoopExtractor()
  loaded = magenta.pipeline.load_pipeline(_graph(magenta, stage), sequences)
  return _patterns_of(loaded['patterns']), _patterns_of(
      loop for sequence in sequences for loop in stage.transform(sequence)
  )


def test_quantized_sequences_give_the_same_patterns(magenta):
  tiled = [
      note_sequences.from_patterns(starter.hits, repeats=4, qpm=101.7)
      for starter in starter_beats.load()[:40]
  ]
  split, direct = _split_and_direct(magenta, tiled)
  assert split == direct
  assert len(direct) > 30


def test_splitter_before_our_stage_costs_loops(magenta, songs):
  # It cuts at each change of tempo; ours reads through the tempo map.
  split, direct = _split_and_direct(magenta, songs)
  assert split < direct


def test_pieces_of_one_song_have_ids_of_their_own(magenta, songs):
  loaded = magenta.pipeline.load_pipeline(
      _graph(magenta, pattern_stages.LoopExtractor()), songs
  )['patterns']
  ids = [sequence.id for sequence in loaded]
  assert len(set(ids)) == len(ids) > len(songs)
  assert any('@' in name for name in ids)


def test_our_stages_feed_drums_extractor_and_encoder(magenta, songs):
  """Loops of ours -> Magenta's own pipeline of a drums_rnn dataset."""
  encoder = magenta.event_sequence_pipeline.EncoderPipeline(
      note_seq.DrumTrack, _drum_kit_encoding()
  )
  dag = magenta_pipelines.as_dag([
      pattern_stages.LoopExtractor(), pattern_stages.DrumsRnnWriter(),
      magenta.note_sequence_pipelines.TimeChangeSplitter(),
      magenta.note_sequence_pipelines.Quantizer(steps_per_quarter=4),
      magenta.drum_pipelines.DrumsExtractor(min_bars=7, max_steps=512),
      encoder,
  ], 'training_drum_tracks')
  loaded = magenta.pipeline.load_pipeline(dag, songs)
  loops = pattern_stages.LoopExtractor()
  num_loops = sum(len(loops.transform(song)) for song in songs)
  assert len(loaded['training_drum_tracks']) == num_loops > 10
  first = loaded['training_drum_tracks'][0].feature_lists.feature_list
  assert sorted(first) == ['inputs', 'labels']
  assert len(first['labels'].feature) > 7 * 16 - 2


def _drum_kit_encoding():
  """What drums_rnn's config drum_kit encodes with."""
  return note_seq.LookbackEventSequenceEncoderDecoder(
      note_seq.MultiDrumOneHotEncoding(), lookback_distances=[],
      binary_counter_bits=6,
  )


def test_drum_tracks_go_into_the_encoder(magenta, songs):
  dag = magenta_pipelines.as_dag([
      pattern_stages.DrumTrackExtractor(repeats=4),
      magenta.event_sequence_pipeline.EncoderPipeline(
          note_seq.DrumTrack, _drum_kit_encoding()
      ),
  ])
  loaded = magenta.pipeline.load_pipeline(dag, songs)['dataset']
  lengths = {
      len(example.feature_lists.feature_list['labels'].feature)
      for example in loaded
  }
  # The first event of 4 * 32 is input alone.
  assert lengths == {4 * step_codes.NUM_STEPS - 1}
  assert len(loaded) > 10


def test_drum_track_is_what_drums_extractor_finds(magenta, songs):
  ours = pattern_stages.DrumTrackExtractor(repeats=4).transform(songs[0])
  theirs = magenta.pipeline.load_pipeline(magenta_pipelines.as_dag([
      pattern_stages.LoopExtractor(), pattern_stages.DrumsRnnWriter(),
      magenta.note_sequence_pipelines.Quantizer(steps_per_quarter=4),
      magenta.drum_pipelines.DrumsExtractor(),
  ]), songs[:1])['dataset']
  assert len(ours) == len(theirs) > 1
  for a, b in zip(ours, theirs):
    # Theirs ends with its last note.
    assert list(a)[:len(b)] == list(b)
    assert not any(list(a)[len(b):])


# Few hits, so that there are long rests.
_FEW_HITS = st.sets(
    st.tuples(st.integers(0, 31), st.integers(0, 13)), min_size=1, max_size=6
)


@hypothesis.given(few=_FEW_HITS)
@hypothesis.example(few={(0, 0), (16, 1)})
@hypothesis.example(few={(0, 0), (17, 1)})
def test_drums_rnn_takes_exactly_what_the_writer_lets_through(magenta, few):
  hits = np.zeros((32, 14), np.bool_)
  hits[tuple(zip(*few))] = True
  sequence = note_sequences.from_patterns(hits, qpm=97.3)
  writer = pattern_stages.DrumsRnnWriter()
  written = writer.transform(sequence)
  extract = magenta_pipelines.as_dag([
      magenta.note_sequence_pipelines.TimeChangeSplitter(),
      magenta.note_sequence_pipelines.Quantizer(steps_per_quarter=4),
      magenta.drum_pipelines.DrumsExtractor(),
  ])
  if written:
    tracks = extract.transform(written[0])['dataset']
    assert len(tracks) == 1
    nine = drum_maps.load('note_seq9')
    expected = {
        (step, nine.written_pitches[voice])
        for step, voice in zip(*np.nonzero(np.tile(hits, (4, 1))))
    }
    found = {(s, p) for s, event in enumerate(tracks[0]) for p in event}
    assert {(s - min(found)[0], p) for s, p in found} == {
        (s - min(expected)[0], p) for s, p in expected
    }
  else:
    assert writer.rejection.reason == 'bar_of_silence'
    tiled = note_sequences.from_patterns(
        hits, repeats=4, drum_map=drum_maps.load('note_seq9')
    )
    assert not extract.transform(tiled)['dataset']


def test_run_pipeline_serial_writes_what_we_read(magenta, songs, tmp_path):
  chain = [pattern_stages.LoopExtractor(), model_stages.LatentEncoder(MODEL)]
  magenta.pipeline.run_pipeline_serial(
      magenta_pipelines.as_dag(chain, 'patterns'), iter(songs), str(tmp_path)
  )
  records = list(tfrecords.read(tmp_path / 'patterns.tfrecord'))
  expected = [
      encoded for song in songs for loop in chain[0].transform(song)
      for encoded in chain[1].transform(loop)
  ]
  assert [note_sequences.parse(record) for record in records] == expected
  assert all(latent_annotations.read(s).shape == (4,) for s in expected)


def test_single_class_output_is_why_there_is_as_dag(magenta, songs):
  # Upstream: a pipeline with a single class as output type fails here. When
  # this test fails, Magenta has mended it.
  bare = magenta_pipelines.as_magenta_pipeline(pattern_stages.LoopExtractor())
  with pytest.raises(TypeError, match="'type' object is not iterable"):
    magenta.pipeline.load_pipeline(bare, songs[:1])


def test_dropped_pitches_are_one_histogram(magenta):
  made = magenta_pipelines.as_magenta_pipeline(
      pattern_stages.LoopExtractor(name='loops')
  )
  merged = []
  for pitch in (27, 12, 27):
    sequence = note_seq.NoteSequence()
    sequence.notes.add(pitch=pitch, velocity=9, is_drum=True, end_time=1)
    made.transform(sequence)
    merged = magenta.statistics.merge_statistics(merged + made.get_stats())
  (found,) = [
      s for s in merged if isinstance(s, magenta.statistics.Histogram)
  ]
  assert found.name == 'loops_dropped_pitches'
  assert {p: n for p, n in found.counters.items() if n} == {12: 1, 27: 2}


def _partition(magenta):
  return magenta.pipelines_common.RandomPartition(
      note_seq.NoteSequence, ['eval', 'train'], [0.5]
  )


@pytest.mark.parametrize('stages_before, is_said', [
    ([pattern_stages.LoopExtractor()], True),
    ([pattern_stages.BarCutter(), pattern_stages.PatternFilter()], True),
    ([pattern_stages.LoopExtractor(), pattern_stages.UniquePatterns()], False),
    ([pattern_stages.PatternFilter()], False),
])
def test_partition_that_would_leak_is_said_so(
    magenta, caplog, stages_before, is_said
):
  dag = magenta_pipelines.as_dag([*stages_before, _partition(magenta)])
  assert list(dag.output_type) == ['eval', 'train']
  assert ('both sides' in caplog.text) == is_said


def test_no_class_is_on_both_sides_behind_unique(magenta, songs):
  loaded = magenta.pipeline.load_pipeline(magenta_pipelines.as_dag([
      pattern_stages.LoopExtractor(), pattern_stages.UniquePatterns(),
      _partition(magenta),
  ]), [*songs, *songs])
  sides = [
      {step_codes.canonical(step_codes.hits_to_step_codes(
          stages.pattern_of(sequence)[0]
      )).tobytes() for sequence in loaded[name]}
      for name in ('eval', 'train')
  ]
  assert sides[0] and sides[1] and not sides[0] & sides[1]


def test_two_stages_of_one_name_are_refused_in_words(magenta):
  del magenta
  chain = [pattern_stages.PatternFilter(), pattern_stages.PatternFilter()]
  with pytest.raises(errors.InputError, match='unique name'):
    magenta_pipelines.as_dag(chain)
  chain = [
      pattern_stages.PatternFilter(name='a'),
      pattern_stages.PatternFilter(name='b'),
  ]
  assert magenta_pipelines.as_dag(chain).name == 'drumspace'


def test_types_that_do_not_fit_are_refused(magenta):
  del magenta
  with pytest.raises(errors.InputError, match='DrumTrack'):
    magenta_pipelines.as_dag([
        pattern_stages.DrumTrackExtractor(), pattern_stages.PatternFilter(),
    ])


def test_empty_chain_is_refused(magenta):
  del magenta
  with pytest.raises(errors.InputError, match='at least one'):
    magenta_pipelines.as_dag([])


def test_a_stage_that_breaks_the_contract_is_found(magenta, beats):
  # The worse end: what the tests above would say of such stages.
  class Wrong(stages.Stage):
    def _outputs(self, sequence):
      yield sequence.SerializeToString()

  dag = magenta_pipelines.as_dag([Wrong()])
  with pytest.raises(magenta.dag_pipeline.InvalidTransformOutputError):
    dag.transform(beats[0])


def test_duck_type_is_no_pipeline(magenta):
  dag_lib = magenta.dag_pipeline
  stage = pattern_stages.LoopExtractor()
  with pytest.raises(dag_lib.InvalidDAGError):
    dag_lib.DAGPipeline({
        stage: dag_lib.DagInput(note_seq.NoteSequence),
        dag_lib.DagOutput('x'): stage,
    })


def test_real_collection_goes_through(magenta):
  path = builders.DATA_DIR / 'notesequences.tfrecord.gz'
  if not path.is_file():
    pytest.skip(f'no data in {builders.DATA_DIR}')
  sequences = [note_sequences.parse(record) for record in tfrecords.read(path)]
  loops = pattern_stages.LoopExtractor()
  num_loops = sum(len(loops.transform(sequence)) for sequence in sequences)
  dag = magenta_pipelines.as_dag([
      loops, pattern_stages.DrumsRnnWriter(),
      magenta.note_sequence_pipelines.TimeChangeSplitter(),
      magenta.note_sequence_pipelines.Quantizer(steps_per_quarter=4),
      magenta.drum_pipelines.DrumsExtractor(),
  ], 'tracks')
  loaded = magenta.pipeline.load_pipeline(dag, sequences)
  assert len(loaded['tracks']) == num_loops > 100


def test_modules_are_left_as_they_were():
  if not magenta_without_tensorflow.is_installed():
    pytest.skip('Magenta is not installed')
  if magenta_without_tensorflow.has_tensorflow():
    pytest.skip('the real TensorFlow is used')
  # In a process of its own: the fixture of this file may be open here.
  code = (
      'import sys, magenta_without_tensorflow as m\n'
      'def own(): return {n: id(x) for n, x in sys.modules.items()'
      ' if n.split(".")[0] in ("magenta", "tensorflow")}\n'
      'with m.modules(): assert "magenta.pipelines.pipeline" in own()\n'
      'assert own() == {}, own()\n'
  )
  done = subprocess.run(
      [sys.executable, '-W', 'ignore', '-c', code],
      cwd=pathlib.Path(builders.__file__).parent,
      capture_output=True, text=True, check=False,
  )
  assert done.returncode == 0, done.stderr


@pytest.fixture(name='no_magenta')
def _no_magenta(monkeypatch):
  """Makes every import of Magenta fail, as where it is not installed."""
  for name in ['magenta', *sys.modules]:
    if name.partition('.')[0] == 'magenta':
      monkeypatch.setitem(sys.modules, name, None)
  monkeypatch.setitem(sys.modules, 'magenta.pipelines', None)


@pytest.mark.usefixtures('no_magenta')
def test_without_magenta_the_error_says_how_to_install_it():
  stage = pattern_stages.LoopExtractor()
  with pytest.raises(ImportError) as caught:
    magenta_pipelines.as_magenta_pipeline(stage)
  assert isinstance(caught.value, errors.MissingPackageError)
  message = str(caught.value)
  assert 'pip install --no-deps tf-keras==2.21.0 magenta==2.1.4' in message
  assert 'tensorflow-cpu==2.21.0' in message
  assert 'drumspace_run_pipeline' in message


@pytest.mark.usefixtures('no_magenta')
def test_module_itself_needs_no_magenta():
  module = importlib.reload(magenta_pipelines)
  assert isinstance(module, types.ModuleType)
