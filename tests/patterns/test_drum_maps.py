"""Tests for drum_maps."""

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from note_seq import drums_encoder_decoder
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import map_table
from drumspace_ext.patterns import voices

_MAPS = tuple(drum_maps.builtin_maps())
_HOSTS = (
    'gm14', 'lstmetallica9', 'note_seq9', 'magenta_js9', 'roland', 'groovae9',
)
_KITS = (
    'superior', 'addictive_drums2', 'steven_slate5', 'bfd3', 'roland_td',
    'alesis', 'ableton_808', 'ableton_909', 'logic', 'hydrogen',
    'hydrogen_rock',
)
_NINE = [name for name in _HOSTS if name.endswith('9')]
_HOST_CLASSES = drums_encoder_decoder.DEFAULT_DRUM_TYPE_PITCHES


def _read_back(drum_map, hits):
  """Writes hits as pitches and reads the pitches, cell by cell."""
  result = np.zeros_like(hits)
  for cell in zip(*np.nonzero(hits)):
    pitch = drum_map.written_pitches[cell[-1]]
    if pitch is not None:
      result[(*cell[:-1], drum_map.voice_of_pitch[pitch])] = True
  return result


@pytest.mark.parametrize('name', _MAPS)
@given(hits=hnp.arrays(np.bool_, (3, 14)))
@settings(max_examples=20)
def test_folded_is_what_a_reader_sees_of_what_was_written(name, hits):
  drum_map = drum_maps.load(name)
  before = hits.copy()
  folded = drum_map.folded(hits)
  np.testing.assert_array_equal(folded, _read_back(drum_map, hits))
  np.testing.assert_array_equal(drum_map.folded(folded), folded)
  np.testing.assert_array_equal(hits, before)


@given(data=st.data())
@settings(max_examples=25)
def test_a_users_file_is_read_as_it_is_written(tmp_path_factory, data):
  pitches = data.draw(st.permutations(range(128)))
  sizes = data.draw(st.lists(st.integers(0, 4), min_size=14, max_size=14))
  rows, lines = [], []
  for name, size in zip(voices.NAMES, sizes):
    rows.append(tuple(pitches.pop() for _ in range(size)))
    lines.append(f'{name} = {list(rows[-1])}')
  path = tmp_path_factory.getbasetemp() / 'kit.toml'
  path.write_text('\n'.join(lines), encoding='utf-8')
  if not any(rows):
    with pytest.raises(errors.DrumMapError, match='no voice has a'):
      drum_maps.load(str(path))
    return
  drum_map = drum_maps.load(str(path))
  assert drum_map.name == 'kit'
  assert drum_map.pitches == tuple(rows)
  for pitch in range(128):
    owners = [v for v, row in enumerate(rows) if pitch in row] or [-1]
    assert [drum_map.voice_of_pitch[pitch]] == owners
    expected = 0 if owners == [-1] else 1 << owners[0]
    assert drum_map.code_of_pitch[pitch] == expected
  assert drum_map.code_of_pitch.dtype == np.uint16
  assert drum_map.code_of_pitch.shape == drum_map.voice_of_pitch.shape == (128,)


def test_gm14_is_the_table_of_voices_and_stands_first():
  assert _MAPS == _HOSTS + _KITS == map_table.names()
  gm14 = drum_maps.load('gm14')
  assert gm14.pitches == tuple(voices.PITCHES.values())
  assert gm14.written_pitches == voices.EXEMPLAR_PITCHES
  assert gm14.code_of_pitch[[35, 36, 38, 64, 27]].tolist() == [
      1, 1, 2, 1 << 13, 0,
  ]


@pytest.mark.parametrize('name', _MAPS)
def test_every_voice_of_a_map_comes_back_from_its_written_pitch(name):
  drum_map = drum_maps.load(name)
  own = [v for v, row in enumerate(drum_map.pitches) if row]
  assert len(own) == (
      9 if name in _NINE else 14 if name in _HOSTS
      else sum(voice in map_table.tables()[name] for voice in voices.NAMES)
  )
  for voice in own:
    pitch = drum_map.written_pitches[voice]
    assert drum_map.voice_of_pitch[pitch] == voice
    # All of its pitches lead to it, and nowhere else.
    assert set(np.flatnonzero(drum_map.voice_of_pitch == voice)) == set(
        drum_map.pitches[voice]
    )


