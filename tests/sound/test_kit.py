"""Tests for kit: the sounds, by measurement."""

import dataclasses
import itertools

import hypothesis
from hypothesis import strategies as st
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.patterns import voices
from drumspace_ext.sound import kit as drum_kit
from drumspace_ext.sound import synthesis

_RATE = drum_kit.SAMPLE_RATE
_KITS = {
    kit: {
        name: synthesis.render_voice(voice).astype(np.float64)
        for name, voice in zip(voices.NAMES, drum_kit.load(kit).voices)
    } for kit in drum_kit.NAMES
}
# Of these every measure is known: the others came of them.
_SOUNDS = _KITS['electronic']
_EVERY_VOICE = pytest.mark.parametrize(
    ('kit', 'name'), [*itertools.product(drum_kit.NAMES, voices.NAMES)]
)


def _attack_s(samples):
  """Seconds to half of the peak."""
  return np.argmax(np.abs(samples) >= np.abs(samples).max() / 2) / _RATE


def _decay_s(samples, decibels=40):
  """Seconds until what is left has so little of the energy."""
  left = np.cumsum(samples[::-1] ** 2)[::-1]
  return np.argmax(left < left[0] * 10 ** (-decibels / 10)) / _RATE


def _centroid_hz(samples):
  power = np.abs(np.fft.rfft(samples)) ** 2
  return (power * np.fft.rfftfreq(len(samples), 1 / _RATE)).sum() / power.sum()


def _band_share(samples, low_hz, high_hz):
  power = np.abs(np.fft.rfft(samples)) ** 2
  hertz = np.fft.rfftfreq(len(samples), 1 / _RATE)
  return power[(hertz >= low_hz) & (hertz < high_hz)].sum() / power.sum()


