"""Tests of the explorer's sound in a real browser: kit, player and MIDI files.

The page has the sounds of the package: `kit`, `rendering` and `midi_writing`
are what it is held against.
"""

import base64
import io

import browser
import builders
import drawn_patterns
import held_time
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pretty_midi
import pytest

from drumspace_ext.notes import midi_writing
from drumspace_ext.patterns import dynamics
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices
from drumspace_ext.sound import kit as drum_kit
from drumspace_ext.sound import rendering
from drumspace_ext.sound import synthesis

pytestmark = pytest.mark.browser

_MODULES = (
    'sound/player.js', 'sound/playing.js', 'sound/kit.js',
    'midi/writing.js', 'midi/reading.js', 'settings.js',
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
      folder / 'page.html', _MODULES, rendering.page_description()
  )
  with browser.start(folder) as window:
    window.open(folder / 'page.html')
    window.run('await ready; return null')
    window.run(held_time.SCRIPT + """
      window.packed = (samples) => {
        const bytes = new Uint8Array(Float32Array.from(samples).buffer);
        let text = '';
        for (let i = 0; i < bytes.length; i += 32768) {
          text += String.fromCharCode(...bytes.subarray(i, i + 32768));
        }
        return btoa(text);
      };
      window.plain = (changes) => ({
        ...modules.initialValues(), accents: false, volume: 1, ...changes});
      window.rendered = async (codes, rate, seconds, asked) => {
        const {mutes, solos, ...rest} = asked;
        const player = new modules.Player(data, plain(rest));
        for (const voice of mutes ?? []) player.mute(voice);
        for (const voice of solos ?? []) player.solo(voice);
        await player.sounds.filled;
        const context = new OfflineAudioContext(
          2, Math.round(seconds * rate), rate);
        const sequencer = player.makeSequencer(context);
        sequencer.begin(codes, 0);
        // A little less, for sums of times that are not exact.
        sequencer.advance(seconds - 0.01);
        const buffer = await context.startRendering();
        return [0, 1].map((c) => packed(buffer.getChannelData(c)));
      };""")
    # Sound comes after a gesture only.
    window.gesture()
    yield window
    assert window.messages() == []


def _unpacked(text):
  return np.frombuffer(base64.b64decode(text), np.float32)


def _rendered(page, hits, qpm=120, loops=1, **options):
  """Renders offline in the page, float32 `[num_samples, 2]`."""
  codes = step_codes.hits_to_step_codes(hits).tolist()
  seconds = loops * len(codes) * 60 / (qpm * step_codes.STEPS_PER_QUARTER)
  return np.stack([
      _unpacked(channel) for channel in page.run(
          'return rendered(...args)', codes, _RATE, seconds,
          {**options, 'qpm': qpm},
      )
  ], axis=1)


@pytest.mark.parametrize('kit', drum_kit.NAMES)
@pytest.mark.parametrize('name', voices.NAMES)
def test_sound_of_the_page_is_that_of_the_package(page, name, kit):
  number, index = drum_kit.NAMES.index(kit), voices.INDEX[name]
  voice = drum_kit.load(kit).voices[index]
  for rate, stroke in ((_RATE, 0), (48_000, voice.strokes - 1)):
    bright, dark = (text and _unpacked(text) for text in page.run("""
      const [kit, index, rate, stroke] = args;
      const voice = data.kits[kit].voices[index];
      const bright = modules.renderVoice(voice, rate, stroke);
      const dark = modules.darkened(bright, voice, rate);
      return [packed(bright), dark && packed(dark)];""",
      number, index, rate, stroke,
    ))
    ours = synthesis.render_voice(voice, rate, stroke)
    assert bright.shape == ours.shape
    np.testing.assert_allclose(bright, ours, atol=1e-4)
    assert np.abs(ours).max() > 0.4
    assert (dark is None) == (not voice.dark_hz)
    if voice.dark_hz:
      np.testing.assert_allclose(
          dark, synthesis.darkened(ours, voice.dark_hz, rate), atol=1e-4
      )


