"""Tests for what is foretold, and for the model that keeps to it."""

import drawn_patterns
import foretold_bits
import hypothesis
from hypothesis import strategies
import numpy as np
import tiny_models
import torch

from drumspace_ext.models import foretelling
from drumspace_ext.models import foretold
from drumspace_ext.models import plans
from drumspace_ext.models import stepwise
from drumspace_ext.patterns import step_codes


def _rows(codes):
  """Hits, float `[batch, 32, 14]`."""
  hits = step_codes.step_codes_to_hits(np.asarray(codes, np.uint16))
  return torch.from_numpy(hits).float()


def _generator(seed=0):
  return torch.Generator().manual_seed(seed)


def _differences(rows, block):
  return (rows[:, block:2 * block] != rows[:, :block]).sum((1, 2))


@hypothesis.given(drawn_patterns.codes(1, 5))
def test_what_is_forced_is_a_copy_and_classes_hold_the_differences(codes):
  rows = _rows(codes)
  found = foretelling.of_patterns(rows)
  assert not found.forced[:, :4].any() and not found.inputs[:, :4].any()
  for number, block in enumerate(plans.BLOCKS):
    classes = found.classes[:, number]
    count = _differences(rows, block)
    assert (foretelling.least(classes) <= count).all()
    assert (count <= foretelling.most(classes)).all()
    here, model = rows[:, block:2 * block], rows[:, :block]
    forced = found.forced[:, block:2 * block]
    assert torch.equal(here[forced], model[forced])
    assert forced[count == 0].all()


@hypothesis.given(strategies.integers(0, 200))
def test_each_count_has_one_class(count):
  classes = foretelling.of_counts(torch.tensor([float(count)]))
  assert foretelling.least(classes) <= count <= foretelling.most(classes)


def test_beat_by_hand():
  # Kick on 1; from step 4 on once more, from step 8 on once, from 16 on twice.
  codes = np.zeros((1, 32), np.uint16)
  codes[0, [0, 4, 6, 8, 12, 14, 15, 16, 20, 22, 24, 28, 30]] = 1
  codes[0, 20] |= 2
  found = foretelling.of_patterns(_rows(codes))
  assert found.classes.tolist() == [[1, 1, 2]]
  forced = found.forced[0]
  # The kick of step 6 is the one that differs; the voices after it are copies.
  assert not forced[:6].any() and not forced[6, 0]
  assert forced[6, 1:].all() and forced[7].all()
  assert not forced[8:16, 0].any() and not forced[15, 0]
  assert forced[15, 1:].all()
  assert not forced[16:].any()
  # It is told that a difference is owed until it was written.
  once = torch.zeros(30)
  once[[1, 6]] = 1
  assert torch.equal(found.inputs[0, 6], once)
  once[6] = 0
  assert torch.equal(found.inputs[0, 7], once)
  twice = torch.zeros(30)
  twice[[22, 27]] = 1
  assert torch.equal(found.inputs[0, 31], twice)


def _sharp(seed=0):
  network = tiny_models.network('foretold', scale=1.5, seed=seed)
  with torch.no_grad():
    network.voice_inputs *= 10
    network.voice_outputs *= 5
  return network


@hypothesis.given(
    seed=strategies.integers(0, 1000),
    forced=strategies.integers(0, foretelling.NUM_CLASSES - 1),
)
@hypothesis.settings(max_examples=15)
def test_no_more_differs_than_was_foretold(seed, forced):
  network = _sharp(seed)
  with torch.no_grad():
    network.to_classes.bias[forced] += 1000.0
    rows = network.draw_hits(
        torch.randn((20, 4), generator=_generator(seed)), temperature=1.0,
        threshold=0.5, generator=_generator(seed),
    ).view(-1, 32, 14)
  # No bar with little in it is copied as a whole, whatever was foretold.
  for block in plans.BLOCKS if forced else plans.BLOCKS[:-1]:
    assert (
        _differences(rows, block) <= foretelling.most(torch.tensor(forced))
    ).all()


