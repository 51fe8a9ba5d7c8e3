"""Tests of what the other loops of a file tell of how one is played."""

import numpy as np
import pytest

from drumspace_ext.evaluation import groove_baselines
from drumspace_ext.evaluation import groove_manners
from drumspace_ext.patterns import grooves

_NEAR, _FAR = groove_manners.LEAST


def _hits(*voices):
  """Patterns of 16 hits each, on a voice."""
  hits = np.zeros((len(voices), 32, 14), np.bool_)
  for number, voice in enumerate(voices):
    hits[number, ::2, voice] = True
  return hits.reshape(len(voices), -1)


def _told(hits, values, ids):
  truth = groove_baselines.centred(
      np.repeat(values[:, None], 2, 1), hits.astype(np.bool_)
  )
  table = np.zeros(truth.shape, np.float32)
  return truth, groove_manners.guesses(
      table, truth, hits, np.ones((len(hits), 2), np.bool_), ids
  )


def test_others_of_one_file_tell_and_no_other_file_does():
  hits = _hits(2, 2, 2, 2)
  hits[1, 1 * 14] = True  # a kick more
  loud = np.where(np.arange(448) // 14 % 4 == 0, 20.0, 0.0)
  values = np.stack([loud, loud, -loud, loud])
  truth, told = _told(
      hits, values, [('a',), ('a',), ('b',), ('a', 'b')]
  )
  near, far = told[_NEAR], told[_FAR]
  # b has no other loop of its own, and what two play is nobody's.
  assert near.judged.tolist() == [[True, True]] * 2 + [[False, False]] * 2
  assert not far.judged.any() and not far.guess.any()
  left = (truth - near.guess)[0]
  assert (left**2).sum() < 0.4 * (truth[0]**2).sum()
  # Nothing is said where there is no hit, nor of the mean of all.
  every = np.stack([
      grooves.taken_over(
          truth[1, 0].astype(float).reshape(32, 14),
          hits[1].astype(float).reshape(32, 14), shared=shared,
      ).ravel() for shared in (1, grooves.BEAT)
  ])[None].repeat(4, 0)
  np.testing.assert_allclose(
      near.guess[0], groove_baselines.centred(every, hits)[0], atol=1e-4
  )


@pytest.mark.parametrize('extra, is_far', [(7, False), (8, True)])
def test_where_others_must_differ_near_repeats_tell_nothing(extra, is_far):
  hits = _hits(2, 2)
  hits[1, np.arange(extra) * 28] = True
  values = np.tile(np.arange(448.0), (2, 1))
  _, told = _told(hits, values, [('a',), ('a',)])
  assert told[_NEAR].judged.all()
  assert told[_FAR].judged.all() == is_far == told[_FAR].judged.any()


def test_those_that_are_played_alike_tell_nothing():
  hits = _hits(2, 0)
  values = np.tile(np.arange(448.0), (2, 1))
  truth = groove_baselines.centred(np.repeat(values[:, None], 2, 1), hits)
  known = np.array([[True, True], [True, False]])
  told = groove_manners.guesses(
      np.zeros(truth.shape, np.float32), truth, hits, known, [('a',)] * 2
  )[_NEAR]
  assert told.judged.tolist() == [[True, False], [True, False]]
  assert not told.guess[:, 1].any()


def test_swing_is_told_by_another_voice_and_loudness_is_not():
  kick, hats = _hits(0, 2).reshape(2, 32, 14)
  kick[3::4, 0] = hats[3::4, 2] = True
  swung = np.where(np.arange(448) // 14 % 4 == 3, 1.0, 0.0)
  truth, told = _told(
      np.stack([kick, hats]).reshape(2, -1), np.tile(swung, (2, 1)),
      [('a',), ('a',)],
  )
  left = ((truth - told[_FAR].guess)**2).sum((0, 2))
  loudness, lateness = left / (truth**2).sum((0, 2))
  assert lateness < 0.05
  assert loudness > 0.9
