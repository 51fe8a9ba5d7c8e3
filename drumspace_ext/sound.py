"""Sound: drum hits as audio, by the kit of this package.

Audio is float32 `[num_samples, 2]`, left and right, in [-1, 1]. Every hit
begins on its sample. A *loop* is exactly as long as its bars: what still sounds
at its end sounds on at its beginning, so that it repeats without a seam.
`sound/sequencer.js` plays by the same rules in the page.
"""

import functools
import io
import wave

import numpy as np

from drumspace_ext import drum_kit
from drumspace_ext import drum_maps
from drumspace_ext import dynamics as dynamics_lib
from drumspace_ext import errors
from drumspace_ext import patterns
from drumspace_ext import voices

SAMPLE_RATE = drum_kit.SAMPLE_RATE
# An hour in stereo takes 2 GB while it is mixed; no song is longer.
MAX_SECONDS = 3600
_PCM_MAX = 32_767
# Of a sample: sums of times carry float noise.
_SLACK = 1e-6


@functools.cache
def _samples(sample_rate: int) -> tuple[np.ndarray, ...]:
  """Returns the sounds of all voices, float32 `[num_samples, 2]` each."""
  sounds = []
  for voice in drum_kit.load().voices:
    mono = drum_kit.render_voice(voice, sample_rate)
    sounds.append(
        mono[:, None] * np.array(drum_kit.pan_gains(voice.pan), np.float32)
    )
  return tuple(sounds)


def limited(samples: np.ndarray) -> np.ndarray:
  """Returns samples under the master's limiter.

  What is below the knee stays as it is, what is above bends towards the
  ceiling and never reaches it.

  Args:
    samples: float `[...]`.
  """
  master = drum_kit.load().master
  room = master.ceiling - master.knee
  over = np.abs(samples) - master.knee
  bent = np.sign(samples) * (master.knee + room * np.tanh(over / room))
  return np.where(over > 0, bent, samples)


def _ends(
    starts: np.ndarray, struck: np.ndarray, num_samples: int, loop: bool
) -> np.ndarray:
  """Returns where each hit is choked, float64 `[num_hits]`; inf for nowhere."""
  ends = np.full(len(starts), np.inf)
  chokes = [voice.choke for voice in drum_kit.load().voices]
  for group in sorted(set(chokes) - {''}):
    own = np.flatnonzero([chokes[voice] == group for voice in struck])
    if len(own):
      times = np.unique(starts[own])
      after = np.append(times, times[0] + num_samples if loop else np.inf)
      ends[own] = after[np.searchsorted(times, starts[own], side='right')]
  return ends


