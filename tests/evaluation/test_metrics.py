"""Tests for metrics."""

import builders
import drawn_patterns
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.dataset import examples
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.evaluation import metrics
from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import nearest
from drumspace_ext.patterns import neighbourhoods
from drumspace_ext.patterns import step_codes
from drumspace_ext.starter import beats as starter_beats

_NUMBERS = st.floats(-100, 100, allow_subnormal=False)


def _rng(seed=0):
  return np.random.default_rng(seed)


@pytest.fixture(scope='module', name='real')
def _real():
  """Beats that people wrote, in an order of chance.

  Seed 0 gives one of the six orders in a hundred whose halves differ in density
  by more than the 95 % interval.
  """
  hits = np.stack([starter.hits for starter in starter_beats.load()])
  return _rng(2).permutation(hits)


def _shuffled(hits):
  return _rng(1).permuted(hits, axis=1)


def _contains(estimate, slack=1e-9):
  return estimate.low - slack <= estimate.value <= estimate.high + slack


# Intervals.


@given(values=hnp.arrays(np.float64, st.integers(2, 60), elements=_NUMBERS))
@settings(max_examples=50)
def test_interval_of_a_mean_contains_it(values):
  estimate = metrics.mean(values, rng=_rng())
  assert estimate.value == pytest.approx(values.mean())
  assert _contains(estimate)
  assert estimate.low >= values.min() - 1e-9
  assert estimate.high <= values.max() + 1e-9


@pytest.mark.parametrize('count', [100, 1600])
def test_interval_of_a_share_is_as_wide_as_theory_says(count):
  estimate = metrics.mean(np.arange(count) % 2 == 0, rng=_rng())
  # 1.96 standard errors to both sides, each 0.5 / sqrt(n).
  expected = 2 * 1.96 * 0.5 / count**0.5
  assert estimate.high - estimate.low == pytest.approx(expected, rel=0.1)


def test_interval_of_what_never_varies_has_no_width():
  assert metrics.mean(np.ones(70, np.bool_), rng=_rng()) == (1, 1, 1)
  assert metrics.mean(np.zeros(70), rng=_rng()) == (0, 0, 0)


def test_interval_covers_the_truth_nineteen_times_in_twenty():
  rng = _rng()
  covered = 0
  for _ in range(200):
    low, high = metrics.mean(rng.random(100) < 0.3, rng=rng)[1:]
    covered += low <= 0.3 <= high
  assert 176 <= covered <= 199


# The two-sample test.


def test_auc_by_hand():
  # Of the pairs 1-0, 1-1, 2-0 and 2-1 three are right, one is a tie.
  estimate = metrics.auc(np.array([0., 1.]), np.array([1., 2.]), rng=_rng())
  assert estimate.value == 3.5 / 4


@given(data=st.data(), sizes=st.tuples(st.integers(2, 30), st.integers(2, 30)))
@settings(max_examples=20)
def test_auc_is_that_of_scikit_learn(data, sizes):
  from sklearn import metrics as their_metrics

  real, drawn = (
      data.draw(hnp.arrays(np.float64, n, elements=st.integers(0, 9)))
      for n in sizes
  )
  labels = np.repeat([0, 1], sizes)
  expected = their_metrics.roc_auc_score(labels, np.concatenate([real, drawn]))
  estimate = metrics.auc(real, drawn, rng=_rng())
  assert estimate.value == pytest.approx(expected)
  assert _contains(estimate)


def test_interval_of_auc_shrinks_with_the_number_of_scores():
  rng = _rng()
  widths = []
  for count in (50, 450):
    estimate = metrics.auc(
        rng.normal(size=count), rng.normal(0.5, size=count), rng=rng
    )
    widths.append(estimate.high - estimate.low)
  # Nine times as many: a third of the width.
  assert 2.2 < widths[0] / widths[1] < 4


