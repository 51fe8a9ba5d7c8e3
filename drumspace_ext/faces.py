"""Faces of packages: their chief names, imported when they are first used.

`drumspace_ext.sound.render` is the function of `sound.rendering`. Importing a
package costs nothing, then, and extraction runs without torch.
"""

from collections.abc import Callable
from collections.abc import Mapping
import importlib


def of(package: str, names: Mapping[str, str]) -> Callable[[str], object]:
  """Returns the `__getattr__` of a package.

  Args:
    package: Its `__name__`.
    names: Each name to the module that has it, below the package.
  """

  def find(name: str) -> object:
    if name not in names:
      raise AttributeError(f'module {package!r} has no attribute {name!r}')
    module = importlib.import_module(f'{package}.{names[name]}')
    return getattr(module, name)

  return find