def mix(
    starts: np.ndarray, struck: np.ndarray, velocities: np.ndarray,
    num_samples: int, *, loop: bool, sample_rate: int = SAMPLE_RATE,
) -> np.ndarray:
  """Mixes hits that begin on given samples.

  Args:
    starts: First sample of each hit, int64 `[num_hits]`, not negative.
    struck: Its voice, int64 `[num_hits]`.
    velocities: Its MIDI velocity, int64 `[num_hits]`.
    num_samples: Length of the result.
    loop: Let the end sound on at the beginning; otherwise it is faded out.
    sample_rate: Samples a second.

  Returns:
    float32 `[num_samples, 2]`.

  Raises:
    InputError: If it is too long to be mixed.
  """
  if num_samples > MAX_SECONDS * sample_rate:
    raise errors.InputError(
        f'{num_samples / sample_rate:,.0f} seconds are too long for audio; '
        f'at most {MAX_SECONDS:,} are written.'
    )
  master, sounds = drum_kit.load().master, _samples(sample_rate)
  ends = _ends(starts, struck, num_samples, loop)
  gains = master.gain * (velocities / 127) ** master.velocity_power
  fade = max(round(master.choke_s * sample_rate), 1)
  tail = max(map(len, sounds))
  # Whole turns of the loop, so that what is late folds back on the beginning.
  turns = -(-tail // max(num_samples, 1)) + 1 if loop else 1
  buffer = np.zeros((max(turns * num_samples, num_samples + tail), 2))
  for start, voice, end, gain in zip(starts, struck, ends, gains):
    sound = sounds[voice]
    if start + len(sound) > end:
      length = int(min(end - start + fade, len(sound)))
      ramp = (end - start + fade - np.arange(length)) / fade
      sound = sound[:length] * np.minimum(ramp, 1)[:, None]
    start = int(start) % num_samples if loop else int(start)
    buffer[start:start + len(sound)] += gain * sound[:len(buffer) - start]
  if loop:
    result = buffer[:turns * num_samples].reshape(turns, num_samples, 2).sum(0)
  else:
    result = buffer[:num_samples]
    last = np.arange(min(fade, num_samples))[::-1] / fade
    result[len(result) - len(last):] *= last[:, None]
  return limited(result).astype(np.float32)


def _rounded(position: np.ndarray | float) -> np.ndarray:
  """Returns the nearest sample, int64; of two the later one, as in the page."""
  return np.floor(np.asarray(position) + 0.5 + _SLACK).astype(np.int64)


def num_samples_of(seconds: float, sample_rate: int = SAMPLE_RATE) -> int:
  """Returns how many samples some seconds take, rounded."""
  return int(_rounded(seconds * sample_rate))


def seconds_of(hits: np.ndarray, qpm: float) -> float:
  """Returns how long the steps of hits, bool `[..., 14]`, take in seconds."""
  num_steps = hits.size // patterns.NUM_VOICES
  return num_steps * 60 / (qpm * patterns.STEPS_PER_QUARTER)


def render_notes(
    seconds: np.ndarray, struck: np.ndarray, velocities: np.ndarray,
    sample_rate: int = SAMPLE_RATE,
) -> np.ndarray:
  """Renders hits at any times, until the last one has faded.

  Args:
    seconds: When each hit begins, float64 `[num_hits]`.
    struck: Its voice, int64 `[num_hits]`.
    velocities: Its MIDI velocity, int64 `[num_hits]`.
    sample_rate: Samples a second.

  Returns:
    float32 `[num_samples, 2]`.

  Raises:
    InputError: If it is all too long.
  """
  starts = np.maximum(_rounded(seconds * sample_rate), 0)
  lengths = np.array([len(samples) for samples in _samples(sample_rate)])
  return mix(
      starts, struck, velocities, int((starts + lengths[struck]).max()),
      loop=False, sample_rate=sample_rate,
  )


def render(
    hits: np.ndarray, *, qpm: float, loop: bool = True,
    dynamics: dynamics_lib.Dynamics | None = None,
    sample_rate: int = SAMPLE_RATE,
) -> np.ndarray:
  """Renders hits on a grid.

  Args:
    hits: bool `[num_steps, 14]`, or patterns `[num_patterns, 32, 14]` one after
      the other.
    qpm: Tempo in quarter notes per minute.
    loop: Let the end sound on at the beginning; otherwise it is faded out.
    dynamics: How hits are played; all alike and on the grid if None.
    sample_rate: Samples a second.

  Returns:
    float32 `[num_samples, 2]`, exactly as long as the steps.

  Raises:
    PatternError: If `hits` are no hits.
    InputError: If the tempo is no tempo, or it is all too long.
  """
  if hits.dtype != np.bool_ or hits.shape[-1:] != (patterns.NUM_VOICES,):
    raise errors.PatternError(
        f'hits are bool [..., {patterns.NUM_VOICES}], got {hits.dtype} '
        f'{list(hits.shape)}.'
    )
  if not 1 <= qpm <= 1000:
    raise errors.InputError(f'qpm must be in [1, 1000], got {qpm}.')
  played = dynamics or dynamics_lib.Dynamics()
  rows = hits.reshape(-1, patterns.NUM_VOICES)
  steps, struck = np.nonzero(rows)
  per_step = 60 * sample_rate / (qpm * patterns.STEPS_PER_QUARTER)
  return mix(
      _rounded((steps + played.delays(steps)) * per_step), struck,
      played.velocities(steps, struck),
      num_samples_of(seconds_of(hits, qpm), sample_rate), loop=loop,
      sample_rate=sample_rate,
  )


def to_wav(
    samples: np.ndarray, sample_rate: int = SAMPLE_RATE
) -> bytes:
  """Returns audio as the bytes of a WAV file, 16-bit PCM.

  Args:
    samples: float `[num_samples, num_channels]`; what is beyond 1 is cut off.
    sample_rate: Samples a second.
  """
  pcm = np.rint(np.clip(samples, -1, 1) * _PCM_MAX).astype('<i2')
  stream = io.BytesIO()
  with wave.open(stream, 'wb') as file:
    file.setnchannels(samples.shape[1])
    file.setsampwidth(2)
    file.setframerate(sample_rate)
    file.writeframes(pcm.tobytes())
  return stream.getvalue()


def page_description() -> dict[str, object]:
  """Returns what the explorer's page needs to play, as JSON can hold it.

  Returns:
    `master` and `voices` of the kit (with `name` and `pitch`);
    `voice_of_pitch` (-1 for none); and `dynamics`: `velocity` (of a hit without
    accents), `velocities` (with them, by step of the bar and voice,
    `[16][14]`), `swing` (the delay of odd steps at swing 1, in steps),
    `human_velocity` and `human_step` (how far hits vary at humanise 1).
  """
  kit = drum_kit.load().to_json()
  for voice, name, pitch in zip(
      kit['voices'], voices.NAMES, voices.EXEMPLAR_PITCHES
  ):
    voice.update(name=name, pitch=pitch)
  steps = np.repeat(np.arange(patterns.STEPS_PER_BAR), patterns.NUM_VOICES)
  struck = np.tile(np.arange(patterns.NUM_VOICES), patterns.STEPS_PER_BAR)
  accents = dynamics_lib.Dynamics(accents=True).velocities(steps, struck)
  kit['voice_of_pitch'] = drum_maps.load(drum_maps.GM14).voice_of_pitch.tolist()
  kit['dynamics'] = {
      'velocity': dynamics_lib.Dynamics().velocity,
      'velocities': accents.reshape(patterns.STEPS_PER_BAR, -1).tolist(),
      'swing': float(dynamics_lib.Dynamics(swing=1.0).delays(np.array([1]))[0]),
      'human_velocity': dynamics_lib.MAX_HUMAN_VELOCITY,
      'human_step': dynamics_lib.MAX_HUMAN_STEP,
  }
  return kit