def test_other_noise_is_heard(page):
  ours = synthesis.render_voice('snare')
  other = _unpacked(page.run("""
    const voice = structuredClone(data.voices[1]);
    voice.layers[1].seed += 1;
    return packed(modules.renderVoice(voice, args[0]))""", _RATE))
  assert np.abs(ours - other).max() > 0.05


@pytest.mark.parametrize('kit', drum_kit.NAMES)
def test_loop_of_the_page_sounds_by_the_kit_that_is_set(page, kit):
  # Hits of several strengths, and more of a voice than it has strokes.
  hits = drawn_patterns.hits_of(
      kick=(0, 10), snare=(4, 7, 12, 20), closed_hat=range(0, 32, 2),
      open_hat=(30,), ride=(1, 3, 5), crash=(0,),
  )
  ours = rendering.render(
      hits, qpm=96, loop=False, kit=kit,
      dynamics=dynamics.Dynamics(accents=True),
  )
  in_page = _rendered(
      page, hits, 96, kit=drum_kit.NAMES.index(kit), accents=True
  )
  end = len(ours) - 500
  np.testing.assert_allclose(in_page[:end], ours[:end], atol=5e-4)


@given(codes=drawn_patterns.codes(1, 1), qpm=st.sampled_from((61, 120, 233)),
       swing=st.sampled_from((0, 0.37, 1)), accents=st.booleans())
@settings(max_examples=12)
def test_loop_of_the_page_is_that_of_the_package(
    page, codes, qpm, swing, accents
):
  hits = step_codes.step_codes_to_hits(codes)[0]
  ours = rendering.render(
      hits, qpm=qpm, loop=False,
      dynamics=dynamics.Dynamics(swing=swing, accents=accents),
  )
  in_page = _rendered(page, hits, qpm, swing=swing, accents=accents)
  assert in_page.shape == ours.shape
  # Files are faded at their end.
  end = len(ours) - 500
  np.testing.assert_allclose(in_page[:end], ours[:end], atol=5e-4)


@pytest.mark.parametrize('name', voices.NAMES)
def test_every_voice_is_heard_at_its_time(page, name):
  steps = [0, 7, 16, 27]
  samples = _rendered(page, drawn_patterns.hits_of(**{name: steps}), qpm=60)
  per_step = _RATE // 4
  assert len(samples) == 32 * per_step
  assert 0.1 < np.abs(samples).max() < 0.95
  envelope = np.abs(samples).max(axis=1)
  attack = np.argmax(envelope > 0.1 * envelope[:per_step].max())
  assert attack <= _ONSET_S * _RATE
  for step in steps[1:]:
    start = step * per_step
    # Above what still sounds of the hit before.
    level = envelope[start - 441:start].max() + 0.1 * envelope.max()
    found = np.argmax(envelope[start:start + 4410] > level)
    assert 0 < envelope[start:start + 4410].max() > level
    assert found <= _ONSET_S * _RATE


def test_loop_of_everything_does_not_clip_and_silence_is_silent(page):
  every = _rendered(page, np.ones((32, 14), np.bool_))
  assert 0.85 < np.abs(every).max() <= 0.9501
  assert not _rendered(page, np.zeros((32, 14), np.bool_)).any()


def test_second_loop_of_the_page_is_the_seamless_file(page):
  ours = rendering.render(_BEAT, qpm=100)
  twice = _rendered(page, _BEAT, 100, 2)
  assert len(twice) == 2 * len(ours)
  np.testing.assert_allclose(twice[len(ours):-500], ours[:-500], atol=5e-4)


def test_mute_and_solo_are_what_is_left(page):
  hats = [voices.INDEX['closed_hat'], voices.INDEX['open_hat']]
  without = _BEAT.copy()
  without[:, hats] = False
  muted = _rendered(page, _BEAT, mutes=hats)
  np.testing.assert_allclose(muted, _rendered(page, without), atol=1e-6)
  assert np.abs(muted - _rendered(page, _BEAT)).max() > 0.05
  kick = np.zeros_like(_BEAT)
  kick[:, 0] = _BEAT[:, 0]
  np.testing.assert_allclose(
      _rendered(page, _BEAT, solos=[0], mutes=[0]), _rendered(page, kick),
      atol=1e-6,
  )
  np.testing.assert_allclose(
      _rendered(page, kick, volume=0.5), 0.5 * _rendered(page, kick), atol=1e-6
  )


