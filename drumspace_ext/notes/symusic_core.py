"""symusic's module of C++, where it can be without the package around it.

The package imports a downloader of sound fonts, and with it http and ssl: 11 MB
and some 0.04 s of CPU in each process. In one with code of others they are to
find the package as it is.
"""

import functools
import importlib.machinery
import importlib.util
import multiprocessing
import sys
import threading
import types

from drumspace_ext import scripts

_NAME, _IMPORTING = 'symusic.core', threading.Lock()


@functools.cache
def module() -> types.ModuleType:
  """Returns it: alone in a worker and in a script of ours."""
  with _IMPORTING:
    spec = None
    is_ours = scripts.is_running() or multiprocessing.parent_process()
    if is_ours and _NAME not in sys.modules:
      package = importlib.util.find_spec(_NAME.partition('.')[0])
      spec = package and importlib.machinery.PathFinder.find_spec(
          _NAME, package.submodule_search_locations
      )
    if spec is None or spec.loader is None:
      return importlib.import_module(_NAME)
    # Where somebody imports symusic later, it finds this one: nanobind can't
    # register its types twice.
    found = sys.modules[_NAME] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found