def test_bits_and_classes_are_drawn_as_often_as_their_probability_says():
  network = _sharp()
  z = torch.full((3000, 4), 0.7)
  # Where every block is told its class, what was drawn is known by the rest.
  with torch.no_grad():
    network.to_classes.weight *= 5
    hits = network._write(z, 1.0, 0.5, _generator()).float()
    first = network.all_logits(z, hits, torch.ones(len(z)))[1][:, 0]
  classes = foretelling.of_patterns(hits.view(-1, 32, 14)).classes
  drawn = torch.bincount(classes[:, 0], minlength=5) / len(z)
  # The first block's many differences are seldom fewer than was drawn.
  chance = torch.softmax(first / foretold._CLASS_TEMPERATURE, dim=-1).mean(0)
  assert (drawn[:2] - chance[:2]).abs().max() < 0.05
  assert chance[:2].max() > 0.05


def test_bits_that_are_told_are_drawn_by_their_probability():
  network = _sharp()
  z = torch.full((3000, 4), 0.7)
  with torch.no_grad():
    # All that differs is told to be much, whatever it then is.
    network.to_classes.bias[-1] += 1000.0
    hits = network._write(z, 1.0, 0.5, _generator()).float()
    found = foretelling.of_patterns(hits.view(-1, 32, 14)).classes
    right = (found == foretelling.NUM_CLASSES - 1).all(1)
  logits = foretold_bits.logits(network, z, hits)
  assert right.sum() > 1000
  chance = torch.sigmoid(logits)
  chance[chance < stepwise.IMPROBABLE] = 0.0
  chance[chance > 1 - stepwise.IMPROBABLE] = 1.0
  # Before the last block, what is drawn there has no say.
  kept, end = right, 4 * 14
  surplus = (hits - chance)[:, :end].sum(0)
  spread = (chance * (1 - chance))[:, :end].sum(0).sqrt()
  assert (surplus / spread)[spread > 1].abs().max() < 5
  # What can't be drawn is not drawn.
  assert not hits[kept][chance[kept] == 0].any()
  assert hits[kept][chance[kept] == 1].all()


def test_a_bar_with_little_in_it_is_not_copied_as_a_whole():
  network = _sharp()
  with torch.no_grad():
    network.to_classes.bias[0] += 1000.0
  known = torch.zeros(2, network.config.decoder_size)
  is_trivial = torch.tensor([0.0, 1.0])
  for block in plans.BLOCKS:
    classes = network._draw_classes(known, is_trivial, block, _generator())
    assert classes[0] == 0
    # A shorter block is not yet the whole beat.
    assert (classes[1] == 0) == (block < plans.BLOCKS[-1])


def test_temperature_0_is_untold():
  network = _sharp()
  z = 2 * torch.randn((50, 4), generator=_generator())
  with torch.no_grad():
    before = network.draw_hits(
        z, temperature=0.0, threshold=0.5, generator=None
    )
    logits = network.teacher_logits(z, before.float()).flatten(1)
    network.to_classes.bias[0] += 1000.0
    after = network.draw_hits(
        z, temperature=0.0, threshold=0.5, generator=None
    )
  assert torch.equal(before, after)
  assert torch.equal(before, logits > 0)


def test_logits_of_classes_see_only_what_comes_before():
  network = _sharp()
  z = torch.randn((1, 4), generator=_generator())
  rows = torch.rand((1, 32, 14), generator=_generator(1)).round()
  changed = rows.clone()
  changed[:, 8:] = changed[:, :8].repeat(1, 3, 1)
  with torch.no_grad():
    one, other = (
        network.all_logits(z, given.flatten(1), torch.ones(1))[1]
        for given in (rows, changed)
    )
  torch.testing.assert_close(one[:, :2], other[:, :2])
  assert not torch.allclose(one[:, 2], other[:, 2])


def test_training_weighs_classes_of_what_is_told_alone():
  hits = tiny_models.data().train[:8]
  losses = {}
  for untold in (0, 1):
    network = tiny_models.network('foretold', untold=untold, dropout=0).train()
    with torch.no_grad():
      network.to_classes.bias[0] += 50.0
    losses[untold] = network.losses(
        hits, train_step=0, generator=_generator()
    ).reconstruction
    losses[untold].sum().backward()
    assert network.to_classes.bias.grad.any() != bool(untold)
  # Who is sure that all is repeated loses 50 nats a block that is not.
  assert (losses[0] - losses[1]).max() > 40
