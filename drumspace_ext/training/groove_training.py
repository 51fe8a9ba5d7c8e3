"""Training of a groove model: table, networks and spreads.

The table is `grooves.taken_over` of the training patterns, networks correct it
as teachers say (`groove_lessons`), others draw takes, and the spreads are
fitted to what the mean answer leaves on the patterns kept for validation. A run
takes a few minutes; one that was interrupted begins anew.
"""

from collections.abc import Callable
from collections.abc import Mapping
import json
import math
import pathlib

import numpy as np
import torch

from drumspace_ext import callbacks
from drumspace_ext.files import local_paths
from drumspace_ext.files import output_files
from drumspace_ext.files import result_names
from drumspace_ext.models import checkpoints
from drumspace_ext.models import config_loading
from drumspace_ext.models import groove_answers
from drumspace_ext.models import groove_configs
from drumspace_ext.models import groove_model
from drumspace_ext.models import groove_network
from drumspace_ext.models import takes
from drumspace_ext.patterns import grooves
from drumspace_ext.patterns import step_codes
from drumspace_ext.training import groove_data
from drumspace_ext.training import groove_lessons
from drumspace_ext.training import same_data
from drumspace_ext.training import take_training

# A cell of the table is drawn to its voice by so much of a pattern's weight.
_TABLE_PRIOR = 10.0
# Of few files networks learn what is their own: of how velocities differ from
# the table so much is so of others, with that many inputs to learn from and
# with those. Chosen on files kept back; lateness is as they say from the first.
_SHARES, _NUM_INPUTS = (0.5, 1.0), (400, 2000)
_FITTING_ROUNDS = 50
_FIRST_SPREADS = (0.2, 0.7, 2.0)
_SHAPE = step_codes.NUM_STEPS, step_codes.NUM_VOICES


def table(data: groove_data.PlayedPatterns) -> np.ndarray:
  """Returns the means by step and voice, scaled, float32 `[2, 448]`."""
  rows = []
  for answer, scale in enumerate(groove_network.SCALES):
    weights = data.weights * data.known[:, answer]
    sums = weights @ data.centred()[:, answer] / scale
    rows.append(grooves.taken_over(
        sums.astype(np.float64).reshape(_SHAPE),
        (weights @ data.hits).astype(np.float64).reshape(_SHAPE), _TABLE_PRIOR,
    ).ravel())
  return np.array(rows, np.float32)


