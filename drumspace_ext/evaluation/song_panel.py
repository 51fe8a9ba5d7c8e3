"""The song panel: models that continue beats, beside what really follows.

The first `PRIMER_STEPS` of songs held out are continued for `NUM_STEPS`, by
each model and by baselines (`song_baselines`). Two bars of what they play in
each song are a pattern of the panel (`panel`), which real patterns of the same
places judge and such of training songs stand beside. (Of few songs more are
taken; with many of each a classifier would know the songs again.) Numbers that
only songs have are a second table: `songs` in the panel, with `settings` and
`rows` (each with `name`, `songs` and `numbers`); the first row is what really
follows. How surprising steps are is asked of whole songs.
"""

from collections.abc import Mapping
from collections.abc import Sequence
import typing

import numpy as np

from drumspace_ext import callbacks
from drumspace_ext import errors
from drumspace_ext.evaluation import columns
from drumspace_ext.evaluation import metrics
from drumspace_ext.evaluation import panel
from drumspace_ext.evaluation import song_baselines
from drumspace_ext.evaluation import song_judges
from drumspace_ext.evaluation import song_metrics
from drumspace_ext.evaluation import song_players
from drumspace_ext.models import next_step
from drumspace_ext.patterns import step_codes

PRIMER_STEPS, NUM_STEPS = next_step.PRIMER_STEPS, 256
KEY = 'songs'
REAL = 'what really follows'
_WINDOW = step_codes.NUM_STEPS
# Continued where nobody says how many; four times as many halve the intervals.
NUM_SONGS = 250
_MIN_PATTERNS = 200
# Beyond it a nearest pattern takes long to find.
_MAX_TRAINING_PATTERNS = 10_000


class Settings(typing.NamedTuple):
  """How songs are continued.

  Attributes:
    num_songs: Songs at most.
    temperature: See `continuers.Continuer`.
    seed: Of everything random.
  """

  num_songs: int = NUM_SONGS
  temperature: float = 1.0
  seed: int = 0


def baselines(
    training: Sequence[np.ndarray], frequencies: song_baselines.Frequencies
) -> list[song_players.Player]:
  """Returns what models have to be better than."""
  return [
      song_baselines.Loop(), song_baselines.CopyMixture(training, frequencies),
      frequencies,
  ]


