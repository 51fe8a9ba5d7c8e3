"""Text grids: patterns as a drummer writes them, one row a voice.

  closed_hat   x.x. x.x. x.x. x.x.
  snare        .... x... .... x...
  kick         x... .... x.x. .... | x... ..x. x... ....

A cell is a sixteenth note, `x` a hit and `.` none. A row has 16 cells (one bar,
played twice) or 32; blanks and `|` only help the eye. Rows of voices that are
silent are left out.
"""

import numpy as np

from drumspace_ext import errors
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices

# Cymbals above, kick below: the order of a drum score.
SCORE_ORDER: tuple[str, ...] = (
    'crash', 'ride', 'open_hat', 'closed_hat', 'cowbell', 'high_bongo',
    'low_bongo', 'conga', 'low_conga', 'high_tom', 'low_tom', 'floor_tom',
    'snare', 'kick',
)
NAME_WIDTH = 13


def to_text(hits: np.ndarray) -> str:
  """Draws one pattern, bool `[32, 14]`, as lines of text."""
  step_codes.validate(hits)
  if hits.ndim != 2:
    raise errors.PatternError(
        f'expected one pattern [32, 14], got {list(hits.shape)}.'
    )
  lines = []
  for name in SCORE_ORDER:
    row = hits[:, voices.INDEX[name]]
    if not row.any():
      continue
    cells = ''.join('x' if hit else '.' for hit in row)
    beats = [cells[i:i + 4] for i in range(0, step_codes.NUM_STEPS, 4)]
    bars = ' '.join(beats[:4]), ' '.join(beats[4:])
    lines.append(f'{name:{NAME_WIDTH}}{bars[0]} | {bars[1]}')
  return '\n'.join(lines) or '(silence)'


def from_rows(lines: list[str]) -> np.ndarray:
  """Reads the rows of one pattern into bool `[32, 14]`.

  Raises:
    PatternError: If a row names no voice, repeats one, or has cells that are
      not 16 or 32 of `x` and `.`.
  """
  hits = np.zeros((step_codes.NUM_STEPS, step_codes.NUM_VOICES), np.bool_)
  seen = set()
  for line in lines:
    name, _, rest = line.strip().partition(' ')
    if name not in voices.INDEX or name in seen:
      raise errors.PatternError(
          f'expected a row that starts with a voice not used yet '
          f'({", ".join(voices.NAMES)}), got {line!r}.'
      )
    seen.add(name)
    cells = ''.join(rest.replace('|', ' ').split())
    if set(cells) - set('x.') or len(cells) not in (
        step_codes.STEPS_PER_BAR, step_codes.NUM_STEPS
    ):
      raise errors.PatternError(
          f'expected 16 or 32 cells of x and . after {name}, got {rest!r}.'
      )
    row = (cells * (step_codes.NUM_STEPS // len(cells))).encode()
    hits[:, voices.INDEX[name]] = np.frombuffer(row, np.uint8) == ord('x')
  return hits