def fit_spreads(
    left: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
  """Fits normals around 0 to what is left, by expectation maximization.

  Args:
    left: Differences of hits, float `[num_hits]`.
    weights: What each counts, `[num_hits]`.

  Returns:
    (spreads, shares), float64 `[3]` each.
  """
  scale = math.sqrt(np.average(left**2, weights=weights) + 1e-12)
  spreads = scale * np.array(_FIRST_SPREADS)
  shares = np.full(len(spreads), 1 / len(spreads))
  for _ in range(_FITTING_ROUNDS):
    z = left[:, None] / spreads
    density = shares * np.exp(-z * z / 2) / spreads + 1e-30
    parts = weights[:, None] * density / density.sum(1, keepdims=True)
    counts = parts.sum(0) + 1e-9
    # Half a velocity is what rounding leaves of any of them.
    spreads = np.maximum(
        np.sqrt((parts * left[:, None]**2).sum(0) / counts), 0.03 * scale
    )
    shares = counts / counts.sum()
  return spreads, shares


def evaluate(
    model: groove_model.GrooveModel, data: groove_data.PlayedPatterns
) -> dict[str, float]:
  """Returns how much a model tells of patterns that it has not seen.

  R2 is that of velocities and offsets, each pattern's mean taken out.
  """
  truth = data.centred()
  hits = data.hits.reshape(-1, *_SHAPE) > 0
  left = (truth - model.deviations(hits)).astype(np.float64)
  result = {}
  for answer, name in enumerate(('velocity', 'offset')):
    counted = data.known[:, answer] * data.weights
    squares = ((left[:, answer]**2).sum(-1) * counted).sum()
    total = ((truth[:, answer].astype(np.float64)**2).sum(-1) * counted).sum()
    # Where nothing varies there is nothing to tell.
    result[f'{name}_r2'] = float(1 - squares / total) if total else 0.0
  return result


def _set_spreads(
    model: groove_model.GrooveModel, data: groove_data.PlayedPatterns
) -> None:
  left = data.centred() - model.deviations(data.hits.reshape(-1, *_SHAPE) > 0)
  for answer, scale in enumerate(groove_network.SCALES):
    counted = (data.hits > 0) & (data.known[:, answer] > 0)[:, None]
    weights = np.broadcast_to(data.weights[:, None], counted.shape)
    if not counted.any():
      continue
    spreads, shares = fit_spreads(
        left[:, answer][counted].astype(np.float64) / scale,
        weights[counted].astype(np.float64),
    )
    model.network.spreads[answer] = torch.from_numpy(spreads).half().float()
    model.network.shares[answer] = torch.from_numpy(shares).half().float()


def _soften(
    network: groove_network.GrooveNetwork, data: groove_data.Data
) -> None:
  """Leaves of velocities what files kept back say, or others of as many."""
  share = float(np.interp(
      math.log(data.num_inputs), np.log(_NUM_INPUTS), _SHARES
  ))
  if share < 1:
    network.soften(
        groove_answers.VELOCITY, max(share, _told(network, data.valid))
    )


def _told(
    network: groove_network.GrooveNetwork, data: groove_data.PlayedPatterns
) -> float:
  """Returns how much a network tells of the velocities that a table leaves."""
  velocity = groove_answers.VELOCITY
  truth = data.centred()[:, velocity] / groove_network.SCALES[velocity]
  counted = data.weights * data.known[:, velocity]
  hits = torch.from_numpy(data.hits)
  with torch.inference_mode():
    by_table, by_all = (
        float(((truth - said[:, velocity].numpy())**2).sum(1) @ counted)
        for said in (groove_network.centred(network.table, hits), network(hits))
    )
  return 1 - by_all / by_table if by_table else 0.0


def _fresh(
    data: groove_data.PlayedPatterns, config: groove_configs.GrooveConfig,
    seed: int,
) -> tuple[groove_network.GrooveNetwork, takes.TakeNetwork]:
  with torch.random.fork_rng(devices=[]):
    torch.manual_seed(seed)
    network = groove_network.GrooveNetwork(config)
    drawing = takes.TakeNetwork(config)
  network.table.copy_(torch.from_numpy(table(data)))
  means = (data.answers[:, groove_answers.VELOCITY] * data.hits).sum(1)
  network.level.fill_(float(np.average(
      means / np.maximum(data.hits.sum(1), 1), weights=data.weights
  )))
  return network, drawing


def train(
    settings: groove_configs.GrooveSettings, data: groove_data.Data, *,
    seed: int, on_step: callbacks.OnStep = callbacks.silent,
    on_evaluation: Callable[[Mapping[str, float]], None] = lambda line: None,
) -> tuple[groove_model.GrooveModel, dict[str, float]]:
  """Trains a groove model.

  Args:
    settings: Its configuration.
    data: What it is trained and validated on.
    seed: Of everything random.
    on_step: Called with the train steps done; see `callbacks`.
    on_evaluation: Called with each evaluation.

  Returns:
    The model, and its last evaluation.

  Raises:
    TrainingError: If the loss is no number any more.
  """
  training = settings.training
  network, drawing = _fresh(data.train, settings.model, seed)
  groove_lessons.teach(
      network, data.train, training, seed=seed, on_step=on_step
  )
  for answer in np.flatnonzero(~data.train.centred().any((0, 2))):
    # Networks come near to what never varies, and it is exact.
    network.soften(int(answer), 0)
  _soften(network, data)
  take_training.train(
      drawing, data.train, training, seed=seed, on_step=on_step
  )
  model = groove_model.GrooveModel(settings, network, drawing)
  _set_spreads(model, data.valid)
  line = {
      'train_step': training.num_train_steps, **evaluate(model, data.valid)
  }
  on_evaluation(line)
  return model, line


def write(
    folder: pathlib.Path, model: groove_model.GrooveModel,
    line: Mapping[str, float], *, digests: Mapping[str, str], seed: int,
) -> None:
  """Writes a trained model into its run directory.

  Args:
    folder: The run's folder.
    model: The model.
    line: Its evaluation.
    digests: Of what it was trained on, see `groove_data.Data`.
    seed: Of the run.

  Raises:
    OutputError: If a file can't be written.
  """
  text = json.dumps(dict(line)) + '\n'
  output_files.write_bytes(folder / result_names.METRICS, text.encode())
  # Where it is, the run is complete.
  groove_model.write(folder / result_names.BEST, model, {
      'train_step': int(line['train_step']), **digests, 'seed': seed,
      'metrics': dict(line),
  })


def is_run(run_dir: pathlib.Path) -> bool:
  """Says whether a run directory holds a model that plays patterns."""
  path = checkpoints.find(str(run_dir))
  config = checkpoints.read_arrays(path)[1].get('config')
  settings = config_loading.any_from_dict(config, str(path))
  return isinstance(settings, groove_configs.GrooveSettings)


def evaluate_best(
    run_dir: pathlib.Path, examples_path: local_paths.Name
) -> dict[str, float]:
  """Evaluates the model of a run on what it kept for validation.

  Raises:
    CheckpointError: If there is none, or it was trained on other data.
  """
  path = checkpoints.find(str(run_dir))
  metadata = checkpoints.read_arrays(path)[1]
  model = groove_model.load(str(path))
  data = groove_data.load(
      examples_path, valid_share=model.settings.training.valid_share,
      seed=checkpoints.whole_number(metadata, 'seed'),
  )
  for key, digest in data.said_by(metadata).items():
    same_data.check(path, metadata, key=key, here=digest)
  step = checkpoints.whole_number(metadata, 'train_step')
  return {'train_step': step, **evaluate(model, data.valid)}