def real_continuations(
    songs: Sequence[np.ndarray], primer_steps: int, num_steps: int,
    num_songs: int | None = None,
) -> np.ndarray:
  """Returns the beginnings of songs, uint16 `[n, primer_steps + num_steps]`.

  Args:
    songs: Step codes of each; those that are too short are left out.
    primer_steps: Steps that are to be continued.
    num_steps: Steps behind them.
    num_songs: Songs at most, evenly spread; all if None.

  Raises:
    InputError: If none is long enough.
  """
  length = primer_steps + num_steps
  long = [codes[:length] for codes in songs if len(codes) >= length]
  if not long:
    raise errors.InputError(
        f'none of {len(songs):,} songs held out has {length} steps '
        f'({length // step_codes.STEPS_PER_BAR} bars). Give whole songs with '
        '--examples_path or --heldout_path: MIDI files, NoteSequence '
        'TFRecords, or folders and zips of them.'
    )
  count = min(num_songs or len(long), len(long))
  return np.stack([long[place * len(long) // count] for place in range(count)])


def continued(
    player: song_players.Player, real: np.ndarray, primer_steps: int, *,
    temperature: float, seed: int,
    on_step: callbacks.OnStep = callbacks.silent,
) -> np.ndarray:
  """Returns real continuations, as a player goes on behind their primers."""
  codes = real.copy()
  for number, row in enumerate(codes):
    on_step(number, len(codes), f'continuing songs, {player.name}')
    row[primer_steps:] = player.continue_codes(
        row[:primer_steps].copy(), num_steps=len(row) - primer_steps,
        temperature=temperature, seed=seed + number,
    )
  on_step(len(codes), len(codes), f'continuing songs, {player.name}')
  return codes


def _hits(codes: np.ndarray) -> np.ndarray:
  """Returns two bars or more of each continuation, bool `[n, 32, 14]`."""
  windows = codes[:, PRIMER_STEPS:].reshape(len(codes), -1, _WINDOW)
  songs, count = np.arange(len(codes))[:, None], windows.shape[1]
  each = min(count, -(-_MIN_PATTERNS // len(codes)))
  # All distances from the primer in turn.
  places = (songs + np.arange(each) * count // each) % count
  return step_codes.step_codes_to_hits(
      windows[songs, places].reshape(-1, _WINDOW)
  )


def _training_patterns(songs: Sequence[np.ndarray], seed: int) -> np.ndarray:
  """Returns two bars of training songs, step codes `[n, 32]`."""
  patterns = np.concatenate([
      codes[:len(codes) // _WINDOW * _WINDOW].reshape(-1, _WINDOW)
      for codes in songs
  ])
  order = np.random.default_rng([seed, len(patterns)]).permutation(
      len(patterns)
  )
  return patterns[np.sort(order[:_MAX_TRAINING_PATTERNS])]


def _numbers(
    player: song_players.Player, codes: np.ndarray, real: np.ndarray,
    heldout: Sequence[np.ndarray], seed: int,
) -> dict[str, metrics.Estimate]:
  """Returns the numbers of a row."""
  nats = player.nats(heldout)
  rng = np.random.default_rng(seed)
  of_steps = {} if nats is None else {
      'nats': song_metrics.of_nats(nats, PRIMER_STEPS, rng=rng)
  }
  return of_steps | song_metrics.of_continuations(
      codes, real, PRIMER_STEPS, seed=seed
  )


def _row(
    name: str, codes: np.ndarray, numbers: Mapping[str, metrics.Estimate]
) -> dict:
  return {
      'name': name, 'songs': len(codes), 'numbers': panel.rounded(numbers)
  }


def evaluate(
    players: Sequence[song_players.Player], judges: song_judges.Judges,
    settings: Settings, *, on_step: callbacks.OnStep = callbacks.silent,
) -> dict:
  """Makes a panel of models that continue beats.

  Args:
    players: The models and `baselines`.
    judges: The songs.
    settings: How they are continued.
    on_step: Called with the songs continued, the songs heard, and the rows
      judged; see `callbacks`.

  Raises:
    InputError: If there are too few songs, or two models of one name.
  """
  seed = settings.seed
  real = real_continuations(
      judges.heldout, PRIMER_STEPS, NUM_STEPS, settings.num_songs
  )
  drawn = [continued(
      player, real, PRIMER_STEPS, temperature=settings.temperature, seed=seed,
      on_step=on_step,
  ) for player in players]
  made = panel.evaluate(
      [panel.Row(name=player.name, hits=_hits(codes))
       for player, codes in zip(players, drawn)],
      _hits(real), _training_patterns(judges.training, seed),
      seed=seed, judged_by=judges.part, on_step=on_step,
  )
  rows = [_row(REAL, real, song_metrics.of_continuations(
      real, real, PRIMER_STEPS, seed=seed
  ))]
  for number, (player, codes) in enumerate(zip(players, drawn)):
    on_step(number, len(players), f'listening, {player.name}')
    rows.append(_row(player.name, codes, _numbers(
        player, codes, real, judges.heldout, seed
    )))
  on_step(len(players), len(players), 'listening')
  heard = [len(codes) - PRIMER_STEPS for codes in judges.heldout
           if len(codes) > PRIMER_STEPS]
  return made | {KEY: {
      'settings': {
          'primer_steps': PRIMER_STEPS, 'num_steps': NUM_STEPS,
          'temperature': settings.temperature, 'judged_by': judges.part,
          'training_songs': len(judges.training),
          'heldout_songs': len(judges.heldout), 'heard_songs': len(heard),
          'heard_steps': sum(heard),
      }, 'rows': rows,
  }}


def judges_text(songs: Mapping) -> str:
  """Says what judges songs, and how."""
  settings = songs['settings']
  return (
      f'{songs["rows"][0]["songs"]:,} of {settings["heldout_songs"]:,} songs '
      f'held out ({settings["judged_by"]}) go on behind their first '
      f'{settings["primer_steps"]} steps for {settings["num_steps"]}, at '
      f'temperature {settings["temperature"]:g}; nats are of '
      f'{settings["heard_steps"]:,} steps of {settings["heard_songs"]:,} '
      f'songs, behind the first {settings["primer_steps"]}; '
      f'{settings["training_songs"]:,} songs were for training'
  )


def to_text(songs: Mapping) -> str:
  """Writes the numbers of songs as a table."""
  return '\n'.join([
      *columns.table([
          (row['name'], row['numbers']) for row in songs['rows']
      ], columns.SONG_COLUMNS),
      '', f'{judges_text(songs)}.', '', *columns.words(columns.SONG_COLUMNS),
  ])
