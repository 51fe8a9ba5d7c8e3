"""Tests for rendering: hits as audio."""

import io
import wave

import drawn_patterns
import hypothesis
from hypothesis import strategies as st
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.patterns import dynamics
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices
from drumspace_ext.sound import kit as drum_kit
from drumspace_ext.sound import mixing
from drumspace_ext.sound import rendering
from drumspace_ext.sound import synthesis
from drumspace_ext.starter import beats as starter_beats

_RATE = rendering.SAMPLE_RATE
_ONSET_S = 0.003
_SHORT = ('closed_hat', 'snare', 'high_bongo', 'low_bongo', 'cowbell')


def _peak(samples):
  return np.abs(samples).max()


def _onset(samples, start, stop):
  """The first sample of a stretch that has a tenth of the stretch's peak."""
  part = np.abs(samples[max(start, 0):stop]).max(axis=1)
  return max(start, 0) + int(np.argmax(part > 0.1 * part.max()))


@hypothesis.given(
    steps=st.sets(st.integers(0, 15), min_size=1),
    voice=st.sampled_from(_SHORT),
    qpm=st.integers(50, 110), swing=st.floats(0, 1), seed=st.integers(0, 9),
    humanize=st.floats(0, 1),
)
@hypothesis.settings(max_examples=60)
def test_every_onset_is_where_it_belongs(
    steps, voice, qpm, swing, seed, humanize
):
  # Every second step, so that a hit has decayed before the next one.
  hits = drawn_patterns.hits_of(**{voice: [2 * step for step in steps]})
  hits[1] = hits[0]
  hits[0] = False
  played = dynamics.Dynamics(swing=swing, humanize=humanize, seed=seed)
  samples = rendering.render(
      hits, qpm=qpm, dynamics=played, kit='electronic'
  )
  step_samples = 60 * _RATE / qpm / 4
  struck, _ = np.nonzero(hits)
  for step, late in zip(struck, played.delays(struck)):
    expected = (step + late) * step_samples
    found = _onset(
        samples, round(expected - 0.005 * _RATE), round(expected + 0.02 * _RATE)
    )
    assert abs(found - expected) <= _ONSET_S * _RATE


@hypothesis.given(
    hits=drawn_patterns.hits(1, 2), qpm=st.floats(20, 300),
    loop=st.booleans(), accents=st.booleans(),
)
@hypothesis.settings(max_examples=25)
def test_length_is_exact_and_nothing_clips(hits, qpm, loop, accents):
  samples = rendering.render(
      hits, qpm=qpm, loop=loop, dynamics=dynamics.Dynamics(accents=accents)
  )
  assert samples.dtype == np.float32
  exact = len(hits) * 32 * 60 / (4 * qpm) * _RATE
  assert samples.shape[1:] == (2,)
  assert abs(len(samples) - exact) <= 0.5001
  assert np.isfinite(samples).all()
  assert _peak(samples) <= drum_kit.load().master.ceiling < 1
  assert samples.any() == hits.any()


@hypothesis.given(
    codes=st.lists(st.sampled_from((0, 0, 1, 2, 4, 3, 1024)), min_size=32,
                   max_size=32),
    qpm=st.sampled_from((60, 120, 187.5, 400)),
)
@hypothesis.settings(max_examples=25)
def test_loop_is_what_its_repetition_settles_to(codes, qpm):
  hits = step_codes.step_codes_to_hits(np.array([codes], np.uint16))
  once = rendering.render(hits, qpm=qpm, loop=True)
  thrice = rendering.render(np.repeat(hits, 3, axis=0), qpm=qpm, loop=False)
  np.testing.assert_allclose(thrice[len(once):2 * len(once)], once, atol=1e-6)


@hypothesis.given(
    first=drawn_patterns.hits(1, 1), second=drawn_patterns.hits(1, 1)
)
@hypothesis.settings(max_examples=20)
def test_quiet_voices_add_up(first, second):
  hats = [voices.INDEX['closed_hat'], voices.INDEX['open_hat']]
  first[..., hats] = False
  second = second & ~first
  quiet = dynamics.Dynamics(velocity=5)

  def render(hits):
    # With one stroke a voice, for others come in turn.
    return rendering.render(hits, qpm=120, dynamics=quiet, kit='electronic')

  np.testing.assert_allclose(
      render(first | second), render(first) + render(second), atol=1e-6
  )


