"""Tests of how groove models are judged, by models whose worth is known."""

import dataclasses

import numpy as np
import pytest

from drumspace_ext.evaluation import groove_baselines
from drumspace_ext.evaluation import groove_features
from drumspace_ext.evaluation import groove_judges
from drumspace_ext.evaluation import groove_manners
from drumspace_ext.evaluation import groove_panel
from drumspace_ext.evaluation import groove_truth
from drumspace_ext.evaluation import metrics
from drumspace_ext.patterns import grooves
from drumspace_ext.patterns import step_codes
from drumspace_ext.training import groove_data

_SPREADS = np.array([8.0, 0.05])


def _means(hits):
  """How hits are played on the whole: by step, and after a hit softer."""
  shape = len(hits), 32, 14
  velocities = np.broadcast_to(
      np.where(np.arange(32) % 4 == 0, 100.0, 80.0)[:, None], shape
  ) - 20 * np.roll(hits, 1, axis=1)
  offsets = np.broadcast_to(
      np.where(np.arange(32) % 4 == 2, 0.1, 0.0)[:, None], shape
  )
  return np.stack([velocities, offsets], 1).reshape(len(hits), 2, -1)


def _played(count, seed):
  rng = np.random.default_rng(seed)
  hits = rng.random((count, 32, 14)) < 0.12
  hits[:, [0, 2, 4], 0] = True
  flat = hits.reshape(count, -1)
  answers = _means(hits) + _SPREADS[:, None] * rng.standard_normal(
      (count, 2, flat.shape[1])
  )
  return groove_data.PlayedPatterns(
      codes=step_codes.hits_to_step_codes(hits),
      hits=flat.astype(np.float32),
      answers=(answers * flat[:, None]).astype(np.float32),
      known=np.ones((count, 2), np.float32), plays=np.ones(count, np.float32),
      num_inputs=np.ones(count, np.float32),
      weights=np.ones(count, np.float32), own=np.ones(count, np.bool_),
  )


class _Model:
  """Knows the means, and has spreads of its own."""

  def __init__(self, times=1.0):
    self.spreads = times * _SPREADS

  def deviations(self, hits):
    return groove_baselines.centred(_means(hits), hits.reshape(len(hits), -1))

  def drawn(self, hits, *, seed):
    rng = np.random.default_rng(seed)
    made = _means(hits) + self.spreads[:, None] * rng.standard_normal(
        (len(hits), 2, 448)
    )
    velocities, offsets = np.moveaxis(made, 1, 0).reshape(2, -1, 32, 14)
    return grooves.Groove(velocities=velocities, offsets=offsets)

  def log_likelihoods(self, left, answer):
    spread = self.spreads[answer]
    return -(left / spread)**2 / 2 - np.log(spread * np.sqrt(2 * np.pi))


def _judges():
  return groove_judges.Judges(
      training=_played(300, 1), heldout=_played(300, 2),
      groups=np.arange(300) // 10,
      input_ids=[(f'{i // 2}.mid',) for i in range(300)], part='test',
  )


@pytest.fixture(scope='module', name='part')
def _part():
  models = groove_judges.GrooveModels(named=[
      ('true', _Model()), ('timid', _Model(1 / 3)), ('wild', _Model(3)),
  ], metadata={}, digests={})
  return groove_panel.evaluate(models, _judges(), seed=0)


def _values(part, name):
  (row,) = [row for row in part['rows'] if row['name'] == name]
  for number in row['numbers'].values():
    assert number['low'] <= number['value'] <= number['high']
  return {key: number['value'] for key, number in row['numbers'].items()}


def test_baselines_are_worth_what_they_see(part):
  one, table, trees = (
      _values(part, name) for name in (
          groove_baselines.ONE, groove_baselines.TABLE, groove_baselines.TREES
      )
  )
  true = _values(part, 'true')
  assert set(one) == {'velocity_r2', 'timing_r2'}
  assert one['velocity_r2'] == one['timing_r2'] == 0
  # The hit before is for trees alone, and nothing of it moves a hit.
  assert 0.3 < table['velocity_r2'] < trees['velocity_r2'] - 0.05
  assert trees['velocity_r2'] < true['velocity_r2'] < 0.9
  assert abs(table['timing_r2'] - true['timing_r2']) < 0.05


def test_a_true_spread_is_calibrated_and_others_are_not(part):
  true, timid, wild = (
      _values(part, name) for name in ('true', 'timid', 'wild')
  )
  for answer in groove_truth.ANSWERS:
    assert true[f'{answer}_spread'] == pytest.approx(1, abs=0.05)
    assert true[f'{answer}_in_50'] == pytest.approx(0.5, abs=0.04)
    assert true[f'{answer}_in_90'] == pytest.approx(0.9, abs=0.03)
    assert abs(true[f'{answer}_gain']) < 0.02
    assert timid[f'{answer}_in_90'] < 0.6
    assert wild[f'{answer}_in_90'] > 0.98
    assert timid[f'{answer}_gain'] < -1 and wild[f'{answer}_gain'] < -0.5
    assert timid[f'{answer}_spread'] < 0.9
    assert wild[f'{answer}_spread'] > 1.2
    assert timid[f'{answer}_r2'] == true[f'{answer}_r2']
  assert true['auc'] < 0.65
  assert min(timid['auc'], wild['auc']) > 0.9


