"""Sound: drum hits as audio, by the kit of this package.

Audio is float32 `[num_samples, 2]`, left and right, in [-1, 1]. Every hit
begins on its sample. A *loop* is exactly as long as its bars: what still sounds
at its end sounds on at its beginning, so that it repeats without a seam.
`sound/sequencer.js` plays by the same rules in the page.
"""

from collections.abc import Iterable
from collections.abc import Iterator
import dataclasses
import struct

import numpy as np

from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext.notes import song_limits
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import dynamics as dynamics_lib
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices
from drumspace_ext.sound import kit as drum_kit
from drumspace_ext.sound import mixing

SAMPLE_RATE = drum_kit.SAMPLE_RATE
MAX_SECONDS = song_limits.MAX_AUDIO_S
_PCM_MAX = 32_767
_PCM_BYTES = 2
# RIFF, its size, WAVE, the format, and where the samples begin.
_WAV_HEADER = struct.Struct('<4sI4s4sIHHIIHH4sI')
# Of a sample: sums of times carry float noise.
_SLACK = 1e-6


def _rounded(position: np.ndarray | float) -> np.ndarray:
  """Returns the nearest sample, int64; of two the later one, as in the page."""
  return np.floor(np.asarray(position) + 0.5 + _SLACK).astype(np.int64)


def num_samples_of(seconds: float, sample_rate: int = SAMPLE_RATE) -> int:
  """Returns how many samples some seconds take, rounded."""
  return int(_rounded(seconds * sample_rate))


def seconds_of(hits: np.ndarray, qpm: float) -> float:
  """Returns how long the steps of hits, bool `[..., 14]`, take in seconds."""
  num_steps = hits.size // step_codes.NUM_VOICES
  return num_steps * 60 / (qpm * step_codes.STEPS_PER_QUARTER)


def _mix(
    starts: np.ndarray, struck: np.ndarray, velocities: np.ndarray,
    num_samples: int, *, loop: bool, sample_rate: int, kit: str,
    loops: np.ndarray | None = None,
) -> mixing.Mix:
  """Returns hits that are to be mixed; raises InputError if it is too long."""
  if num_samples > MAX_SECONDS * sample_rate:
    raise errors.InputError(
        f'{num_samples / sample_rate:,.0f} seconds are too long for audio; '
        f'at most {MAX_SECONDS:,} are written.'
    )
  return mixing.Mix(
      starts, struck, velocities, num_samples, loop=loop,
      sample_rate=sample_rate, kit=kit, loops=loops,
  )


def mix_notes(
    seconds: np.ndarray, struck: np.ndarray, velocities: np.ndarray,
    sample_rate: int = SAMPLE_RATE, kit: str = defaults.KIT,
) -> mixing.Mix:
  """Returns hits at any times as a mix, until the last one has faded.

  Args:
    seconds: When each hit begins, float64 `[num_hits]`.
    struck: Its voice, int64 `[num_hits]`.
    velocities: Its MIDI velocity, int64 `[num_hits]`.
    sample_rate: Samples a second.
    kit: One of `kit.NAMES`.

  Raises:
    InputError: If it is all too long.
  """
  starts = np.maximum(_rounded(seconds * sample_rate), 0)
  order = np.argsort(starts, kind='stable')
  starts, struck, velocities = (
      column[order] for column in (starts, struck, velocities)
  )
  lengths = mixing.num_samples_of_voices(kit, sample_rate)
  return _mix(
      starts, struck, velocities, int((starts + lengths[struck]).max()),
      loop=False, sample_rate=sample_rate, kit=kit,
  )


def render_notes(
    seconds: np.ndarray, struck: np.ndarray, velocities: np.ndarray,
    sample_rate: int = SAMPLE_RATE, kit: str = defaults.KIT,
) -> np.ndarray:
  """Renders hits at any times, float32 `[num_samples, 2]`; see `mix_notes`."""
  return mix_notes(
      seconds, struck, velocities, sample_rate, kit
  ).samples()


