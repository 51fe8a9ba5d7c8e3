"""Tests that every way of reading gives one answer on the same files.

create_dataset, the stage loops of run_pipeline, and Apache Beam read the same
folder: they keep the same rotation classes and name the same reasons. The page
reads one dropped file: its beat is of the class that create_dataset keeps.
"""

import base64
import collections
import importlib.util
import shutil

import browser
import builders
import numpy as np
import pytest
import synthetic_songs

from drumspace_ext.dataset import creation
from drumspace_ext.dataset import tsv
from drumspace_ext.extraction import one_input
from drumspace_ext.files import tfrecords
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import step_codes
from drumspace_ext.pipelines import chains
from drumspace_ext.pipelines import pattern_stages
from drumspace_ext.pipelines import stages
from drumspace_ext.sound import rendering

_REPORTS = builders.DATA_DIR / 'reports'
# What the page does otherwise on purpose: it takes 4/4 for granted and needs no
# loop, so that it plays what a dataset has no use for.
_PLAYED = frozenset((
    'not_in_4_4', 'too_short', 'no_loop', 'only_trivial_loops', 'lost_voices',
))


@pytest.fixture(scope='module', name='folder', params=['songs', 'reports'])
def _folder(request, tmp_path_factory):
  """Files of all kinds: songs of our own, and those after public reports."""
  folder = tmp_path_factory.mktemp('in') / 'files'
  if request.param == 'reports':
    if not _REPORTS.is_dir():
      pytest.skip(f'no data in {_REPORTS}')
    shutil.copytree(
        _REPORTS, folder, ignore=shutil.ignore_patterns('README*', 'fuzz')
    )
    return folder
  folder.mkdir()
  for seed in range(20):
    data = synthetic_songs.to_midi(synthetic_songs.random_song(seed))
    (folder / f'{seed}.mid').write_bytes(data)
  (folder / 'cut.mid').write_bytes(data[:len(data) // 2])
  (folder / 'text.mid').write_bytes(b'no MIDI')
  hits = np.random.default_rng(0).random((32, 14)) < 0.2
  for name, velocity, is_drum in (
      ('good', 80, True), ('silent', 0, True), ('unmarked', 80, False),
  ):
    sequence = note_sequences.from_patterns(hits, repeats=4)
    for note in sequence.notes:
      note.velocity, note.is_drum = velocity, is_drum
    (folder / f'{name}.tfrecord').write_bytes(
        tfrecords.frame(sequence.SerializeToString())
    )
  return folder


def _classes(codes):
  return {row.tobytes() for row in step_codes.canonical(codes)}


def _reasons(path):
  header, *lines = path.read_text('utf-8').splitlines()
  place = header.split('\t').index('reason')
  return collections.Counter(line.split('\t')[place] for line in lines)


def _of_dataset(folder):
  return (
      _classes(tsv.read(folder / 'dataset.tsv').codes),
      _reasons(folder / 'rejected.tsv'),
  )


@pytest.fixture(scope='module', name='expected')
def _expected(folder, tmp_path_factory):
  """The answer of create_dataset: (rotation classes, reasons)."""
  output = tmp_path_factory.mktemp('expected')
  creation.create([str(folder)], output, num_workers=0)
  classes, reasons = _of_dataset(output)
  assert classes and reasons
  return classes, reasons


def test_pipeline_gives_the_answer_of_create_dataset(
    folder, expected, tmp_path
):
  chains.run_files(
      [str(folder)], tmp_path / 'out',
      [pattern_stages.LoopExtractor(name='loops')],
  )
  codes = [
      step_codes.hits_to_step_codes(
          stages.pattern_of(note_sequences.parse(record))[0]
      ) for record in tfrecords.read(tmp_path / 'out' / 'patterns.tfrecord')
  ]
  found = _classes(np.array(codes)), _reasons(tmp_path / 'out' / 'rejected.tsv')
  assert found == expected


@pytest.mark.beam
def test_beam_gives_the_answer_of_create_dataset(folder, expected, tmp_path):
  if importlib.util.find_spec('apache_beam') is None:
    pytest.skip('needs Apache Beam')
  from drumspace_ext.beam import creation as beam_creation

  beam_creation.create([str(folder)], tmp_path / 'out')
  assert _of_dataset(tmp_path / 'out') == expected


@pytest.fixture(scope='module', name='page')
def _page(tmp_path_factory):
  with browser.modules_window(
      tmp_path_factory.mktemp('browser'), ('midi/loops.js',),
      rendering.page_description(),
  ) as window:
    yield window


def _loop(*before, channel):
  """A beat four times on one channel, behind some messages."""
  bar = ((0, 36), (480, 38), (720, 36), (960, 36), (1440, 38), (1680, 42))
  hits = [
      (tick + 1920 * number, pitch) for number in range(8)
      for tick, pitch in bar
  ]
  return builders.midi(builders.track(
      *(builders.event(0, *message) for message in before),
      builders.notes(hits, channel=channel),
  ))


_BANK_127 = b'\xb0\x00\x7f'
_XG = b'\xf0\x08\x43\x10\x4c\x00\x00\x7e\x00\xf7'
_GS = b'\xf0\x0a\x41\x10\x42\x12\x40\x00\x7f\x00\x41\xf7'
_GM2 = b'\xf0\x05\x7e\x7f\x09\x03\xf7'
_XG_PART_1 = b'\xf0\x08\x43\x10\x4c\x08\x00\x07\x01\xf7'
_STYLE = b'CASM\0\0\0\0'
_MELODIES = frozenset((
    'melody', 'bank 127 outside XG', 'bank in GS', 'melody on 10 in GM2',
    'part, then a bank in XG', 'no style',
))
_GS_11 = b'\xf0\x0a\x41\x10\x42\x12\x40\x1a\x15\x02\x0f\xf7'
_LOOPS = {
    'plain': _loop(channel=9),
    'xg': _loop(_XG, _BANK_127, channel=0),
    'gm2': _loop(b'\xb0\x00\x78', channel=0),
    'gs': _loop(_GS_11, channel=10),
    'melody': _loop(channel=3),
    'bank 127 outside XG': _loop(_BANK_127, b'\xc0\x0a', channel=0),
    'bank 127 with a kit': _loop(_BANK_127, b'\xc0\x18', channel=0),
    'bank in GS': _loop(_GS, _BANK_127, channel=0),
    'melody on 10 in GM2': _loop(_GM2, b'\xb9\x00\x79', channel=9),
    'bank 121 on 10': _loop(b'\xb9\x00\x79', channel=9),
    'part, then a bank in XG': _loop(
        _XG, _XG_PART_1, b'\xb0\x00\x00', channel=0
    ),
    'bank, then a part in XG': _loop(
        _XG, b'\xb0\x00\x00', _XG_PART_1, channel=0
    ),
    'style': _loop(channel=8) + _STYLE,
    'no style': _loop(channel=8),
}


def _played(page, data, recipe):
  """Returns what the page makes of a file: {codes} or {error}."""
  return page.run(
      """const bytes = Uint8Array.from(atob(args[0]), c => c.charCodeAt(0));
      try {
        return {codes: modules.firstBars(modules.readSong(bytes, args[1]))};
      }
      catch (error) { return {error: error.message}; }""",
      base64.b64encode(data).decode(), recipe.drum_map.voice_of_pitch.tolist(),
  )


def _loops(page, data, recipe):
  """Returns the rotation classes of the loops that the page finds."""
  codes = page.run(
      """const bytes = Uint8Array.from(atob(args[0]), c => c.charCodeAt(0));
      return modules.findLoops(modules.readSong(bytes, args[1]), args[2])
        .map(({codes}) => codes);""",
      base64.b64encode(data).decode(), recipe.drum_map.voice_of_pitch.tolist(),
      entropy.MIN_NATS,
  )
  return _classes(np.array(codes, np.uint16).reshape(-1, 32))


def _fits(found, result):
  """Says whether the page's answer is that of create_dataset."""
  if result.reason in _PLAYED:
    return 'codes' in found
  if result.reason is not None:
    return 'error' in found
  packed = step_codes.codes_to_bytes(np.array(found.get('codes', [0] * 32)))
  return step_codes.canonical_bytes(packed) in {
      loop.canonical for loop in result.loop_counts
  }


@pytest.mark.browser
@pytest.mark.parametrize('name', _LOOPS)
def test_page_knows_the_kits_that_create_dataset_knows(name, page):
  recipe = one_input.Recipe()
  result = one_input.extract_midi(_LOOPS[name], name, recipe)
  assert (result.reason is None) == (name not in _MELODIES)
  assert _fits(_played(page, _LOOPS[name], recipe), result)


@pytest.mark.browser
def test_page_gives_the_answer_of_create_dataset(page):
  if not _REPORTS.is_dir():
    pytest.skip(f'no data in {_REPORTS}')
  recipe, wrong = one_input.Recipe(), []
  for path in sorted(_REPORTS.glob('*.mid')):
    data = path.read_bytes()
    found = _played(page, data, recipe)
    result = one_input.extract_midi(data, path.name, recipe)
    if not _fits(found, result):
      wrong.append((path.name, result.reason, found))
  assert not wrong


@pytest.mark.browser
def test_page_finds_the_loops_of_create_dataset(page):
  recipe = one_input.Recipe()
  for seed in range(20):
    song = synthetic_songs.random_song(seed)
    data = synthetic_songs.to_midi(song)
    result = one_input.extract_midi(data, 'song', recipe)
    expected = _classes(np.array([
        np.frombuffer(loop.canonical, '>u2') for loop in result.loop_counts
    ], np.uint16).reshape(-1, 32))
    assert _loops(page, data, recipe) == expected, seed


@pytest.mark.browser
def test_page_refuses_the_sum_of_independent_patterns(page):
  tracks = [
      builders.track(builders.notes([(0, pitch)])) for pitch in (36, 38)
  ]
  recipe = one_input.Recipe()
  for file_format, played in ((0, True), (1, True), (2, False)):
    data = builders.midi(*tracks, file_format=file_format)
    assert ('codes' in _played(page, data, recipe)) == played
  alone = builders.midi(tracks[0], file_format=2)
  assert 'codes' in _played(page, alone, recipe)