@pytest.mark.parametrize(
    ('name', 'voice', 'read_as'),
    [
        ('note_seq9', 'cowbell', 'snare'),
        ('note_seq9', 'conga', 'high_tom'),
        ('magenta_js9', 'low_conga', 'floor_tom'),
        ('lstmetallica9', 'cowbell', None),
        ('gm14', 'cowbell', 'cowbell'),
    ],
)
def test_a_voice_that_a_map_lacks_is_written_as_another_or_not(
    name, voice, read_as
):
  hits = np.zeros(14, np.bool_)
  hits[voices.INDEX[voice]] = True
  left = drum_maps.load(name).folded(hits)
  names = [voices.NAMES[v] for v in np.flatnonzero(left)]
  assert names == ([read_as] if read_as else [])


def test_note_seq9_has_the_classes_of_the_host():
  drum_map = drum_maps.load('note_seq9')
  ours = {frozenset(row): row[0] for row in drum_map.pitches if row}
  hosts = {frozenset(row): row[0] for row in _HOST_CLASSES}
  assert ours == hosts
  assert len(hosts) == 9


def test_groovae9_has_the_pitches_that_groovae_reads_and_no_other():
  # magenta.models.music_vae.data.ROLAND_DRUM_PITCH_CLASSES; held against the
  # host itself in tests/integration.
  voice = drum_maps.load('groovae9').voice_of_pitch
  assert np.flatnonzero(voice >= 0).tolist() == [
      22, 26, 36, 37, 38, 40, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53,
      55, 57, 58, 59,
  ]
  # Every voice can be written: an unknown pitch would be a KeyError there.
  assert None not in drum_maps.load('groovae9').written_pitches


def test_magenta_js9_differs_from_note_seq9_on_four_pitches():
  ours = drum_maps.load('magenta_js9').voice_of_pitch
  hosts = drum_maps.load('note_seq9').voice_of_pitch
  assert np.flatnonzero(ours != hosts).tolist() == [22, 26, 43, 52]


def test_lstmetallica9_is_the_published_part_of_the_table():
  ours = drum_maps.load('lstmetallica9').voice_of_pitch
  table = drum_maps.load('gm14').voice_of_pitch
  known = np.flatnonzero(ours >= 0)
  np.testing.assert_array_equal(ours[known], table[known])
  own_choice = {22, 26, 39, 54, 56, 60, 61, 62, 63, 64}
  assert set(np.flatnonzero((table >= 0) & (ours < 0))) == own_choice


def test_a_file_may_hold_its_map_in_one_table(tmp_path):
  path = tmp_path / 'a.toml'
  path.write_text(
      '[my_kit]\nkick = [1]\nsnare = [2]\n'
      '[my_kit.write_as]\ncowbell = "snare"\n',
      encoding='utf-8',
  )
  drum_map = drum_maps.load(str(path))
  assert drum_map.name == 'my_kit'
  assert drum_map.written_pitches[:2] == (1, 2)
  assert drum_map.written_pitches[voices.INDEX['cowbell']] == 2
  assert drum_map.written_pitches[2:9] == (None,) * 7


def test_a_file_may_name_its_map_and_its_source(tmp_path):
  path = tmp_path / 'b.toml'
  path.write_text(
      'name = "attic"\nsource = "mine"\nkick = [1]\n'
      '[write_as]\nsnare = "kick"\n',
      encoding='utf-8',
  )
  drum_map = drum_maps.load(str(path))
  assert drum_map.name == 'attic'
  assert drum_map.written_pitches[:3] == (1, 1, None)


