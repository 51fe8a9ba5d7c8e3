"""Tests of this folder need the extra `spark`."""

import extra_folders
import pytest

(
    pytest_report_header, pytest_ignore_collect, pytest_collection_modifyitems
) = extra_folders.hooks(__file__, 'spark', 'pyspark')


@pytest.fixture(scope='session', name='cluster')
def _cluster(tmp_path_factory):
  """A master and two workers, for all tests."""
  import spark_clusters
  cluster = spark_clusters.Cluster(tmp_path_factory.mktemp('work'))
  yield cluster
  cluster.stop()