def mix_hits(
    hits: np.ndarray, *, qpm: float, loop: bool = True,
    dynamics: dynamics_lib.Dynamics | None = None,
    sample_rate: int = SAMPLE_RATE, kit: str = defaults.KIT,
) -> mixing.Mix:
  """Returns hits on a grid as a mix, exactly as long as the steps.

  Args:
    hits: bool `[num_steps, 14]`, or patterns `[num_patterns, 32, 14]` one after
      the other.
    qpm: Tempo in quarter notes per minute.
    loop: Let the end sound on at the beginning; otherwise it is faded out.
    dynamics: How hits are played; all alike and on the grid if None.
    sample_rate: Samples a second.
    kit: One of `kit.NAMES`.

  Raises:
    PatternError: If `hits` are no hits.
    InputError: If the tempo is no tempo, or it is all too long.
  """
  if hits.dtype != np.bool_ or hits.shape[-1:] != (step_codes.NUM_VOICES,):
    raise errors.PatternError(
        f'hits are bool [..., {step_codes.NUM_VOICES}], got {hits.dtype} '
        f'{list(hits.shape)}.'
    )
  if not 1 <= qpm <= 1000:
    raise errors.InputError(f'qpm must be in [1, 1000], got {qpm}.')
  played = dynamics or dynamics_lib.Dynamics()
  rows = hits.reshape(-1, step_codes.NUM_VOICES)
  steps, struck = np.nonzero(rows)
  per_step = 60 * sample_rate / (qpm * step_codes.STEPS_PER_QUARTER)
  return _mix(
      _rounded((steps + played.delays(steps, struck)) * per_step), struck,
      played.velocities(steps, struck),
      num_samples_of(seconds_of(hits, qpm), sample_rate), loop=loop,
      sample_rate=sample_rate, kit=kit, loops=steps // step_codes.NUM_STEPS,
  )


def render(
    hits: np.ndarray, *, qpm: float, loop: bool = True,
    dynamics: dynamics_lib.Dynamics | None = None,
    sample_rate: int = SAMPLE_RATE, kit: str = defaults.KIT,
) -> np.ndarray:
  """Renders hits on a grid, float32 `[num_samples, 2]`; see `mix_hits`."""
  return mix_hits(
      hits, qpm=qpm, loop=loop, dynamics=dynamics, sample_rate=sample_rate,
      kit=kit,
  ).samples()


def wav_parts(
    blocks: Iterable[np.ndarray], num_samples: int, sample_rate: int
) -> Iterator[bytes]:
  """Yields a stereo WAV file, 16-bit PCM, by parts.

  Args:
    blocks: float `[num_samples of the block, 2]`; what is beyond 1 is cut off.
    num_samples: Of all blocks together.
    sample_rate: Samples a second.
  """
  frame = 2 * _PCM_BYTES
  yield _WAV_HEADER.pack(
      b'RIFF', 36 + num_samples * frame, b'WAVE', b'fmt ', 16, 1, 2,
      sample_rate, sample_rate * frame, frame, 8 * _PCM_BYTES, b'data',
      num_samples * frame,
  )
  for block in blocks:
    yield np.rint(np.clip(block, -1, 1) * _PCM_MAX).astype('<i2').tobytes()


def to_wav(
    samples: np.ndarray, sample_rate: int = SAMPLE_RATE
) -> bytes:
  """Returns audio as the bytes of a stereo WAV file, 16-bit PCM.

  Args:
    samples: float `[num_samples, 2]`; what is beyond 1 is cut off.
    sample_rate: Samples a second.
  """
  return b''.join(wav_parts([samples], len(samples), sample_rate))


def _kit_of_page(name: str) -> dict[str, object]:
  kit = drum_kit.load(name)
  return kit.to_json() | {'voices': [
      {**dataclasses.asdict(voice), 'name': name, 'pitch': pitch}
      for voice, name, pitch in zip(
          kit.voices, voices.NAMES, voices.EXEMPLAR_PITCHES
      )
  ]}


def page_description() -> dict[str, object]:
  """Returns what the explorer's page needs to play, as JSON can hold it.

  Returns:
    `kits`, in the order of `kit.NAMES`, each with `master` and `voices` (with
    `name` and `pitch`); both also of the default kit; `voice_of_pitch` (-1 for
    none); and `dynamics`: `velocity` (of a hit without
    accents), `velocities` (with them, by step of the bar and voice,
    `[16][14]`), `swing` (the delay of odd steps at swing 1, in steps),
    `human_velocity` and `human_step` (how far hits vary at humanise 1), and
    `most_late` (what a hit is late or early at most, in steps).
  """
  kits = [_kit_of_page(name) for name in drum_kit.NAMES]
  kit = {**kits[drum_kit.NAMES.index(defaults.KIT)], 'kits': kits}
  steps = np.repeat(np.arange(step_codes.STEPS_PER_BAR), step_codes.NUM_VOICES)
  struck = np.tile(np.arange(step_codes.NUM_VOICES), step_codes.STEPS_PER_BAR)
  accents = dynamics_lib.Dynamics(accents=True).velocities(steps, struck)
  kit['voice_of_pitch'] = drum_maps.load(drum_maps.GM14).voice_of_pitch.tolist()
  kit['dynamics'] = {
      'velocity': dynamics_lib.Dynamics().velocity,
      'velocities': accents.reshape(step_codes.STEPS_PER_BAR, -1).tolist(),
      'swing': float(dynamics_lib.Dynamics(swing=1.0).delays(np.array([1]))[0]),
      'human_velocity': dynamics_lib.MAX_HUMAN_VELOCITY,
      'human_step': dynamics_lib.MAX_HUMAN_STEP,
      'most_late': dynamics_lib.MAX_DELAY,
  }
  return kit
