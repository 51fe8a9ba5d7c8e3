"""Groove judges: patterns as they are played, that no groove model has seen.

They are divided by blocks of neighboring inputs (`groove_data`), so that the
loops of one file are never on both sides. What judges is the part that a model
kept for validation, or other patterns.
"""

from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext.evaluation import judged_models
from drumspace_ext.files import local_paths
from drumspace_ext.files import manifests
from drumspace_ext.patterns import step_codes

if typing.TYPE_CHECKING:
  from drumspace_ext.models import groove_model
  from drumspace_ext.training import groove_data

_MIN_PATTERNS = 20


@dataclasses.dataclass(frozen=True, kw_only=True)
class Judges:
  """What groove models are judged by.

  Attributes:
    training: Patterns that baselines are made of.
    heldout: Patterns that judge.
    groups: The block of each of these, int64 `[num_heldout]`.
    input_ids: The inputs of each of these.
    part: What they are, in words.
  """

  training: 'groove_data.PlayedPatterns'
  heldout: 'groove_data.PlayedPatterns'
  groups: np.ndarray
  input_ids: Sequence[tuple[str, ...]]
  part: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class GrooveModels:
  """The groove models of a panel.

  Attributes:
    named: Each with the name of its row.
    metadata: Of their files, by name.
    digests: Of these, by name.
  """

  named: Sequence[tuple[str, 'groove_model.GrooveModel']]
  metadata: Mapping[str, Mapping[str, typing.Any]]
  digests: Mapping[str, str]

  def judges(
      self, examples_path: local_paths.Name,
      heldout_path: local_paths.Name | None,
  ) -> tuple[Judges, list[str]]:
    """Returns (what judges them, what is to be known of that).

    Args:
      examples_path: A dataset with grooves.
      heldout_path: Another one to judge by; None takes a part of the first.

    Raises:
      InputError: If one has no grooves or too few, or the models were trained
        on different parts.
    """
    from drumspace_ext.training import groove_data

    splits = {
        (int(self.metadata[name].get('seed', 0)),
         model.settings.training.valid_share)
        for name, model in self.named
    }
    if len(splits) > 1:
      raise errors.InputError(
          'the groove models were trained with other seeds or shares for '
          'validation. Evaluate them one by one.'
      )
    seed, valid_share = splits.pop()
    data = groove_data.load(examples_path, valid_share=valid_share, seed=seed)
    source = heldout_path or examples_path
    played, ids = groove_data.read(source)
    counted: list[bool] = np.any(played.known, axis=1).tolist()
    own = {row.tobytes() for row in data.valid.codes}
    chosen = np.flatnonzero([
        known and (bool(heldout_path) or row.tobytes() in own)
        for known, row in zip(counted, played.codes)
    ])
    groups = np.array([min(found, default=0) for found in groove_data.blocks(
        list(ids)
    )])
    heldout = played.chosen(chosen)
    dynamic = int(heldout.known[:, 0].sum())
    if len(heldout) < _MIN_PATTERNS or not dynamic:
      raise errors.InputError(
          f'{source}: {len(heldout):,} patterns with dynamics or timing are '
          f'held out, at least {_MIN_PATTERNS} are needed; {dynamic:,} have '
          'dynamics, which some must. Give more MIDI files, or others with '
          '--heldout_path.'
      )
    return Judges(
        training=data.train, heldout=heldout, groups=groups[chosen],
        input_ids=[ids[i] for i in chosen],
        part=judged_models.OTHERS if heldout_path else 'validation',
    ), [
        *(_shared(data.train, heldout) if heldout_path else []),
        *self._notes(data, is_other=bool(heldout_path)),
    ]

  def _notes(
      self, data: 'groove_data.Data', *, is_other: bool
  ) -> list[str]:
    notes = []
    for name, _ in self.named:
      said = self.metadata[name]
      if any(said.get(k) != v for k, v in data.said_by(said).items()):
        notes.append(
            f'{name} was trained on other data than --examples_path; that none '
            'of these files is in it is for you to know.'
        )
      elif not is_other:
        notes.append(
            f'The spreads of {name} were fitted to the validation part, which '
            'judges it here: its calibration is flattered.'
        )
    return notes


def _shared(
    training: 'groove_data.PlayedPatterns',
    heldout: 'groove_data.PlayedPatterns',
) -> list[str]:
  """Says how many patterns that judge are known, if any are."""
  known, classes = map(
      step_codes.class_digests, (training.codes, heldout.codes)
  )
  both = int(np.isin(classes, known).sum())
  if not both:
    return []
  return [
      f'{both:,} of the {len(classes):,} patterns held out are in the training '
      'part of --examples_path too: of these, baselines and models of it know '
      'how they are played.'
  ]


def is_groove_model(name: str) -> bool:
  """Says whether a checkpoint plays patterns and does not make them.

  Raises:
    CheckpointError: If there is none.
  """
  from drumspace_ext.models import checkpoints
  from drumspace_ext.models import groove_configs
  from drumspace_ext.models import magenta_files

  path = checkpoints.find(name)
  if magenta_files.read(path) is not None:
    return False
  return groove_configs.names_groove(
      checkpoints.read_arrays(path)[1].get('config')
  )


def load(names: Sequence[str], files: Sequence[str]) -> GrooveModels:
  """Loads groove models.

  Args:
    names: What their rows are called.
    files: Run directories, checkpoint files or `shipped:NAME`, likewise.

  Raises:
    CheckpointError: If one is none.
  """
  from drumspace_ext.models import checkpoints
  from drumspace_ext.models import groove_model

  paths = [checkpoints.find(file) for file in files]
  return GrooveModels(
      named=[
          (name, groove_model.load(file))
          for name, file in zip(names, files, strict=True)
      ],
      metadata={
          name: checkpoints.read_arrays(path)[1]
          for name, path in zip(names, paths)
      },
      digests={
          name: manifests.digest(path) for name, path in zip(names, paths)
      },
  )
