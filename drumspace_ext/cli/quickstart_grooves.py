"""Quickstart: one beat played three ways, as WAV and as MIDI, to compare."""

from collections.abc import Callable
from collections.abc import Mapping
import pathlib

import numpy as np

from drumspace_ext.conversion import converting
from drumspace_ext.dataset import examples
from drumspace_ext.files import result_names
from drumspace_ext.patterns import step_codes
from drumspace_ext.playing import sources
from drumspace_ext.starter import beats as starter_beats

_BEAT = 'Ghost-note funk on eighth-note hats'
# What the third is played like: another beat, learned and swung.
_STYLE_OF = 'Swung-sixteenth funk, written straight'
_STYLE_SWING = 0.6
STYLE = 'style.mid'
_FORMS = 'mid', 'wav'


def _line(folder: pathlib.Path, name: str) -> str:
  """Returns what names a starter beat in the dataset made of them."""
  beat = next(beat for beat in starter_beats.load() if beat.name == name)
  digest = step_codes.class_digests(
      step_codes.hits_to_step_codes(beat.hits)[None]
  )
  known = step_codes.class_digests(examples.load(folder).codes)
  return f'{folder}:{int(np.flatnonzero(known == digest)[0]) + 1}'


def play(
    folder: pathlib.Path, seed: int, say: Callable[[str], None]
) -> Mapping[str, pathlib.Path]:
  """Plays a beat straight, as the groove model does, and like a MIDI file."""
  dataset = folder / result_names.QUICK_DATASET
  output = folder / result_names.QUICK_GROOVES
  style = output / STYLE
  converting.convert(
      _line(dataset, _STYLE_OF), style, groove=sources.RECOMMENDED,
      swing=_STYLE_SWING, seed=seed,
  )
  ways: dict[str, str | pathlib.Path] = {
      'straight': 'none', 'learned': sources.RECOMMENDED, 'styled': style,
  }
  for word, groove in ways.items():
    for form in _FORMS:
      converting.convert(
          _line(dataset, _BEAT), output / f'{word}.{form}', groove=groove,
          seed=seed,
      )
  say(f'  {", ".join(ways)}: as WAV and as MIDI')
  return {'a beat played three ways, to compare': output}
