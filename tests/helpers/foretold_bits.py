"""Bits of a foretold model, by the probability that they are drawn with."""

import torch

from drumspace_ext.models import foretelling
from drumspace_ext.models import foretold
from drumspace_ext.models import plans


def logits(
    network: foretold.Foretold, z: torch.Tensor, hits: torch.Tensor
) -> torch.Tensor:
  """Returns the logits that told bits were drawn by, `[batch, 448]`."""
  rows = hits.view(-1, 32, 14)
  classes = foretelling.of_patterns(rows).classes
  with torch.no_grad():
    found = network.all_logits(z, hits, torch.ones(len(z)))[0]
  for number, block in enumerate(plans.BLOCKS):
    differs = (rows[:, block:2 * block] - rows[:, :block]).abs().flatten(1)
    before = (differs.cumsum(1) - differs).view(-1, block, 14)
    owed = before < foretelling.least(classes[:, number])[:, None, None]
    here = found[:, block:2 * block]
    found[:, block:2 * block] = torch.where(owed, foretold._OWED * here, here)
  return found.flatten(1)
