"""Tests for map_fit."""

import collections

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import map_fit
from drumspace_ext.patterns import percussion_names
from drumspace_ext.patterns import voices

_GM14 = drum_maps.load('gm14')
_HATS = ('closed_hat', 'open_hat')
_TOMS = ('floor_tom', 'low_tom', 'high_tom')
_DRUM_SET = voices.NAMES[:9]
# Pitches of a plain beat, by how often each is played.
_BEAT = {36: 24, 38: 16, 42: 60, 46: 4}


def _pitches(counts):
  return np.repeat(
      np.array(list(counts), np.uint8), list(counts.values())
  )


def _name(counts, drum_map=_GM14):
  fit = map_fit.better(drum_map, _pitches(counts))
  return fit and fit.drum_map.name


def _read(drum_map, counts):
  """Returns the share of each voice, None for pitches without one."""
  shares = collections.Counter()
  for pitch, count in counts.items():
    voice = drum_map.voice_of_pitch[pitch]
    shares[voices.NAMES[voice] if voice >= 0 else None] += count
  total = sum(counts.values())
  return collections.Counter({v: n / total for v, n in shares.items()})


def _plainly_in_doubt(drum_map, counts):
  """Says whether a map is in doubt, word by word as it is defined."""
  total, read = sum(counts.values()), _read(drum_map, counts)
  share = {p: n / total for p, n in counts.items() if n / total >= 0.02}
  def voice_of(pitch):
    voice = drum_map.voice_of_pitch[pitch]
    return voices.NAMES[voice] if voice >= 0 else None
  nameless = {p for p in share if voice_of(p) is None
              and p not in percussion_names.GM2_PITCHES}
  if sum(share[p] for p in nameless) >= 0.05:
    return True
  hats = sum(read[v] for v in _HATS)
  if voice_of(54) in _HATS:
    hats -= counts.get(54, 0) / total
  if min(read['kick'], read['snare']) >= 0.01 and hats >= 0.02:
    return False
  doubtful = set(nameless)
  for pair in (('high_bongo', 'low_bongo'), ('conga', 'low_conga')):
    one, other = sorted(read[v] for v in pair)
    if one < 0.1 * other:
      doubtful |= {p for p in share if voice_of(p) in pair}
  if read['crash'] > 0.15:
    doubtful |= {p for p in share if voice_of(p) == 'crash'}
  if max(read['kick'], read['snare']) < 0.01:
    doubtful |= {p for p in share if voice_of(p) in _TOMS or (
        voice_of(p) is None and p not in percussion_names.GM1_PITCHES
    )}
  return len(doubtful) >= 2 and sum(share[p] for p in doubtful) >= 0.2


def _plainly_explains(drum_map, counts):
  read = _read(drum_map, counts)
  hats = sum(read[v] for v in _HATS)
  return (
      sum(read[v] for v in _DRUM_SET) >= 0.95
      and min(read['kick'], read['snare'], hats) >= 0.05
      and hats + read['ride'] >= 0.2
  )


# Numbers that no sum of shares comes near to a limit with.
_COUNTS = st.dictionaries(
    st.one_of(
        st.sampled_from((24, 26, 30, 34, 36, 38, 42, 46, 60, 62, 63, 64)),
        st.integers(0, 127),
    ),
    st.sampled_from((1, 17, 61, 113, 331)), min_size=1, max_size=9,
)


@given(counts=_COUNTS)
def test_a_better_map_is_one_by_definition(counts):
  fit = map_fit.better(_GM14, _pitches(counts))
  total = sum(counts.values())
  in_doubt = total >= 32 and _plainly_in_doubt(_GM14, counts)
  percussion = sum(_read(_GM14, counts)[v] for v in voices.NAMES[9:])
  others = [
      kit for kit in drum_maps.builtin_maps().values() if kit.is_kit
  ]
  if percussion <= 0.1:
    others += [drum_maps.load(f'gm14{by:+d}') for by in (-12, 12, 24, -24)]
  explaining = [kit for kit in others if _plainly_explains(kit, counts)]
  if fit is None:
    assert not (in_doubt and explaining)
    return
  assert in_doubt
  assert _plainly_explains(fit.drum_map, counts)
  read = _read(fit.drum_map, counts)
  assert fit.num_notes == round(sum(read[v] for v in _DRUM_SET) * total)
  assert f'--voices_in={fit.drum_map.name}' in fit.said()
  assert drum_maps.load(fit.drum_map.name) == fit.drum_map


@given(counts=_COUNTS, seed=st.integers(0, 2**32 - 1))
def test_the_order_of_notes_says_nothing(counts, seed):
  pitches = _pitches(counts)
  shuffled = np.random.default_rng(seed).permutation(pitches)
  assert map_fit.better(_GM14, pitches) == map_fit.better(_GM14, shuffled)


@given(counts=_COUNTS)
def test_a_map_is_chosen_only_where_that_is_asked_for(counts):
  pitches = _pitches(counts)
  assert map_fit.chosen(_GM14, pitches) is _GM14
  chosen = map_fit.chosen(drum_maps.load('auto'), pitches)
  fit = map_fit.better(_GM14, pitches)
  assert chosen == (fit.drum_map if fit else _GM14)


@given(percussion=st.dictionaries(
    st.sampled_from((37, 39, 49, 51, 54, 56, *range(60, 82))),
    st.integers(1, 400), max_size=8,
))
def test_a_general_midi_beat_keeps_its_map(percussion):
  counts = {36: 100, 38: 80, 42: 200, **percussion}
  assert _name(counts) is None


@pytest.mark.parametrize(('counts', 'name'), [
    (_BEAT, None),
    ({36: 24, 38: 16, 63: 60, 60: 4}, 'superior'),
    ({24: 24, 26: 16, 30: 60, 34: 4}, 'gm14-12'),
    ({12: 24, 14: 16, 18: 60, 22: 4}, 'gm14-24'),
    ({48: 24, 50: 16, 54: 60, 58: 4}, 'gm14+12'),
    ({48: 24, 50: 16, 54: 60, 58: 4, 61: 18}, None),
    ({24: 24, 26: 16, 30: 40, 37: 20, 41: 4}, 'bfd3'),
    ({36: 24, 38: 16, 49: 30, 52: 30, 55: 10, 77: 4}, 'addictive_drums2'),
    # A bongo or a conga with its pair is what it is.
    ({36: 24, 38: 16, 63: 60, 64: 40}, None),
    # Too few notes to tell.
    ({36: 2, 38: 2, 63: 10, 60: 1}, None),
    # Percussion alone may have all sorts of pitches.
    ({60: 40, 61: 40, 62: 40, 63: 40, 64: 40, 70: 40}, None),
])
def test_beats_by_hand(counts, name):
  assert _name(counts) == name


def test_a_kit_in_use_may_be_the_wrong_one():
  # Read as BFD3 it has toms, but neither kick nor snare.
  assert _name(_BEAT, drum_maps.load('bfd3')) == 'bfd3+12'
  octave_low = {24: 24, 26: 16, 30: 60, 34: 4}
  assert _name(octave_low, drum_maps.load('logic')) == 'logic-12'


def test_a_users_own_map_is_not_moved(tmp_path):
  path = tmp_path / 'kit.toml'
  path.write_text('kick = [36]\nsnare = [38]\nclosed_hat = [42]\n')
  counts = {24: 24, 26: 16, 30: 60}
  # `kit-12` could not be loaded by that name.
  assert _name(counts, drum_maps.load(str(path))) == 'bfd3'
