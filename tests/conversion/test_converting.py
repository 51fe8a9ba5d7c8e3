"""Tests for converting, the verb; cli/test_convert.py has its forms."""

import zipfile

import drawn_patterns
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest
import told_steps

import drumspace_ext
from drumspace_ext import errors
from drumspace_ext.conversion import files
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.patterns import step_codes


def _dataset(folder, codes):
  path = folder / 'beats.tsv'
  with path.open('w') as stream:
    dataset_tsv.write(stream, dataset_tsv.PatternSet(codes=np.asarray(codes)))
  return path


def _codes(count, seed=0):
  hits = np.random.default_rng(seed).random((count, 32, 14)) < 0.2
  return step_codes.hits_to_step_codes(hits)


@settings(max_examples=10)
@given(drawn_patterns.hits(max_size=4), st.sampled_from(
    ['out.tfrecord', 'out.tsv', 'out.zip']
))
def test_hits_come_back_from_any_form(tmp_path_factory, hits, name):
  hits = hits[hits.any((1, 2))]
  if not len(hits):
    return
  folder = tmp_path_factory.mktemp('converting')
  codes = step_codes.hits_to_step_codes(hits)
  there = drumspace_ext.convert(_dataset(folder, codes), folder / name)
  assert there.output == folder / name and there.count == len(codes)
  back = drumspace_ext.convert([str(there.output)], folder / 'back.tsv')
  assert not back.left_out
  assert (drumspace_ext.read_dataset(back.output).codes == codes).all()


def test_progress_has_an_end(tmp_path):
  path = _dataset(tmp_path, _codes(7))
  drumspace_ext.convert(path, tmp_path / 'a.zip')
  drumspace_ext.convert(path, tmp_path / 'b.tfrecord')
  steps = told_steps.ToldSteps()
  drumspace_ext.convert(
      [path, tmp_path / 'a.zip', tmp_path / 'b.tfrecord'],
      tmp_path / 'all.tsv', on_step=steps,
  )
  steps.check()
  assert steps[-1][0] == steps[-1][1] > 0
  (first, *_) = steps.jobs()
  assert [done for done, *_ in first] == list(range(1, 8))


def test_result_is_a_line_and_says_what_is_left_out(tmp_path):
  path = _dataset(tmp_path, _codes(2))
  (tmp_path / 'in').mkdir()
  (tmp_path / 'in' / 'bad.mid').write_bytes(b'MThd')
  made = drumspace_ext.convert(
      [path, tmp_path / 'in'], output_dir=tmp_path / 'out', to='midi'
  )
  assert str(made) == f'2 converted to {tmp_path}/out'
  assert repr(made) == (
      f"Converted('{tmp_path}/out', 'midi', count=2, left_out=1)"
  )
  first, second = made.warnings()
  assert first.startswith('1 left out: ') and 'bad.mid' in second


def test_one_place_for_a_form_that_is_none(tmp_path):
  path = _dataset(tmp_path, _codes(1))
  with pytest.raises(errors.InputError, match="one of midi, .* got 'mp3'"):
    drumspace_ext.convert(path, output_dir=tmp_path / 'out', to='mp3')
  with pytest.raises(errors.InputError, match='say where to write'):
    drumspace_ext.convert(path)
  assert not (tmp_path / 'out').exists()


@pytest.mark.parametrize('form', files.FORMS)
def test_song_that_can_not_be_read_is_one_line_in_any_form(tmp_path, form):
  (tmp_path / 'bad.mid').write_bytes(b'MThd')
  if form == files.PARQUET:
    pytest.importorskip('pyarrow')
  with pytest.raises(errors.InputError, match='^nothing could be converted'):
    drumspace_ext.convert(
        tmp_path / 'bad.mid', tmp_path / 'made', to=form
    )
  assert not (tmp_path / 'made').exists()


def test_zip_holds_the_beats_in_order(tmp_path):
  made = drumspace_ext.convert(
      _dataset(tmp_path, _codes(3)), tmp_path / 'a.zip', qpm=90, swing=0.5
  )
  with zipfile.ZipFile(made.output) as archive:
    assert archive.namelist() == [
        f'{i:06}_beats_{i:06}.mid' for i in (1, 2, 3)
    ]
