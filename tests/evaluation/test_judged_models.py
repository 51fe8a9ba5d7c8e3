"""Tests for judged_models."""

import types

import numpy as np
import pytest

from drumspace_ext import callbacks
from drumspace_ext import errors
from drumspace_ext.dataset import examples
from drumspace_ext.dataset import parts
from drumspace_ext.evaluation import judged_models
from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import step_codes

_SET = examples.load_or_starter(None)


def _model(seed=0, valid=0.1, test=0.0, digest='d', known=()):
  return types.SimpleNamespace(
      seed=seed, metadata={'seed': seed, 'data_digest': digest},
      config=types.SimpleNamespace(
          training=types.SimpleNamespace(valid_share=valid, test_share=test)
      ),
      known_classes=np.array(known, np.uint64),
  )


def _judged(*named):
  return judged_models.JudgedModels(named=named, digests={})


def test_models_of_different_splits_are_not_compared():
  alike = [('a', _model(1)), ('b', _model(1))]
  judges = _judged(*alike).judges(_SET, None)
  assert len(judges.training) + len(judges.heldout) == len(_SET)
  expected = parts.divide(_SET, 0.1, seed=1).valid
  np.testing.assert_array_equal(judges.heldout, _SET.codes[expected])
  for other in (_model(2), _model(1, 0.2), _model(1, 0.1, 0.1)):
    with pytest.raises(errors.InputError, match='Give --heldout_path'):
      _judged(*alike, ('c', other)).judges(_SET, None)


def test_test_part_judges_where_there_is_one():
  models = _judged(('a', _model(1, 0.2, 0.3)))
  divided = parts.divide(_SET, 0.2, 0.3, seed=1)
  for asked, part, chosen in (
      (None, 'test', divided.test), ('test', 'test', divided.test),
      ('validation', 'validation', divided.valid),
  ):
    judges = models.judges(_SET, None, asked)
    assert judges.part == part
    np.testing.assert_array_equal(judges.heldout, _SET.codes[chosen])
    np.testing.assert_array_equal(judges.training, _SET.codes[divided.train])
  with pytest.raises(errors.InputError, match='kept no patterns for a test'):
    _judged(('b', _model(1))).judges(_SET, None, 'test')


def test_model_that_was_tuned_on_its_judges_is_noted():
  own = _judged(('own', _model(0, 0.2, 0.3, digest=_SET.digest)))
  assert not own.notes(_SET, own.judges(_SET, None))
  (note,) = own.notes(_SET, own.judges(_SET, None, 'validation'))
  assert note.startswith('own was tuned on the validation part')


def test_models_of_other_data_leave_the_split_to_those_of_this():
  other, own = _model(2, 0.4), _model(1, digest=_SET.digest)
  judges = _judged(('a', other), ('b', own)).judges(_SET, None)
  expected = parts.divide(_SET, 0.1, seed=1)
  np.testing.assert_array_equal(judges.heldout, _SET.codes[expected.valid])
  np.testing.assert_array_equal(judges.training, _SET.codes[expected.train])


def test_model_that_may_have_learnt_its_judges_is_refused():
  divided = parts.divide(_SET, 0.1, seed=1)
  own = _model(1, digest=_SET.digest)
  own.metadata['data_split'] = parts.digest(_SET, divided)
  judges = _judged(('own', own)).judges(_SET, None)
  np.testing.assert_array_equal(judges.heldout, _SET.codes[divided.valid])
  # The same patterns, but nothing says which come from one input.
  bare = examples.make(_SET.codes)
  assert bare.digest == _SET.digest
  with pytest.raises(errors.InputError, match='own was trained on these patt'):
    _judged(('own', own)).judges(bare, None)
  assert _judged(('other', _model(1))).judges(bare, None)


def test_model_that_knows_other_patterns_is_noted():
  heldout = _SET.codes[:5]
  classes = step_codes.class_digests(heldout)
  own = _model(digest=_SET.digest, known=classes)
  judges = judged_models.Judges(_SET.codes, heldout, parts.TEST)
  assert not _judged(('own', own)).notes(_SET, judges)
  other, overlap = _judged(
      ('own', own), ('far', _model(known=classes[:2]))
  ).notes(_SET, judges)
  assert other.startswith('far was trained on other data')
  assert overlap == '2 of the 5 patterns held out are in the data of far.'


def test_no_model_is_none():
  assert not judged_models.load([], []).named


def test_rows_are_shown_with_and_without_what_is_refused():
  judged = judged_models.load(
      ['best', 'acai'], ['shipped:best', 'shipped:acai']
  )
  best, as_drawn, acai = judged.rows(
      600, seed=0, temperature=None, threshold=0.5, on_step=callbacks.silent
  )
  names = [best.name, as_drawn.name, acai.name]
  assert names == ['best', 'best, nothing refused', 'acai']
  of_best, of_all, _ = (
      entropy.is_trivial(step_codes.hits_to_step_codes(row.hits)).sum()
      for row in (best, as_drawn, acai)
  )
  assert (of_best, len(best.hits), len(as_drawn.hits)) == (0, 600, 600)
  # One in some sixty: neither refused nor drawn once more.
  assert 2 < of_all < 30
