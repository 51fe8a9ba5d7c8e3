"""Tests for drumspace_beam_create_dataset without Beam."""

import sys

import entry_points
import pytest

from drumspace_ext import errors


def test_without_beam_it_says_how_to_install_it(tmp_path, monkeypatch):
  monkeypatch.setitem(sys.modules, 'apache_beam', None)
  with pytest.raises(
      errors.InputError, match='pip install .*beam'
  ):
    entry_points.main(
        'drumspace_beam_create_dataset', f'--input={tmp_path}',
        f'--output_dir={tmp_path}/out',
    )
  assert not (tmp_path / 'out').exists()
