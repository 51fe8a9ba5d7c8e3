"""Dataset creation on Dask: the same files, by many machines.

This process lists files, hands loads to the scheduler, a few at a time, and
merges what comes back on disk, as the local run does.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
import contextlib
import functools
import itertools
import logging
import pathlib
import threading
import typing
import uuid

from drumspace_ext import callbacks
from drumspace_ext import errors
from drumspace_ext.dataset import gathered
from drumspace_ext.dataset import sums
from drumspace_ext.files import local_paths
from drumspace_ext.inputs import listing as inputs
from drumspace_ext.spreading import creation as spreading
from drumspace_ext.spreading import reading as reading_lib

if typing.TYPE_CHECKING:
  import distributed

_LOGGER = logging.getLogger(__name__)
_TO_INSTALL = "pip install '.[dask]' in a clone"
# How often a load is given to another worker when one is lost over it.
_RETRIES = 3
# Loads on their way: some for each thread, for the next should be there.
_LEAST_ON_THE_WAY, _ON_THE_WAY_A_THREAD = 16, 4
# The readers of this worker, by run and thread.
_READERS: dict[tuple[str, int], reading_lib.Reader] = {}


def create(
    input_values: Sequence[str],
    output_dir: pathlib.Path | str,
    *,
    scheduler: 'str | distributed.Client | None' = None,
    **asked: typing.Unpack[spreading.Request],
) -> spreading.SpreadDataset:
  """Makes a dataset by a recipe, on Dask; see `create_dataset`.

  Args:
    input_values: TFRecords, MIDI files, folders, zips and globs of them.
    output_dir: Where the files go; made if missing.
    scheduler: Where Dask runs, see `create_dataset`.
    **asked: See `spreading.creation.Request`.

  Raises:
    InputError: If there is nothing to read, a named input is unusable, or
      Dask is not installed or its scheduler can't be reached.
    OutputError: If the files can't be written.
    PipelineError: If the work fails.
  """
  with _client(scheduler) as client:
    return spreading.create(
        functools.partial(_spread, client), input_values, output_dir, **asked
    )


def create_dataset(
    input_values: local_paths.Names, output_dir: local_paths.Name, *,
    scheduler: 'str | distributed.Client | None' = None,
    **arguments: typing.Unpack[spreading.Arguments],
) -> spreading.SpreadDataset:
  """Makes a dataset of all unique patterns in the inputs, on Dask.

  Arguments and files are those of `dataset_creation.create_dataset`, but for:

  Args:
    input_values: On a disk that this process and all workers share.
    output_dir: On a disk of this process.
    scheduler: Its address, such as `tcp://host:8786`, or a Client; by default
      what Dask's configuration says, else a cluster on this machine.
    **arguments: See there; and `reader_process=False` reads without processes
      of their own, which may crash or hang.

  Raises:
    InputError: If there is nothing to read, a named input is unusable, or
      Dask is not installed or its scheduler can't be reached.
    OutputError: If the files can't be written.
    PipelineError: If the work fails.
  """
  return create(
      local_paths.names(input_values), str(output_dir), scheduler=scheduler,
      **spreading.request(arguments),
  )


@contextlib.contextmanager
def _client(
    scheduler: 'str | distributed.Client | None',
) -> Iterator['distributed.Client']:
  """Yields a client, and closes it if it was made here."""
  try:
    import distributed
  except ModuleNotFoundError as e:
    raise errors.InputError(
        f'Dask is not installed ({e}). Install it: {_TO_INSTALL}.'
    ) from e
  if isinstance(scheduler, distributed.Client):
    yield scheduler
    return
  try:
    if scheduler is not None:
      # A client of an address that can't be one waits a minute for its end,
      # and says so in a traceback.
      from distributed import comm

      comm.resolve_address(scheduler)
    client = distributed.Client(scheduler, set_as_default=False)
  # TimeoutError, OSError, ValueError by what is wrong with it.
  except Exception as e:
    raise errors.InputError(
        f"--scheduler={scheduler}: Dask can't reach it: "
        f'{errors.on_one_line(str(e)).rstrip(".")}. Start one with `dask '
        'scheduler` and workers with `dask worker ADDRESS`.'
    ) from e
  with client:
    yield client


def _spread(
    client: 'distributed.Client', listing: inputs.Listing,
    reading: reading_lib.Reading, work: str, on_step: callbacks.OnStep,
) -> Iterator[gathered.Gathered]:
  """Yields what all files of a listing give; see `reading.Spread`."""
  del work
  from distributed import as_completed

  sizes: dict[str, int] = {}
  total = num_bytes = num_inputs = 0
  if on_step is not callbacks.silent:
    total = sum(source.size for source in inputs.source_files(listing))

  def arrived(
      some: Iterable[tuple['distributed.Future', gathered.Gathered]],
  ) -> Iterator[gathered.Gathered]:
    nonlocal num_bytes, num_inputs
    for future, part in some:
      # Where the scheduler is gone, what it knew comes as an error that is
      # not raised.
      if isinstance(part, BaseException):
        raise errors.PipelineError(
            'the work was lost on Dask, whose scheduler is gone or has '
            f'dropped it: {errors.on_one_line(str(part))}'
        )
      num_bytes += sizes.pop(future.key)
      num_inputs += part.totals.num_inputs
      on_step(num_bytes, total, f'reading, {num_inputs:,} inputs')
      yield part

  run = uuid.uuid4().hex
  num_threads = sum(client.nthreads().values())
  if not num_threads:
    # They may be on their way, as where a queue of jobs starts them.
    address = client.scheduler_info()['address']
    _LOGGER.warning(
        'Dask has no worker yet: reading begins when one comes (dask worker '
        '%s).', address,
    )
  most = max(_LEAST_ON_THE_WAY, _ON_THE_WAY_A_THREAD * num_threads)
  # Sent once to each worker, and made again where a lost one had it.
  shared = client.submit(_same, reading, key=f'drumspace-{run}')
  results = as_completed(loop=client.loop, with_results=True)
  try:
    on_the_way = 0
    for number, found in enumerate(reading_lib.listed_here(listing, reading)):
      if isinstance(found, sums.Totals):
        yield gathered.Gathered(totals=found)
        continue
      key = f'drumspace-{run}-{number}'
      sizes[key] = sum(size for *_, size, _ in found)
      results.add(client.submit(
          _read, found, shared, run, key=key, retries=_RETRIES,
      ))
      on_the_way += 1
      if on_the_way > most:
        yield from arrived(itertools.islice(results, 1))
        on_the_way -= 1
    yield from arrived(results)
  except (errors.DrumspaceError, GeneratorExit):
    raise
  except Exception as e:
    raise errors.PipelineError(
        f'the work failed on Dask: {errors.on_one_line(str(e))}'
    ) from e
  finally:
    with contextlib.suppress(Exception):
      client.run(_close, run)


def _same(reading: reading_lib.Reading) -> reading_lib.Reading:
  """Returns what it is given."""
  return reading


def _read(
    load: reading_lib.Load, reading: reading_lib.Reading, run: str
) -> gathered.Gathered:
  """Reads a load; the process that does it is kept for the next."""
  place = run, threading.get_ident()
  if place not in _READERS:
    _READERS[place] = reading_lib.Reader(reading, threaded=True)
  whole = gathered.Gathered()
  for part in _READERS[place].read(load):
    whole.merge(part)
  return whole


def _close(run: str) -> None:
  """Ends the processes of a run in this worker."""
  for place in [place for place in _READERS if place[0] == run]:
    _READERS.pop(place).close()
