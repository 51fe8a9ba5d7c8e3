"""Tests of tables: what is written comes back, and what is damaged does not."""

import struct

import hypothesis
from hypothesis import strategies as st
import magenta_files
import pytest

from drumspace_ext import errors
from drumspace_ext.magenta_models import tables

_ENTRIES = st.dictionaries(
    st.binary(max_size=40), st.binary(max_size=200), max_size=30
).map(lambda entries: sorted(entries.items()))


def _read(data):
  return [
      (key, bytes(value))
      for key, value in tables.read(memoryview(data))
  ]


@hypothesis.given(_ENTRIES, st.integers(1, 9))
def test_every_entry_comes_back_in_order(entries, per_block):
  assert _read(magenta_files.table(entries, per_block=per_block)) == entries


def test_a_table_by_hand():
  # One block: no byte of a key before, 1 of its own, 2 of the value; the offset
  # of the first entry and how many offsets; uncompressed.
  block = b'\x00\x01\x02a' + b'xy' + struct.pack('<II', 0, 1)
  data = magenta_files.table([(b'a', b'xy')])
  assert data.startswith(block + b'\0')
  assert len(block) == 14
  assert data[15:19] == struct.pack('<I', magenta_files.masked_crc(data[:15]))
  assert _read(data) == [(b'a', b'xy')]


def _whole():
  return bytearray(magenta_files.table(
      [(b'key%03d' % i, b'value' * 4) for i in range(40)], per_block=7
  ))


@hypothesis.given(st.data())
def test_no_changed_byte_of_a_block_is_read(data):
  whole = _whole()
  place = data.draw(st.integers(0, len(whole) - 49))
  whole[place] ^= data.draw(st.integers(1, 255))
  with pytest.raises(errors.CheckpointError):
    _read(whole)


@hypothesis.given(st.data())
def test_nothing_but_our_error_comes_of_a_changed_footer_or_a_cut(data):
  whole = _whole()
  for _ in range(data.draw(st.integers(1, 4))):
    whole[data.draw(st.integers(-48, -1))] = data.draw(st.integers(0, 255))
  cut = whole[:data.draw(st.integers(0, len(whole)))]
  for damaged in (whole, cut):
    try:
      _read(damaged)
    except errors.CheckpointError:
      pass


def _with_block(content):
  """A table whose index is a block of given bytes, its checksum right."""
  block = content + b'\0'
  block += struct.pack('<I', magenta_files.masked_crc(block))
  footer = (
      magenta_files.varint(0) + magenta_files.varint(0)
      + magenta_files.varint(0) + magenta_files.varint(len(content))
  )
  return block + footer.ljust(40, b'\0') + tables.MAGIC


@pytest.mark.parametrize('content, words', [
    (b'', 'too short'),
    (struct.pack('<I', 0xFFFFFFFF), 'too short'),
    (b'\x05\x00\x00' + struct.pack('<I', 0), 'odd length'),
    (b'\x00\xff\xff\x7f\x00' + struct.pack('<I', 0), 'odd length'),
    (b'\x00\x01\x7fa' + struct.pack('<I', 0), 'is cut'),
    (b'\xff' * 11 + struct.pack('<I', 0), 'does not end'),
    (b'\x00\x01\x02a\x7f\x7f' + struct.pack('<I', 0), 'behind its end'),
])
def test_lying_sizes_are_refused(content, words):
  with pytest.raises(errors.CheckpointError, match=words):
    _read(_with_block(content))


def test_a_block_named_twice_is_read_once():
  place = magenta_files.varint(0) + magenta_files.varint(12)
  data = bytearray(magenta_files.table([(b'a', b'')]))
  (value,) = [bytes(v) for k, v in tables.read(memoryview(data))]
  assert value == b''
  entry = b'\x00\x01' + bytes([len(place)]) + b'a' + place
  first = b'\x00\x01\x00a' + struct.pack('<II', 0, 1)
  block = first + b'\0' + struct.pack(
      '<I', magenta_files.masked_crc(first + b'\0')
  )
  index = entry * 3 + struct.pack('<I', 0)
  footer = magenta_files.varint(0) * 2 + (
      magenta_files.varint(len(block)) + magenta_files.varint(len(index))
  )
  index += b'\0' + struct.pack('<I', magenta_files.masked_crc(index + b'\0'))
  with pytest.raises(errors.CheckpointError, match='overlap'):
    _read(block + index + footer.ljust(40, b'\0') + tables.MAGIC)


def test_a_compressed_block_is_said_to_be_one():
  data = magenta_files.table([(b'a', b'b')], compression=1)
  with pytest.raises(errors.CheckpointError, match=r'compressed \(type 1\)'):
    _read(data)


@pytest.mark.parametrize('data', [b'', b'x' * 47, b'x' * 200])
def test_other_files_are_no_tables(data):
  with pytest.raises(errors.CheckpointError, match='does not end like'):
    _read(data)
