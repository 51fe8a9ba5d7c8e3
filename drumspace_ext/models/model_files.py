"""Model files: what a TrainedModel is made of, and Magenta's weights.

Magenta's weights are read from a bundle, a checkpoint of TensorFlow, a tar, or
from the safetensors file that `keep` has made of one of these. Such a file has
the tensors under `magenta.` by their canonical names, and in its metadata, as
all checkpoints of ours, JSON texts: `magenta` (form, generator, description and
attention_length of the file it was made of), `train_step` and `source_digest`.
"""

from collections.abc import Mapping
import dataclasses
import pathlib
import typing

import numpy as np
import torch

from drumspace_ext import errors
from drumspace_ext.files import manifests
from drumspace_ext.magenta_models import checkpoint_files
from drumspace_ext.magenta_models import music_vae
from drumspace_ext.models import autoencoder
from drumspace_ext.models import checkpoints
from drumspace_ext.models import config_loading
from drumspace_ext.models import configs
from drumspace_ext.models import networks
from drumspace_ext.models import sampling

_PREFIX = 'magenta.'
_KEY = 'magenta'


def read_magenta(
    path: pathlib.Path,
) -> checkpoint_files.MagentaCheckpoint | None:
  """Reads Magenta's weights; None if a checkpoint of ours holds others.

  Raises:
    CheckpointError: If the file is damaged, or something else.
  """
  try:
    is_magenta = checkpoint_files.kind_of_file(path) is not None
  except OSError as e:
    raise errors.CheckpointError(
        f"{path} can't be read: {e.strerror or e}. Check the path."
    ) from e
  if is_magenta:
    return checkpoint_files.read(path)
  tensors, metadata = _of_ours(path)
  facts = metadata.get(_KEY)
  if facts is None:
    return None
  try:
    if not isinstance(facts, dict):
      raise TypeError('its metadata is no dictionary')
    return checkpoint_files.MagentaCheckpoint(
        form=str(facts['form']), tensors={
            name.removeprefix(_PREFIX): value.float().numpy()
            for name, value in tensors.items() if name.startswith(_PREFIX)
        }, generator=str(facts['generator']),
        description=str(facts['description']),
        attention_length=facts['attention_length']
        if isinstance(facts['attention_length'], int) else None,
        train_step=checkpoints.whole_number(
            {'train_step': 0, **metadata}, 'train_step'
        ),
    )
  except (KeyError, TypeError, ValueError) as e:
    raise errors.CheckpointError(
        f'{path} says nothing usable of the Magenta model in it. Convert it '
        'again.'
    ) from e


def _of_ours(
    path: pathlib.Path,
) -> tuple[dict[str, torch.Tensor], dict[str, typing.Any]]:
  """Returns (tensors, metadata) of a checkpoint of ours."""
  tensors, metadata = checkpoints.read(path)
  return tensors, dict(metadata)


def keep(source: pathlib.Path, output: pathlib.Path) -> str:
  """Writes Magenta's weights into a safetensors file.

  Args:
    source: A bundle, a checkpoint, or a tar.
    output: The file to write.

  Returns:
    What the model is.

  Raises:
    CheckpointError: If it can't be read, or nothing here plays it.
    OutputError: If the file can't be written.
  """
  checkpoint = checkpoint_files.read(source)
  if checkpoint.kind == checkpoint_files.UNKNOWN:
    raise errors.CheckpointError(
        f'{source} is {checkpoint_files.TITLES[checkpoint.kind]}: only drum '
        'models of Magenta are kept.'
    )
  checkpoints.write(output, {
      f'{_PREFIX}{name}': torch.from_numpy(values.copy())
      for name, values in checkpoint.tensors.items()
  }, {
      _KEY: {
          'form': checkpoint.form, 'generator': checkpoint.generator,
          'description': checkpoint.description,
          'attention_length': checkpoint.attention_length,
      },
      'train_step': checkpoint.train_step,
      'source_digest': manifests.digest(source),
  })
  return checkpoint_files.TITLES[checkpoint.kind]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Parts:
  """What a TrainedModel is made of.

  Attributes:
    config: The resolved configuration.
    metadata: All of the checkpoint's metadata; `train_step` is there.
    network: Encodes and decodes.
    sampler: Where latent vectors are drawn.
    known_classes: Digests of the training patterns' rotation classes, sorted,
      uint64; none of a model that keeps none.
  """

  config: configs.Config
  metadata: Mapping[str, typing.Any]
  network: autoencoder.Autoencoder | music_vae.MusicVae
  sampler: sampling.LatentSampler
  known_classes: np.ndarray


def read(path: pathlib.Path) -> Parts:
  """Reads a model of two-bar beats: one of ours, or a MusicVAE.

  Raises:
    CheckpointError: If the file is damaged, or something else.
  """
  magenta = read_magenta(path)
  return _own_parts(path) if magenta is None else _magenta_parts(path, magenta)


def _own_parts(path: pathlib.Path) -> Parts:
  tensors, metadata = _of_ours(path)
  try:
    config = config_loading.from_dict(metadata['config'], str(path))
    network = networks.filled(config.model, {
        key.removeprefix('network.'): value for key, value in tensors.items()
        if key.startswith('network.')
    })
    sampler = sampling.from_tensors({
        key.removeprefix('sampler.'): value.numpy().astype(np.float64)
        for key, value in tensors.items() if key.startswith('sampler.')
    })
    _ = int(metadata['train_step'])
    if sampler.means.shape[1] != config.model.z_size:
      raise ValueError('its sampler is of another size than its latents')
    known_classes = np.sort(
        tensors['known_classes'].reshape(-1).numpy().view(np.uint64)
    )
  except (
      ArithmeticError, AttributeError, KeyError, IndexError, RuntimeError,
      TypeError, ValueError,
  ) as e:
    first = str(e).strip().split('\n')[0]
    raise errors.CheckpointError(
        f'{path} does not hold a whole model: {first}'
    ) from e
  return Parts(
      config=config, metadata=metadata, network=network, sampler=sampler,
      known_classes=known_classes,
  )


def _magenta_parts(
    path: pathlib.Path, magenta: checkpoint_files.MagentaCheckpoint
) -> Parts:
  if magenta.kind == checkpoint_files.DRUMS_RNN:
    raise errors.CheckpointError(
        f'{path} is a drums_rnn: it continues beats and has no latent space. '
        'drumspace_continue plays it.'
    )
  try:
    network = music_vae.MusicVae(magenta)
  except errors.CheckpointError as e:
    raise errors.CheckpointError(
        f'{path} is {checkpoint_files.TITLES[magenta.kind]}, which can\'t be '
        f'played: {e}.'
    ) from e
  size = network.z_size
  return Parts(
      config=configs.Config(
          name=network.configuration, training=None, model=configs.AeConfig(
              kind=magenta.kind, z_size=size, hidden_sizes=()
          ),
      ),
      metadata={'train_step': magenta.train_step}, network=network,
      # Its prior; where its training patterns lie, nobody has kept.
      sampler=sampling.LatentSampler(
          weights=np.ones(1), means=np.zeros((1, size)),
          stds=np.ones((1, size)),
      ), known_classes=np.zeros(0, np.uint64),
  )
