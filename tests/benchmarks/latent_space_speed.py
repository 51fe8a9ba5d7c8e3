r"""Times the latent half against the usual way, side by side in one process.

Usage:
  python tests/benchmarks/latent_space_speed.py [--rounds=N]

- An epoch of the published VAE over 30,000 patterns, against the textbook loop:
  DataLoader over a TensorDataset, Adam, one thread as well.
- Decoding, filtering and the check for known patterns, patterns a second.
- 10,000 patterns as MIDI files in one zip, against note_seq's
  `sequence_proto_to_midi_file` in a loop (over a tenth of them).
- The nearest of 30,000 patterns over all 32 rotations for 10,000 draws.

Rounds alternate; medians of ratios and rates of CPU seconds are printed. The
patterns are draws from the shipped models.
"""

import io
import os
import pathlib
import statistics
import sys
import tempfile
import time
import warnings
import zipfile

from absl import app
from absl import flags

# One core: a second thread of BLAS that waits would count as busy.
os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')
import numpy as np
import torch

from drumspace_ext.files import zip_archives
from drumspace_ext.models import config_loading
from drumspace_ext.models import networks
from drumspace_ext.models import sampling
from drumspace_ext.models import trained_model
from drumspace_ext.notes import midi_writing
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import nearest
from drumspace_ext.patterns import step_codes
from drumspace_ext.training import batches
from drumspace_ext.training import loop
from drumspace_ext.training import trainer as training

warnings.simplefilter('ignore')
import note_seq

_ROUNDS = flags.DEFINE_integer('rounds', 5, 'Rounds of each comparison.')
_PATTERNS = 30_000
_DRAWS = 10_000
_REFERENCE_FILES = 1_000


def _cpu(function) -> float:
  start = time.process_time()
  function()
  return time.process_time() - start


def _draws(count: int, seed: int) -> np.ndarray:
  """Draws different patterns from the shipped models, uint16 `[count, 32]`."""
  found = np.zeros((0, step_codes.NUM_STEPS), np.uint16)
  model = trained_model.TrainedModel('shipped:acai')
  while len(found) < count:
    drawn = model.draw(4 * count, seed=seed, temperature=0.7)
    found = np.unique(np.concatenate([found, drawn.codes]), axis=0)
    seed += 1
  return np.random.default_rng(seed).permutation(found)[:count]


def _textbook_epoch(hits: torch.Tensor):
  """Makes the model and returns a function that trains an epoch."""
  config = config_loading.load('vae')
  network = networks.make(config.model, seed=0)
  optimizer = torch.optim.Adam(
      network.parameters(), lr=config.training.learning_rate
  )
  loader = torch.utils.data.DataLoader(
      torch.utils.data.TensorDataset(hits),
      batch_size=config.training.batch_size, shuffle=True,
  )
  generator = torch.Generator()

  def epoch():
    for (batch,) in loader:
      optimizer.zero_grad()
      loss = network.losses(
          batch, train_step=10_000, generator=generator
      ).total.mean()
      loss.backward()
      optimizer.step()

  return epoch


def _our_epoch(hits: torch.Tensor, folder: pathlib.Path):
  data = batches.Data(
      train=hits, valid=hits[:100], digest='', classes=np.zeros(1, np.uint64)
  )
  config = config_loading.load('vae')
  trainer = training.Trainer(
      config, data, folder, seed=0, device=torch.device('cpu')
  )

  def epoch():
    # As `training.train` has it.
    for i in range(len(hits) // config.training.batch_size):
      trainer.step(measured=i % loop.SHOWN_STEPS == 0)

  return epoch


def _time_epochs(codes: np.ndarray) -> None:
  hits = step_codes.step_codes_to_hits(codes).reshape(len(codes), -1)
  hits = torch.from_numpy(hits.astype(np.float32))
  with tempfile.TemporaryDirectory() as folder:
    textbook = _textbook_epoch(hits)
    ours = _our_epoch(hits, pathlib.Path(folder))
    textbook(), ours()
    pairs = [(_cpu(textbook), _cpu(ours)) for _ in range(_ROUNDS.value)]
  print(
      'an epoch of the published VAE:',
      f'{statistics.median(o for _, o in pairs):.3f} s, textbook',
      f'{statistics.median(t for t, _ in pairs):.3f} s, ratio',
      f'{statistics.median(t / o for t, o in pairs):.2f}',
  )


def _time_draws() -> None:
  for name in ('vae', 'acai'):
    model = trained_model.TrainedModel(f'shipped:{name}')
    z = model.sampler.draw(100_000, rng=np.random.default_rng(0))
    seconds = []
    for _ in range(_ROUNDS.value):
      seconds.append(_cpu(
          lambda: sampling.judge(z, model.decode_hits(z), model.known_classes)
      ))
    rate = len(z) / statistics.median(seconds)
    print(f'decode + filters + known, {name}: {rate:,.0f} patterns/s')


def _time_midi(codes: np.ndarray) -> None:
  hits = step_codes.step_codes_to_hits(codes)
  sequences = [
      note_sequences.from_patterns(h) for h in hits[:_REFERENCE_FILES]
  ]

  def reference():
    for number, sequence in enumerate(sequences):
      path = pathlib.Path(folder) / f'{number}.mid'
      note_seq.sequence_proto_to_midi_file(sequence, str(path))

  def ours():
    with zipfile.ZipFile(io.BytesIO(), 'w', zipfile.ZIP_DEFLATED) as archive:
      for number, h in enumerate(hits):
        zip_archives.add(
            archive, f'{number:05d}.mid', midi_writing.patterns_to_midi(h)
        )

  with tempfile.TemporaryDirectory() as folder:
    pairs = [(_cpu(reference), _cpu(ours)) for _ in range(_ROUNDS.value)]
  rates = [
      (len(sequences) / r, len(hits) / o) for r, o in pairs
  ]
  print(
      f'{len(hits):,} MIDI files into a zip:',
      f'{statistics.median(o for _, o in rates):,.0f} files/s, note_seq',
      f'{statistics.median(r for r, _ in rates):,.0f} files/s, ratio',
      f'{statistics.median(o / r for r, o in rates):.1f}',
  )


def _time_nearest(known: np.ndarray, draws: np.ndarray) -> None:
  seconds = _cpu(lambda: nearest.NearestPatterns(known).find(draws))
  print(
      f'nearest of {len(known):,} patterns for {len(draws):,} draws: '
      f'{seconds:.1f} s'
  )


def main(unused_argv) -> int:
  networks.prepare_torch()
  known, draws = _draws(_PATTERNS, 0), _draws(_DRAWS, 1000)
  _time_epochs(known)
  _time_draws()
  _time_midi(draws)
  _time_nearest(known, draws)
  return 0


if __name__ == '__main__':
  sys.exit(app.run(main))
