"""Magenta's flags that our scripts lack, and what does their work here.

People come with the commands of drums_rnn_generate, drums_rnn_train,
drums_rnn_create_dataset, music_vae_generate, music_vae_train,
preprocess_tfrecord and convert_dir_to_note_sequences (Magenta 2.1.4) in their
hands. Where a name is Magenta's and not a script's own, the error says what to
write instead.
"""

import types

_MODEL = (
    '--checkpoint_file or --run_dir names a model, as drumspace_train makes '
    'it; --checkpoint_file=shipped:NAME needs no training'
)
_BUNDLE = 'a checkpoint of drumspace_train is one file already: hand that on'
_CONFIG = (
    'a checkpoint carries its configuration; only drumspace_train takes '
    '--config and --hparams'
)
_ENDS = 'drumspace_generate --mode=interpolate --input=FIRST.mid,SECOND.mid'
_CONTINUE = 'drumspace_continue takes it, with a bundle of drums_rnn'
_EXAMPLES = (
    'drumspace_train --examples_path takes the folder that '
    'drumspace_create_dataset makes, its dataset.tsv or patterns.tfrecord'
)
_EVALUATION = (
    'drumspace_train keeps --hparams=valid_share=0.1 of the inputs for '
    'validation, as it trains and with --mode=eval'
)
_KEPT = 'drumspace_train keeps the best and the last checkpoint'
_ONE_PROCESS = 'drumspace_train runs in one process; it takes --device=cuda'
_INPUT = '--input names files, folders or globs'
_OUTPUT = (
    'drumspace_convert --output=FILE.tfrecord; the other scripts take '
    '--output_dir'
)
_MEMORY = 'patterns are small: they are all in memory, in batches that fit'
_FILTER = (
    'drumspace_create_dataset takes drum notes alone, refuses what is too '
    'large and names what it leaves out'
)

_ANSWERS = types.MappingProxyType({
    'bundle_file': (
        'drumspace_continue takes a bundle of drums_rnn; elsewhere '
        f'{_MODEL}'
    ),
    'save_generator_bundle': _BUNDLE,
    'bundle_description': _BUNDLE,
    'config': _CONFIG,
    'hparams': _CONFIG,
    'generator_id': _CONFIG,
    'generator_description': _CONFIG,
    'primer_midi': (
        'drumspace_continue takes it; drumspace_generate --mode=vary '
        '--input=FILE.mid makes neighbors of a beat'
    ),
    'primer_drums': (
        'drumspace_continue takes it; drumspace_convert --primer_drums=... '
        '--output=FILE.mid makes a file of it'
    ),
    'num_steps': (
        'a beat has 32 steps; drumspace_generate --mode=walk --num_bars makes '
        'a long one, drumspace_continue takes --num_steps, and of '
        'drumspace_train they are train steps'
    ),
    'beam_size': _CONTINUE,
    'branch_factor': _CONTINUE,
    'steps_per_iteration': _CONTINUE,
    'eval_ratio': _EVALUATION,
    'eval': _EVALUATION,
    'num_eval_examples': _EVALUATION,
    'eval_num_batches': _EVALUATION,
    'eval_dir_suffix': _EVALUATION,
    'sequence_example_file': _EXAMPLES,
    'tfds_name': _EXAMPLES,
    'num_training_steps': 'drumspace_train --num_steps',
    'summary_frequency': _EVALUATION,
    'num_checkpoints': _KEPT,
    'checkpoints_to_keep': _KEPT,
    'keep_checkpoint_every_n_hours': _KEPT,
    'input_midi_1': _ENDS,
    'input_midi_2': _ENDS,
    'max_batch_size': _MEMORY,
    'cache_dataset': _MEMORY,
    'master': _ONE_PROCESS,
    'task': _ONE_PROCESS,
    'num_ps_tasks': _ONE_PROCESS,
    'num_sync_workers': _ONE_PROCESS,
    'input_dir': f'{_INPUT}, with --recursive also folders in them',
    'input_tfrecord': _INPUT,
    'output_file': _OUTPUT,
    'output_tfrecord': _OUTPUT,
    'output_shards': 'results are one file, in the same bytes every time',
    'enable_filtering': _FILTER,
    'max_total_time': _FILTER,
    'max_num_notes': _FILTER,
    'min_velocities': _FILTER,
    'min_metric_positions': _FILTER,
    'is_drum': _FILTER,
    'drums_only': _FILTER,
    'pipeline_options': 'drumspace_beam_create_dataset takes it',
})


def answer(name: str) -> str | None:
  """Returns what to write instead of a flag; None if it is not Magenta's.

  Args:
    name: A flag that a script does not know, without dashes; with `no` before
      it, if it is a boolean.
  """
  for known in (name, name.removeprefix('no')):
    if known in _ANSWERS:
      return f"--{known} is Magenta's; here: {_ANSWERS[known]}"
  return None
