"""Hadoop's filesystems, as Spark reaches them: hdfs://, s3a:// and others.

The driver lists them, and reads heads of files and writes results, through the
Java of its SparkContext. Workers of Python have no Java: executors read whole
files for them (`SparkContext.binaryFiles`), and what came is a filesystem of
its own there, `Sent`.
"""

from collections.abc import Iterator
from collections.abc import Mapping
import contextlib
import dataclasses
import errno
import io
import itertools
import re
import typing

if typing.TYPE_CHECKING:
  from py4j import java_gateway
  import pyspark

# scheme://host of a path, and the rest.
_PARTS = re.compile(r'([^:/]+:(?://[^/]*)?)(/.*)?', re.DOTALL)
_BELOW = '/**'
# One call to Java is 0.1 ms, and bytes are sent as text.
_BUFFER_BYTES = 1 << 20
# What a pattern of Hadoop's makes something else of, and a comma between two.
_ODD = re.compile(r'[][*?\\]|(?P<pair>[{}])|(?P<comma>,)')


@dataclasses.dataclass(frozen=True)
class _Found:
  path: str
  size_in_bytes: int


@dataclasses.dataclass(frozen=True)
class _Result:
  metadata_list: list[_Found]


@contextlib.contextmanager
def _said_by_java(path: str) -> Iterator[None]:
  """Turns an error of Java into an OSError that says the same.

  Raises:
    OSError: If there is one.
  """
  from py4j import protocol

  try:
    yield
  except protocol.Py4JJavaError as e:
    kind = e.java_exception.getClass().getSimpleName()
    said = str(e.java_exception.getMessage() or kind)
    number = errno.ENOENT if kind == 'FileNotFoundException' else errno.EIO
    raise OSError(number, ' '.join(said.split()), path) from e


class _Reading(io.RawIOBase):
  """A stream of Java's, to be read."""

  def __init__(self, stream: 'java_gateway.JavaObject', path: str):
    self._stream, self._path = stream, path

  def readable(self) -> bool:
    return True

  def seekable(self) -> bool:
    return True

  def readinto(self, buffer) -> int:
    with _said_by_java(self._path):
      data = self._stream.readNBytes(len(buffer))
    buffer[:len(data)] = data
    return len(data)

  def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
    with _said_by_java(self._path):
      if whence == io.SEEK_CUR:
        offset += self._stream.getPos()
      elif whence == io.SEEK_END:
        while self._stream.skip(1 << 30):
          pass
        offset += self._stream.getPos()
      self._stream.seek(offset)
    return offset

  def tell(self) -> int:
    return self._stream.getPos()

  def close(self) -> None:
    if not self.closed:
      self._stream.close()
    super().close()


class _Writing(io.RawIOBase):
  """A stream of Java's, to be written."""

  def __init__(self, stream: 'java_gateway.JavaObject', path: str):
    self._stream, self._path = stream, path

  def writable(self) -> bool:
    return True

  def write(self, data) -> int:
    with _said_by_java(self._path):
      self._stream.write(bytes(data))
    return len(data)

  def close(self) -> None:
    if not self.closed:
      # What a filesystem of objects keeps, it sends now.
      with _said_by_java(self._path):
        self._stream.close()
    super().close()