def test_humanize_varies_by_its_seed_and_stays_near(page):
  one, same, other = (
      _rendered(page, _BEAT, humanize=1, seed=seed) for seed in (1, 1, 2)
  )
  # The browser adds sounds up in any order.
  np.testing.assert_allclose(one, same, atol=1e-5)
  assert np.abs(one - other).max() > 0.05
  found = page.run("""
    const settings = {...modules.initialValues(), humanize: 1};
    const all = [];
    for (let count = 0; count < 2000; count++) {
      all.push(modules.played(data, settings, count % 14, 4, count));
    }
    return all;""")
  delays = [hit['delay'] for hit in found]
  assert -0.12 <= min(delays) < -0.11 and 0.11 < max(delays) <= 0.12
  assert abs(np.mean(delays)) < 0.01
  assert delays[0] >= 0
  spread = [hit['velocity'] for hit in found if hit['velocity'] < 127]
  assert max(spread) - min(spread) > 30


_LOGGING = """
  const makeLog = (changes = {}) => {
    const context = new OfflineAudioContext(2, 44100 * 60, 44100);
    const player = new modules.Player(data, plain(changes));
    const sequencer = player.makeSequencer(context);
    const log = [];
    sequencer.onHit = (voice, time) => log.push([voice, time]);
    return {sequencer, log};
  };
"""


def test_next_pattern_comes_on_the_beat_and_keeps_its_place(page):
  log = page.run(_LOGGING + """
    const {sequencer, log} = makeLog();
    const kicks = new Array(32).fill(1);
    const snares = new Array(32).fill(2);
    snares[9] = 4;
    sequencer.begin(kicks, 0);
    sequencer.advance(5.5 / 8);
    sequencer.next(snares);
    sequencer.advance(2);
    return log;""")
  assert [voice for voice, _ in log] == [0] * 8 + [1, 2] + [1] * 6
  np.testing.assert_allclose(
      [time for _, time in log], np.arange(16) / 8, atol=1 / _RATE
  )


def test_tempo_changes_from_the_next_step_on(page):
  log = page.run(_LOGGING + """
    const {sequencer, log} = makeLog();
    sequencer.begin(new Array(32).fill(1), 0);
    sequencer.advance(0.5);
    sequencer.settings.qpm = 60;
    sequencer.advance(1.4);
    return log;""")
  np.testing.assert_allclose(
      [time for _, time in log], [0, .125, .25, .375, .5, .75, 1, 1.25],
      atol=1 / _RATE,
  )


def test_sequence_asks_every_bar_until_there_is_no_more(page):
  log = page.run(_LOGGING + """
    const {sequencer, log} = makeLog();
    let bars = 0;
    sequencer.begin(new Array(32).fill(1), 0);
    sequencer.sequence(
      () => ++bars < 4 ? new Array(32).fill(1 << bars) : null, 16);
    sequencer.advance(10);
    return log;""")
  by_bar = np.array([voice for voice, _ in log]).reshape(5, 16)
  assert (by_bar == by_bar[:, :1]).all()
  assert by_bar[:, 0].tolist() == [1, 2, 3, 3, 3]


def test_player_is_silent_before_its_start_and_plays_in_time(page):
  steps = page.run("""
    const player = new modules.Player(
      data, {...modules.initialValues(), qpm: 300});
    const before = [player.context, player.playing];
    const seen = [];
    const sent = [];
    player.midiOut = {send: (bytes, at) => sent.push([[...bytes], at])};
    const pattern = new Array(32).fill(0).map((_, i) => i % 4 ? 4 : 1);
    player.wake();
    holdTime(player, 0.01);
    await new Promise((resolve) => {
      player.onStep((step, time) => {
        seen.push([step, time]);
        if (seen.length === 12) player.next(new Array(32).fill(2));
        if (seen.length === 40) resolve();
      });
      player.start(pattern);
    });
    player.stop();
    const {context, playing} = player;
    while (context.state !== 'running') {
      await new Promise(requestAnimationFrame);
    }
    await context.close();
    return {before, seen, sent, playing};""")
  assert steps['before'] == [None, False]
  assert not steps['playing']
  assert [step for step, _ in steps['seen']] == [n % 32 for n in range(40)]
  np.testing.assert_allclose(
      np.diff([time for _, time in steps['seen']]), 0.05, atol=1e-6
  )
  notes = [data for data, _ in steps['sent'] if data[0] == 0x99]
  assert notes[:5] == [
      [0x99, 36, 94], [0x99, 42, 74], [0x99, 42, 76], [0x99, 42, 75],
      [0x99, 36, 94],
  ]
  # The change came on a beat: as many hits of the first as fill whole beats.
  pitches = [data[1] for data in notes]
  change = pitches.index(38)
  assert change % 4 == 0 and 12 <= change <= 24
  assert set(pitches[change:]) == {38}
  offs = [data for data, _ in steps['sent'] if data[0] == 0x89]
  assert len(offs) == len(notes)
  assert steps['sent'][-1][0] == [0xB9, 123, 0]


