"""A collection of unique patterns: its files, and how it is made.

Decisions:

SQLite merges. Occurrences go into temporary SQLite files in the output folder
and come back sorted, so that memory does not grow with the number of inputs.
Alternatives: a dictionary (grows with provenance), sorted runs merged by hand
(more code of our own).

What one process did before and after the reading (listing, merging, writing),
no number of workers made faster: where there is much of it, other processes
share it (`processes.Beside`). They are started for it and end with it, and are
not the workers of the pool, which hold no rows and may be killed by an input.

No resume in create_dataset: 5,000 files take 1.3 s; a million some minutes.

What becomes of each input (labels, rows, counts) is made in the worker that
read it (`gathered`), here and on clusters alike: the one process that all
workers answer only puts rows away.

The report has no times and no paths of the machine, so that it is the same
bytes too. No pattern set is ever pickled.

What many inputs say together is summed in a way that depends on neither order
nor grouping (`sums`): a class counts its inputs by a flag on the first of its
occurrences in each, without remembering them.
"""

import typing

from drumspace_ext import faces

_NAMES = {
    'PatternSet': 'tsv',
    'read': 'tsv',
    'write': 'tsv',
    'create_dataset': 'creation',
    'TrainingSet': 'examples',
}

if typing.TYPE_CHECKING:
  from drumspace_ext.dataset.creation import create_dataset as create_dataset
  from drumspace_ext.dataset.examples import TrainingSet as TrainingSet
  from drumspace_ext.dataset.tsv import PatternSet as PatternSet
  from drumspace_ext.dataset.tsv import read as read
  from drumspace_ext.dataset.tsv import write as write
else:
  __getattr__, __dir__ = faces.of(__name__, _NAMES)
