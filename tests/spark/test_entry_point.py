"""Tests for drumspace_spark_create_dataset as a user runs it, with Spark."""

import sys

import cluster_fronts
import pytest
import spark_clusters

midi = cluster_fronts.midi_fixture


def test_command_of_the_readme_runs(tmp_path, midi):
  cluster_fronts.assert_readme_runs('spark', tmp_path, midi)


def test_spark_submit_takes_the_package_along(tmp_path, midi, cluster):
  block = cluster_fronts.blocks('spark')[1]
  conf = ' '.join(
      f'--conf={name}={value}' for name, value in spark_clusters.OPTIONS.items()
  )
  variables = spark_clusters.environment()
  for old, new in (
      ('python3', sys.executable),
      ('spark-submit', f'{variables["SPARK_HOME"]}/bin/spark-submit {conf}'),
      ('spark://host:7077', cluster.address),
      ('/shared/midi', str(midi)), ('/shared/dataset', f'{tmp_path}/dataset'),
  ):
    assert old in block
    block = block.replace(old, new)
  (tmp_path / 'drumspace_ext').symlink_to(cluster_fronts.PACKAGE)
  done = cluster_fronts.run(
      block, tmp_path, env=variables | {'PYSPARK_DRIVER_PYTHON': sys.executable}
  )
  assert 'patterns.tfrecord' in done.stdout
  cluster_fronts.assert_as_here(tmp_path, midi)


@pytest.mark.parametrize('flag, part', [
    ('--spark_options=executor=2', 'spark.NAME=VALUE'),
    ('--master=nonsense', '--master=nonsense is none of Spark'),
    # Port 1 is nobody's; the second is none at all.
    ('--master=spark://127.0.0.1:1,127.0.0.1:x', 'no master answers at'),
    *cluster_fronts.MISTAKES,
])
def test_mistakes_are_one_line(tmp_path, midi, flag, part):
  cluster_fronts.assert_mistake('spark', tmp_path, midi, flag, part)
