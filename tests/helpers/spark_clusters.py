"""A real Spark cluster on this machine: one master and its workers, in Java."""

import contextlib
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading

import mixed_inputs

from drumspace_ext.extraction import many_inputs

# Only what never starts reaches it, however busy the machine is.
_LONGEST_S = 300
_STARTED = re.compile(r'Starting Spark master at (spark://\S+)')
_REGISTERED = 'Successfully registered with master'
# Small ones: tests run beside each other.
_MEMORY = '256m'
OPTIONS = {
    'spark.executor.memory': '512m', 'spark.driver.memory': '512m',
    'spark.ui.enabled': 'false', 'spark.driver.host': '127.0.0.1',
    'spark.default.parallelism': '2',
}


def environment():
  """Returns what processes of a cluster, and its users, are told."""
  import pyspark
  return os.environ | {
      'SPARK_HOME': str(pathlib.Path(pyspark.__file__).parent),
      'SPARK_LOCAL_IP': '127.0.0.1', 'SPARK_DAEMON_MEMORY': _MEMORY,
      'SPARK_MASTER_OPTS': '-Dspark.master.rest.enabled=false',
      'PYSPARK_PYTHON': sys.executable,
      'PYTHONPATH': str(mixed_inputs.FOLDER),
  }


class _Daemon:
  """A process of the cluster, whose words are waited for."""

  def __init__(self, name, *args, word):
    variables = environment()
    self.process = subprocess.Popen(
        [f'{variables["SPARK_HOME"]}/bin/spark-class',
         f'org.apache.spark.deploy.{name}', '--host', '127.0.0.1',
         '--port', '0', '--webui-port', '0', *args],
        env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, encoding='utf-8',
    )
    self._word, self._said = re.compile(word), threading.Event()
    self.found, self.lines = None, []
    self._thread = threading.Thread(target=self._listen)
    self._thread.start()

  def _listen(self):
    for line in self.process.stderr:
      self.lines.append(line)
      if not self.found and (found := self._word.search(line)):
        self.found = found
        self._said.set()
    self._said.set()

  def wait(self):
    assert self._said.wait(_LONGEST_S) and self.found, ''.join(self.lines)
    return self.found

  def stop(self):
    self.process.terminate()
    self.process.wait()
    self._thread.join()
    self.process.stderr.close()


class Cluster:
  """A master and its workers; lost ones can be replaced."""

  def __init__(self, folder):
    self._folder = folder
    self._master = _Daemon('master.Master', word=_STARTED)
    self.workers = []
    try:
      self.address = self._master.wait()[1]
      self.fill()
    except BaseException:
      self.stop()
      raise

  def fill(self):
    """Starts workers until there are two again."""
    self.workers = [w for w in self.workers if w.process.poll() is None]
    new = [
        _Daemon(
            'worker.Worker', '--cores', '1', '--memory', '1g', '--work-dir',
            str(self._folder), self.address, word=_REGISTERED,
        ) for _ in range(2 - len(self.workers))
    ]
    self.workers += new
    for worker in new:
      worker.wait()

  def stop(self):
    for daemon in (*self.workers, self._master):
      daemon.stop()


@contextlib.contextmanager
def context(address):
  """Starts a session on a cluster; it is what the verb finds running."""
  from pyspark import sql

  with contextlib.ExitStack() as stack:
    old = dict(os.environ)
    stack.callback(lambda: (os.environ.clear(), os.environ.update(old)))
    os.environ.update(environment())
    builder = sql.SparkSession.builder.master(address).appName('tests')
    for name, value in OPTIONS.items():
      builder = builder.config(name, value)
    session = builder.getOrCreate()
    stack.callback(session.stop)
    session.sparkContext.setLogLevel('OFF')
    yield session.sparkContext


def _parent(process):
  with open(f'/proc/{process}/stat', encoding='utf-8') as stream:
    return int(stream.read().rpartition(')')[2].split()[1])


def killing(task, recipe, marker):
  """Reads a task; the first to meet the culprit takes its machine along.

  It runs in a worker of Python: above it are Spark's daemon of Python, the
  executor, and the worker of the cluster, both Java.
  """
  if mixed_inputs.has_culprit(task) and mixed_inputs.is_first(marker):
    executor = _parent(os.getppid())
    for process in (_parent(executor), executor):
      os.kill(process, signal.SIGKILL)
  return many_inputs.run_task(task, recipe=recipe)


def broken(task, recipe):
  """Reads nothing."""
  del task, recipe
  raise ZeroDivisionError('no reader at all')
