"""Song contexts: what two places of a song may have in common.

A song is step codes of any length, from a bar line on; before it is silence.
Places of one context are those where the same was played `lags` steps before,
and, with a `period`, that stand on the same step of as many. What a song played
in a context before says what it plays there now: that is all that a next-step
model (`next_step`) knows of it beside the last few steps.

Each step is told voice by voice: first the voices that the song has played
before (*played*), in their order, then those that may *enter* it. A played
voice is looked up under the played voices of the same step that came before
it, too. What was found is three numbers: how often the voice rested and was
struck there (`rests`, `strikes`), and how many times in a row lately the same
(`run`, below 0 for rests).

`song_reading` and `song_memory` make the same inputs of it, of whole songs at
once and step by step; the page has the second in `continuing.js`.
"""

import typing

import numpy as np

from drumspace_ext.patterns import step_codes


class Context(typing.NamedTuple):
  """What places have in common.

  Attributes:
    lags: How many steps before them the same was played; of a voice context
      the same voice only.
    period: Of how many steps they are on the same one; 1 if on any.
  """

  lags: tuple[int, ...] = ()
  period: int = 1


def _last(count: int) -> tuple[int, ...]:
  return tuple(range(1, count + 1))


STEP_CONTEXTS = (
    Context(), Context((), 16), Context((), 32),
    *(Context(_last(n)) for n in (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64)),
    Context((16,)), Context((16, 32)), Context((1, 16)), Context((1, 8, 16)),
    Context((1,), 16), Context((1, 2, 16, 32)), Context((32, 64)),
    Context((15, 16, 17)), Context((4, 8, 12, 16)), Context((1, 2, 16), 16),
)
# Not under other voices of the step.
VOICE_CONTEXTS = (
    Context(_last(16)), Context(_last(4), 16), Context(_last(4)),
    Context((), 32),
)
NUM_CONTEXTS = len(STEP_CONTEXTS) + len(VOICE_CONTEXTS)
# How well a song followed its contexts over the last so many steps, and how
# well it repeated what was so many steps before.
FOLLOWED_STEPS = 32
REPEAT_LAGS, REPEAT_STEPS = (4, 8, 16, 32, 64), (16, 64)
# What was played so many steps before is told as it is.
SHOWN_LAGS = (1, 2, 16)
MAX_LAG = 64
# What counts as long ago.
_MAX_STEPS = 4096

# A count of nothing at all.
_DELTA = 0.05
_VOICES = step_codes.NUM_VOICES
_BAR = step_codes.STEPS_PER_BAR

# Sizes of the inputs: of a step, and of a voice played and entering beside.
NUM_STEP_INPUTS = (
    len(STEP_CONTEXTS) + len(REPEAT_LAGS) * (len(REPEAT_STEPS) + 1)
    + _BAR + _VOICES * (len(SHOWN_LAGS) + 1) + 4
)
NUM_ENTRY_INPUTS = 2 * _VOICES
NUM_PLAYED_INPUTS = 3 * NUM_CONTEXTS + 2 * _VOICES


def count_inputs(
    rests: np.ndarray, strikes: np.ndarray, runs: np.ndarray
) -> np.ndarray:
  """Returns the inputs for what was found in all contexts.

  Args:
    rests: integer `[..., NUM_CONTEXTS]`, as the other two.
    strikes: Likewise.
    runs: Likewise.

  Returns:
    float64 `[..., 3 * NUM_CONTEXTS]`.
  """
  return np.concatenate([
      np.log((strikes + _DELTA) / (rests + _DELTA)) / 4,
      np.sign(runs) * np.log1p(np.abs(runs)) / 2,
      np.log1p(rests + strikes) / 4,
  ], axis=-1)


def voice_inputs(voice: np.ndarray, told: np.ndarray) -> np.ndarray:
  """Returns the inputs for which voice it is and what else the step has.

  Args:
    voice: Number of the voice, integer `[...]`.
    told: Step code of the voices told before it, integer `[...]`.

  Returns:
    float64 `[..., 2 * 14]`.
  """
  numbers = np.arange(_VOICES)
  return np.concatenate([
      voice[..., None] == numbers, told[..., None] >> numbers & 1,
  ], axis=-1).astype(np.float64)


def rates(hits: np.ndarray, counts: np.ndarray) -> np.ndarray:
  """Returns shares of steps, drawn towards a half where there are few."""
  return (hits + 0.5) / (counts + 1)


def agreement_inputs(lengths: np.ndarray) -> np.ndarray:
  """Returns the inputs for how long a song has repeated itself, in steps."""
  return np.log1p(np.minimum(lengths, _MAX_STEPS)) / 4


def place_inputs(
    steps: np.ndarray, last_entries: np.ndarray
) -> np.ndarray:
  """Returns the inputs for where a step is.

  Args:
    steps: Number of the step, int64 `[...]`.
    last_entries: Number of the last step where a voice entered, plus 1.

  Returns:
    float64 `[..., 16 + 4]`.
  """
  return np.concatenate([
      steps[..., None] % _BAR == np.arange(_BAR),
      np.stack([
          steps // _BAR % 2, steps // (2 * _BAR) % 2,
          np.log1p(np.minimum(steps, _MAX_STEPS)) / 5,
          np.log1p(np.minimum(steps - last_entries, _MAX_STEPS)) / 4,
      ], axis=-1),
  ], axis=-1).astype(np.float64)


def rows(codes: np.ndarray) -> np.ndarray:
  """Returns hits of step codes, float64 `[..., 14]`."""
  return (
      np.asarray(codes, np.int64)[..., None] >> np.arange(_VOICES) & 1
  ).astype(np.float64)


def tables() -> dict[str, object]:
  """Returns what the page must know of contexts, as JSON has it."""
  return {
      'step_contexts': [context._asdict() for context in STEP_CONTEXTS],
      'voice_contexts': [context._asdict() for context in VOICE_CONTEXTS],
      'followed_steps': FOLLOWED_STEPS,
      'repeat_lags': list(REPEAT_LAGS), 'repeat_steps': list(REPEAT_STEPS),
      'shown_lags': list(SHOWN_LAGS), 'count_delta': _DELTA,
      'max_steps': _MAX_STEPS,
  }
