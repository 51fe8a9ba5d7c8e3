"""Validation: how a network does on patterns that it was not trained on."""

from collections.abc import Mapping
import pathlib

import torch

from drumspace_ext import errors
from drumspace_ext.dataset import examples
from drumspace_ext.models import autoencoder
from drumspace_ext.models import checkpoints
from drumspace_ext.models import config_loading
from drumspace_ext.models import networks
from drumspace_ext.training import batches
from drumspace_ext.training import same_data

_EVAL_BATCH = 4096


def evaluate(
    network: autoencoder.Autoencoder, hits: torch.Tensor, *, train_step: int
) -> dict[str, float]:
  """Returns the mean losses over patterns, and how well hits come back."""
  network.eval()
  generator = torch.Generator(hits.device).manual_seed(0)
  sums: dict[str, float] = {}
  right = given = true = exact = 0.0
  with torch.no_grad():
    for batch in hits.split(_EVAL_BATCH):
      losses = network.losses(
          batch, train_step=train_step, generator=generator
      )
      for name, values in losses._asdict().items():
        if values is not None:
          sums[name] = sums.get(name, 0.0) + values.sum().item()
      decoded = network.reconstruct(batch)
      struck = batch > 0.5
      right += (decoded & struck).sum().item()
      given += decoded.sum().item()
      true += struck.sum().item()
      exact += (decoded == struck).all(-1).sum().item()
  network.train()
  result = {name: total / len(hits) for name, total in sums.items()}
  result['hit_f1'] = 2 * right / max(given + true, 1.0)
  result['exact'] = exact / len(hits)
  return result


def in_words(line: Mapping[str, float]) -> str:
  """Returns an evaluation as one line for a person."""
  kl = f', KL {line["kl"]:.2f}' if 'kl' in line else ''
  return (
      f'step {int(line["train_step"]):>6,}: reconstruction '
      f'{line["reconstruction"]:.2f} nats{kl}, hit F1 {line["hit_f1"]:.3f}, '
      f'exact {line["exact"]:.1%}'
  )


def evaluate_best(
    run_dir: pathlib.Path, training_set: examples.TrainingSet, *,
    device: torch.device,
) -> dict[str, float]:
  """Evaluates the best checkpoint of a run on what it kept for validation.

  Raises:
    CheckpointError: If there is none, or it was trained on other data.
  """
  path = checkpoints.find(str(run_dir))
  tensors, metadata = checkpoints.read(path)
  try:
    config = config_loading.from_dict(metadata['config'], str(path))
    data = batches.prepare(
        training_set, config.for_training(), device=device,
        seed=checkpoints.whole_number(metadata, 'seed'),
    )
    step = checkpoints.whole_number(metadata, 'train_step')
  except KeyError as e:
    raise errors.CheckpointError(f'{path} lacks {e}.') from e
  same_data.check(
      path, metadata, key='data_split', here=data.split_digest
  )
  network = networks.make(config.model, seed=0)
  network.load_state_dict({
      key.removeprefix('network.'): value for key, value in tensors.items()
      if key.startswith('network.')
  }, strict=False)
  network.to(device)
  losses = evaluate(network, data.valid, train_step=step)
  return {'train_step': step, **losses}
