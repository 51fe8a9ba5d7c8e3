"""The worked examples that a Magenta user can copy."""

import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.extraction import one_input
from drumspace_ext.files import tfrecords
from drumspace_ext.inputs import kinds as input_kinds
from drumspace_ext.notes import midi_sequences
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes
from drumspace_ext.pipelines import latent_annotations
from drumspace_ext.pipelines import pattern_stages
from drumspace_ext.pipelines import stages
from drumspace_ext.starter import songs as starter_songs

_HERE = pathlib.Path(__file__).resolve().parent


@pytest.fixture(scope='module', name='songs')
def _songs(tmp_path_factory):
  path = tmp_path_factory.mktemp('workflow') / 'songs.tfrecord'
  with path.open('wb') as stream:
    tfrecords.write(stream, (
        song.SerializeToString()
        for song in list(starter_songs.songs(seed=1))[:20]
    ))
  return path


def _num_loops(songs):
  stage = pattern_stages.LoopExtractor()
  return sum(
      len(stage.transform(note_sequences.parse(record)))
      for record in tfrecords.read(songs)
  )


def _run(*command, **environment):
  done = subprocess.run(
      list(map(str, command)), text=True, capture_output=True, check=False,
      timeout=900, env=os.environ | environment,
  )
  assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-5000:]
  return done.stdout


def test_python_program_leads_there_and_back(songs, tmp_path):
  printed = _run(sys.executable, _HERE / 'magenta_workflow.py', songs, tmp_path,
                 '5')
  # 128 steps are four patterns, each with a vector.
  lines = [line for line in printed.splitlines() if '/bars/' in line]
  assert len(lines) == 4
  assert all(latent_annotations.PREFIX in line for line in lines)
  examples = list(
      tfrecords.read(tmp_path / 'dataset' / 'training_drum_tracks.tfrecord')
  )
  assert {input_kinds.of_record(record) for record in examples} == {
      input_kinds.SEQUENCE_EXAMPLE
  }
  assert len(examples) == _num_loops(songs) > 20
  assert (tmp_path / 'continued.mid').is_file()


def test_ten_lines_do_the_same(songs, tmp_path):
  printed = _run(sys.executable, _HERE / 'ten_lines.py', songs, tmp_path)
  rows = printed[printed.index('[['):].strip().splitlines()
  # 16 s at 120 quarters a minute are four patterns.
  assert len(rows) == 4
  examples = list(tfrecords.read(tmp_path / 'training_drum_tracks.tfrecord'))
  assert len(examples) == _num_loops(songs)


def test_console_scripts_lead_there_and_back(songs, tmp_path):
  scripts = os.environ.get('DRUMSPACE_SCRIPTS', pathlib.Path(
      sys.executable
  ).parent)
  if not (pathlib.Path(scripts) / 'drumspace_run_pipeline').is_file():
    pytest.skip(f'no drumspace_run_pipeline in {scripts}')
  _run(
      'bash', _HERE / 'magenta_workflow.sh', songs, tmp_path, '5',
      PATH=f'{scripts}:{os.environ["PATH"]}',
      MAGENTA=f'{sys.executable} {_HERE / "run_magenta.py"} '
      'magenta.models.drums_rnn.',
  )
  loops = list(tfrecords.read(tmp_path / 'loops' / 'patterns.tfrecord'))
  examples = list(
      tfrecords.read(tmp_path / 'dataset' / 'training_drum_tracks.tfrecord')
  )
  assert len(examples) == len(loops) == _num_loops(songs)
  back = [
      note_sequences.parse(record) for record in
      tfrecords.read(tmp_path / 'back' / 'patterns.tfrecord')
  ]
  assert len(back) == 2 * 4
  assert (tmp_path / 'map' / 'map.html').is_file()
  placed = dataset_tsv.read(tmp_path / 'map' / 'generated.tsv')
  beats = [stages.pattern_of(sequence)[0] for sequence in back]
  # What is silent has no place.
  continued = {hits.tobytes() for hits in beats if hits.any()}
  on_map = step_codes.step_codes_to_hits(placed.codes)
  assert continued <= {hits.tobytes() for hits in on_map}
  assert all(
      latent_annotations.read(sequence).shape == (4,) for sequence in back
  )
  # A continuation begins with the beat that it continues.
  (sample,) = tfrecords.read(tmp_path / 'sample' / 'patterns.tfrecord')
  hits, _ = stages.pattern_of(note_sequences.parse(sample))
  expected = drum_maps.load('note_seq9').folded(hits)
  last = np.flatnonzero(expected.any(1))[-1]
  cutter = pattern_stages.BarCutter(
      one_input.Recipe(drum_map=drum_maps.load('note_seq9'))
  )
  continued = [
      midi_sequences.to_note_sequence(path.read_bytes())
      for path in sorted((tmp_path / 'continued_midi').glob('*.mid'))
  ]
  assert [round(s.tempos[0].qpm) for s in continued] == [97, 97]
  continued = [cutter.transform(sequence)[0] for sequence in continued]
  for sequence in [*back[::4], *continued]:
    found, _ = stages.pattern_of(sequence)
    np.testing.assert_array_equal(found[:last + 1], expected[:last + 1])
  assert list(tfrecords.read(tmp_path / 'variations' / 'patterns.tfrecord'))
