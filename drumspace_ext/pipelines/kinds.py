"""Kinds of stages: what each is called and does, for help and messages.

Nothing is imported here, so that --help costs nothing; `registry` has what
makes a stage of each kind.
"""

import types

WHAT: types.MappingProxyType[str, str] = types.MappingProxyType({
    'loops': 'the patterns that a song plays three times in a row or more',
    'bars': 'every 32 steps (two bars of 4/4), the last ones padded',
    'filter': 'leaves out trivial patterns',
    'unique':
        'leaves out rotations of patterns that came before, over the whole '
        'run: put it before patterns are split into parts, or one pattern of '
        'two songs may be on both sides',
    'novel':
        'leaves out trivial and known patterns, as told by --examples_path or '
        'else by the model',
    'drums_rnn':
        'ready for drums_rnn_create_dataset: its nine drums, played four times '
        'or more, nothing that it would lose; comes last',
    'encode': 'adds the latent vector, as a text annotation',
    'reconstruct': 'what the model makes of the latent vector',
    'vary': 'neighbors in latent space, --num_outputs of each',
    'continue':
        'the two bars that drums_rnn (a bundle) plays next, --num_outputs of '
        'each',
})


def lines() -> list[str]:
  """Returns a line for each kind: its name, a colon, what it does."""
  return [f'{kind}: {what}' for kind, what in WHAT.items()]
