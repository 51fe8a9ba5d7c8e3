"""Runs a script of Magenta 2.1.4 as its console script would, on TensorFlow 2.21.

  python run_magenta.py magenta.models.drums_rnn.drums_rnn_train --run_dir=...

tf_slim 1.1.0 looks for `ops.IndexedSlices`, which TensorFlow has moved.
"""

import importlib
import os
import sys

os.environ.setdefault('TF_USE_LEGACY_KERAS', '1')
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')


def prepare() -> None:
  """Puts back what Magenta's libraries look for in TensorFlow."""
  # pylint: disable=g-import-not-at-top
  from tensorflow.python.framework import indexed_slices
  from tensorflow.python.framework import ops
  # pylint: enable=g-import-not-at-top

  if not hasattr(ops, 'IndexedSlices'):
    ops.IndexedSlices = indexed_slices.IndexedSlices


if __name__ == '__main__':
  prepare()
  script = importlib.import_module(sys.argv[1])
  sys.argv = [sys.argv[1].rpartition('.')[2], *sys.argv[2:]]
  script.console_entry_point()
