"""Tests of the map's page as text; those with the `page` fixture open it."""

import configparser
import html.parser
import pathlib
import re

import map_builders
import pytest

from drumspace_ext.explorer import bundling
from drumspace_ext.explorer import page as map_page

_MAX_BYTES = 6_000_000


class _Reader(html.parser.HTMLParser):
  """Collects tags, scripts and the policy, as a browser would read them."""

  def __init__(self):
    super().__init__(convert_charrefs=True)
    self.tags, self.scripts, self.titles, self.inside = [], [], [], None
    self.script_tags = []

  def handle_starttag(self, tag, attrs):
    self.tags.append((tag, dict(attrs)))
    self.inside = tag
    if tag == 'script':
      self.script_tags.append(dict(attrs))
      self.scripts.append('')

  def handle_endtag(self, tag):
    self.inside = None

  def handle_data(self, data):
    if self.inside == 'script':
      self.scripts[-1] += data
    if self.inside == 'title':
      self.titles.append(data)


def _read(text):
  reader = _Reader()
  reader.feed(text)
  return reader


@pytest.fixture(scope='module', name='page')
def _page():
  model = map_builders.model()
  return map_page.render(map_builders.starter_map(model), model)


def _policy(reader):
  [content] = [
      a['content'] for tag, a in reader.tags
      if tag == 'meta' and a.get('http-equiv') == 'Content-Security-Policy'
  ]
  return dict(part.split(' ', 1) for part in content.split('; '))


def test_policy_allows_the_scripts_of_the_page_and_nothing_else(page):
  reader = _read(page)
  policy = _policy(reader)
  data, *scripts = reader.scripts
  assert reader.script_tags[0] == {'type': 'text/plain', 'id': 'data'}
  assert re.fullmatch(r'[A-Za-z0-9+/=]+', data)
  assert len(scripts) == 2
  assert policy['script-src'].split() == [
      bundling.policy_hash(script) for script in scripts
  ]
  assert policy['default-src'] == "'none'"
  assert policy['worker-src'] == 'blob:'
  assert 'http' not in ' '.join(policy.values())
  assert "'unsafe-eval'" not in policy['script-src']
  assert "'unsafe-inline'" not in policy['script-src']


def test_page_has_nothing_that_is_fetched_and_no_inline_handler(page):
  reader = _read(page)
  for tag, attributes in reader.tags:
    for name in ('src', 'href', 'data', 'action', 'poster', 'srcset'):
      value = attributes.get(name) or ''
      assert not value or value.startswith(('#', 'data:')), (tag, name, value)
    assert not [name for name in attributes if name.startswith('on')], tag
  style = bundling.read('style.css')
  assert '@import' not in style and 'url(' not in style
  for text in (bundling.bundle('app/main.js'), style):
    assert 'http://' not in text and 'https://' not in text


def test_hostile_names_are_no_markup():
  model = map_builders.model()
  for title in map_builders.HOSTILE:
    text = map_page.render(map_builders.starter_map(
        model, count=20, draws=20, title=title, hostile=True
    ), model)
    reader = _read(text)
    assert reader.titles == [title]
    plain = _read(map_page.render(map_builders.starter_map(
        model, count=20, draws=20
    ), model))
    assert [tag for tag, _ in reader.tags] == [tag for tag, _ in plain.tags]
    assert len(reader.scripts) == 3
    # Nothing but the title stands outside the block of data.
    assert text.count('=document.body.dataset.hacked') == title.count('hacked')


def test_same_map_gives_the_same_page(page):
  model = map_builders.model()
  again = map_page.render(map_builders.starter_map(model), model)
  assert again == page
  assert map_page.render(
      map_builders.starter_map(model, title='other'), model
  ) != page


def test_no_place_of_the_template_is_left(page):
  template = bundling.read('page.html')
  places = re.findall(r'\{\{\w+\}\}', template)
  assert len(places) == len(set(places)) == 7
  reader = _read(page)
  outside = page
  for script in reader.scripts:
    outside = outside.replace(script, '')
  assert not re.search(r'\{\{\w+\}\}', outside)


def test_page_of_33_000_patterns_is_small():
  model = map_builders.model()
  text = map_page.render(map_builders.crowded_map(model), model)
  assert 1_500_000 < len(text.encode()) < _MAX_BYTES


def test_files_of_the_page_are_installed_with_the_package():
  setup = configparser.ConfigParser()
  setup.read(pathlib.Path(__file__).resolve().parents[2] / 'setup.cfg')
  listed = setup['options.package_data']['drumspace_ext.explorer'].split(', ')
  assert {'web/*', 'web/*/*'} <= set(listed)
