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


@pytest.fixture(scope='module', name='running')
def _running(cluster):
  """A session on it, which the verb uses."""
  import spark_clusters
  with spark_clusters.context(cluster.address) as running:
    yield running
