"""Tests for zip_directories: they find what Python's zipfile finds."""

import io
import random
import struct
import tracemalloc
import zipfile

import hypothesis
from hypothesis import strategies as st
import pytest

from drumspace_ext.files import zip_directories

_END = b'PK\x05\x06'
_ATTRIBUTES = [
    name for name in zipfile.ZipInfo.__slots__ if name != '_end_offset'
]


def _said(read):
  """Returns all that is said of all members, or of what is wrong."""
  try:
    return [
        [getattr(member, name, None) for name in _ATTRIBUTES]
        for member in read()
    ]
  # As the reader of archives, which takes any for damage.
  except Exception as e:  # noqa: BLE001
    return type(e), str(e)


def _ours(data):
  stream = io.BytesIO(data)
  return _said(lambda: list(
      zip_directories.members(stream, zip_directories.find(stream))
  ))


def _pythons(data):
  return _said(lambda: zipfile.ZipFile(io.BytesIO(data)).infolist())


def _with_zip64(data, disks):
  """Puts the end records of zip64 before the end of an archive."""
  end = data.rindex(_END)
  *_, num, size, place, _ = struct.unpack_from('<4s4H2LH', data, end)
  return data[:end] + struct.pack(
      '<4sQ2H2L4Q', b'PK\x06\x06', 44, 45, 45, 0, 0, num, num, size, place
  ) + struct.pack('<4sLQL', b'PK\x06\x07', 0, end, disks) + data[end:]


@st.composite
def _archives(draw):
  """Draws the bytes of an archive, to be damaged yet."""
  stream = io.BytesIO()
  names = st.lists(st.text(min_size=1, max_size=6), max_size=5, unique=True)
  with zipfile.ZipFile(stream, 'w', zipfile.ZIP_DEFLATED) as archive:
    for name in draw(names):
      info = zipfile.ZipInfo(name)
      info.comment = draw(st.binary(max_size=4))
      # Of a kind that nobody knows, or cut.
      info.extra = draw(st.sampled_from(
          (b'', struct.pack('<HHI', 0x9999, 4, 1)) * 5 + (b'\1\0\x09\0',)
      ))
      archive.writestr(info, draw(st.binary(max_size=20)))
  data = stream.getvalue()
  if draw(st.booleans()):
    data = _with_zip64(data, draw(st.sampled_from((0, 1, 1, 2))))
  comment = draw(st.sampled_from((b'', b'said', _END, bytes(3))))
  data = data[:-2] + struct.pack('<H', len(comment)) + comment
  front, behind = draw(st.tuples(
      st.sampled_from((b'', b'foreign', _END)),
      st.sampled_from((b'', b'\0', b'behind')),
  ))
  return front + data + behind


@hypothesis.given(
    data=_archives(), seed=st.integers(0, 9999), damage=st.integers(0, 3),
    cut=st.sampled_from((False, False, True)),
    portion=st.sampled_from((1, 50, 300, zip_directories._PORTION_BYTES)),
)
@hypothesis.settings(max_examples=300)
def test_what_is_found_is_what_python_finds(data, seed, damage, cut, portion):
  rng, changed = random.Random(seed), bytearray(data)
  for _ in range(damage):
    # Most of what can be damaged stands at the end.
    changed[-1 - rng.randrange(min(len(data), 300))] = rng.choice(
        (0, 1, 8, 255, rng.randrange(256))
    )
  if cut:
    del changed[rng.randrange(len(changed)):]
  with pytest.MonkeyPatch.context() as patch:
    patch.setattr(zip_directories, '_PORTION_BYTES', portion)
    assert _ours(bytes(changed)) == _pythons(bytes(changed))


@pytest.mark.parametrize('comment', [b'', b'x' * 65535])
@pytest.mark.parametrize('has_zip64', [False, True])
def test_a_sound_archive_of_any_form_is_listed(comment, has_zip64):
  stream = io.BytesIO(b'foreign')
  with zipfile.ZipFile(stream, 'a') as archive:
    for number in range(3):
      archive.writestr(f'{number}.mid', b'MThd')
    archive.comment = comment
  data = stream.getvalue()
  if has_zip64:
    data = _with_zip64(data, 1)
  found = _ours(data)
  assert [member[0] for member in found] == ['0.mid', '1.mid', '2.mid']
  assert found == _pythons(data)


def test_more_members_take_no_more_memory():
  most = []
  for count in (20_000, 60_000):
    record = struct.pack(
        '<4s6H3L5H2L', b'PK\x01\x02', 20, 20, 0, 0, 0, 33, 0, 0, 0, 5, 0, 0, 0,
        0, 0, 0,
    ) + b'a.mid'
    stream = io.BytesIO(record * count + struct.pack(
        '<4s4H2LH', _END, 0, 0, 0, 0, len(record) * count, 0, 0
    ))
    tracemalloc.start()
    directory = zip_directories.find(stream)
    num_found = sum(1 for _ in zip_directories.members(stream, directory))
    most.append(tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()
    assert num_found == count
  assert most[1] < 1.1 * most[0] < 10e6
