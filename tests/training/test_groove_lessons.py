"""Tests of what a groove network learns of teachers."""

import dataclasses

from hypothesis import given
from hypothesis import strategies as st
import played_patterns
import torch

from drumspace_ext.models import config_loading
from drumspace_ext.models import groove_network
from drumspace_ext.training import groove_lessons

_SETTINGS = config_loading.load_any(
    'groove', 'hidden_size=16,around_size=16,batch_size=32'
)


def _taught(data, num_train_steps, seed=0, others_seed=0):
  with torch.random.fork_rng():
    torch.manual_seed(0)
    network = groove_network.GrooveNetwork(_SETTINGS.model)
  torch.manual_seed(others_seed)
  groove_lessons.teach(network, data, dataclasses.replace(
      _SETTINGS.training, num_train_steps=num_train_steps
  ), seed=seed)
  return network.eval()


@given(st.integers(0, 1000))
def test_questions_are_made_of_bars_and_voices_of_patterns(seed):
  data = played_patterns.softer_under_crashes(20, seed)
  asked = groove_lessons.questions(data, 200, seed=seed)
  assert torch.equal(asked, groove_lessons.questions(data, 200, seed=seed))
  there = {row.tobytes() for row in data.hits}
  assert any(row.tobytes() in there for row in asked.numpy())
  assert any(row.tobytes() not in there for row in asked.numpy())
  grid = data.hits.reshape(-1, 2, 16, 14)

  def parts(rows):
    return {bar[:, voice].tobytes() for row in rows for bar in row
            for voice in range(14)}

  asked = asked.numpy().reshape(-1, 2, 16, 14)
  assert parts(asked) <= parts(grid)
  assert asked.sum((1, 2, 3)).min() > 1


def test_a_network_learns_what_no_table_can_tell():
  data = played_patterns.softer_under_crashes(300, seed=0)
  network = _taught(data, 60)
  unseen = played_patterns.softer_under_crashes(100, seed=1)
  with torch.inference_mode():
    said = network(torch.from_numpy(unseen.hits))[:, 0].numpy()
  truth = unseen.centred()[:, 0] / groove_network.SCALES[0]
  assert ((truth - said)**2).sum() < 0.3 * (truth**2).sum()


def test_the_same_seed_teaches_the_same():
  data = played_patterns.softer_under_crashes(40, seed=0)
  # Whatever others have drawn before.
  one = _taught(data, 4, others_seed=1).state_dict()
  again = _taught(data, 4, others_seed=2).state_dict()
  assert all(torch.equal(value, one[name]) for name, value in again.items())
  other, name = _taught(data, 4, seed=1).state_dict(), 'around.hidden.weight'
  assert not torch.equal(other[name], one[name])
