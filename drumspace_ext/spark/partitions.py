"""Partitions: what Spark's workers of Python do with the loads of one.

All of it is found there by name, for nothing of the main program is pickled.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
import threading
import typing

from drumspace_ext.dataset import gathered
from drumspace_ext.dataset import sums
from drumspace_ext.files import remote_systems
from drumspace_ext.inputs import listing
from drumspace_ext.inputs import tasks
from drumspace_ext.spark import hadoop
from drumspace_ext.spreading import reading as reading_lib

# Classes that a worker holds before it sends them on: some 100 MB.
_MOST_CLASSES = 50_000
# Rows that are sent to the driver at once.
_MANY = 1_000

Part = sums.ClassSum | gathered.Gathered
# As in a load.
File = tuple[str, str, str, int, bool]


def read(
    index: int, shares: Iterable[list[reading_lib.Load]],
    reading: reading_lib.Reading,
) -> Iterator[tuple[bytes, Part]]:
  """Reads a partition: sums by rotation class, and the rest by its number."""
  with _reader(reading) as reader:
    yield from _summed(index, (
        part for loads in shares for load in loads for part in reader.read(load)
    ))


def read_sent(
    index: int, contents: Iterable[tuple[str, bytes]],
    reading: reading_lib.Reading, files: Mapping[str, File],
) -> Iterator[tuple[bytes, Part]]:
  """Reads a partition of files whose bytes an executor fetched; as `read`."""

  came = (
      (files[path], data) for path, data in (
          (hadoop.parts(text)[1], data) for text, data in contents
      ) if path in files
  )

  def parts() -> Iterator[gathered.Gathered]:
    for some in _by_loads(came):
      sent = hadoop.Sent({file[0]: data for file, data in some})
      with remote_systems.using(
          typing.cast('remote_systems.FileSystems', sent)
      ):
        for load in reading_lib.loads(
            listing.SourceFile(*file) for file, _ in some
        ):
          yield from reader.read(load)

  with _reader(reading) as reader:
    yield from _summed(index, parts())


def _by_loads(
    came: Iterable[tuple[File, bytes]]
) -> Iterator[list[tuple[File, bytes]]]:
  """Groups files into those that are held at once."""
  some, size = [], 0
  for file, data in came:
    some.append((file, data))
    size += len(data)
    if len(some) >= tasks.TASK_ITEMS or size >= tasks.TASK_BYTES:
      yield some
      some, size = [], 0
  if some:
    yield some


def _reader(reading: reading_lib.Reading) -> reading_lib.Reader:
  return reading_lib.Reader(reading, threaded=threading.active_count() > 1)


def _summed(
    index: int, parts: Iterable[gathered.Gathered]
) -> Iterator[tuple[bytes, Part]]:
  for classes, rest in reading_lib.summed(parts, _MOST_CLASSES):
    yield from classes.items()
    yield b'%d' % index, rest


def merged(one: Part, other: Part) -> Part:
  """Adds two parts under one key, which are of one kind."""
  if isinstance(one, sums.ClassSum):
    one.merge(typing.cast('sums.ClassSum', other))
  else:
    one.merge(typing.cast('gathered.Gathered', other))
  return one


def rows(
    pairs: Iterable[tuple[bytes, Part]]
) -> Iterator[gathered.Gathered]:
  """Yields the rows of summed classes, many at once."""
  part = gathered.Gathered()
  for key, value in pairs:
    if isinstance(value, gathered.Gathered):
      part.merge(value)
    else:
      part.merged.append(value.row(key))
    if len(part.merged) >= _MANY:
      yield part
      part = gathered.Gathered()
  yield part
