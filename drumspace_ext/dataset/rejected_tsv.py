"""rejected.tsv: inputs without patterns, why, and what helps."""

from collections.abc import Mapping
import pathlib

from drumspace_ext import callbacks
from drumspace_ext import rejections
from drumspace_ext.dataset import scratch
from drumspace_ext.dataset import tsv as dataset_tsv


def write(
    path: pathlib.Path, rows: pathlib.Path, total: int,
    fitting: Mapping[str, str], maps: Mapping[str, str], recipe: Mapping,
    on_step: callbacks.OnStep = callbacks.silent,
) -> None:
  """Writes the file.

  Args:
    path: Where it goes.
    rows: The scratch file that the inputs are in.
    total: How many they are.
    fitting: What is said by input id of drum maps that fit them.
    maps: The drum maps that they were read with by input id, if these were
      chosen.
    recipe: How they were read, see `rejections.hint`.
    on_step: Called with the inputs that are written; see `callbacks`.

  Raises:
    OSError: If it can't be written.
    OutputError: If the scratch file can't be.
  """
  with path.open('w', encoding='utf-8', newline='\n') as stream:
    stream.write('\t'.join(dataset_tsv.REJECTED_HEADER) + '\n')
    for input_id, reason, detail in scratch.rejected_inputs(
        rows, total, on_step
    ):
      hint = rejections.hint(reason, recipe)
      if said := fitting.get(input_id):
        hint = f'{hint}; {said}'
      if input_id in maps:
        hint = f'{hint}; it was read with {maps[input_id]}'
      line = map(dataset_tsv.escape, (input_id, reason, detail, hint))
      stream.write('\t'.join(line) + '\n')
