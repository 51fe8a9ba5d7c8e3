"""Packs: a file a beat, in folders by genre, with a readme.

What has no origin (songs, a lone dataset) lies beside them under its number and
its own name; a pack of such alone has no readme.
"""

from collections.abc import Callable
from collections.abc import Iterable
import pathlib

from drumspace_ext import errors
from drumspace_ext.conversion import pack_names
from drumspace_ext.conversion import pack_readme
from drumspace_ext.conversion import reading
from drumspace_ext.conversion import writing

_Content = bytes | Iterable[bytes]


class Pack:
  """A zip or a folder that beats are written into."""

  def __init__(
      self, put: Callable[[str, _Content], None], extension: str, what: str,
      options: reading.Options, *, folder: pathlib.Path | None,
      plain_name: Callable[[int, reading.Item], str],
  ):
    """Begins a pack.

    Args:
      put: Writes a file, by (path in the pack, content).
      extension: Of the files, with its dot.
      what: What they are, in words.
      options: How items are written.
      folder: Where it lies; None for a zip.
      plain_name: What an item without an origin is called, by its number.
    """
    self._put = put
    self._extension = extension
    self._options = options
    self._folder = folder
    self._plain_name = plain_name
    self._readme = pack_readme.PackReadme(what)

  def write(
      self, number: int, item: reading.Item, content: _Content
  ) -> None:
    """Writes an item, the `number`-th of all.

    Raises:
      InputError: If the readme would take the place of somebody's own.
    """
    if item.origin is None:
      self._put(self._plain_name(number, item), content)
      return
    if not self._readme:
      self._check_readme()
    qpm = writing.qpm_of(item, self._options)
    self._readme.add(item.origin, qpm)
    self._put(pack_names.of(item.origin, qpm).path(
        number, item.origin.num_beats, self._extension
    ), content)

  def finish(self) -> None:
    """Writes the readme."""
    if self._readme:
      self._put(pack_readme.FILE_NAME, self._readme.text().encode())

  def _check_readme(self) -> None:
    path = self._folder and self._folder / pack_readme.FILE_NAME
    if path and path.exists() and not (
        path.is_file() and pack_readme.is_ours(path.read_bytes())
    ):
      raise errors.InputError(
          f'{path} is there already, and drumspace_convert did not make it. '
          'Choose another --output.'
      )
