"""Tests for plans, and for the planned model that keeps them."""

import drawn_patterns
import hypothesis
import numpy as np
import tiny_models
import torch

from drumspace_ext.models import planned
from drumspace_ext.models import plans
from drumspace_ext.models import stepwise
from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import step_codes


def _rows(codes):
  """Hits, float `[batch, 32, 14]`."""
  hits = step_codes.step_codes_to_hits(np.asarray(codes, np.uint16))
  return torch.from_numpy(hits).float()


def _generator(seed=0):
  return torch.Generator().manual_seed(seed)


@hypothesis.given(drawn_patterns.codes(1, 5))
def test_what_is_forced_is_what_the_pattern_plays(codes):
  rows = _rows(codes)
  standing = plans.standings(rows)
  forced = standing.forced > 0.5
  assert torch.equal(standing.value[forced], rows[forced])
  assert not forced[:, :4].any()
  # What a plan says repeats leaves nothing to draw.
  for block in plans.BLOCKS:
    differs = plans.of_block(rows, block)[:, :1].expand(-1, block, -1)
    assert forced[:, block:2 * block][differs < 0.5].all()


@hypothesis.given(drawn_patterns.codes(1, 5))
def test_entropy_so_far_ends_in_the_rules_entropy(codes):
  rows = _rows(codes)
  whole, so_far = plans.entropies(rows), plans.EntropySoFar(len(rows), 'cpu')
  for step in range(32):
    torch.testing.assert_close(so_far.inputs(), whole[:, step])
    so_far.add(rows[:, step])
  nats = so_far.inputs()[:, 0].numpy()
  np.testing.assert_allclose(nats, entropy.nats(codes), atol=1e-5)


def test_plan_of_a_beat_by_hand():
  # Kick on 1; from step 4 on once more, from step 8 on twice as often.
  codes = np.zeros((1, 32), np.uint16)
  codes[0, [0, 4, 6, 8, 9, 12, 14, 15]] = 1
  rows = _rows(codes)
  kick = [
      plans.of_block(rows, block)[0, :, 0].tolist() for block in plans.BLOCKS
  ]
  # Once (step 6), twice (9 and 15), and all of the second bar is missing.
  assert kick == [[1, 0], [1, 1], [1, 1]]
  standing = plans.standings(rows)
  forced = standing.forced[0, :, 0]
  # After its one difference it repeats; at the last step it must have had two.
  assert forced[4:8].tolist() == [0, 0, 0, 1]
  assert forced[8:16].tolist() == [0, 0, 0, 0, 0, 0, 0, 1]
  # No other voice plays, and none differs.
  assert standing.forced[0, 4:, 1:].all()


def test_difference_that_is_still_owed_is_played_at_the_end():
  plan = torch.zeros(1, 2, 14)
  plan[0, 0, :2] = 1  # Kick and snare differ,
  plan[0, 1, 1] = 1  # the snare more than once.
  model, count = torch.zeros(1, 14), torch.zeros(1, 14)
  two_left = plans.standing(plan, count, model, 2)
  assert two_left.forced[0, :3].tolist() == [0, 1, 1]
  assert two_left.value[0, :3].tolist() == [0, 1, 0]
  last = plans.standing(plan, count, model, 1)
  assert last.forced[0, 0] == last.value[0, 0] == 1


def _sharp():
  network = tiny_models.network('planned', scale=1.5)
  with torch.no_grad():
    network.voice_inputs *= 10
    network.voice_outputs *= 5
    network.plan_inputs *= 10
    network.plan_outputs *= 5
  return network


def test_bits_and_plans_are_drawn_as_often_as_their_probability_says():
  network = _sharp()
  z = torch.full((1500, 4), 0.7)
  with torch.no_grad():
    hits = network.draw_hits(
        z, temperature=1.0, threshold=0.5, generator=_generator()
    ).float()
    bits, plan = network.all_logits(z, hits)
  drawn = torch.cat([
      hits, planned.symbols(hits.view(-1, 32, 14)).flatten(1)
  ], dim=1)
  chance = torch.sigmoid(torch.cat([bits.flatten(1), plan.flatten(1)], dim=1))
  chance[chance < stepwise.IMPROBABLE] = 0.0
  chance[chance > 1 - stepwise.IMPROBABLE] = 1.0
  surplus = (drawn - chance).sum(0)
  spread = (chance * (1 - chance)).sum(0).sqrt()
  assert (surplus / spread)[spread > 1].abs().max() < 5
  assert (spread > 1).sum() > 100


def test_logits_of_plans_see_only_what_comes_before():
  network = _sharp()
  z = torch.randn((1, 4), generator=_generator())
  rows = torch.rand((1, 32, 14), generator=_generator(1)).round()
  changed = rows.clone()
  changed[:, 16:] = changed[:, :16]
  with torch.no_grad():
    one, other = (
        network.all_logits(z, given.flatten(1))[1] for given in (rows, changed)
    )
  torch.testing.assert_close(one[:, :2], other[:, :2])
  # The first voice of the last plan is decided by what was written before.
  torch.testing.assert_close(one[:, 2, 0], other[:, 2, 0])
  assert not torch.allclose(one[:, 2], other[:, 2])
