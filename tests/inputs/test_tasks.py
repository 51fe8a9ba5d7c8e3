"""Tests for tasks; inputs/test_listing.py has those of files and archives."""

import collections
import gzip
import itertools
import random
import zipfile
import zlib

import hypothesis
from hypothesis import strategies as st
import pytest

from drumspace_ext.files import tfrecords
from drumspace_ext.inputs import kinds
from drumspace_ext.inputs import listing
from drumspace_ext.inputs import tasks

_PACK = {'plain': bytes, 'gzip': gzip.compress, 'zlib': zlib.compress}


def _tasks(path, records, pack):
  path.write_bytes(_PACK[pack](b''.join(map(tfrecords.frame, records))))
  source = listing.SourceFile(
      str(path), kinds.TFRECORD, 'x', path.stat().st_size, False
  )
  return source, list(tasks.tasks_of([source], collections.Counter()))


@hypothesis.given(
    records=st.lists(st.binary(max_size=50), max_size=40),
    pack=st.sampled_from(sorted(_PACK)),
)
def test_tasks_of_records_cover_the_bytes_of_their_file(
    tmp_path_factory, records, pack
):
  with pytest.MonkeyPatch.context() as patch:
    patch.setattr(tasks, 'TASK_ITEMS', 1)
    source, found = _tasks(
        tmp_path_factory.mktemp('records') / 'x', records, pack
    )
  assert sum(task.size for task in found) == source.size
  assert min(task.size for task in found) >= 0
  assert [data for task in found for _, data in task.items] == records
  assert [name for task in found for name, _ in task.items] == [
      f'x#{number}' for number in range(len(records))
  ]


@pytest.mark.parametrize('pack', sorted(_PACK))
def test_a_tenth_of_the_records_is_about_a_tenth_of_the_bytes(
    tmp_path, monkeypatch, pack
):
  monkeypatch.setattr(tasks, 'TASK_ITEMS', 4)
  # Hexadecimal digits: they take half their bytes when they are packed.
  records = [
      random.Random(number).randbytes(500).hex().encode()
      for number in range(3200)
  ]
  source, found = _tasks(tmp_path / 'x', records, pack)
  shares = list(itertools.accumulate(task.size for task in found))
  for tenth in range(1, 10):
    assert shares[20 * tenth - 1] / source.size == pytest.approx(
        tenth / 10, rel=0.2
    )


@pytest.mark.parametrize('sizes', [
    [], [0, 0, 0], [1000] * 8 + [50], [0, 5000, 0, 10, 10, 300],
])
def test_tasks_of_a_zip_cover_its_bytes_by_those_of_their_members(
    tmp_path, monkeypatch, sizes
):
  monkeypatch.setattr(tasks, 'TASK_ITEMS', 2)
  with zipfile.ZipFile(tmp_path / 'x.zip', 'w') as archive:
    archive.writestr('long.txt', bytes(20_000))
    for number, size in enumerate(sizes):
      archive.writestr(f'{number}.mid', random.Random(number).randbytes(size))
  source = listing.SourceFile(
      str(tmp_path / 'x.zip'), kinds.ZIP, 'x',
      (tmp_path / 'x.zip').stat().st_size, False,
  )
  found = list(tasks.tasks_of([source], collections.Counter()))
  assert [name for task in found for name, _ in task.items] == [
      f'x/{number}.mid' for number in range(len(sizes))
  ]
  if sizes:
    assert sum(task.size for task in found) == source.size
  done = 0
  for number, task in enumerate(found[:-1], 1):
    done += task.size
    share = sum(sizes[:2 * number]) / max(1, sum(sizes))
    assert done == pytest.approx(share * source.size, abs=1)
