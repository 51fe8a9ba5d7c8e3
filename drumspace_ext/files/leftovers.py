"""Leftovers: whose a temporary file is, and what the dead have left.

Temporary files lie in the folder of the results, so that renaming them is one
step, and a process that is killed (kill -9, a full memory) leaves them there.
So each batch of them has a *token*: its files are called `.drumspace-TOKEN-*`,
and `.drumspace-TOKEN.lock` is locked (flock) as long as its process lives. The
kernel frees a lock when a process ends, in whatever way; a process id in the
file would say less, for ids are used again. Whoever can take the lock without
waiting removes what bears its token.

The lock file holds the boot id of the machine's kernel and the host's name,
since a lock counts only among processes of one kernel. Containers of one
machine have names of their own and that kernel together. Where these differ,
where a filesystem knows no locks, and where the file is another user's, all
stays; what this machine left before it was started anew, and what earlier
versions left without a token, goes when it is older than a day.
"""

from collections.abc import Iterator
import contextlib
import fcntl
import os
import pathlib
import re
import shutil
import socket
import time

# What begins so is no result (yet) and no input.
PREFIX = '.drumspace-'

_LOCK = re.compile(re.escape(PREFIX) + r'([0-9a-f]{16})\.lock')
_WITHOUT_TOKEN = re.compile(re.escape(PREFIX) + r'[a-z0-9_]{8}\.(tmp|scratch)')
_MAX_LOCK_BYTES = 4096
_OLD_SECONDS = 24 * 3600
_BOOT_ID = pathlib.Path('/proc/sys/kernel/random/boot_id')

# Locks that this process holds. A forked worker may outlive it, at work on a
# hostile input, and must not keep its files.
_held: set[int] = set()


def _let_go() -> None:
  for handle in _held:
    with contextlib.suppress(OSError):
      os.close(handle)
  _held.clear()


os.register_at_fork(after_in_child=_let_go)


def _here() -> tuple[str, str]:
  """Returns (boot id, host name); the first is empty where there is none."""
  try:
    boot_id = _BOOT_ID.read_text(encoding='ascii').strip()
  except (OSError, ValueError):
    boot_id = ''
  return boot_id, socket.gethostname()


def _is_locked_file(path: pathlib.Path, handle: int) -> bool:
  """Says whether a path is still the file that was opened and locked."""
  try:
    return os.path.samestat(os.stat(path), os.fstat(handle))
  except FileNotFoundError:
    return False


class Owner:
  """A token in a folder, the caller's own until `release` or its death."""

  def __init__(self, folder: pathlib.Path):
    """Takes a new token.

    Args:
      folder: Where the temporary files are to lie; it is there.

    Raises:
      OSError: If no file can be written in it.
    """
    while True:
      token = os.urandom(8).hex()
      self._path = folder / f'{PREFIX}{token}.lock'
      self._handle = os.open(
          self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600
      )
      _held.add(self._handle)
      try:
        if self._lock():
          break
      except OSError:
        self.release()
        raise
      self.release()
    self.prefix = f'{PREFIX}{token}-'

  def _lock(self) -> bool:
    """Locks the file; False if another process found it before."""
    try:
      fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
      return False
    except OSError:
      # Where a filesystem knows no locks, nobody can take one either.
      pass
    os.write(self._handle, '\n'.join(_here()).encode())
    return _is_locked_file(self._path, self._handle)

  def release(self) -> None:
    """Gives the token back; its files are gone, or stay for the next sweep."""
    if self._handle not in _held:
      return  # A forked process is no owner.
    _held.remove(self._handle)
    try:
      self._path.unlink(missing_ok=True)
    finally:
      os.close(self._handle)


@contextlib.contextmanager
def _taken(path: pathlib.Path) -> Iterator[bool]:
  """Yields whether nobody holds a lock file and it could be locked here."""
  handle = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
  try:
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    yield _is_locked_file(path, handle) and _is_of_here(handle)
  finally:
    os.close(handle)


def _is_of_here(handle: int) -> bool:
  """Says whether a lock that is free tells of a process that has ended."""
  content = os.read(handle, _MAX_LOCK_BYTES).decode('utf-8', 'replace')
  boot_id, _, host = content.partition('\n')
  here, this_host = _here()
  if boot_id and boot_id == here:
    return True
  # Started anew; or without a boot id; or killed before this was written.
  return (not content or host == this_host) and _is_old(os.fstat(handle))


def _is_old(status: os.stat_result) -> bool:
  return time.time() - status.st_mtime > _OLD_SECONDS


def _remove(path: pathlib.Path) -> None:
  if path.is_dir() and not path.is_symlink():
    shutil.rmtree(path, ignore_errors=True)
  else:
    path.unlink(missing_ok=True)


def sweep(folder: pathlib.Path) -> None:
  """Removes the temporary files in a folder that no living process owns.

  What can't be removed stays; a result never depends on it.

  Args:
    folder: Where results are, or are to be.
  """
  with contextlib.suppress(OSError):
    with os.scandir(folder) as entries:
      names = [e.name for e in entries if e.name.startswith(PREFIX)]
    for name in names:
      with contextlib.suppress(OSError):
        if found := _LOCK.fullmatch(name):
          _sweep_token(folder, found[1], names)
        elif _WITHOUT_TOKEN.fullmatch(name) and _is_old(
            os.lstat(folder / name)
        ):
          (folder / name).unlink()


def _sweep_token(folder: pathlib.Path, token: str, names: list[str]) -> None:
  """Removes what bears a token, if its owner has ended; the lock goes last."""
  path = folder / f'{PREFIX}{token}.lock'
  with _taken(path) as is_free:
    if not is_free:
      return
    for name in names:
      if name.startswith(f'{PREFIX}{token}-'):
        _remove(folder / name)
    path.unlink()
