"""Directions: ways through the latent space that have a word.

Of each genre: from the mean beat to the mean of its beats. Of each plain word
("busier", "more hats"): what the latent vectors change by, on average, where
what the word says is one standard deviation more (a linear regression of the
latent vectors). Instruments are regressed together, so that more hats are not
more of all that goes with hats.
"""

from collections.abc import Sequence
import types

import numpy as np

from drumspace_ext.latent_map import data as map_data
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices

# Fewer labelled patterns give a direction of chance.
_MIN_FOR_DIRECTION = 12
_MAX_DIRECTIONS = 12
BUSIER, SYNCOPATED = 'busier', 'more syncopated'
_VOICES_OF_WORD = types.MappingProxyType({
    'more kick': ('kick',), 'more snare': ('snare',),
    'more hats': ('closed_hat', 'open_hat'),
    'more cymbals': ('ride', 'crash'),
    'more toms': ('high_tom', 'low_tom', 'floor_tom'),
    'more percussion': (
        'cowbell', 'high_bongo', 'low_bongo', 'conga', 'low_conga',
    ),
})
# A word whose share of variance the latent vectors tell less of leads nowhere:
# in the four dimensions of a published model "more kick" changes no kick.
_MIN_TOLD = 0.25


def of_genres(layer: map_data.Layer, genres: Sequence[str]) -> list[dict]:
  """Returns the way from the mean beat to that of each genre, in z.

  `separation` says what it rests on: how many standard deviations (along it)
  the patterns of the genre lie from the others (Cohen's d).
  """
  mean, found = layer.latents.mean(0), []
  for genre in genres:
    inside = np.array([genre in labels for labels in layer.genres])
    count = int(inside.sum())
    if count < _MIN_FOR_DIRECTION or count == len(layer):
      continue
    way = layer.latents[inside].mean(0) - mean
    along = layer.latents @ (way / max(np.linalg.norm(way), 1e-12))
    spread = np.sqrt((along[inside].var() + along[~inside].var()) / 2)
    gap = along[inside].mean() - along[~inside].mean()
    found.append({
        'genre': genre, 'count': count, 'way': way.tolist(),
        'separation': float(gap / max(spread, 1e-12)),
    })
  return found[:_MAX_DIRECTIONS]


def described(codes: np.ndarray) -> dict[str, np.ndarray]:
  """Returns what each plain word measures.

  Args:
    codes: Step codes, integer `[num_patterns, 32]`.

  Returns:
    By word, float64 `[num_patterns]`: hits of some voices, of all for `BUSIER`;
    for `SYNCOPATED` the share of them that lies between eighth notes.
  """
  hits = step_codes.step_codes_to_hits(codes)
  counts = hits.sum(1).astype(np.float64)
  total = counts.sum(1)
  between = hits[:, 1::2].sum((1, 2))
  return {
      BUSIER: total,
      **{
          word: counts[:, [voices.INDEX[name] for name in names]].sum(1)
          for word, names in _VOICES_OF_WORD.items()
      },
      SYNCOPATED: between / np.maximum(total, 1),
  }


def _told(values: np.ndarray, latents: np.ndarray) -> float:
  """Returns adjusted R2 of values by latents; both are centred."""
  count, size = latents.shape
  if count <= size + 1:
    return 0.0
  weights = np.linalg.lstsq(latents, values, rcond=None)[0]
  left = ((values - latents @ weights)**2).sum() / (count - size - 1)
  return float(1 - left * (count - 1) / (values**2).sum())


def of_words(layer: map_data.Layer) -> list[dict]:
  """Returns the way of each plain word that the latent vectors tell of, in z.

  Its length is that of one standard deviation more of what the word says.
  """
  latents = layer.latents - layer.latents.mean(0)
  values = {
      word: (value - value.mean()) / value.std()
      for word, value in described(layer.codes).items() if value.std() > 0
  }
  # All hits are those of the instruments together.
  shared = [word for word in values if word != BUSIER]
  ways = {}
  if BUSIER in values:
    ways[BUSIER] = values[BUSIER] @ latents / len(latents)
  if shared:
    table = np.stack([values[word] for word in shared], axis=1)
    ways |= dict(zip(shared, np.linalg.lstsq(table, latents, rcond=None)[0]))
  return [
      {'word': word, 'way': ways[word].tolist()} for word in values
      if _told(values[word], latents) >= _MIN_TOLD
  ]