def test_sequence_starts_a_player_that_is_still(page):
  asked = page.run("""
    const player = new modules.Player(data, plain({qpm: 600}));
    let asked = 0;
    await new Promise((resolve) => {
      player.sequence(() => {
        if (++asked === 4) resolve();
        return new Array(32).fill(asked);
      }, 16);
    });
    player.stop();
    await player.context.close();
    const still = new modules.Player(data, plain());
    still.sequence(() => null);
    return [asked, still.playing];""")
  assert asked == [4, False]


def _midi(page, codes, qpm, *, name='drums', **options):
  return bytes(page.run(
      """const [codes, settings, name] = args;
      return [...modules.patternsToMidi(data, codes, plain(settings), name)]""",
      np.asarray(codes).tolist(), {'qpm': qpm, **options}, name,
  ))


@given(codes=drawn_patterns.codes(1, 3), qpm=st.floats(1, 999),
       accents=st.booleans(), name=st.text(max_size=20))
@settings(max_examples=40)
def test_midi_file_of_the_page_is_that_of_the_package(
    page, codes, qpm, accents, name
):
  ours = midi_writing.patterns_to_midi(
      step_codes.step_codes_to_hits(codes), qpm=qpm, name=name,
      dynamics=dynamics.Dynamics(accents=accents),
  )
  assert _midi(page, codes, qpm, accents=accents, name=name) == ours


@given(codes=drawn_patterns.codes(1, 2), swing=st.floats(0, 1))
@settings(max_examples=20)
def test_swung_midi_file_has_the_notes_of_the_package(page, codes, swing):
  ours = midi_writing.patterns_to_midi(
      step_codes.step_codes_to_hits(codes),
      dynamics=dynamics.Dynamics(swing=swing),
  )
  files = [
      pretty_midi.PrettyMIDI(io.BytesIO(data))
      for data in (ours, _midi(page, codes, 120, swing=swing))
  ]
  notes = [
      sorted((n.start, n.end, n.pitch, n.velocity)
             for track in file.instruments for n in track.notes)
      for file in files
  ]
  np.testing.assert_allclose(notes[0], notes[1], atol=1.1 / 960)


def _read(page, data, assume_drums=False):
  return page.run(
      """return modules.firstBars(modules.readSong(
        Uint8Array.from(args[0]), data.voice_of_pitch, args[1]))""",
      list(data), assume_drums,
  )


@given(codes=drawn_patterns.codes(1, 2), silent=st.integers(0, 2),
       humanize=st.sampled_from((0, 1)))
@settings(max_examples=25)
def test_dropped_file_of_the_package_is_its_first_bars(
    page, codes, silent, humanize
):
  codes[0, 0] |= 1
  hits = step_codes.step_codes_to_hits(codes)
  hits = np.concatenate([np.zeros((silent, 32, 14), np.bool_), hits])
  data = midi_writing.patterns_to_midi(
      hits, dynamics=dynamics.Dynamics(swing=humanize / 2, humanize=humanize)
  )
  assert _read(page, data) == codes[0].tolist()


