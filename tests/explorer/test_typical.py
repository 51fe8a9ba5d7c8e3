"""The beat that the page begins with, in a browser."""

import browser
import hypothesis
from hypothesis import strategies as st
import numpy as np
import pytest

from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import step_codes

pytestmark = pytest.mark.browser

_KICK, _SNARE, _HAT = 1, 2, 4
_TYPICAL = """
  const [codes, least] = args;
  return modules.typicalBeat(
    {size: codes.length, pattern: (i) => codes[i]}, least)"""


@pytest.fixture(scope='module', name='window')
def _window(tmp_path_factory):
  with browser.modules_window(
      tmp_path_factory.mktemp('browser'), ['model/typical.js'], None
  ) as window:
    yield window


def _beat(kick, snare, hat):
  return [
      _KICK * (step in kick) + _SNARE * (step in snare) + _HAT * (step in hat)
      for step in range(32)
  ]


@hypothesis.given(st.lists(
    st.lists(st.integers(0, 7), min_size=32, max_size=32), min_size=1,
    max_size=8,
))
@hypothesis.settings(max_examples=50)
def test_it_is_most_like_all_of_those_that_are_not_trivial(window, codes):
  hits = step_codes.step_codes_to_hits(np.array(codes, np.uint16))
  flat = hits.reshape(len(hits), -1).astype(float)
  lengths = np.maximum(np.linalg.norm(flat, axis=1), 1e-9)
  likeness = flat @ flat.sum(0) / lengths
  good = entropy.nats(np.array(codes, np.uint16)) >= 0.9
  found = window.run(_TYPICAL, codes, 0.9)
  if good.any():
    assert good[found]
    assert likeness[found] == pytest.approx(likeness[good].max())
  else:
    assert found == 0


def test_a_beat_of_few_hits_stands_for_none_that_have_many(window):
  backbeat = range(4, 32, 8)
  sparse = _beat(range(0, 32, 8), backbeat, range(16, 24, 2))
  full = [
      _beat({*range(0, 32, 8), extra}, backbeat, range(offbeat, 32, 2))
      for extra, offbeat in ((6, 0), (22, 0), (3, 1), (19, 1))
  ]
  assert window.run(_TYPICAL, [sparse, *full], 0.9) == 1