@hypothesis.given(seed=st.integers(0, 4095), count=st.integers(1, 2000))
def test_noise_is_the_hash_of_its_docstring(seed, count):
  samples = synthesis.noise(seed, count)
  for n in {0, count // 2, count - 1}:
    x = (seed * 2**20 + n) * 0x9E3779B9 % 2**32
    x ^= x >> 16
    x = x * 0x85EBCA6B % 2**32
    x ^= x >> 13
    x = x * 0xC2B2AE35 % 2**32
    x ^= x >> 16
    assert samples[n] == x / 2**31 - 1


def test_noise_is_white():
  samples = synthesis.noise(5, 1 << 16)
  assert abs(samples.mean()) < 0.01
  assert samples.std() == pytest.approx(1 / np.sqrt(3), rel=0.01)
  shifted = [(samples[:-lag] * samples[lag:]).mean() for lag in (1, 2, 3, 100)]
  assert np.abs(shifted).max() < 0.01
  bands = (np.abs(np.fft.rfft(samples)[1:]) ** 2).reshape(8, -1).mean(axis=1)
  assert bands.max() / bands.min() < 1.2
  assert abs(np.corrcoef(samples, synthesis.noise(6, 1 << 16))[0, 1]) < 0.02


@_EVERY_VOICE
def test_sound_is_clean(kit, name):
  samples = _KITS[kit][name]
  voice = drum_kit.load(kit).voices[voices.INDEX[name]]
  assert np.isfinite(samples).all()
  assert np.abs(samples).max() == pytest.approx(voice.level)
  assert voice.level <= 0.9
  assert abs(samples.mean()) < 1e-4
  # No click at its end: it has decayed before the fade begins, and is faded.
  fade = round(voice.fade_s * _RATE)
  assert np.abs(samples[-fade:]).max() < 0.03 * voice.level
  assert abs(samples[-1]) < 1e-6
  assert np.abs(samples[-20:]).max() < 1e-4
  # A brush needs longer.
  assert _attack_s(samples) < (0.01 if kit == 'soft' else 0.003)


@_EVERY_VOICE
def test_sound_is_the_same_each_time_and_at_other_rates(kit, name):
  voice = drum_kit.load(kit).voices[voices.INDEX[name]]
  again = synthesis.render_voice(voice)
  assert again.dtype == np.float32
  np.testing.assert_array_equal(again, _KITS[kit][name])
  finer = synthesis.render_voice(voice, 2 * _RATE)
  # One sample of the coarser grid is not there at twice the rate.
  assert abs(len(finer) - 2 * len(again)) <= 1
  assert _decay_s(finer) / 2 == pytest.approx(_decay_s(again), rel=0.15)


def test_sounds_are_as_bright_and_as_long_as_the_drums_they_stand_for():
  bright = {name: _centroid_hz(samples) for name, samples in _SOUNDS.items()}
  long = {name: _decay_s(samples) for name, samples in _SOUNDS.items()}
  for row in (
      ('kick', 'floor_tom', 'low_tom', 'high_tom'),
      ('low_conga', 'conga', 'low_bongo', 'high_bongo'),
      ('kick', 'high_tom', 'cowbell', 'snare', 'ride', 'crash', 'closed_hat'),
      ('crash', 'open_hat'),
  ):
    assert [bright[n] for n in row] == sorted(bright[n] for n in row), row
  for row in (
      ('closed_hat', 'snare', 'open_hat', 'ride', 'crash'),
      ('high_bongo', 'low_bongo', 'conga', 'low_conga'),
      ('high_tom', 'low_tom', 'floor_tom'),
  ):
    assert [long[n] for n in row] == sorted(long[n] for n in row), row
  assert bright['kick'] < 120
  assert bright['closed_hat'] > 8000
  assert long['closed_hat'] < 0.1
  assert long['open_hat'] > 0.35
  assert long['crash'] > 1


def _amplitude_centroid_hz(samples):
  """The centre of the spectrum by amplitudes, as what the ranges are of."""
  amplitude = np.abs(np.fft.rfft(samples))
  hertz = np.fft.rfftfreq(len(samples), 1 / _RATE)
  return (amplitude * hertz).sum() / amplitude.sum()


def _t60_s(samples):
  """The decay to -60 dB, by the slope of what is left from -5 to -35 dB."""
  left = np.cumsum(samples[::-1] ** 2)[::-1]
  decibels = 10 * np.log10(left / left[0] + 1e-12)
  part = slice(np.argmax(decibels < -5), np.argmax(decibels < -35))
  seconds = np.arange(len(samples))[part] / _RATE
  return -60 / np.polyfit(seconds, decibels[part], 1)[0]


def _played(kit, name, velocity, stroke):
  """A sound as it is heard at a velocity."""
  voice = drum_kit.load(kit).voices[voices.INDEX[name]]
  samples = synthesis.render_voice(voice, stroke=stroke)
  if voice.dark_hz:
    dark = synthesis.darkened(samples, voice.dark_hz)
    samples = dark + velocity / 127 * (samples - dark)
  return samples.astype(np.float64)


# 10th to 90th percentile of recorded kits; see tests/benchmarks/RESULTS.md.
_CENTROIDS_HZ = {'snare': (1500, 5000), 'crash': (3400, 8300)}
_DECAYS_S = {
    'ride': (3.5, 7.2), 'crash': (3.0, 7.0), 'closed_hat': (0.20, 0.52),
    'open_hat': (1.0, 6.8),
}


@pytest.mark.parametrize('kit', ['acoustic', 'soft'])
@pytest.mark.parametrize('velocity', [50, 100, 127])
def test_sounds_lie_in_the_ranges_of_recorded_drums(kit, velocity):
  every = {
      (name, stroke): _played(kit, name, velocity, stroke)
      for name, voice in zip(voices.NAMES, drum_kit.load(kit).voices)
      for stroke in range(voice.strokes)
  }
  for (name, stroke), samples in every.items():
    low, high = _CENTROIDS_HZ.get(name, (0, _RATE))
    assert low <= _amplitude_centroid_hz(samples) <= high, (name, stroke)
    low, high = _DECAYS_S.get(name, (0, 10))
    assert low <= _t60_s(samples) <= high, (name, stroke)
  assert _band_share(every['crash', 0], 12_000, _RATE) <= 0.05
  # The open hat has a body, which was missing.
  assert _band_share(every['open_hat', 0], 200, 3000) > 0.2
  assert _amplitude_centroid_hz(every['closed_hat', 0]) > 6000


@pytest.mark.parametrize('kit', ['acoustic', 'soft'])
def test_strokes_of_a_voice_differ_and_are_of_one_level(kit):
  for name, voice in zip(voices.NAMES, drum_kit.load(kit).voices):
    strokes = [synthesis.render_voice(voice, stroke=stroke).astype(np.float64)
               for stroke in range(voice.strokes)]
    for one, other in itertools.combinations(strokes, 2):
      assert np.abs(one - other).max() > 0.02, name
      assert _centroid_hz(other) == pytest.approx(_centroid_hz(one), rel=0.2)
      powers = [(samples ** 2).sum() for samples in (one, other)]
      assert 0.4 < powers[0] / powers[1] < 2.5, name


def test_the_room_is_short_and_late():
  _, _, third = (voice for voice in drum_kit.load('acoustic').voices[:3])
  dry = dataclasses.replace(third, room=0.0)
  wet = dataclasses.replace(third, room=1.0)
  with_room, without = map(synthesis.render_voice, (wet, dry))
  scale = np.abs(without).max() / np.abs(without[:400]).max()
  assert scale >= 1
  # Nothing comes back before the first wall, 11 ms and more away.
  first = slice(0, round(0.0113 * _RATE))
  ratio = with_room[first] @ without[first] / (without[first] @ without[first])
  np.testing.assert_allclose(
      with_room[first], ratio * without[first], atol=1e-4
  )
  assert _decay_s(with_room.astype(np.float64)) > _decay_s(
      without.astype(np.float64)
  )


def test_no_two_sounds_are_alike():
  size = 1 << 15
  edges = np.geomspace(40, 20_000, 25)
  bands = np.array([
      [np.log10(_band_share(np.resize(np.pad(s, (0, size)), size), low, high)
                + 1e-3) for low, high in itertools.pairwise(edges)]
      for s in _SOUNDS.values()
  ])
  lengths = np.log10([_decay_s(s) for s in _SOUNDS.values()])
  features = np.column_stack([bands, 3 * lengths])
  distances = np.linalg.norm(features[:, None] - features, axis=2)
  np.fill_diagonal(distances, np.inf)
  assert distances.min() > 1


def test_kick_falls_and_clicks_and_snare_has_body_and_wires():
  kick, snare = _SOUNDS['kick'], _SOUNDS['snare']
  start = _centroid_hz(kick[:round(0.01 * _RATE)])
  assert start > 2 * _centroid_hz(kick[round(0.05 * _RATE):])
  assert _band_share(kick[:round(0.01 * _RATE)], 1000, 8000) > 0.005
  assert _band_share(snare, 120, 400) > 0.2
  assert _band_share(snare, 1500, 12_000) > 0.2
  # The ride's ping stands above its noise; a crash is noise.
  ping, wash = (
      np.abs(np.fft.rfft(_SOUNDS[name][:20_000])) for name in ('ride', 'crash')
  )
  assert ping.max() / np.median(ping) > 3 * wash.max() / np.median(wash)


def test_hats_choke_each_other_and_nothing_else():
  kit = drum_kit.load()
  groups = {
      name: voice.choke for name, voice in zip(voices.NAMES, kit.voices)
      if voice.choke
  }
  assert groups == {'closed_hat': 'hat', 'open_hat': 'hat'}


@hypothesis.given(pan=st.floats(-1, 1))
def test_panning_keeps_the_power(pan):
  left, right = drum_kit.pan_gains(pan)
  assert left**2 + right**2 == pytest.approx(1)
  assert (left >= right) == (pan <= 0) or pan == pytest.approx(0)


def test_description_as_json_leaves_nothing_out():
  kit = drum_kit.load()
  described = kit.to_json()
  assert len(described['voices']) == voices.NUM_VOICES
  for voice, table in zip(kit.voices, described['voices']):
    assert table['level'] == voice.level
    assert [row['seed'] for row in table['layers']] == [
        layer.seed for layer in voice.layers
    ]
  noises = [
      layer.seed for voice in kit.voices for layer in voice.layers
      if layer.source == 'noise'
  ]
  assert len(set(noises)) == len(noises)


_MASTER = """
[master]
gain = 1.0
knee = 0.7
ceiling = 0.9
velocity_power = 1.0
choke_s = 0.01
"""
_VOICE = """
[{name}]
level = 0.5
length_s = 0.1
[[{name}.layers]]
source = 'tone'
level = 1.0
frequency_hz = 1000.0
decay_s = 0.1
"""


def _kit_text():
  return _MASTER + ''.join(_VOICE.format(name=name) for name in voices.NAMES)


def test_tone_by_hand():
  kit = drum_kit.parse(_kit_text())
  samples = synthesis.render_voice(kit.voices[0]).astype(np.float64)
  assert _centroid_hz(samples) == pytest.approx(1000, rel=0.01)
  n = np.arange(len(samples))
  expected = np.sin(2 * np.pi * 1000 * n / _RATE) * 1000 ** (-n / _RATE / 0.1)
  middle = slice(500, 2500)
  samples, expected = samples[middle], expected[middle]
  ratio = samples @ expected / (expected @ expected)
  np.testing.assert_allclose(samples, ratio * expected, atol=0.01)


@pytest.mark.parametrize('old, new, message', [
    ('[kick]', '[kik]', r"missing or unknown: \['kik'\]"),
    ('knee = 0.7', 'knees = 0.7', "master: unknown key 'knees'"),
    ('knee = 0.7\n', '', "master: .*missing.*'knee'"),
    ("source = 'tone'", "source = 'sample'", "tone or noise, got 'sample'"),
    ('decay_s = 0.1', "decay_s = 0.1\nfilters = [['notch', 100.0, 1.0]]",
     r"no such filter: \['notch'"),
    ('decay_s = 0.1', "decay_s = 0.1\nfilters = [['peak', 100.0, 1.0]]",
     r"no such filter: \['peak'"),
    ('frequency_hz', 'frequency', "kick, layer 1: unknown key 'frequency'"),
])
def test_wrong_kit_is_refused(old, new, message):
  drum_kit.parse(_kit_text())
  with pytest.raises(errors.ConfigError, match=message):
    drum_kit.parse(_kit_text().replace(old, new, 1))


def test_rate_below_the_sounds_is_refused():
  synthesis.render_voice('crash', 32_000)
  with pytest.raises(errors.InputError, match='32,000 .* got 8,000'):
    synthesis.render_voice('crash', 8000)