def test_other_loops_of_a_file_are_told_of_with_their_numbers(part):
  table = _values(part, groove_baselines.TABLE)
  for name, note in zip(groove_manners.LEAST, part['notes'], strict=True):
    (row,) = [row for row in part['rows'] if row['name'] == name]
    assert row['loops'] == {'velocity': 300, 'timing': 300}
    assert row['table']['velocity_r2']['value'] == table['velocity_r2']
    # Nobody has a manner here: noise is shrunk.
    assert -0.5 < _values(part, name)['velocity_r2'] < table['velocity_r2']
    assert note == (
        f'{name}: judged by 300 loops with dynamics (there '
        f'{groove_baselines.TABLE}: {table["velocity_r2"]:.2f}) and 300 loops '
        f'with timing (there {groove_baselines.TABLE}: '
        f'{table["timing_r2"]:.2f}).'
    )


class _Machine(_Model):
  """Has no timing, but for some draws."""

  def __init__(self, every):
    super().__init__()
    self.every = every

  def drawn(self, hits, *, seed):
    played = super().drawn(hits, seed=seed)
    return played if seed % self.every == 0 else grooves.Groove(
        velocities=played.velocities, offsets=0 * played.offsets
    )


def test_timing_is_judged_by_draws_that_have_any():
  judges = groove_judges.Judges(
      training=_played(60, 1), heldout=_played(60, 2),
      groups=np.arange(60) // 10, input_ids=[(f'{i}',) for i in range(60)],
      part='test',
  )
  models = groove_judges.GrooveModels(named=[
      ('machine', _Machine(4)), ('stiff', _Machine(1000)),
  ], metadata={}, digests={})
  part = groove_panel.evaluate(models, judges, seed=1)
  machine, stiff = (_values(part, name) for name in ('machine', 'stiff'))
  # Three of four draws without timing are no narrower timing ...
  assert machine['timing_in_50'] == pytest.approx(0.5, abs=0.06)
  assert machine['timing_in_90'] == pytest.approx(0.9, abs=0.04)
  assert machine['timing_spread'] == pytest.approx(1, abs=0.1)
  # ... but none at all is.
  assert stiff['timing_in_90'] == stiff['timing_spread'] == 0


def test_performances_alone_are_told_by_the_blocks_that_they_are_of(
    monkeypatch
):
  judges = _judges()
  count = len(judges.heldout)
  own, has_dynamics = np.arange(count) % 3 > 0, np.arange(count) % 5 > 0
  truth = groove_truth.Truth(dataclasses.replace(
      judges, heldout=dataclasses.replace(
          judges.heldout, own=own,
          known=np.stack([has_dynamics, ~has_dynamics], 1).astype(np.float32),
      ),
  ))
  seen = []

  def told_apart(real, made, *, rng, groups):
    del rng
    seen.append((len(real), len(made), groups))
    return {'auc': None}

  monkeypatch.setattr(metrics, 'told_apart', told_apart)
  truth.told(_Model(), np.random.default_rng(0), seed=0)
  ((num_real, num_made, groups),) = seen
  chosen = own & has_dynamics
  assert num_real == num_made == chosen.sum()
  # Both of a pattern are of one block, which is learnt from or judged.
  assert groups[:num_real].tolist() == groups[num_real:].tolist()
  assert sorted(groups[:num_real]) == sorted(judges.groups[chosen])


def test_settings_say_what_judged(part):
  settings = part['settings']
  assert settings['loops'] == {'velocity': 300, 'timing': 300}
  assert (settings['inputs'], settings['blocks']) == (150, 30)
  assert (settings['judged_by'], settings['training_patterns']) == ('test', 300)


def test_features_see_grooves_as_a_midi_file_holds_them():
  hits = np.zeros((1, 32, 14), np.bool_)
  hits[0, [0, 4, 16, 20], 0] = True
  velocities = np.zeros(hits.shape)
  velocities[0, [0, 4, 16, 20], 0] = 100.2, 80, 99.9, 60
  offsets = np.where(hits, 1 / 119, 0.3)
  (row,) = groove_features.of(velocities, offsets, hits)
  assert row[0] == pytest.approx(np.std([100, 80, 100, 60]))
  assert row[1] == 0.75
  np.testing.assert_allclose(row[2:7], [-25, -10, 5, 15, 15])
  assert row[7] == 0 and row[21] == pytest.approx(row[0])
  # Of offsets: all a tick late; the second bar's snare is 20 softer.
  assert row[-5:-1] == pytest.approx([0, 1 / 120, 1, 10])
  assert row[-1] == 0


@pytest.mark.parametrize('num_blocks, is_told', [(1, True), (4, True),
                                                (5, False)])
def test_intervals_over_few_blocks_are_said_to_be_none(num_blocks, is_told):
  judges = dataclasses.replace(
      _judges(), groups=np.arange(300) % num_blocks
  )
  made = groove_panel.evaluate(groove_judges.GrooveModels(
      named=[], metadata={}, digests={}
  ), judges, seed=0)
  told = f'What judges comes from {num_blocks} of the blocks of'
  assert any(note.startswith(told) for note in made['notes']) == is_told