def test_features_by_hand():
  hat = drawn_patterns.hits_of(closed_hat=range(0, 32, 4))
  kick = drawn_patterns.hits_of(kick=[0, 8])
  silence = drawn_patterns.hits_of()
  rows = metrics.features(np.stack([hat, kick, silence]))
  assert rows.shape == (3, 32 * 14 + 14 + 32 + 3)
  assert rows.dtype == np.float32
  np.testing.assert_array_equal(rows[:, :448].sum(1), [8, 2, 0])
  np.testing.assert_array_equal(rows[0, 448:462], np.eye(14)[2] * 8)
  np.testing.assert_array_equal(rows[1, 462:494], kick.sum(1))
  # The hat is back after 4, 8 and 16 steps; of two kicks one, after 8.
  np.testing.assert_array_equal(
      rows[:, 494:], [[1, 1, 1], [0, 0.5, 0], [0, 0, 0]]
  )


def test_real_patterns_are_hardly_told_from_real_ones(real):
  result = metrics.two_sample_auc(real[:150], real[150:300], rng=_rng())
  assert set(result) == {'auc', 'auc_logistic', 'auc_trees'}
  assert 0.4 < result['auc'].value < 0.6
  assert result['auc'].low < 0.5
  assert all(_contains(estimate) for estimate in result.values())


def test_shuffled_voices_are_told_from_real_patterns(real):
  shuffled = _shuffled(real[150:300])
  result = metrics.two_sample_auc(real[:150], shuffled, rng=_rng())
  assert result['auc'].value > 0.95
  assert result['auc'] == max(result['auc_logistic'], result['auc_trees'])
  assert result['auc'].high <= 1


def test_same_seed_gives_the_same_auc(real):
  first, again = (
      metrics.two_sample_auc(real[:60], real[60:120], rng=_rng(3))
      for _ in range(2)
  )
  assert first == again


# Precision and recall.


def _plain_coverage(points, by):
  """Kynkaanniemi et al., equation 2, word for word and slowly."""
  def distance(a, b):
    return int((a != b).sum())

  covered = []
  for point in points:
    inside = False
    for i, center in enumerate(by):
      others = sorted(
          distance(center, other) for j, other in enumerate(by) if j != i
      )
      inside |= distance(point, center) <= others[2]
    covered.append(inside)
  return np.mean(covered)


@given(
    real=drawn_patterns.hits(7, 7), other=drawn_patterns.hits(7, 7),
    chunk=st.sampled_from((2, 1024)),
)
@settings(max_examples=30)
def test_precision_and_recall_are_those_of_the_paper(real, other, chunk):
  with pytest.MonkeyPatch.context() as patch:
    patch.setattr(neighbourhoods, '_CHUNK', chunk)
    result = metrics.precision_recall(real, other, rng=_rng())
    swapped = metrics.precision_recall(other, real, rng=_rng())
  assert result['precision'].value == _plain_coverage(other, real)
  assert result['recall'].value == _plain_coverage(real, other)
  assert swapped['precision'].value == result['recall'].value
  assert _contains(result['precision']) and _contains(result['recall'])


def test_a_set_covers_itself(real):
  result = metrics.precision_recall(real, real[::-1], rng=_rng())
  assert result == {'precision': (1, 1, 1), 'recall': (1, 1, 1)}


def test_one_real_pattern_again_and_again_has_precision_without_recall(real):
  one = np.repeat(real[:1], len(real), axis=0)
  result = metrics.precision_recall(real, one, rng=_rng())
  assert result['precision'].value == 1
  # All distances in it are 0, so that it covers itself and nothing else.
  copies = (real == real[0]).all((1, 2)).sum()
  assert result['recall'].value == copies / len(real)


def test_sets_far_apart_cover_nothing(real):
  result = metrics.precision_recall(real, ~real, rng=_rng())
  assert result['precision'].value == result['recall'].value == 0


@pytest.mark.parametrize('sizes, match', [
    ((5, 4), 'of one size, got 5 and 4'),
    ((3, 3), 'more than 3 patterns, got 3'),
])
def test_sets_that_do_not_fit_are_refused(real, sizes, match):
  with pytest.raises(errors.PatternError, match=match):
    metrics.precision_recall(real[:sizes[0]], real[:sizes[1]], rng=_rng())


