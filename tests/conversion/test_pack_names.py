"""Tests for pack_names: what a beat is called as a file."""

import math
import pathlib
import re
import unicodedata

import hypothesis
from hypothesis import strategies as st
import pytest

from drumspace_ext.conversion import origins
from drumspace_ext.conversion import pack_names

_ANY_TEXT = st.text(max_size=300)
_RESERVED = re.compile(
    r'(con|prn|aux|nul|com[1-9]|lpt[1-9])(\..*)?', re.IGNORECASE
)


def _origin(**values):
  return origins.Origin(**{
      'genres': {'rock': 1}, 'sources': ('rock/song_1.mid',), 'qpm': 96.0,
      **values,
  })


@hypothesis.given(
    genre=_ANY_TEXT, source=_ANY_TEXT, model=_ANY_TEXT, qpm=st.floats(1, 1000),
    number=st.integers(1, 10**7),
)
def test_names_are_good_on_every_system(genre, source, model, qpm, number):
  path = pack_names.of(
      _origin(genres={genre: 1}, sources=(source,), model=model), qpm
  ).path(number, 0, '.mid')
  folder, name = path.split('/')
  for part in (folder, name):
    bare = ''.join(
        c for c in part if unicodedata.category(c) not in ('Mn', 'Mc')
    )
    assert re.fullmatch(r'[\w.-]+', bare)
    assert part.encode() and len(part.encode()) <= 255
    assert part not in ('.', '..') and not part.endswith('.')
    assert not _RESERVED.fullmatch(part)
  assert folder == folder.lower() or folder.lower() != folder.upper()
  assert re.match(rf'0*{number}_', name)


@pytest.mark.parametrize(('values', 'path'), [
    ({}, 'rock/0012_rock_96bpm_song_1.mid'),
    ({'model': 'best'}, 'rock/0012_best_rock_96bpm_like_song_1.mid'),
    ({'genres': {'pop': 1, 'rock': 3, 'jazz': 3}},
     'rock/0012_rock_96bpm_song_1.mid'),
    ({'genres': {}}, 'no_genre/0012_96bpm_song_1.mid'),
    ({'genres': {}, 'has_genres': False}, '0012_96bpm_song_1.mid'),
    ({'sources': ()}, 'rock/0012_rock_96bpm.mid'),
    ({'sources': (), 'model': 'best'}, 'rock/0012_best_rock_96bpm.mid'),
    ({'sources': ('C:\\beats\\Schlägel 1.MIDI', 'b.mid')},
     'rock/0012_rock_96bpm_Schlägel_1.mid'),
    ({'sources': ('../..',)}, 'rock/0012_rock_96bpm.mid'),
    ({'genres': {'../../etc': 1}}, 'etc/0012_etc_96bpm_song_1.mid'),
    ({'genres': {'CON': 1}}, 'con_/0012_CON_96bpm_song_1.mid'),
    ({'genres': {'lpt1.x': 1}}, 'lpt1.x_/0012_lpt1.x_96bpm_song_1.mid'),
    ({'genres': {'日本': 1}}, '日本/0012_日本_96bpm_song_1.mid'),
    # Vowels of many scripts are marks; of no letter they would be unseen.
    ({'sources': ('नमस्ते ताल.mid',)}, 'rock/0012_rock_96bpm_नमस्ते_ताल.mid'),
    ({'sources': ('\u2764\ufe0f beat.mid',)}, 'rock/0012_rock_96bpm_beat.mid'),
    # One letter and its accent are one letter.
    ({'sources': ('u\u0308.mid',)}, 'rock/0012_rock_96bpm_\u00fc.mid'),
    ({'sources': ('x' * 300 + 'end.mid',)},
     f'rock/0012_rock_96bpm_{"x" * 77}end.mid'),
    ({'qpm': math.nan}, 'rock/0012_rock_96bpm_song_1.mid'),
])
def test_a_name_says_what_is_known(values, path):
  assert pack_names.of(_origin(**values), 96.04).path(12, 20, '.mid') == path


def test_numbers_are_as_long_as_the_last_one_needs():
  name = pack_names.of(_origin(), 100)
  assert name.path(1, 401, '.wav') == 'rock/0001_rock_100bpm_song_1.wav'
  assert name.path(1, 33_000, '.wav') == 'rock/00001_rock_100bpm_song_1.wav'
  paths = [name.path(n, 12_000, '.wav') for n in (1, 999, 9_999, 12_000)]
  assert sorted(paths) == paths
  assert pathlib.PurePosixPath(paths[0]).parent.name == 'rock'


@pytest.mark.parametrize(('qpm', 'words'), [
    (96.0, '96bpm'), (174.5, '174.5bpm'), (119.98, '120bpm'),
    (93.333, '93.3bpm'),
])
def test_tempos_are_written_as_a_person_sets_them(qpm, words):
  assert pack_names.of(_origin(), qpm).title == f'rock_{words}_song_1'