def test_dropped_file_of_pretty_midi_is_read(page):
  file = pretty_midi.PrettyMIDI(resolution=96, initial_tempo=93)
  drums = pretty_midi.Instrument(0, is_drum=True)
  sixteenth = 60 / 93 / 4
  for step in range(0, 40, 4):
    start = step * sixteenth + 0.01
    drums.notes.append(pretty_midi.Note(90, 35, start, start + 0.05))
  piano = pretty_midi.Instrument(3)
  piano.notes.append(pretty_midi.Note(90, 38, 0, 1))
  file.instruments += [piano, drums]
  stream = io.BytesIO()
  file.write(stream)
  assert _read(page, stream.getvalue()) == [1, 0, 0, 0] * 8
  assert _read(page, stream.getvalue(), True) == [3, 0, 0, 0] + [1, 0, 0, 0] * 7


def test_dropped_file_may_have_everything_that_midi_has(page):
  on, off = 0x99, 0x89
  body = builders.track(
      builders.tempo(0, 300_000), builders.sysex(0, b'\x01\x02\xf7'),
      builders.meta(0, 0x7F, bytes(200)),
      builders.event(0, 0xC9, 5), builders.event(0, 0xE9, 0, 64),
      builders.event(0, on, 36, 100), builders.event(0, 38, 90),
      # Running status goes on; velocity 0 is a note-off; 3 is no voice.
      builders.event(60, 36, 0), builders.event(0, 3, 90),
      builders.event(4, 42, 1), builders.event(50, off, 42, 0),
  )
  other = builders.track(builders.event(96, on, 49, 100))
  data = builders.midi(
      body, builders.chunk(b'XYZW', b'what is this'), other, division=96
  )
  expected = [0] * 32
  # 64 of 24 ticks a step are step 2.67, which is 3.
  expected[0], expected[3], expected[4] = 3, 4, 128
  assert _read(page, data) == expected


def test_dropped_file_in_a_wrapping_or_cut_is_read_as_by_the_package(page):
  codes = step_codes.hits_to_step_codes(_BEAT).reshape(-1, 32)[0].tolist()
  good = midi_writing.patterns_to_midi(_BEAT)
  size = len(good).to_bytes(4, 'little')
  riff = b'RIFF' + size + b'RMIDdata' + size + good
  for data in (riff, bytes(128) + good, good[:-6]):
    assert _read(page, data) == codes
  # The end is missing in the middle of a note: what stands before it counts.
  half = _read(page, good[:len(good) // 2])
  assert any(half) and half != codes
  assert all(ours & code == ours for ours, code in zip(half, codes))


@pytest.mark.parametrize('data, message', [
    (b'', 'no MIDI file'),
    (b'RIFF' + bytes(40), 'no MIDI file'),
    (builders.midi(builders.track()), 'no drum notes'),
    (builders.midi(builders.track(), division=0xE728), 'frames of film'),
    (builders.midi(builders.track(), division=0), 'how long a beat'),
    (builders.midi(builders.chunk(b'MTrk', b'\x00\x99\x24')), 'too early'),
    (bytes(4096) + builders.midi(builders.track()), 'no MIDI file'),
    (builders.midi(builders.chunk(b'MTrk', b'\x00\x24\x24')), 'data where'),
    (builders.midi(builders.chunk(b'MTrk', b'\xff' * 9)), 'does not end'),
    (builders.midi(builders.track(builders.notes([(0, 36)], channel=1))),
     'no drum notes'),
    (builders.midi(builders.track(builders.notes([(0, 3)]))),
     'none of the voices'),
], ids=str)
def test_damaged_file_is_an_error_in_words(page, data, message):
  with pytest.raises(AssertionError, match=f'Error: .*{message}'):
    _read(page, data)


@given(noise=st.binary(max_size=200), cut=st.integers(0, 200))
@settings(max_examples=50)
def test_no_bytes_break_the_reader(page, noise, cut):
  good = midi_writing.patterns_to_midi(_BEAT)
  for data in (good[:14] + noise, good[:22] + noise, good[:cut], noise):
    outcome = page.run(
        """try {
          return modules.firstBars(modules.readSong(
            Uint8Array.from(args[0]), data.voice_of_pitch));
        } catch (error) {
          return error.constructor.name + ': ' + error.message;
        }""", list(data),
    )
    if isinstance(outcome, str):
      assert outcome.startswith('Error: Th')
    else:
      assert len(outcome) == 32
