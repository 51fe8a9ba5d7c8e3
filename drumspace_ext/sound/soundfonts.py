"""SoundFonts: MIDI files as audio, with sounds of the user's own.

midirenderer (RustySynth) does it: one small wheel without system libraries. It
renders at 48 kHz and begins notes on multiples of 64 samples, 1.3 ms.
"""

from collections.abc import Iterator
import contextlib
import importlib.util
import io
import os
import pathlib
import sys
import wave

import numpy as np

from drumspace_ext import errors
from drumspace_ext.files import local_paths
from drumspace_ext.sound import mixing

SAMPLE_RATE = 48_000
_PACKAGE = 'midirenderer'
_MAX_FILE_BYTES = 1 << 31
# It plays a drum kit 17 dB below full scale.
_PCM_GAIN = 4.0 / (1 << 15)
_CHUNK_HEADER = 8
_BLOCK_SAMPLES = 10 * SAMPLE_RATE


@contextlib.contextmanager
def _quiet():
  """Keeps a native library from writing to the standard error."""
  sys.stderr.flush()
  kept = os.dup(2)
  nowhere = os.open(os.devnull, os.O_WRONLY)
  try:
    os.dup2(nowhere, 2)
    yield
  finally:
    os.dup2(kept, 2)
    os.close(nowhere)
    os.close(kept)


class Rendered:
  """What a SoundFont made of a MIDI file."""

  sample_rate = SAMPLE_RATE

  def __init__(self, pcm: np.ndarray, num_samples: int):
    """Takes samples, int16 `[n, 2]`; silence follows up to `num_samples`."""
    self._pcm = pcm
    self.num_samples = num_samples

  def blocks(self) -> Iterator[np.ndarray]:
    """Yields it under the limiter, float32 `[n, 2]` each."""
    for first in range(0, self.num_samples, _BLOCK_SAMPLES):
      size = min(_BLOCK_SAMPLES, self.num_samples - first)
      heard = self._pcm[first:first + size] * np.float32(_PCM_GAIN)
      yield mixing.limited(np.pad(heard, ((0, size - len(heard)), (0, 0))))


class SoundFont:
  """A SoundFont file."""

  def __init__(self, value: local_paths.Name):
    """Reads the file.

    Args:
      value: Its path.

    Raises:
      InputError: If there is no such file, or nothing that renders it.
    """
    if importlib.util.find_spec(_PACKAGE) is None:
      raise errors.InputError(
          f'SoundFonts need the package {_PACKAGE}: pip install {_PACKAGE}'
      )
    self._path: pathlib.Path = local_paths.expand(value)
    try:
      if self._path.stat().st_size > _MAX_FILE_BYTES:
        raise errors.InputError(f'{value} is too large for a SoundFont.')
      self._data = self._path.read_bytes()
    except OSError as e:
      raise errors.InputError(
          f"the SoundFont {value} can't be read: {e.strerror}."
      ) from e
    if self._data[:4] != b'RIFF' or self._data[8:12] != b'sfbk':
      raise errors.InputError(
          f'{value} is no SoundFont (.sf2); its first bytes say so.'
      )

  def render(self, midi: bytes) -> np.ndarray:
    """Renders a MIDI file, float32 `[num_samples, 2]` at `SAMPLE_RATE`.

    Args:
      midi: The bytes of a sound MIDI file.

    Raises:
      InputError: If the SoundFont is damaged.
    """
    return self._pcm(midi) * np.float32(_PCM_GAIN)

  def render_parts(
      self, midi: bytes, *, first: int = 0, num_samples: int | None = None
  ) -> Rendered:
    """Renders a MIDI file, to be heard under the limiter.

    Args:
      midi: The bytes of a sound MIDI file.
      first: The sample at which it begins to be heard.
      num_samples: How long it is heard; to its end if None.

    Raises:
      InputError: If the SoundFont is damaged.
    """
    pcm = self._pcm(midi)[first:]
    return Rendered(pcm, len(pcm) if num_samples is None else num_samples)

  def _pcm(self, midi: bytes) -> np.ndarray:
    """Renders a MIDI file, int16 `[num_samples, 2]`."""
    import midirenderer

    try:
      with _quiet():
        data = midirenderer.render_wave_from(self._data, midi)
    # A panic of Rust is a BaseException.
    except BaseException as e:
      if isinstance(e, (KeyboardInterrupt, SystemExit, MemoryError)):
        raise
      message = str(e).removeprefix('SoundFont error: ').rstrip('.')
      raise errors.InputError(
          f'the SoundFont {self._path} is damaged: {message}. Fetch it again.'
      ) from e
    with wave.open(io.BytesIO(data)) as file:
      shape = file.getnframes(), file.getnchannels()
    return np.frombuffer(
        data, '<i2', shape[0] * shape[1], data.index(b'data') + _CHUNK_HEADER
    ).reshape(shape)
