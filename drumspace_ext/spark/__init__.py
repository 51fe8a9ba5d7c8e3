"""create_dataset on Apache Spark: the same bytes from many machines.

Decisions:

The driver lists, executors read. It cuts loads into few partitions, about four
a core, for each has a cost of its own. A worker of Python sums what it reads by
rotation class before anything is shuffled, the shuffle adds these sums, and
rows come to the driver partition by partition (`toLocalIterator`), which sorts
them on disk: its memory does not grow with the number of patterns. It holds the
listing, some 100 bytes a file.

Keys are placed by their CRC-32, not by Python's hash, which differs between
processes unless PYTHONHASHSEED is the same everywhere.

A worker of Python forks its reader where it has one thread, as the local run
does: numpy and the MIDI reader are imported once.

Everything that is sent to executors is a function of the package, found there
by name: nothing of the main program is pickled.

Files on Hadoop's filesystems come through Java (`hadoop`). Workers of Python
have none, so that executors fetch whole files for them; `binaryFiles` is given
each by a pattern for it alone. What begins with `_` or `.` it passes over: the
driver reads that and sends it along. A listing calls Java for each file, since
no text of a listing holds for all filesystems (viewfs prints none of a file).

How far it is the status tracker says, asked by this thread while another waits
for the first row: callbacks of a user are called in the thread that they come
from, and an accumulator would say nothing earlier, for it comes with the end of
a task.

RDDs, not DataFrames: rows are sets, counters and bytes that only Python adds
up; a DataFrame would encode them twice. Spark Connect has no RDDs, and is not
supported.
"""

import typing

from drumspace_ext import faces

_NAMES = {'create_dataset': 'creation'}

if typing.TYPE_CHECKING:
  from drumspace_ext.spark.creation import create_dataset as create_dataset
else:
  __getattr__, __dir__ = faces.of(__name__, _NAMES)
