"""Tests for the notebook: it runs from top to bottom, and has no outputs."""

import importlib.util
import json
import os
import pathlib
import subprocess
import sys

import builders
import pytest

import drumspace_ext

_TOUR = pathlib.Path(drumspace_ext.__file__).parent / 'notebooks/tour.ipynb'
_BUNDLE = builders.DATA_DIR / 'drums_rnn' / 'drum_kit_rnn_homemade.mag'
_MOST_LINES = 20
# A process of its own: threads and sockets of a kernel end with it.
_RUN = """
import sys, nbclient, nbformat
notebook = nbformat.read(sys.argv[1], as_version=4)
nbformat.validate(notebook)
# A busy machine may be late with a kernel and with what a cell says.
nbclient.NotebookClient(
    notebook, timeout=600, startup_timeout=600, iopub_timeout=600,
    kernel_name='python3',
).execute()
nbformat.write(notebook, sys.argv[2])
"""
_needs_nbclient = pytest.mark.skipif(
    not os.environ.get('CI') and not (
        importlib.util.find_spec('nbclient')
        and importlib.util.find_spec('ipykernel')
    ), reason='needs nbclient and ipykernel',
)


def _cells(kind):
  notebook = json.loads(_TOUR.read_text(encoding='utf-8'))
  return [cell for cell in notebook['cells'] if cell['cell_type'] == kind]


def test_no_output_is_kept_and_cells_are_short():
  for cell in _cells('code'):
    assert cell['outputs'] == [] and cell['execution_count'] is None
    assert len(cell['source']) <= _MOST_LINES
  assert len(_cells('markdown')) >= len(_cells('code'))


def test_lines_are_no_longer_than_others():
  for cell in _cells('code') + _cells('markdown'):
    assert max(len(line.rstrip('\n')) for line in cell['source']) <= 86


def _run(folder, **values):
  """Runs the notebook with other values in its first cell."""
  text = _TOUR.read_text(encoding='utf-8')
  for name, value in values.items():
    assert f"{name} = ''" in text
    text = text.replace(f"{name} = ''", f"{name} = '{value}'")
  (folder / 'tour.ipynb').write_text(text, encoding='utf-8')
  done = subprocess.run(
      [sys.executable, '-W', 'ignore', '-c', _RUN, 'tour.ipynb', 'ran.ipynb'],
      cwd=folder, capture_output=True, text=True, check=False,
      # A person's own settings of Jupyter and IPython stay out of it.
      env={**os.environ, 'IPYTHONDIR': str(folder / 'ipython'),
           'JUPYTER_CONFIG_DIR': str(folder / 'jupyter')},
  )
  assert done.returncode == 0, done.stderr[-3000:]
  ran = json.loads((folder / 'ran.ipynb').read_text(encoding='utf-8'))
  return [cell for cell in ran['cells'] if cell['cell_type'] == 'code']


def _html(cells):
  return [
      ''.join(output['data']['text/html'])
      for cell in cells for output in cell['outputs']
      if 'text/html' in output.get('data', {})
  ]


def _said(cells):
  return ''.join(
      ''.join(output['text']) for cell in cells for output in cell['outputs']
      if output['output_type'] == 'stream' and output['name'] == 'stdout'
  )


@_needs_nbclient
@pytest.mark.slow
def test_it_runs_on_the_starter_collection(tmp_path):
  cells = _run(tmp_path)
  shown = _html(cells)
  assert sum('<audio' in text for text in shown) == 4
  assert sum('<iframe' in text for text in shown) == 1
  assert 'unique patterns                401' in _said(cells)
  made = {path.name for path in (tmp_path / 'drum_tour').iterdir()}
  assert made == {
      'songs', 'beats', 'new_beats', 'map', 'my_beats.zip', 'my_new_beats.zip',
      'for_magenta.tfrecord',
  }


@_needs_nbclient
@pytest.mark.slow
@pytest.mark.skipif(not _BUNDLE.is_file(), reason='the bundle is not here')
def test_it_takes_a_tfrecord_and_drums_rnn(tmp_path):
  from drumspace_ext.files import tfrecords
  from drumspace_ext.starter import songs

  with (tmp_path / 'mine.tfrecord').open('wb') as stream:
    tfrecords.write(stream, (
        song.SerializeToString() for song in songs.songs(seed=3)
    ))
  cells = _run(tmp_path, MY_MUSIC='mine.tfrecord', DRUMS_RNN=_BUNDLE)
  assert len(list((tmp_path / 'drum_tour/continued/midi').iterdir())) == 2
  assert 'No drums_rnn' not in _said(cells)
