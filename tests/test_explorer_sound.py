"""Tests of the explorer's sound in a real browser: kit, player and MIDI files.

The page has the sounds of the package: `drum_kit`, `sound` and `midi_writing`
are what it is held against.
"""

import base64
import io
import json

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import browser
import builders
import drawn_patterns
import numpy as np
import pretty_midi
import pytest

from drumspace_ext import drum_kit
from drumspace_ext import dynamics
from drumspace_ext import midi_writing
from drumspace_ext import patterns
from drumspace_ext import sound
from drumspace_ext import starter_patterns
from drumspace_ext import voices

_MODULES = (
    'kit.js', 'sequencer.js', 'player.js', 'midi_writing.js', 'midi_reading.js',
)
_RATE = drum_kit.SAMPLE_RATE
_ONSET_S = 0.003
_BEAT = drawn_patterns.hits_of(
    kick=(0, 6, 16, 22), snare=(8, 24), closed_hat=range(0, 30, 2),
    open_hat=(30,),
)


@pytest.fixture(scope='module')
def page(tmp_path_factory):
  """A page with the modules; no test may leave a message on its console."""
  folder = tmp_path_factory.mktemp('browser')
  browser.modules_page(
      folder / 'page.html', _MODULES, sound.page_description()
  )
  with browser.start(folder) as window:
    window.open(folder / 'page.html')
    window.run('await ready; return null')
    window.run("""
      window.packed = (samples) => {
        const bytes = new Uint8Array(Float32Array.from(samples).buffer);
        let text = '';
        for (let i = 0; i < bytes.length; i += 32768) {
          text += String.fromCharCode(...bytes.subarray(i, i + 32768));
        }
        return btoa(text);
      };
      window.rendered = async (codes, qpm, loops, settings) => {
        const player = new modules.Player(data);
        Object.assign(player.settings, {accents: false}, settings);
        for (const voice of settings.mutes ?? []) player.mute(voice);
        for (const voice of settings.solos ?? []) player.solo(voice);
        const buffer = await player.renderOffline(codes, qpm, loops);
        return [0, 1].map((c) => packed(buffer.getChannelData(c)));
      };""")
    yield window
    assert window.messages() == []


def _unpacked(text):
  return np.frombuffer(base64.b64decode(text), np.float32)


def _rendered(page, hits, qpm=120, loops=1, **options):
  """Renders offline in the page, float32 `[num_samples, 2]`."""
  codes = patterns.hits_to_step_codes(hits).tolist()
  return np.stack([
      _unpacked(channel) for channel in page.run(
          'return rendered(...args)', codes, qpm, loops, options
      )
  ], axis=1)


def _hits(codes):
  return patterns.step_codes_to_hits(np.array(codes, np.uint16))


@pytest.mark.parametrize('name', voices.NAMES)
def test_sound_of_the_page_is_that_of_the_package(page, name):
  index = voices.INDEX[name]
  for rate in (_RATE, 48_000):
    in_page = _unpacked(page.run(
        'return packed(modules.renderVoice(data.voices[args[0]], args[1]))',
        index, rate,
    ))
    ours = drum_kit.render_voice(name, rate)
    assert in_page.shape == ours.shape
    np.testing.assert_allclose(in_page, ours, atol=1e-4)
    assert np.abs(ours).max() > 0.4


def test_other_noise_is_heard(page):
  ours = drum_kit.render_voice('snare')
  other = _unpacked(page.run("""
    const voice = structuredClone(data.voices[1]);
    voice.layers[1].seed += 1;
    return packed(modules.renderVoice(voice, args[0]))""", _RATE))
  assert np.abs(ours - other).max() > 0.05


@given(codes=drawn_patterns.codes(1, 1), qpm=st.sampled_from((61, 120, 233)),
       swing=st.sampled_from((0, 0.37, 1)), accents=st.booleans())
@settings(max_examples=12, deadline=None)
def test_loop_of_the_page_is_that_of_the_package(
    page, codes, qpm, swing, accents
):
  hits = patterns.step_codes_to_hits(codes)[0]
  ours = sound.render(
      hits, qpm=qpm, loop=False,
      dynamics=dynamics.Dynamics(swing=swing, accents=accents),
  )
  in_page = _rendered(page, hits, qpm, swing=swing, accents=accents)
  assert in_page.shape == ours.shape
  # Files are faded at their end.
  end = len(ours) - 500
  np.testing.assert_allclose(in_page[:end], ours[:end], atol=5e-4)