def test_closed_hat_ends_the_open_one():
  ringing = rendering.render(drawn_patterns.hits_of(open_hat=(0,)), qpm=120)
  closed = rendering.render(drawn_patterns.hits_of(closed_hat=(2,)), qpm=120)
  both = rendering.render(
      drawn_patterns.hits_of(open_hat=(0,), closed_hat=(2,)), qpm=120
  )
  struck = round(0.25 * _RATE)
  choke = round(drum_kit.load().master.choke_s * _RATE)
  np.testing.assert_allclose(both[:struck], ringing[:struck], atol=1e-6)
  np.testing.assert_allclose(
      both[struck + choke:], closed[struck + choke:], atol=1e-6
  )
  assert _peak(ringing[struck + choke:struck + 4000]) > 0.02
  # No click: the open hat falls on a slope, not at once.
  rest = (both - closed)[struck:struck + choke, 0]
  assert np.abs(np.diff(rest)).max() < 1.5 * np.abs(
      np.diff(ringing[struck - 200:struck, 0])
  ).max()


def test_open_hat_is_choked_over_the_seam_of_a_loop():
  hits = drawn_patterns.hits_of(open_hat=(31,), closed_hat=(0,))
  choked = rendering.render(hits, qpm=120)
  alone = rendering.render(drawn_patterns.hits_of(open_hat=(31,)), qpm=120)
  after = slice(17_000, 22_000)
  assert _peak(alone[after]) > 0.01
  assert _peak(choked[after]) < 1e-3


def test_kick_does_not_choke():
  ringing = rendering.render(drawn_patterns.hits_of(crash=(0,)), qpm=120)
  kick = rendering.render(drawn_patterns.hits_of(kick=(2,)), qpm=120)
  both = rendering.render(
      drawn_patterns.hits_of(crash=(0,), kick=(2,)), qpm=120
  )
  np.testing.assert_allclose(both, mixing.limited(ringing + kick), atol=1e-5)


def test_file_without_a_loop_ends_in_silence():
  crash = drawn_patterns.hits_of(crash=(31,))
  cut = rendering.render(crash, qpm=120, loop=False)
  assert _peak(cut[-300:-290]) > 0.05
  assert _peak(cut[-1:]) == 0
  assert not cut[:100_000].any()
  assert rendering.render(crash, qpm=120)[:1000].any()


def test_velocity_and_accents_are_heard():
  kick = drawn_patterns.hits_of(kick=(0,))
  loud, soft = (
      _peak(rendering.render(
          kick, qpm=120, dynamics=dynamics.Dynamics(velocity=velocity),
          kit='electronic',
      )) for velocity in (100, 50)
  )
  power = drum_kit.load().master.velocity_power
  assert loud / soft == pytest.approx(2**power, rel=1e-3)
  hats = rendering.render(
      drawn_patterns.hits_of(closed_hat=range(0, 32, 2)), qpm=60,
      dynamics=dynamics.Dynamics(accents=True),
  )
  step = _RATE // 4
  assert _peak(hats[:400]) > 1.1 * _peak(hats[2 * step:2 * step + 400])


@pytest.mark.parametrize('name', ['snare', 'closed_hat', 'crash', 'ride'])
def test_a_harder_hit_is_brighter_and_not_only_louder(name):
  def centroid(velocity):
    samples = rendering.render(
        drawn_patterns.hits_of(**{name: (0,)}), qpm=60,
        dynamics=dynamics.Dynamics(velocity=velocity),
    )[:, 0]
    power = np.abs(np.fft.rfft(samples)) ** 2
    return (power * np.arange(len(power))).sum() / power.sum()

  bright = [centroid(velocity) for velocity in (20, 60, 100, 127)]
  assert bright == sorted(bright)
  assert bright[-1] > 1.1 * bright[0]


def test_strokes_come_in_turn_and_begin_anew_with_each_loop():
  step = _RATE // 2
  hits = drawn_patterns.hits_of(snare=(0, 8, 16, 24))
  samples = rendering.render(np.stack([hits, hits]), qpm=30)[:, 0]
  first, second, third, fourth = (
      samples[n * 8 * step:n * 8 * step + step] for n in range(4)
  )
  for one, other in ((first, second), (second, third), (first, third)):
    assert np.abs(one - other).max() > 0.05
  # A snare has three; and the same again in the next two bars.
  np.testing.assert_allclose(fourth, first, atol=1e-6)
  np.testing.assert_allclose(
      samples[32 * step:], samples[:32 * step], atol=1e-6
  )


