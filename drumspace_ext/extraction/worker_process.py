"""Worker processes: how one is started, and what runs in it."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sized
import contextlib
import ctypes
import gc
import mmap
import multiprocessing
from multiprocessing import connection
import signal
import sys
import typing

from drumspace_ext.files import reader_faults

# Options of mallopt, as <malloc.h> has them; a task needs 2 to 3 MB.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_KEPT_BYTES = 3 << 20
# New objects before Python looks for garbage among them, as it does by default:
# what its parent waits for would be as much again in each worker.
_GARBAGE_AFTER = 700
# A load of records is of 1 MB and one record; pages count as they are used.
_ROOM_BYTES = 2 << 20
# One for what is done, and one for what waits.
ROOM_PLACES = 2


class Splittable(typing.Protocol):
  """A task of several items, which can be done one by one."""

  @property
  def items(self) -> Sized:
    """What is to be done."""

  def split(self) -> 'list[typing.Self]':
    """Returns one task an item."""

  def apart(self) -> 'tuple[typing.Self, list[bytes]]':
    """Returns it without the bytes that it is about, if any, and these."""

  def whole(self, contents: list[bytes]) -> typing.Self:
    """Returns it with the bytes that `apart` took away."""


_Task = typing.TypeVar('_Task', bound=Splittable)


@contextlib.contextmanager
def as_no_daemon() -> Iterator[None]:
  """Lets a daemonic process start another.

  It may not, for at its end nobody would end the other. A worker ends by
  itself, when its pipe is closed.
  """
  config = vars(multiprocessing.current_process())['_config']
  was = config.get('daemon', False)
  config['daemon'] = False
  try:
    yield
  finally:
    config['daemon'] = was


def room() -> mmap.mmap:
  """Returns memory that a process has together with those it forks.

  What is sent by a pipe is copied four times; what stands there, twice.
  """
  return mmap.mmap(-1, ROOM_PLACES * _ROOM_BYTES)


def pack(
    task: _Task, room: mmap.mmap | None, place: int
) -> tuple[_Task, list[int], int]:
  """Packs a task for a worker.

  Args:
    task: The task.
    room: That of the worker, if it has one.
    place: Which of `ROOM_PLACES` is free.

  Returns:
    What a pipe is to send: the task, the sizes of those of its bytes that stand
    in the room, none if it is too small for them, and where they stand.
  """
  if room is not None:
    bare, contents = task.apart()
    sizes = list(map(len, contents))
    size = len(room) // ROOM_PLACES
    if sum(sizes) <= size:
      room.seek(place * size)
      for content in contents:
        room.write(content)
      return bare, sizes, place
  return task, [], place


def unpack(
    task: _Task, sizes: list[int], place: int, room: mmap.mmap | None
) -> _Task:
  """Returns a task that was packed."""
  if room is None or not sizes:
    return task
  room.seek(place * (len(room) // ROOM_PLACES))
  return task.whole([room.read(size) for size in sizes])


def _keep_memory() -> None:
  """Lets this process keep the memory that each task needs again.

  The C library hands large free blocks back at once, and each page of them
  costs as much as some work on it when it is asked for anew: 20 us of a file.
  """
  if sys.platform != 'linux':
    return
  # Not every library of Linux has it.
  with contextlib.suppress(AttributeError, OSError):
    mallopt = ctypes.CDLL(None).mallopt
    for option in (_TRIM_THRESHOLD, _MMAP_THRESHOLD):
      mallopt(option, _KEPT_BYTES)


def work(
    function: Callable, pipe: connection.Connection,
    others: list[connection.Connection], own_room: mmap.mmap | None = None,
) -> None:
  """Runs in a worker: answers tasks until the pipe is closed.

  Args:
    function: What answers a task.
    pipe: Where tasks come from and answers go.
    others: What it holds of other workers' pipes, and closes.
    own_room: What it has together with its parent, if anything.
  """
  signal.signal(signal.SIGINT, signal.SIG_IGN)
  # A forked worker holds the parent's ends too; with them open it would not
  # notice that the parent is gone.
  for other in others:
    other.close()
  _keep_memory()
  # What was there before is not looked through again and again for garbage.
  gc.freeze()
  gc.set_threshold(_GARBAGE_AFTER)
  while True:
    try:
      task, sizes, place = pipe.recv()
    except (EOFError, OSError):
      return
    try:
      result = function(unpack(task, sizes, place, own_room))
    except Exception as e:  # noqa: BLE001 (a verdict, not an end)
      # To the pool this is a crash, for the culprit is still to be found.
      reader_faults.log(e)
      return
    try:
      pipe.send(result)
    except OSError:
      return
