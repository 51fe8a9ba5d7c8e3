"""Tests of the bundler: modules as one script."""

import posixpath
import shutil
import subprocess

import pytest

from drumspace_ext.explorer import bundling

# A module of the page needs its own folder and those before it.
_FOLDERS = ('', 'beat', 'sound', 'midi', 'model', 'map', 'app')
_WEB = bundling._FOLDER
_MODULES = sorted(
    path.relative_to(_WEB).as_posix() for path in _WEB.rglob('*.js')
)


@pytest.fixture(name='folder')
def _folder(tmp_path, monkeypatch):
  monkeypatch.setattr(bundling, '_FOLDER', tmp_path)

  def write(**modules):
    for name, text in modules.items():
      (tmp_path / f'{name}.js').write_text(text, encoding='utf-8')

  return write


def test_modules_come_after_what_they_need_and_once(folder):
  folder(
      main="import {a} from './left.js';\nimport {b} from './right.js';\n",
      left="import {c} from './base.js';\nexport const a = c;\n",
      right="import {c} from './base.js';\nexport function b() {}\n",
      base='export class c {}\n',
  )
  text = bundling.bundle('main.js')
  order = [text.index(f"modules['{name}.js'] = ")
           for name in ('base', 'left', 'right', 'main')]
  assert order == sorted(order)
  assert text.count("modules['base.js'] = ") == 1
  assert 'import ' not in text and 'export ' not in text


def test_modules_in_folders_are_found_from_where_they_stand(folder, tmp_path):
  for name in ('app', 'beat'):
    (tmp_path / name).mkdir()
  folder(**{
      'app/main': "import {a} from './left.js';\n"
                  "import {c} from '../beat/base.js';\n",
      'app/left': "import {\n  c,\n} from '../beat/base.js';\n"
                  'export const a = c;\n',
      'beat/base': "import {d} from '../top.js';\nexport const c = d;\n",
      'top': 'export const d = 1;\n',
  })
  assert bundling.in_order(['app/main.js']) == [
      'top.js', 'beat/base.js', 'app/left.js', 'app/main.js'
  ]
  text = bundling.bundle('app/main.js')
  assert text.count("= modules['beat/base.js'];") == 2
  assert "const {d} = modules['top.js'];" in text


@pytest.mark.skipif(not shutil.which('node'), reason='needs node')
def test_bundle_runs_as_the_modules_do(folder):
  folder(
      main="import {\n  sum, Two,\n} from './parts.js';\n"
           'console.log(sum(new Two().value, 3));\n',
      parts='export function sum(a, b) {\n  return a + b;\n}\n'
            'export class Two {\n  value = 2;\n}\nconst inner = 1;\n',
  )
  done = subprocess.run(
      ['node', '-e', bundling.bundle('main.js')], capture_output=True,
      text=True, check=True,
  )
  assert done.stdout == '5\n'


def test_circle_is_an_error_that_names_it(folder):
  folder(
      a="import {b} from './b.js';\nexport const a = 1;\n",
      b="import {a} from './a.js';\nexport const b = 1;\n",
  )
  with pytest.raises(ValueError, match=r'a\.js -> b\.js -> a\.js'):
    bundling.bundle('a.js')


@pytest.mark.parametrize('line', [
    "import a from './b.js';", "import * as a from './b.js';",
    "import './b.js';", 'import {a} from "./b.js";',
    "import {a} from 'https://example.com/b.js';", 'export default 1;',
    "export {a} from './b.js';", 'export {a};',
])
def test_other_forms_are_errors_here(folder, line):
  folder(a=f'{line}\n', b='export const a = 1;\n')
  with pytest.raises(ValueError, match='a.js imports or exports in another'):
    bundling.bundle('a.js')


@pytest.mark.parametrize('text', [
    "const a = '</script>';", "const a = '</SCRIPT >';", "const a = '<!-- ';",
])
def test_no_string_ends_a_script(text):
  made = bundling.for_html(text)
  assert '</script' not in made.lower() and '<!--' not in made
  if shutil.which('node'):
    shown = [subprocess.run(
        ['node', '-e', f'{script} console.log(a)'], capture_output=True,
        check=True,
    ).stdout for script in (text, made)]
    assert shown[0] == shown[1]


def test_hash_is_that_of_the_standard():
  # https://www.w3.org/TR/CSP3/#framework-hash-source gives this one.
  assert bundling.policy_hash("alert('Hello, world.');") == (
      "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"
  )


# Of pages that play like a file or a dataset; it runs before all others.
_MANNER = 'model/manner.js'


def test_all_modules_of_the_explorer_are_in_the_page():
  found = bundling.in_order([_MANNER, 'app/main.js'])
  assert len(found) > 15 and set(found) == {*_MODULES, 'constants.js'}
  plain = bundling.bundle('app/main.js')
  text = bundling.bundle(_MANNER, 'app/main.js')
  for name in _MODULES:
    assert f"modules['{name}'] = " in text
    assert (f"modules['{name}'] = " in plain) == (name != _MANNER)


@pytest.mark.parametrize('name', _MODULES)
def test_modules_need_only_what_stands_before_them(name):
  folder = _FOLDERS.index(posixpath.dirname(name))
  for needed in bundling.needs(name):
    assert _FOLDERS.index(posixpath.dirname(needed)) <= folder
