"""Streaming: what follows a beat, step by step and without end.

A stream remembers what it has played (`next_step_continuer`) and needs no more
memory the longer it goes on. As lines it has the form of `dataset.tsv`, two
bars a line, which every script here reads.
"""

from collections.abc import Iterable
from collections.abc import Iterator
import itertools

import numpy as np

from drumspace_ext import defaults
from drumspace_ext import seeds
from drumspace_ext.continuation import continuers
from drumspace_ext.continuation import continuing
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.files import local_paths
from drumspace_ext.models import checkpoints
from drumspace_ext.patterns import step_codes


def stream_beats(
    checkpoint: str, input_values: local_paths.Names = (), *,
    primer_drums: str | None = None,
    primer_midi: local_paths.Name | None = None, hparams: str = '',
    temperature: float = continuing.TEMPERATURE,
    num_steps: int | None = None, voices_in: str | None = None,
    seed: int = defaults.SEED,
) -> Iterator[int]:
  """Continues a beat without end, or until `num_steps`.

  Each step is drawn when it is asked for; so a caller who plays it in time
  waits for nothing, and stops by asking no more.

  Args:
    checkpoint: See `continue_beats`.
    input_values: A beat of ours to continue; a kick if nothing is named.
    primer_drums: A Python list of tuples of pitches, in place of it.
    primer_midi: A MIDI file, in place of it.
    hparams: Magenta's; see `continue_beats`.
    temperature: 0 takes the most probable step, 1 draws as the model sees it.
    num_steps: Sixteenths in all, those of the primer among them; None for no
      end.
    voices_in: Drum map of the primer; see `continue_beats`.
    seed: Of everything drawn: the steps are those of the first output of
      `continue_beats`.

  Returns:
    Step codes behind the primer, one by one; `step_codes_to_hits` has their
    meaning.

  Raises:
    InputError: If something named can't be used, or leaves no step to draw.
    CheckpointError: If the model is none that continues beats.
  """
  seeds.check(seed)
  continuer = continuers.load(checkpoints.find(checkpoint), hparams=hparams)
  primer = continuing.read_primer(
      local_paths.names(input_values), primer_drums=primer_drums,
      primer_midi=primer_midi, primer_map=continuer.primer_map,
      voices_in=voices_in,
  ).codes
  steps = continuer.stream(primer, temperature=temperature, seed=seed)
  if num_steps is None:
    return steps
  continuing.check_length(primer, num_steps)
  return itertools.islice(steps, num_steps - len(primer))


def lines(steps: Iterable[int]) -> Iterator[str]:
  """Yields steps as lines of `dataset.tsv`, two bars each, with line ends.

  The last one is filled up with rests.
  """
  rest = iter(steps)
  while codes := list(itertools.islice(rest, step_codes.NUM_STEPS)):
    codes += [0] * (step_codes.NUM_STEPS - len(codes))
    yield dataset_tsv.format_line(np.array(codes, np.uint16))
