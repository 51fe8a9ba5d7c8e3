"""Tests for judged_models."""

import types

import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.dataset import examples
from drumspace_ext.evaluation import judged_models
from drumspace_ext.patterns import step_codes

_SET = examples.load_or_starter(None)


def _model(seed=0, valid_share=0.1, digest='d', known=()):
  return types.SimpleNamespace(
      seed=seed, metadata={'seed': seed, 'data_digest': digest},
      config=types.SimpleNamespace(
          training=types.SimpleNamespace(valid_share=valid_share)
      ),
      known_classes=np.array(known, np.uint64),
  )


def _judged(*named):
  return judged_models.JudgedModels(named=named, digests={})


def test_models_of_different_splits_are_not_compared():
  alike = [('a', _model(1)), ('b', _model(1))]
  train, valid = _judged(*alike).split(_SET, None)
  assert len(train) + len(valid) == len(_SET)
  _, expected = examples.split(_SET, 0.1, seed=1)
  np.testing.assert_array_equal(valid, _SET.codes[expected])
  for other in (_model(2), _model(1, 0.2)):
    with pytest.raises(errors.InputError, match='Give --heldout_path'):
      _judged(*alike, ('c', other)).split(_SET, None)


def test_models_of_other_data_leave_the_split_to_those_of_this():
  other, own = _model(2, 0.4), _model(1, digest=_SET.digest)
  train, valid = _judged(('a', other), ('b', own)).split(_SET, None)
  expected_train, expected = examples.split(_SET, 0.1, seed=1)
  np.testing.assert_array_equal(valid, _SET.codes[expected])
  np.testing.assert_array_equal(train, _SET.codes[expected_train])


def test_model_that_knows_other_patterns_is_noted():
  heldout = _SET.codes[:5]
  classes = step_codes.class_digests(heldout)
  own = _model(digest=_SET.digest, known=classes)
  assert not _judged(('own', own)).notes(_SET, heldout, None)
  other, overlap = _judged(
      ('own', own), ('far', _model(known=classes[:2]))
  ).notes(_SET, heldout, None)
  assert other.startswith('far was trained on other data')
  assert overlap == '2 of the 5 patterns held out are in the data of far.'


def test_no_model_is_none():
  assert not judged_models.load([], []).named
