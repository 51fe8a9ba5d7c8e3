"""Names of variables: what Magenta's releases and magenta-js call one weight.

TensorFlow has renamed its cells twice since Google published its bundles, and
magenta-js has a spelling of its own. All are led to one here.
"""

import re

_CAMEL_CASE = re.compile(r'(?<=[a-z])(?=[A-Z])')
# Of names in lower case, in order.
_SPELLINGS = tuple(
    (re.compile(pattern), replacement) for pattern, replacement in (
        (r'(rnn|lstm)cell\b', r'\1_cell'), (r'\bcell(?=\d)', 'cell_'),
        (r'/linear(?=/)', ''), (r'/(matrix|weights)$', '/kernel'),
        (r'/biases$', '/bias'),
        (r'attention_output_projection', 'attn_output_projection'),
        (r'/(basic_)?lstm_(block_)?cell/', '/lstm_cell/'),
    )
)


def canonical_name(name: str) -> str:
  """Returns the name of a variable as Magenta 2.1.4 spells it, nearly.

  All LSTM cells are `lstm_cell`, all weights `kernel`, all biases `bias`, and
  older names (`RNN/MultiRNNCell/Cell0/BasicLSTMCell/Linear/Matrix`) are in
  lower case.
  """
  name = _CAMEL_CASE.sub('_', name).lower()
  for pattern, replacement in _SPELLINGS:
    name = pattern.sub(replacement, name)
  return name