# Rates, hits and distances.


def _rotated(hits, steps):
  return np.roll(hits, steps, axis=0)


def test_rates_by_hand(real):
  known, new, other = real[:3]
  trivial = drawn_patterns.hits_of(kick=[0])
  classes = np.sort(step_codes.class_digests(
      step_codes.hits_to_step_codes(np.stack([known]))
  ))
  given_hits = np.stack([
      new, _rotated(new, 5), new, other, known, _rotated(known, 3), trivial,
      trivial, trivial, trivial,
  ])
  result = metrics.rates(given_hits, classes, rng=_rng())
  values = {name: estimate.value for name, estimate in result.items()}
  # Four are new or other; they are two beats; all but two are new, or trivial.
  assert values == {'pass': 0.4, 'distinct': 0.2, 'novel': 0.8}
  assert all(map(_contains, result.values()))


def test_hits_by_hand():
  few = np.stack([drawn_patterns.hits_of(kick=range(8))] * 4)
  many = np.stack([drawn_patterns.hits_of(kick=range(16))] * 6)
  result = metrics.hit_rates(real=many, given=few, rng=_rng())
  assert result == {
      'hits_per_step': (0.25, 0.25, 0.25), 'hits_ratio': (0.5, 0.5, 0.5)
  }


def test_interval_of_a_ratio_covers_the_truth(real):
  covered = 0
  for seed in range(100):
    rng = _rng(seed)
    mixed = rng.permutation(real)
    ratio = metrics.hit_rates(mixed[:200], mixed[200:], rng=rng)['hits_ratio']
    assert _contains(ratio)
    covered += ratio.low <= 1 <= ratio.high
  assert 88 <= covered <= 99


def test_silent_real_patterns_are_refused(real):
  with pytest.raises(errors.PatternError, match='no hit at all'):
    metrics.hit_rates(np.zeros_like(real), real, rng=_rng())


def test_distance_is_that_of_the_best_rotation(real):
  training = nearest.NearestPatterns(step_codes.hits_to_step_codes(real[:1]))
  one_off = _rotated(real[0], 7)
  one_off[3, 9] ^= True
  estimate, histogram = metrics.training_distance(
      np.stack([real[0], one_off, _rotated(real[0], 20), one_off]), training,
      rng=_rng(),
  )
  assert estimate.value == 0.5
  assert _contains(estimate)
  assert histogram.tolist() == [2, 2]


@pytest.mark.skipif(
    not builders.DATA_DIR.is_dir(), reason=f'no data in {builders.DATA_DIR}'
)
def test_published_samples_have_the_published_rates():
  folder = builders.DATA_DIR / 'drum_space'
  raw, kept = (
      dataset_tsv.read(folder / f'sampled10k_acai_{name}').codes
      for name in ('raw', 'filtered')
  )
  kept_rows = {row.tobytes() for row in kept}
  refused = np.array([row.tobytes() not in kept_rows for row in raw])
  # The author's training set is not published. By the rule it holds every
  # class that was refused though it is not trivial; with no more than these
  # the counts must come out, for no class has verdicts of both kinds.
  classes = step_codes.class_digests(raw)
  known = np.unique(classes[refused & ~entropy.is_trivial(raw)])
  hits = step_codes.step_codes_to_hits(raw)
  result = metrics.rates(hits, known, rng=_rng())
  assert result['pass'].value == 0.5581
  assert result['distinct'].value == 0.5067
  # Another training set of real music knows about half of these classes, so
  # that its verdicts lie between those and the entropy rule's alone.
  ours = examples.load(builders.DATA_DIR / 'patterns' / 'train.tsv')
  result = metrics.rates(
      hits, np.sort(step_codes.class_digests(ours.codes)), rng=_rng()
  )
  assert 0.5581 < result['pass'].value < (~entropy.is_trivial(raw)).mean()
  assert result['pass'].value == pytest.approx(0.5581, abs=0.01)
  assert result['distinct'].value == pytest.approx(0.5067, abs=0.01)
