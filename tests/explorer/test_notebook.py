"""Tests for notebook and the public name show_map."""

import html.parser
import json
import subprocess
import sys

import pytest

import drumspace_ext
from drumspace_ext import errors
from drumspace_ext.dataset import examples
from drumspace_ext.explorer import notebook
from drumspace_ext.latent_map import building as map_building
from drumspace_ext.models import trained_model

_PAGE = (
    '<!DOCTYPE html><p title="a">&amp; &lt; \'x\' "</p>'
    '<script>if (1 < 2 && "</iframe>") {}</script>é\n'
)


class _Frames(html.parser.HTMLParser):

  def __init__(self, text):
    super().__init__()
    self.frames, self.others = [], []
    self.feed(text)

  def handle_starttag(self, tag, attrs):
    (self.frames if tag == 'iframe' else self.others).append(dict(attrs))


def _frame(shown):
  """Returns the attributes of the one frame, as a browser reads them."""
  found = _Frames(shown._repr_html_())
  assert not found.others
  (frame,) = found.frames
  return frame


@pytest.fixture(name='page')
def _page(tmp_path):
  (tmp_path / 'map.html').write_text(_PAGE, encoding='utf-8')
  return tmp_path / 'map.html'


def test_frame_holds_the_very_page_whatever_is_in_it(page):
  for source in (page, str(page), page.parent):
    shown = drumspace_ext.show_map(source)
    assert shown.page == _PAGE
    assert _frame(shown)['srcdoc'] == _PAGE


def test_frame_is_kept_from_the_notebook_around_it(page):
  frame = _frame(drumspace_ext.show_map(page))
  assert 'allow-same-origin' not in frame['sandbox']
  assert 'allow-scripts' in frame['sandbox'].split()
  assert 'allow-downloads' in frame['sandbox'].split()


def test_size_can_be_chosen_and_can_break_nothing(page):
  frame = _frame(drumspace_ext.show_map(page))
  assert (frame['width'], frame['height']) == ('100%', '720')
  shown = drumspace_ext.show_map(page, width='"><script>', height=400)
  frame = _frame(shown)
  assert (frame['width'], frame['height']) == ('"><script>', '400')


def test_what_is_printed_is_not_the_whole_page(page):
  assert len(repr(drumspace_ext.show_map(page))) < 100


def test_map_and_model_are_shown():
  model = trained_model.TrainedModel('shipped:acai')
  starter = examples.load_or_starter(None)
  built = map_building.build(
      examples.make(starter.codes[:12]), model, seed=0, num_samples=2,
      title='A title',
  )
  shown = drumspace_ext.show_map(built.latent_map, model)
  assert '<title>A title' in shown.page
  with pytest.raises(errors.InputError, match='shown with its model'):
    drumspace_ext.show_map(built.latent_map)


def test_dataset_and_checkpoint_are_shown(tmp_path):
  starter = examples.load_or_starter(None)
  lines = [','.join(map(str, row)) for row in starter.codes[:12].tolist()]
  (tmp_path / 'beats.tsv').write_text('\n'.join(lines) + '\n')
  one, two = (
      drumspace_ext.show_map(
          tmp_path / 'beats.tsv', 'shipped:acai', num_outputs=2, seed=3
      ) for _ in range(2)
  )
  assert one == two
  assert one.page.startswith('<!doctype html>')


@pytest.mark.parametrize(('source', 'model', 'message'), [
    (None, None, "name a map.html, or a model"),
    ('nowhere.html', None, "nowhere.html can't be read"),
    ('.', None, 'holds no map.html; name a model'),
    ('nowhere', 'shipped:acai', 'nowhere does not exist'),
])
def test_mistakes_are_named(tmp_path, monkeypatch, source, model, message):
  monkeypatch.chdir(tmp_path)
  with pytest.raises(errors.InputError, match=message):
    drumspace_ext.show_map(source, model)
  with pytest.raises(errors.CheckpointError, match='no model'):
    drumspace_ext.show_map(source, 'shipped:no_such')


def test_ipython_is_not_needed(page):
  code = f"""
import json, sys
import drumspace_ext
shown = drumspace_ext.show_map({str(page)!r})
print(json.dumps([shown._repr_html_()[:15], 'IPython' in sys.modules]))
"""
  done = subprocess.run(
      [sys.executable, '-c', code], capture_output=True, text=True, check=True,
      timeout=300,
  )
  assert json.loads(done.stdout) == ['<iframe srcdoc=', False]
  assert notebook.MapFrame.__doc__
