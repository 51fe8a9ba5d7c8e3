"""create_dataset on Dask: the same bytes from many machines.

Decisions:

This process lists and merges, workers read. Loads are handed to the scheduler a
few for each thread at a time, and each part is merged on disk as it comes, as
in the local run: neither the scheduler nor this process holds more than those.
Alternative: sums by class on the workers, which takes a shuffle; it would be
needed where one machine does not keep up with merging what many cores read.

A lost worker's loads are given to others (three times); what they gave before
is here already. How to read is a task of its own, which Dask sends once to each
worker and repeats where a lost one had it.

Who wants to know how far it is pays with a second listing, 10 us a file, for
the first ends with the work.

Processes that read are kept by run and thread of a worker, and ended when the
run ends. Of a client that was killed they wait, idle, until their worker ends.
"""

import typing

from drumspace_ext import faces

_NAMES = {'create_dataset': 'creation'}

if typing.TYPE_CHECKING:
  from drumspace_ext.dask.creation import create_dataset as create_dataset
else:
  __getattr__, __dir__ = faces.of(__name__, _NAMES)
