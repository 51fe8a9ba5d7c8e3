"""Runs a console script of Magenta 2.1.4 on TensorFlow 2.21.

  python run_magenta.py magenta.models.drums_rnn.drums_rnn_train --run_dir=...

tf_slim 1.1.0 looks for `ops.IndexedSlices`, which TensorFlow has moved, and
MusicVAE imports tensorflow_datasets, of which converters use nothing.
"""

import importlib
import importlib.util
import os
import sys
import types

os.environ.setdefault('TF_USE_LEGACY_KERAS', '1')
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')


def _unbatch(data_set, name=None):
  """`Dataset.unbatch`, which crashes on tensors with a dimension of size 0."""
  del name
  import tensorflow as tf

  return data_set.flat_map(
      lambda *tensors: tf.data.Dataset.from_tensor_slices(tensors)
  )


def prepare() -> None:
  """Puts back what Magenta's libraries look for in TensorFlow."""
  import tensorflow as tf
  from tensorflow.python.framework import indexed_slices
  from tensorflow.python.framework import ops

  if not hasattr(ops, 'IndexedSlices'):
    ops.IndexedSlices = indexed_slices.IndexedSlices
  # MusicVAE's training: its tensors of controls have no columns.
  tf.data.Dataset.unbatch = _unbatch
  if importlib.util.find_spec('tensorflow_datasets') is None:
    sys.modules['tensorflow_datasets'] = types.ModuleType(
        'tensorflow_datasets'
    )


if __name__ == '__main__':
  prepare()
  script = importlib.import_module(sys.argv[1])
  sys.argv = [sys.argv[1].rpartition('.')[2], *sys.argv[2:]]
  script.console_entry_point()
