r"""What gives drawn beats away: the features that differ most from real ones.

For each voice and lag, how often a voice differs from what it played so many
steps before; and hits, voices and steps. A line a feature, the largest gap
between the two cumulative distributions (Kolmogorov, Smirnov) first. Real ones
are the training part, drawn ones a model's.

  python tests/benchmarks/beat_giveaways.py EXAMPLES [shipped:best] [LINES]
"""

import sys

import numpy as np

from drumspace_ext.dataset import examples
from drumspace_ext.dataset import parts
from drumspace_ext.models import trained_model
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices

_LAGS = (1, 2, 4, 8, 16)
_DRAWS = 3000


def _features(hits):
  """Counts by name, each int `[n]`."""
  found = {
      'hits': hits.sum((1, 2)), 'voices': hits.any(1).sum(1),
      'empty steps': (~hits.any(2)).sum(1),
      'most voices of a step': hits.sum(2).max(1),
      'first bar differs 8': (hits[:, 8:16] != hits[:, :8]).sum((1, 2)),
  }
  for lag in _LAGS:
    differs = hits[:, lag:] != hits[:, :-lag]
    found[f'all differ {lag}'] = differs.sum((1, 2))
    for voice, name in enumerate(voices.NAMES):
      found[f'{name} differs {lag}'] = differs[:, :, voice].sum(1)
  for voice, name in enumerate(voices.NAMES):
    found[f'{name} hits'] = hits[:, :, voice].sum(1)
  return found


def _second_bars(hits):
  """Shares of patterns by how their bars differ."""
  differs = hits[:, :16] != hits[:, 16:]
  count, voice = differs.sum((1, 2)), differs.any(1).sum(1)
  return {
      'none': count == 0, '1': count == 1, '2 or 3': (count > 1) & (count < 4),
      '4 to 7': (count > 3) & (count < 8), '8 or more': count > 7,
      '3 voices or more': voice > 2,
  }


def main(examples_path, checkpoint='shipped:best', lines='25'):
  training_set = examples.load(examples_path)
  model = trained_model.TrainedModel(checkpoint)
  training = model.config.for_training()
  divided = parts.divide(
      training_set, training.valid_share, training.test_share, seed=model.seed
  )
  real = step_codes.step_codes_to_hits(training_set.codes[divided.train])
  drawn = step_codes.step_codes_to_hits(model.draw(_DRAWS, seed=1).codes)
  print('bars differ by: real, drawn (%)')
  for name, share in _second_bars(real).items():
    print(f'{name:20} {100 * share.mean():5.1f} '
          f'{100 * _second_bars(drawn)[name].mean():5.1f}')
  rows, others = [], _features(drawn)
  for name, values in _features(real).items():
    steps = np.arange(max(values.max(), others[name].max()) + 1)
    one, other = (
        np.searchsorted(np.sort(v), steps, 'right') / len(v)
        for v in (values, others[name])
    )
    at = np.abs(one - other).argmax()
    rows.append((abs(one - other)[at], name, at, one[at], other[at]))
  for gap, name, at, one, other in sorted(rows, reverse=True)[:int(lines)]:
    print(f'{gap:.3f}  {name}: at most {at} in {one:.3f}, drawn {other:.3f}')


if __name__ == '__main__':
  main(*sys.argv[1:])
