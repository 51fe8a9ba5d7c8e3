"""Tests for spark.hadoop, by Hadoop's own filesystems on a disk.

`file:` has no host, and `viewfs://HOST` is one that stands for a folder here.
"""

import io
import itertools

import hypothesis
from hypothesis import strategies as st
import mixed_inputs
import pytest
import synthetic_songs

from drumspace_ext import errors
from drumspace_ext.files import remote_paths
from drumspace_ext.files import remote_systems
from drumspace_ext.spark import creation as spark_creation
from drumspace_ext.spark import hadoop

_ODD_NAMES = (
    '_hidden.mid', '.hidden.mid', 'a, b.mid', '{both}.mid', 'open{.mid',
    'close}.mid', '[set].mid', 'star*.mid', 'any?.mid', '50 %20 #1 & !^$.mid',
    'back\\slash.mid', '\u00fc \u97f3.mid', 'a+(b|c)..mid',
)
_NUMBERS = itertools.count()
pytestmark = pytest.mark.filterwarnings(
    'ignore::pytest.PytestUnraisableExceptionWarning',
    'ignore:unclosed:ResourceWarning',
)


@pytest.fixture(name='hosts')
def _hosts(running, tmp_path):
  """What names the temporary folder on Hadoop's filesystems."""
  folder = tmp_path / 'top'
  folder.mkdir()
  # Each is opened once in a process.
  host = f'songs{next(_NUMBERS)}'
  running._jsc.hadoopConfiguration().set(
      f'fs.viewfs.mounttable.{host}.link./top', f'file://{folder}'
  )
  return {'file': f'file://{folder}', 'viewfs': f'viewfs://{host}/top'}


def _made(folder):
  # Hadoop keeps checksums beside what it writes on a disk.
  return {
      name: data for name, data in mixed_inputs.files(folder).items()
      if not name.endswith('.crc')
  }


def _split(patterns):
  """Cuts as Hadoop does: at commas, but for those between braces."""
  parts, depth = [''], 0
  for char in patterns:
    depth += {'{': 1, '}': -1}.get(char, 0)
    if char == ',' and not depth:
      parts.append('')
    else:
      parts[-1] += char
  return parts


@hypothesis.given(paths=st.lists(st.text('ab/,{}[]*?\\!^'), min_size=1))
def test_patterns_stay_apart_between_commas(paths):
  patterns = [hadoop.exactly(path) for path in paths]
  assert _split(','.join(patterns)) == patterns


@pytest.mark.parametrize('path, expected', [
    ('hdfs://host:9000/a/b', ('hdfs://host:9000', '/a/b')),
    ('file:///a', ('file://', '/a')), ('file:/a', ('file:', '/a')),
    ('s3a://bucket', ('s3a://bucket', '/')),
])
def test_paths_are_cut_behind_the_host(path, expected):
  assert hadoop.parts(path) == expected


@pytest.mark.parametrize('kind', ['file', 'viewfs'])
def test_remote_inputs_give_the_bytes_of_the_local_run(tmp_path, hosts, kind):
  top = tmp_path / 'top'
  values = [str(value) for value in mixed_inputs.mixture(top)]
  # A link to nowhere is no file there.
  (top / 'rock' / 'gone.mid').unlink()
  odd = top / 'deep' / 'odd, {x} [y] *?'
  odd.mkdir()
  for song, name in zip(mixed_inputs.SONGS, _ODD_NAMES):
    (odd / name).write_bytes(synthetic_songs.to_midi(song))
  mixed_inputs.create_here(values, tmp_path / 'here', recursive=True)
  created = spark_creation.create(
      [value.replace(str(top), hosts[kind]) for value in values],
      f'{hosts[kind]}/there', recursive=True,
  )
  assert str(created.output_dir) == f'{hosts[kind]}/there'
  assert _made(top / 'there') == mixed_inputs.files(tmp_path / 'here')
  assert not [p for p in top.iterdir() if p.name.startswith('.drumspace')]


@pytest.mark.usefixtures('running')
def test_inputs_here_and_there_come_together(tmp_path, hosts):
  here = mixed_inputs.write_midi(tmp_path / 'here', mixed_inputs.SONGS[:6])
  there = mixed_inputs.write_midi(
      tmp_path / 'top' / 'there', mixed_inputs.SONGS[3:9]
  )
  mixed_inputs.create_here([here, there], tmp_path / 'local')
  spark_creation.create(
      [str(here), f'{hosts["viewfs"]}/there'], tmp_path / 'spark'
  )
  assert _made(tmp_path / 'spark') == mixed_inputs.files(tmp_path / 'local')


def test_a_file_there_reads_as_the_one_here(tmp_path, running, hosts):
  data = bytes(range(256)) * 5000
  (tmp_path / 'top' / 'x').write_bytes(data)
  with remote_systems.using(hadoop.FileSystems(running)):
    path = remote_paths.RemotePath(f'{hosts["viewfs"]}/x')
    assert path.stat().st_size == len(data)
    with path.open() as there, io.BytesIO(data) as here:
      for move in (
          (0, io.SEEK_END), (-7, io.SEEK_END), (3, io.SEEK_SET),
          (1 << 20, io.SEEK_CUR), (-9, io.SEEK_CUR),
      ):
        assert there.seek(*move) == here.seek(*move)
        assert there.read(5) == here.read(5)
        assert there.tell() == here.tell()
      assert there.read() == here.read()


@pytest.mark.usefixtures('running')
@pytest.mark.parametrize('value, message', [
    ('{viewfs}/none', 'does not exist'),
    ('{viewfs}/*.mid', 'matches no file'),
    ('nothing://a/b', 'No FileSystem for scheme "nothing"'),
    ('viewfs://nobody/a', 'can.t be listed'),
])
def test_what_is_not_there_is_one_line(tmp_path, hosts, value, message):
  with pytest.raises(errors.InputError, match=message) as raised:
    spark_creation.create([value.format(**hosts)], tmp_path / 'out')
  assert '\n' not in str(raised.value)
  assert not (tmp_path / 'out').exists()


def test_too_large_a_file_is_refused_before_work_begins(monkeypatch):
  monkeypatch.setattr(spark_creation, '_MOST_BYTES', 10)
  files = [('hdfs://h/a.zip', 'zip', 'a.zip', 11, True)]
  with pytest.raises(errors.InputError, match='a.zip has 11 bytes.* shards'):
    list(spark_creation._by_executors(None, files, 1, None))


@pytest.mark.usefixtures('running')
def test_results_that_cant_be_written_are_one_line(tmp_path, hosts):
  mixed_inputs.write_midi(tmp_path / 'top' / 'in', mixed_inputs.SONGS[:2])
  (tmp_path / 'top' / 'file').write_bytes(b'')
  with pytest.raises(errors.OutputError, match='file/out') as raised:
    spark_creation.create(
        [f'{hosts["file"]}/in'], f'{hosts["file"]}/file/out'
    )
  assert '\n' not in str(raised.value)
