"""Faces of packages: their chief names, imported when they are first used.

`drumspace_ext.sound.render` is the function of `sound.rendering`. Importing a
package costs nothing, then, and extraction runs without torch.
"""

from collections.abc import Callable
from collections.abc import Mapping
import importlib
import sys


def of(
    package: str, names: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
  """Returns the `__getattr__` and the `__dir__` of a package.

  Args:
    package: Its `__name__`.
    names: Each name to the module that has it, below the package.
  """

  def find(name: str) -> object:
    if name not in names:
      raise AttributeError(f'module {package!r} has no attribute {name!r}')
    module = importlib.import_module(f'{package}.{names[name]}')
    return getattr(module, name)

  def known() -> list[str]:
    return sorted({*vars(sys.modules[package]), *names})

  return find, known