def test_a_kit_that_there_is_not_is_named():
  with pytest.raises(errors.InputError, match="--kit.*'acoustic'"):
    rendering.render(drawn_patterns.hits_of(kick=(0,)), qpm=90, kit='acustic')


def test_real_beats_stay_below_the_limiters_ceiling_and_are_loud_enough():
  peaks, loudness = [], []
  for starter in starter_beats.load()[::20]:
    samples = rendering.render(starter.hits, qpm=120)
    peaks.append(_peak(samples))
    loudness.append(np.sqrt((samples ** 2).mean()))
  ceiling = drum_kit.load().master.ceiling
  assert max(peaks) < ceiling
  assert min(peaks) > 0.2
  assert np.median(loudness) > 0.05
  everything = rendering.render(np.ones((32, 14), np.bool_), qpm=120)
  assert 0.9 * ceiling < _peak(everything) <= ceiling


@hypothesis.given(x=st.floats(-20, 20), step=st.floats(1e-6, 1))
def test_limiter_is_monotonous_odd_and_idle_below_its_knee(x, step):
  master = drum_kit.load().master
  low, high, mirrored = mixing.limited(np.array([x, x + step, -x]))
  assert low <= high
  assert mirrored == -low
  assert abs(low) <= master.ceiling
  if abs(x) <= master.knee:
    assert low == x


def test_notes_at_any_time_sound_to_their_end():
  seconds = np.array([0.0, 1.2345, 0.5])
  struck = np.array([voices.INDEX['kick'], voices.INDEX['crash'], 1])
  samples = rendering.render_notes(seconds, struck, np.array([100, 100, 60]))
  assert len(samples) == round(1.2345 * _RATE) + len(
      synthesis.render_voice('crash')
  )
  assert abs(_onset(samples, 54_300, 54_700) - 1.2345 * _RATE) < 132
  assert _peak(samples[-10:]) < 1e-4


@pytest.mark.parametrize('rate', [44_100, 48_000])
def test_wav_comes_back_in_16_bits(rate):
  hits = drawn_patterns.hits_of(kick=(0,), crash=(8,))
  samples = rendering.render(hits, qpm=120, sample_rate=rate)
  data = rendering.to_wav(samples, rate)
  with wave.open(io.BytesIO(data)) as file:
    assert (file.getnchannels(), file.getsampwidth()) == (2, 2)
    assert (file.getframerate(), file.getnframes()) == (rate, 4 * rate)
    back = np.frombuffer(file.readframes(4 * rate), '<i2').reshape(-1, 2)
  np.testing.assert_allclose(back / 32767, samples, atol=0.51 / 32767)
  assert rendering.to_wav(samples, rate) == data
  loud = rendering.to_wav(np.full((1, 2), 9.0))
  assert np.frombuffer(loud[-4:], '<i2').tolist() == [32767, 32767]


@pytest.mark.parametrize('hits, options, message', [
    (np.ones((32, 13), np.bool_), {}, 'hits are bool'),
    (np.ones((32, 14)), {}, 'hits are bool .*float64'),
    (np.ones((32, 14), np.bool_), {'qpm': 0}, r'qpm must be in \[1, 1000\]'),
    (np.ones((32, 14), np.bool_), {'qpm': float('nan')}, 'qpm .* got nan'),
    (np.ones((7300, 14), np.bool_), {'qpm': 1}, 'too long for audio'),
])
def test_what_cannot_be_rendered_is_refused(hits, options, message):
  with pytest.raises(errors.DrumspaceError, match=message):
    rendering.render(hits, **{'qpm': 120, **options})


def test_page_gets_what_the_package_plays_by():
  described = rendering.page_description()
  assert [v['name'] for v in described['voices']] == list(voices.NAMES)
  assert [v['pitch'] for v in described['voices']] == list(
      voices.EXEMPLAR_PITCHES
  )
  for name, pitches in voices.PITCHES.items():
    for pitch in pitches:
      assert described['voice_of_pitch'][pitch] == voices.INDEX[name]
  tables = described['dynamics']
  assert tables['swing'] == pytest.approx(1 / 3)
  # The snare on the first step, as accents.toml has it.
  assert tables['velocities'][0][1] == 84
  assert np.shape(tables['velocities']) == (16, 14)