def test_exemplars_are_what_is_left_to_write_once_hits_are_folded(tmp_path):
  # Snare goes to kick and ride to snare: a ride is no kick for all that.
  path = tmp_path / 'c.toml'
  path.write_text(
      'kick = [1, 9]\nsnare = [2]\n'
      '[write_as]\nsnare = "kick"\nride = "snare"\n',
      encoding='utf-8',
  )
  drum_map = drum_maps.load(str(path))
  ride = voices.INDEX['ride']
  assert drum_map.exemplars == (1, 2) + (None,) * 12
  assert drum_map.written_pitches[:2] == (1, 1)
  assert drum_map.written_pitches[ride] == 2
  hits = np.zeros(14, np.bool_)
  hits[ride] = True
  assert np.flatnonzero(drum_map.folded(hits)).tolist() == [1]


def test_the_tables_of_a_map_cannot_be_written_to():
  gm14 = drum_maps.load('gm14')
  for table in (gm14.voice_of_pitch, gm14.code_of_pitch):
    with pytest.raises(ValueError, match='read-only'):
      table[0] = 1


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('kik = [36]', "unknown voice 'kik'. Did you mean 'kick'"),
        ('xyzzy = [36]', r"unknown voice 'xyzzy'\.$"),
        ('kick = [128]', r'kick must be a list of MIDI pitches .* \[128\]'),
        ('kick = [-1]', 'kick must be a list'),
        ('kick = 36', 'kick must be a list of MIDI pitches 0 to 127, got 36'),
        ('kick = [true]', 'kick must be a list'),
        ('kick = [36]\nsnare = [36]', 'pitch 36 stands for kick and snare'),
        ('', 'no voice has a pitch'),
        ('kick = [36]\nwrite_as = 3', 'write_as must be a table'),
        ('kick = [36]\n[write_as]\nsnare = "kik"', 'both must be among kick'),
        ('kick = [36]\n[write_as]\nsnar = "kick"', 'both must be among kick'),
        ('kick = [36]\n[write_as]\nride = "snare"', 'snare has no pitch'),
        ('kick = [', 'is no readable TOML file'),
        ('#' * (1 << 14) + '\nkick = [1]', 'drum map: it has more than 16,384'),
    ],
)
def test_a_wrong_file_is_refused_in_words(tmp_path, text, message):
  path = tmp_path / 'wrong.toml'
  path.write_text(text, encoding='utf-8')
  with pytest.raises(errors.DrumMapError, match=message) as caught:
    drum_maps.load(str(path))
  assert 'wrong.toml' in str(caught.value)


def test_bytes_that_are_no_text_are_refused_in_words(tmp_path):
  path = tmp_path / 'wrong.toml'
  path.write_bytes(b'kick = [1] # \xff')
  with pytest.raises(errors.DrumMapError, match='no readable TOML'):
    drum_maps.load(str(path))


@pytest.mark.parametrize(
    ('name', 'message'),
    [
        ('gm41', r"nor a file\. Did you mean 'gm14'"),
        ('/no/such.toml', r'neither a drum map \(gm14, lst.*\) nor a file\.$'),
    ],
)
def test_a_map_that_is_nowhere_is_named(name, message):
  with pytest.raises(errors.DrumMapError, match=message):
    drum_maps.load(name)


@pytest.mark.parametrize('name', ['~no-such-user/kit.toml', 'x' * 5000])
def test_a_path_that_cannot_be_looked_up_is_named(name):
  with pytest.raises(errors.DrumMapError, match='neither a drum map'):
    drum_maps.load(name)


@pytest.mark.parametrize('text, match', [
    ('kick = ' + '[' * 5000 + ']' * 5000, 'no readable TOML'),
    ('kick = ' + '[' * 90 + ']' * 90, 'kick must be a list'),
    ('kick = [36]\nname = ' + '[' * 90 + ']' * 90, 'name must be a text'),
    ('kick = [' + '9' * 5000 + ']', 'no readable TOML'),
    ('kick = [0x' + 'f' * 5000 + ']', 'kick must be a list'),
    ('kick = [36]\n' + 'x' * 5000 + ' = 1', 'unknown voice'),
    ('kick' + '.a' * 2000 + ' = 1', 'unknown voice'),
])
def test_hostile_sizes_and_depths_are_one_short_line(tmp_path, text, match):
  path = tmp_path / 'map.toml'
  path.write_text(text)
  with pytest.raises(errors.DrumMapError, match=match) as caught:
    drum_maps.load(str(path))
  assert len(str(caught.value)) < 1000


