"""Page scripts: the explorer's ES modules as one script that needs no server.

Browsers load no modules from file://, so each becomes a function that returns
what it exports, in the order in which they need each other. A module's imports
and exports stand in the plain forms that the two patterns below know; anything
else is an error here, not in the browser.
"""

import base64
from collections.abc import Sequence
import hashlib
import importlib.resources
import posixpath
import re

from drumspace_ext.explorer import constants

_PACKAGE = 'drumspace_ext'
_FOLDER = importlib.resources.files(_PACKAGE) / 'explorer' / 'web'
_IMPORT = re.compile(
    r"^import \{([^}]*)\} from\s+'(\.\.?/(?:[a-z_]+/)?[a-z_]+\.js)';\n", re.M
)
_EXPORT = re.compile(
    r'^export ((?:async )?function\*?|class|const|let) ([A-Za-z_$][\w$]*)', re.M
)
_LEFT = re.compile(r'^\s*(import|export)\b', re.M)


def read(name: str) -> str:
  """Returns a file of the explorer, by its path below `web/`."""
  if name == constants.FILE_NAME:
    return constants.module()
  return (_FOLDER / name).read_text(encoding='utf-8')


def needs(name: str) -> list[str]:
  """Returns the modules that a module imports, as files of the explorer."""
  return [_resolved(name, path) for _, path in _IMPORT.findall(read(name))]


def _resolved(name: str, path: str) -> str:
  return posixpath.normpath(posixpath.join(posixpath.dirname(name), path))


def with_full_names(name: str) -> str:
  """Returns a module that names what it imports by paths below `web/`."""
  return _IMPORT.sub(
      lambda match: (
          f"import {{{match[1]}}} from '{_resolved(name, match[2])}';\n"
      ), read(name),
  )


def _wrapped(name: str) -> str:
  """Returns a module as a function."""
  text = read(name)
  exports = [exported for _, exported in _EXPORT.findall(text)]
  body = _IMPORT.sub(
      lambda match: (
          f"const {{{match[1]}}} = modules['{_resolved(name, match[2])}'];\n"
      ), text,
  )
  body = _EXPORT.sub(r'\1 \2', body)
  if _LEFT.search(body):
    raise ValueError(f'explorer/{name} imports or exports in another form.')
  return (
      f"modules['{name}'] = (() => {{\n'use strict';\n{body}\n"
      f"return {{{', '.join(exports)}}};\n}})();\n"
  )


def in_order(names: Sequence[str]) -> list[str]:
  """Returns modules and all that they need, each after what it needs.

  Raises:
    ValueError: If modules need each other in a circle.
  """
  found: list[str] = []

  def add(name: str, above: tuple[str, ...]):
    if name in above:
      raise ValueError(f'explorer: {" -> ".join((*above, name))}')
    if name not in found:
      for needed in needs(name):
        add(needed, (*above, name))
      found.append(name)

  for name in names:
    add(name, ())
  return found


def bundle(*mains: str) -> str:
  """Returns modules and all that they need as one classic script.

  Raises:
    ValueError: If modules need each other in a circle, or one imports or
      exports in a form that is not known here.
  """
  parts = map(_wrapped, in_order(mains))
  return for_html(
      '\n'.join(['(() => {', 'const modules = {};', *parts, '})();'])
  )


def for_html(text: str) -> str:
  """Makes a script fit to stand in HTML, whatever strings it holds."""
  # Browsers read the end of a script in any case.
  text = re.sub('</(script)', r'<\\/\1', text, flags=re.IGNORECASE)
  return text.replace('<!--', '<\\!--')


def policy_hash(script: str) -> str:
  """Returns the source expression that allows an inline script, and no other.

  https://www.w3.org/TR/CSP3/#framework-hash-source
  """
  digest = hashlib.sha256(script.encode('utf-8')).digest()
  return f"'sha256-{base64.b64encode(digest).decode()}'"
