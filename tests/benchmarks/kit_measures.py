"""Measures of the kits' sounds, beside those of recorded drums.

  python tests/benchmarks/kit_measures.py [FOLDER]

FOLDER has recorded drums to measure alike, WAV files of 16 or 24 bits, as
Hydrogen's GMRockKit (/usr/share/hydrogen/data/drumkits/GMRockKit).

Columns: the centre of the spectrum by amplitudes; the share of the power above
12 kHz and from 200 to 3,000 Hz; and the decay to -60 dB by the slope of what is
left of the energy from -5 to -35 dB.
"""

import pathlib
import sys
import wave

import numpy as np

from drumspace_ext.patterns import voices
from drumspace_ext.sound import kit as drum_kit
from drumspace_ext.sound import synthesis

_VELOCITY = 100


def _measured(samples, rate):
  spectrum = np.abs(np.fft.rfft(samples))
  hertz = np.fft.rfftfreq(len(samples), 1 / rate)
  power = spectrum ** 2
  left = np.cumsum(samples[::-1] ** 2)[::-1]
  decibels = 10 * np.log10(left / left[0] + 1e-12)
  part = slice(np.argmax(decibels < -5), np.argmax(decibels < -35))
  seconds = np.arange(len(samples))[part] / rate
  return (
      f'{(spectrum * hertz).sum() / spectrum.sum():8,.0f} Hz'
      f'{power[hertz > 12_000].sum() / power.sum():8.1%}'
      f'{power[(hertz > 200) & (hertz < 3000)].sum() / power.sum():8.1%}'
      f'{-60 / np.polyfit(seconds, decibels[part], 1)[0]:8.2f} s'
  )


def _recorded(path):
  with wave.open(str(path)) as file:
    width, channels = file.getsampwidth(), file.getnchannels()
    data = np.frombuffer(file.readframes(file.getnframes()), np.uint8)
    rate = file.getframerate()
  padded = np.zeros((len(data) // width, 4), np.uint8)
  padded[:, 4 - width:] = data.reshape(-1, width)
  samples = padded.view('<i4').reshape(-1, channels).mean(1) / (1 << 31)
  return samples, rate


def main(folder=None):
  for kit in drum_kit.NAMES:
    print(f'{kit}, at velocity {_VELOCITY}')
    for name, voice in zip(voices.NAMES, drum_kit.load(kit).voices):
      samples = synthesis.render_voice(voice).astype(np.float64)
      if voice.dark_hz:
        dark = synthesis.darkened(samples, voice.dark_hz)
        samples = dark + _VELOCITY / 127 * (samples - dark)
      print(f'  {name:22}', _measured(samples, drum_kit.SAMPLE_RATE))
  for path in sorted(pathlib.Path(folder).glob('*.wav')) if folder else ():
    print(f'  {path.name:22}', _measured(*_recorded(path)))


if __name__ == '__main__':
  main(*sys.argv[1:])
