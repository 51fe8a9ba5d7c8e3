"""Tests of batches of played patterns."""

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import played_patterns

from drumspace_ext.models import config_loading
from drumspace_ext.models import groove_network
from drumspace_ext.patterns import voices
from drumspace_ext.training import groove_batches

_SETTINGS = config_loading.load_any('groove', 'batch_size=64')
# Voices of one group may change places; others stay.
_GROUPS = (
    ('closed_hat', 'ride'), ('floor_tom', 'low_tom', 'high_tom'),
    ('cowbell', 'high_bongo', 'low_bongo', 'conga', 'low_conga'),
)


def _batch(seed, step):
  rng = np.random.default_rng(seed)
  hits = rng.random((5, 32, 14)) < 0.2
  # Each hit of a pattern has a velocity of its own.
  velocities = 20 + rng.permuted(np.tile(np.arange(448.0), (5, 1)), axis=1) / 5
  data = played_patterns.of(hits, velocities.reshape(5, 32, 14))
  drawn = groove_batches.Batches(data, _SETTINGS.training, seed=seed)
  return data, drawn.batch(step)


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_hits_keep_how_they_are_played(seed, step):
  data, (hits, answers, known) = _batch(seed, step)
  truth = data.centred()[:, 0] / groove_network.SCALES[0]
  there = {
      tuple(sorted(row[struck > 0].tolist()))
      for row, struck in zip(truth, data.hits)
  }
  for row, struck in zip(answers[:, 0].numpy(), hits.numpy()):
    assert tuple(sorted(row[struck > 0].tolist())) in there
    assert not row[struck == 0].any()
  assert known.shape == (64, 2) and known[:, 0].all()


@given(st.integers(0, 1000))
def test_voices_change_places_with_their_like_alone(seed):
  data, (hits, _, _) = _batch(seed, 0)
  groups = [[voices.INDEX[name] for name in group] for group in _GROUPS]
  groups += [[v] for v in range(14) if not any(v in g for g in groups)]

  def counts(rows):
    # Of one bar or the other, for bars change places too.
    grid = rows.reshape(-1, 2, 16, 14).sum(1)
    return np.stack([grid[..., group].sum(-1) for group in groups], -1)

  there = {row.tobytes() for row in counts(data.hits)}
  assert all(row.tobytes() in there for row in counts(hits.numpy()))
  # A fifth of a batch is changed in a group, whose order may come out the same.
  whole = {row.tobytes() for row in data.hits}
  whole |= {np.roll(row, 224).tobytes() for row in data.hits}
  changed = sum(row.tobytes() not in whole for row in hits.numpy())
  assert 0 < changed < 64
