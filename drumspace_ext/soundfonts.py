"""SoundFonts: MIDI files as audio, with sounds of the user's own.

midirenderer (RustySynth) does it: one small wheel without system libraries. It
renders at 48 kHz and begins notes on multiples of 64 samples, 1.3 ms.
"""

import contextlib
import importlib.util
import io
import os
import pathlib
import sys
import wave

import numpy as np

from drumspace_ext import errors
from drumspace_ext import user_paths

SAMPLE_RATE = 48_000
_PACKAGE = 'midirenderer'
_MAX_FILE_BYTES = 1 << 31
# It plays a drum kit 17 dB below full scale.
_GAIN = 4.0


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


class SoundFont:
  """A SoundFont file."""

  def __init__(self, value: user_paths.Name):
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
    self._path: pathlib.Path = user_paths.expand(value)
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
    import midirenderer  # pylint: disable=g-import-not-at-top

    try:
      with _quiet():
        data = midirenderer.render_wave_from(self._data, midi)
    # A panic of Rust is a BaseException.
    except BaseException as e:  # pylint: disable=broad-exception-caught
      if isinstance(e, (KeyboardInterrupt, SystemExit, MemoryError)):
        raise
      message = str(e).removeprefix('SoundFont error: ').rstrip('.')
      raise errors.InputError(
          f'the SoundFont {self._path} is damaged: {message}. Fetch it again.'
      ) from e
    with wave.open(io.BytesIO(data)) as file:
      frames = file.readframes(file.getnframes())
      shape = -1, file.getnchannels()
    return np.frombuffer(frames, '<i2').reshape(shape) * np.float32(
        _GAIN / (1 << 15)
    )
