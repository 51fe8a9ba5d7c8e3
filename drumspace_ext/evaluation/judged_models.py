"""Judged models: what models draw, and what they know of the judges."""

from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import typing

import numpy as np

from drumspace_ext import callbacks
from drumspace_ext import errors
from drumspace_ext.dataset import examples
from drumspace_ext.dataset import parts
from drumspace_ext.evaluation import panel
from drumspace_ext.files import local_paths
from drumspace_ext.files import manifests
from drumspace_ext.patterns import step_codes

if typing.TYPE_CHECKING:
  from drumspace_ext.models import trained_model

# Seed and shares of validation and test where no model says how it was trained:
# those of the models that are shipped.
_DEFAULT_SPLIT = 0, 0.08, 0.16


# What the row of a model is called where all that it draws counts.
NOTHING_REFUSED = ', nothing refused'
# What is judged by patterns that are no part of the training set.
OTHERS = 'other patterns'


class Judges(typing.NamedTuple):
  """What models are judged by.

  Attributes:
    training: Step codes of what they were trained on.
    heldout: Step codes of what judges them.
    part: What that is: a part of the training set, or other patterns.
  """

  training: np.ndarray
  heldout: np.ndarray
  part: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class JudgedModels:
  """The models of a panel.

  Attributes:
    named: Each with the name of its row.
    digests: Of their files, by name.
  """

  named: Sequence[tuple[str, 'trained_model.TrainedModel']]
  digests: Mapping[str, str]

  def rows(
      self, num_outputs: int, *, seed: int, temperature: float | None,
      threshold: float, on_step: callbacks.OnStep,
  ) -> list[panel.Row]:
    """Draws a row of each, and of those that refuse draws one without that."""
    return [
        panel.Row(
            name=name if refusing else f'{name}{NOTHING_REFUSED}',
            hits=step_codes.step_codes_to_hits(model.draw(
                num_outputs, seed=seed, temperature=temperature,
                threshold=threshold, refusing=refusing, on_step=on_step,
            ).codes),
        )
        for name, model in self.named
        for refusing in ((True, False) if model.refuses else (True,))
    ]

  def judges(
      self, training_set: examples.TrainingSet,
      heldout_path: local_paths.Name | None, judged_by: str | None = None,
  ) -> Judges:
    """Returns what judges the models.

    Args:
      training_set: What they were trained on.
      heldout_path: Other patterns to judge by; None takes a part of the set.
      judged_by: Which, `test` or `validation`; the test if None, where the
        models kept one.

    Raises:
      InputError: If the models were trained on different parts, or on others
        than the training set is divided into, or kept no test.
    """
    if heldout_path:
      return Judges(
          training_set.codes, examples.load(heldout_path).codes, OTHERS
      )
    # What was trained on other data, or elsewhere, says less of a split.
    own = [(name, model) for name, model in self.named
           if model.metadata.get('data_digest') == training_set.digest]
    splits = {
        (model.seed, model.config.training.valid_share,
         model.config.training.test_share)
        for _, model in own or self.named if model.config.training
    } or {_DEFAULT_SPLIT}
    if len(splits) > 1:
      raise errors.InputError(
          'the models were trained with other seeds or shares for validation '
          'and test: ' + ', '.join(
              f'seed {seed}, {valid:g} and {test:g}'
              for seed, valid, test in sorted(splits)
          ) + '. Give --heldout_path, or evaluate them one by one.'
      )
    seed, valid_share, test_share = splits.pop()
    divided = parts.divide(training_set, valid_share, test_share, seed=seed)
    digest = parts.digest(training_set, divided)
    for name, model in own:
      # Patterns in another order, or without their inputs, are divided anew.
      if model.metadata.get('data_split', digest) != digest:
        raise errors.InputError(
            f'{name} was trained on these patterns, but not as --examples_path '
            'divides them: it may have learnt what would judge it. Give the '
            'dataset as it was trained on, or --heldout_path.'
        )
    name, chosen = divided.judges()
    if judged_by == parts.VALID:
      name, chosen = parts.VALID, divided.valid
    elif judged_by == parts.TEST and name != parts.TEST:
      raise errors.InputError(
          'these models kept no patterns for a test. Give --heldout_path, or '
          f'--judged_by={parts.VALID}.'
      )
    return Judges(
        training_set.codes[divided.train], training_set.codes[chosen], name
    )

  def notes(
      self, training_set: examples.TrainingSet, judges: Judges
  ) -> list[str]:
    """Says where a model was tuned on, or knows, what it is judged by."""
    notes = []
    classes = step_codes.class_digests(judges.heldout)
    if judges.part == OTHERS:
      known = step_codes.class_digests(training_set.codes)
      if both := int(np.isin(classes, known).sum()):
        notes.append(
            f'{both:,} of the {len(classes):,} patterns held out are in '
            '--examples_path too: no beat can be new beside them.'
        )
    for name, model in self.named:
      if judges.part == parts.VALID and model.config.training:
        notes.append(
            f'{name} was tuned on the validation part, which judges it here: '
            'its numbers flatter it.'
        )
      is_other = model.metadata.get('data_digest') != training_set.digest
      if is_other:
        notes.append(
            f'{name} was trained on other data than --examples_path, by which '
            'its passing and novel beats are told.'
        )
      # What a model keeps for validation is in its data, but not learnt.
      if is_other or judges.part == OTHERS:
        shared = int(np.isin(classes, model.known_classes).sum())
        notes.append(
            f'{shared:,} of the {len(classes):,} patterns held out are in the '
            f'data of {name}.'
        )
    return notes


def load(names: Sequence[str], files: Sequence[str]) -> JudgedModels:
  """Loads models.

  Args:
    names: What their rows are called.
    files: Run directories, checkpoint files or `shipped:NAME`, likewise.

  Raises:
    CheckpointError: If one is none.
  """
  if not files:
    return JudgedModels(named=[], digests={})
  # Torch comes with them, and files of beats are judged without.
  from drumspace_ext.models import checkpoints
  from drumspace_ext.models import trained_model

  return JudgedModels(
      digests={
          name: manifests.digest(checkpoints.find(file))
          for name, file in zip(names, files, strict=True)
      },
      named=[
          (name, trained_model.TrainedModel(file))
          for name, file in zip(names, files, strict=True)
      ],
  )
