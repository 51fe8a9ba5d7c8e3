"""Model files: what a TrainedModel is made of, and Magenta's weights.

Magenta's weights are read by `magenta_files`, also from the safetensors file
that `keep` has made of them.
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
from drumspace_ext.magenta_models import groovae
from drumspace_ext.magenta_models import music_vae
from drumspace_ext.models import autoencoder
from drumspace_ext.models import checkpoints
from drumspace_ext.models import config_loading
from drumspace_ext.models import configs
from drumspace_ext.models import genre_places
from drumspace_ext.models import groove_configs
from drumspace_ext.models import magenta_files
from drumspace_ext.models import networks
from drumspace_ext.models import next_step
from drumspace_ext.models import sampling


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
      f'{magenta_files.PREFIX}{name}': torch.from_numpy(values.copy())
      for name, values in checkpoint.tensors.items()
  }, {
      magenta_files.KEY: {
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
    genres: The genres that the model knows; None if it knows none.
  """

  config: configs.Config
  metadata: Mapping[str, typing.Any]
  network: autoencoder.Autoencoder | music_vae.MusicVae
  sampler: sampling.LatentSampler
  known_classes: np.ndarray
  genres: genre_places.GenrePlaces | None = None


def read(path: pathlib.Path) -> Parts:
  """Reads a model of two-bar beats: one of ours, or a MusicVAE.

  Raises:
    CheckpointError: If the file is damaged, or something else.
  """
  magenta = magenta_files.read(path)
  return _own_parts(path) if magenta is None else _magenta_parts(path, magenta)


def _own_parts(path: pathlib.Path) -> Parts:
  tensors, read = checkpoints.read(path)
  # What is in it is looked at below.
  metadata = typing.cast(Mapping[str, typing.Any], read)
  if any(name.startswith(next_step.PREFIX) for name in tensors):
    raise errors.CheckpointError(
        f'{path} is a next-step model: it continues beats and has no latent '
        'space. drumspace_continue plays it.'
    )
  if groove_configs.names_groove(metadata.get('config')):
    raise errors.CheckpointError(
        f'{path} is a groove model: it plays beats (--groove) and makes none. '
        f'{checkpoints.RECOMMENDED} makes them.'
    )
  try:
    config = config_loading.from_dict(metadata['config'], 'its configuration')
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
    genres = genre_places.from_tensors({
        key: value.numpy() for key, value in tensors.items()
        if key.startswith(genre_places.PREFIX)
    }, metadata.get(genre_places.KEY), config.model.z_size)
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
      known_classes=known_classes, genres=genres,
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
    network = groovae.network_of(magenta)
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
