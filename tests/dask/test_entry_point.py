"""Tests for drumspace_dask_create_dataset as a user runs it, with Dask."""

import cluster_fronts
import pytest

midi = cluster_fronts.midi_fixture


def test_command_of_the_readme_runs(tmp_path, midi):
  cluster_fronts.assert_readme_runs('dask', tmp_path, midi)


@pytest.mark.parametrize('flag, part', [
    ('--scheduler=nowhere://x', "Dask can't reach it"),
    *cluster_fronts.MISTAKES,
])
def test_mistakes_are_one_line(tmp_path, midi, flag, part):
  cluster_fronts.assert_mistake('dask', tmp_path, midi, flag, part)