class FileSystems:
  """Hadoop's filesystems in the driver; see `remote_systems.FileSystems`."""

  def __init__(self, running: 'pyspark.SparkContext'):
    """Takes a context, whose options (`spark.hadoop.NAME`) they have."""
    self._java = running._jvm
    self._options = running._jsc.hadoopConfiguration()

  def _of(self, path: str):
    """Returns the filesystem and the Path, both Java's, of a path."""
    place = self._java.org.apache.hadoop.fs.Path(path)
    return place.getFileSystem(self._options), place

  def _below(self, folder: str) -> Iterator[_Found]:
    system, place = self._of(folder)
    for status in system.listStatus(place):
      path = f'{folder}/{status.getPath().getName()}'
      if status.isDirectory():
        yield from self._below(path)
      else:
        yield _Found(path, status.getLen())

  def _fitting(self, pattern: str) -> Iterator[_Found]:
    path = pattern.removesuffix(_BELOW)
    system, place = self._of(path)
    try:
      with _said_by_java(path):
        found, texts = [system.getFileStatus(place)], [path]
    except FileNotFoundError:
      if path != pattern:
        return
      found = system.globStatus(place) or []
      host, _ = parts(path)
      texts = [host + s.getPath().toUri().getPath() for s in found]
    if path != pattern:
      if found[0].isDirectory():
        yield from self._below(path)
      return
    for status, text in zip(found, texts):
      if status.isFile():
        yield _Found(text, status.getLen())

  def match(
      self, patterns: list[str], limits: list[int] | None = None
  ) -> list[_Result]:
    """Lists the files that fit patterns.

    Raises:
      OSError: If that fails, as in all of these.
    """
    results = []
    for pattern, limit in itertools.zip_longest(patterns, limits or ()):
      with _said_by_java(pattern):
        results.append(
            _Result(list(itertools.islice(self._fitting(pattern), limit)))
        )
    return results

  def open(self, path: str, *, compression_type: str) -> typing.BinaryIO:
    """Opens a file for reading, whatever compression its name says."""
    del compression_type
    with _said_by_java(path):
      system, place = self._of(path)
      return io.BufferedReader(_Reading(system.open(place), path),
                               _BUFFER_BYTES)

  def create(self, path: str, *, compression_type: str) -> typing.BinaryIO:
    """Opens a file for writing, whatever compression its name says."""
    del compression_type
    with _said_by_java(path):
      system, place = self._of(path)
      return io.BufferedWriter(_Writing(system.create(place), path),
                               _BUFFER_BYTES)

  def exists(self, path: str) -> bool:
    """Says whether there is such a file or folder."""
    with _said_by_java(path):
      system, place = self._of(path)
      return system.exists(place)

  def mkdirs(self, path: str) -> None:
    """Makes a folder, and those around it."""
    with _said_by_java(path):
      system, place = self._of(path)
      system.mkdirs(place)

  def delete(self, paths: list[str]) -> None:
    """Deletes files and folders."""
    for path in paths:
      with _said_by_java(path):
        system, place = self._of(path)
        system.delete(place, True)

  def rename(self, sources: list[str], targets: list[str]) -> None:
    """Renames files."""
    for source, target in zip(sources, targets):
      with _said_by_java(source):
        system, place = self._of(source)
        if not system.rename(place, self._of(target)[1]):
          raise OSError(errno.EIO, f'no renaming to {target}', source)


class Sent:
  """Files that an executor has read, as a filesystem of a worker of Python."""

  def __init__(self, contents: Mapping[str, bytes]):
    """Takes what files hold, by path."""
    self._contents = contents

  def open(self, path: str, *, compression_type: str) -> typing.BinaryIO:
    """Opens a file that came, for reading."""
    del compression_type
    return io.BytesIO(self._contents[path])


def parts(path: str) -> tuple[str, str]:
  """Cuts a path into its scheme and host, and what stands behind."""
  found = _PARTS.fullmatch(path)
  if found is None:
    raise ValueError(f'{path} has no scheme.')
  return found[1], found[2] or '/'


def is_hidden(path: str) -> bool:
  """Says whether Hadoop passes over a file by its name."""
  return path.rpartition('/')[2].startswith(('_', '.'))


def exactly(path: str) -> str:
  """Returns a pattern for this path alone, among others with commas between.

  Hadoop takes braces in pairs before it knows of backslashes.
  """

  def escaped(found: re.Match) -> str:
    if found['pair']:
      return r'[\{\}]'
    return r'{\,}' if found['comma'] else f'\\{found[0]}'

  return _ODD.sub(escaped, path)