@pytest.mark.parametrize('name', _KITS)
def test_a_kit_comes_back_both_ways_and_names_its_maker(name):
  kit = drum_maps.load(name)
  assert kit.is_kit and len(kit.source) > 20
  # A drum set, but for a ride that one of them has no pad for.
  assert all(kit.pitches[:8])
  for voice, row in enumerate(kit.pitches):
    # Written and read: the voice; read and written: a pitch of the same voice.
    assert kit.written_pitches[voice] == (row[0] if row else None)
    for pitch in row:
      assert kit.voice_of_pitch[pitch] == voice
      assert kit.written_pitches[kit.voice_of_pitch[pitch]] == row[0]
  hits = np.eye(14, dtype=np.bool_)
  own = [bool(row) for row in kit.pitches]
  np.testing.assert_array_equal(_read_back(kit, hits), hits & own)


@pytest.mark.parametrize(('name', 'pitch', 'voice'), [
    # By hand, from what the makers publish; each differs from gm14.
    ('superior', 63, 'closed_hat'), ('superior', 60, 'open_hat'),
    ('superior', 25, 'open_hat'), ('addictive_drums2', 49, 'closed_hat'),
    ('addictive_drums2', 42, 'snare'), ('addictive_drums2', 71, 'high_tom'),
    ('addictive_drums2', 77, 'crash'), ('steven_slate5', 67, 'closed_hat'),
    ('steven_slate5', 31, 'crash'), ('bfd3', 24, 'kick'), ('bfd3', 26, 'snare'),
    ('bfd3', 30, 'closed_hat'), ('bfd3', 60, 'ride'),
    ('roland_td', 39, 'floor_tom'), ('alesis', 23, 'open_hat'),
    ('ableton_808', 51, 'cowbell'), ('ableton_909', 48, 'crash'),
    ('logic', 52, 'ride'), ('logic', 33, 'closed_hat'),
    ('hydrogen', 48, 'ride'), ('hydrogen_rock', 82, 'open_hat'),
])
def test_pitches_of_kits_are_those_of_their_makers(name, pitch, voice):
  assert drum_maps.load(name).voice_of_pitch[pitch] == voices.INDEX[voice]
  assert drum_maps.load('gm14').voice_of_pitch[pitch] != voices.INDEX[voice]


@given(name=st.sampled_from(_MAPS), by=st.integers(1, 99), up=st.booleans())
def test_a_map_is_moved_by_semitones_behind_its_name(name, by, up):
  semitones = by if up else -by
  text = f'{name}{semitones:+d}'
  usual = drum_maps.load(name).voice_of_pitch
  expected = np.full(128, drum_maps.NO_VOICE)
  for pitch in range(128):
    if 0 <= pitch + semitones < 128:
      expected[pitch + semitones] = usual[pitch]
  if (expected < 0).all():
    with pytest.raises(errors.DrumMapError, match='neither a drum map'):
      drum_maps.load(text)
    return
  moved = drum_maps.load(text)
  assert moved.name == text
  np.testing.assert_array_equal(moved.voice_of_pitch, expected)
  for voice, pitch in enumerate(moved.written_pitches):
    assert pitch is None or moved.voice_of_pitch[pitch] == moved.write_as[voice]


def test_auto_is_read_as_gm14_and_written_as_nothing():
  auto, gm14 = drum_maps.load('auto'), drum_maps.load('gm14')
  assert auto.chooses and not gm14.chooses
  assert auto.pitches == gm14.pitches
  assert drum_maps.load_to_write('roland') is drum_maps.load('roland')
  with pytest.raises(errors.DrumMapError, match='auto is a way to read'):
    drum_maps.load_to_write('auto')
