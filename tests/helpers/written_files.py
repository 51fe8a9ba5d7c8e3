"""Files of the package's own forms, written for tests to read."""

import pathlib

import numpy as np

from drumspace_ext.dataset import tsv


def dataset(path: pathlib.Path, codes: np.ndarray) -> pathlib.Path:
  """Writes patterns, step codes `[batch, 32]`, as a dataset; returns it."""
  with path.open('w', encoding='utf-8') as stream:
    tsv.write(stream, tsv.PatternSet(codes=codes))
  return path
