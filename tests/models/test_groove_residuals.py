"""Tests of what mean answers of a groove model leave."""

from hypothesis import given
from hypothesis import strategies as st
import numpy as np

from drumspace_ext.models import groove_residuals

_COMMON = st.tuples(
    st.floats(0.0, 0.6), st.floats(0.0, 0.4)
).map(lambda pair: np.array([pair, pair]))


def _drawn(common, seed, count=1500):
  rng = np.random.default_rng(seed)
  hits = rng.random((count, 448)) < 0.3
  left = groove_residuals.drawn(
      hits, np.array([[2.0], [0.5]]), np.ones((2, 1)), common, seed=seed
  )
  return hits, left * hits[:, None]


@given(common=_COMMON, seed=st.integers(0, 9))
def test_what_is_drawn_is_what_is_fitted(common, seed):
  hits, left = _drawn(common, seed)
  for answer, spread in enumerate((2.0, 0.5)):
    assert abs(left[:, answer][hits].std() / spread - 1) < 0.03
    fitted = groove_residuals.fit_common(
        left[:, answer], hits, np.ones(len(hits))
    )
    assert np.abs(fitted - common[answer]).max() < 0.06


def test_hits_of_a_voice_go_all_together_where_nothing_else_varies():
  _, left = _drawn(np.array([[1.0, 0.0], [0.0, 1.0]]), seed=0, count=3)
  of_voice = left.reshape(3, 2, 2, 16, 14)[0]
  for voice in range(14):
    velocities = of_voice[0, :, :, voice]
    assert len(set(velocities[velocities != 0].tolist())) <= 1
    # Both bars alike, where both have the hit.
    first, second = of_voice[1, :, :, voice]
    both = (first != 0) & (second != 0)
    assert first[both].tolist() == second[both].tolist()


def test_another_seed_or_pattern_draws_another():
  hits = np.zeros((2, 448), np.bool_)
  hits[0, 5] = True
  one, again, other = (
      groove_residuals.drawn(
          hits, np.ones((2, 3)), np.ones((2, 3)), np.zeros((2, 2)), seed=seed
      ) for seed in (0, 0, 1)
  )
  assert (one == again).all() and (one != other).any(axis=-1).all()
  assert (one[0] != one[1]).any()
