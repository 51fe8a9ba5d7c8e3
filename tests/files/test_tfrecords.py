"""Tests for tfrecords."""

import gzip
import io
import struct
import tracemalloc
import zlib

import builders
import google_crc32c
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import pytest

from drumspace_ext import rejections
from drumspace_ext.files import tfrecords

_RECORDS = [b'first', b'', b'the third one']
_MEBIBYTE = 1 << 20


def _frames(records):
  stream = io.BytesIO()
  assert tfrecords.write(stream, records) == len(records)
  return stream.getvalue()


def _read(data):
  return list(tfrecords.read_stream(io.BytesIO(data)))


def _split(found):
  """Returns (records, damage); every damage is a reason that is known."""
  damage = [f for f in found if isinstance(f, tfrecords.DamagedRecord)]
  assert {d.reason for d in damage} <= set(rejections.REASONS)
  return [f for f in found if isinstance(f, bytes)], damage


@given(records=st.lists(st.binary(max_size=80), max_size=6))
@settings(max_examples=50)
def test_records_come_back_from_their_frames(records):
  assert _read(_frames(records)) == records
  assert _frames(records) == b''.join(map(tfrecords.frame, records))


@given(
    records=st.lists(st.binary(max_size=20), min_size=1, max_size=4),
    data=st.data(),
)
@settings(max_examples=150)
def test_a_flipped_byte_costs_its_record_or_the_rest(records, data):
  whole = _frames(records)
  place = data.draw(st.integers(0, len(whole) - 1))
  flipped = bytearray(whole)
  flipped[place] ^= data.draw(st.integers(1, 255))
  good, damage = _split(_read(bytes(flipped)))
  index, start = 0, 0
  while place >= start + len(records[index]) + 16:
    start += len(records[index]) + 16
    index += 1
  assert [d.index for d in damage] == [index]
  assert f'record {index}' in damage[0].detail
  if place < start + 12:
    assert damage[0].reason == 'tfrecord_length'
    assert 'the rest of the file is lost' in damage[0].detail
    assert good == records[:index]
  else:
    assert damage[0].reason == 'tfrecord_crc'
    assert good == records[:index] + records[index + 1:]


@given(data=st.binary(max_size=60), is_packed=st.booleans())
@settings(max_examples=50)
def test_foreign_bytes_are_damage_and_no_record(
    tmp_path_factory, data, is_packed
):
  path = tmp_path_factory.getbasetemp() / 'x.tfrecord'
  path.write_bytes(b'\x1f\x8b' + data if is_packed else b'\0' + data)
  good, damage = _split(list(tfrecords.read(path)))
  assert not good
  assert len(damage) == 1


def test_every_single_byte_is_watched_over():
  whole = _frames(_RECORDS)
  for place in range(len(whole)):
    for mask in (0x01, 0x80, 0xFF):
      flipped = bytearray(whole)
      flipped[place] ^= mask
      _, damage = _split(_read(bytes(flipped)))
      assert len(damage) == 1, place


def test_a_cut_at_any_place_is_noticed():
  whole = _frames(_RECORDS)
  ends = [0, 21, 37, 66]
  for size in range(len(whole) + 1):
    good, damage = _split(_read(whole[:size]))
    complete = sum(end <= size for end in ends) - 1
    assert good == _RECORDS[:complete]
    if size in ends:
      assert not damage
    else:
      assert [(d.index, d.reason) for d in damage] == [
          (complete, 'tfrecord_truncated')
      ]
      assert f'record {complete}: the file ends inside' in damage[0].detail


def test_an_empty_record_has_the_bytes_that_tensorflow_writes():
  assert tfrecords.frame(b'').hex(' ') == (
      '00 00 00 00 00 00 00 00 29 03 98 07 d8 ea 82 a2'
  )


def test_a_record_has_the_bytes_of_the_documented_formula():
  # The check values of CRC32C (RFC 3720): nine digits, 32 zero bytes.
  assert builders.crc32c(b'123456789') == 0xE3069283
  assert builders.crc32c(bytes(32)) == 0x8A9136AA
  assert google_crc32c.value(b'123456789') == 0xE3069283
  length = struct.pack('<Q', 9)
  assert tfrecords.frame(b'123456789') == (
      length + struct.pack('<I', builders.masked(builders.crc32c(length)))
      + b'123456789' + struct.pack('<I', builders.masked(0xE3069283))
  )


def test_a_record_of_several_mebibytes_comes_back():
  record = bytes(range(256)) * (3 * _MEBIBYTE // 256) + b'end'
  assert _read(_frames([record, b'next'])) == [record, b'next']


def test_plain_and_gzip_files_are_read_alike(tmp_path):
  plain, packed = tmp_path / 'a.tfrecord', tmp_path / 'b.tfrecord'
  plain.write_bytes(_frames(_RECORDS))
  packed.write_bytes(gzip.compress(_frames(_RECORDS)))
  assert tfrecords.compression(plain) == ''
  assert tfrecords.compression(packed) == tfrecords.GZIP
  assert list(tfrecords.read(plain)) == _RECORDS
  assert list(tfrecords.read(packed)) == _RECORDS
  assert list(tfrecords.read(str(packed))) == _RECORDS
  empty = tmp_path / 'c.tfrecord'
  empty.write_bytes(b'')
  assert tfrecords.compression(empty) == ''
  assert not list(tfrecords.read(empty))


def test_gzip_of_several_members_is_one_file(tmp_path):
  path = tmp_path / 'a.tfrecord.gz'
  whole = _frames(_RECORDS)
  path.write_bytes(gzip.compress(whole[:30]) + gzip.compress(whole[30:]))
  assert list(tfrecords.read(path)) == _RECORDS


def test_a_cut_or_damaged_gzip_file_is_named_and_the_rest_kept(tmp_path):
  path = tmp_path / 'a.tfrecord.gz'
  packed = gzip.compress(_frames(_RECORDS), mtime=0)
  sizes = set()
  for size in range(2, len(packed)):
    path.write_bytes(packed[:size])
    good, damage = _split(list(tfrecords.read(path)))
    assert good == _RECORDS[:len(good)]
    assert [d.reason for d in damage] == ['tfrecord_truncated']
    sizes.add(len(good))
  assert 0 in sizes
  for place in range(2, len(packed)):
    flipped = bytearray(packed)
    flipped[place] ^= 0xFF
    path.write_bytes(bytes(flipped))
    good, damage = _split(list(tfrecords.read(path)))
    assert good == _RECORDS[:len(good)] or damage


@given(
    records=st.lists(st.binary(max_size=300), max_size=5),
    level=st.integers(0, 9),
)
def test_zlib_files_are_read_like_plain_ones(
    records, level, tmp_path_factory
):
  path = tmp_path_factory.mktemp('zlib') / 'a.tfrecord'
  path.write_bytes(zlib.compress(_frames(records), level))
  assert tfrecords.compression(path) == tfrecords.ZLIB
  assert list(tfrecords.read(path)) == records


def test_a_plain_record_of_a_length_that_looks_like_zlib_is_plain(tmp_path):
  path = tmp_path / 'a.tfrecord'
  path.write_bytes(_frames([bytes(0x9C78)]))
  assert path.read_bytes()[:2] == b'\x78\x9c'
  assert tfrecords.compression(path) == ''
  assert list(tfrecords.read(path)) == [bytes(0x9C78)]


def test_a_cut_zlib_file_is_named_and_the_rest_kept(tmp_path):
  path = tmp_path / 'a.tfrecord'
  packed = zlib.compress(_frames(_RECORDS))
  for size in range(2, len(packed)):
    path.write_bytes(packed[:size])
    good, damage = _split(list(tfrecords.read(path)))
    assert good == _RECORDS[:len(good)]
    assert len(damage) == 1
  path.write_bytes(packed + b'more')
  good, damage = _split(list(tfrecords.read(path)))
  assert good == _RECORDS
  assert 'foreign bytes' in damage[0].detail


def test_a_record_header_is_told_from_other_bytes():
  head = tfrecords.frame(b'some record')[:12]
  assert tfrecords.starts_like_tfrecord(head)
  assert tfrecords.starts_like_tfrecord(head + b'more')
  assert not tfrecords.starts_like_tfrecord(head[:11])
  assert not tfrecords.starts_like_tfrecord(b'')
  assert not tfrecords.starts_like_tfrecord(b'MThd\0\0\0\6\0\1\0\2')


@pytest.mark.parametrize(
    ('length', 'reason'),
    [
        (1 << 60, 'tfrecord_length'),
        (tfrecords.MAX_RECORD_BYTES + 1, 'tfrecord_length'),
        (tfrecords.MAX_RECORD_BYTES, 'tfrecord_truncated'),
    ],
)
def test_a_lying_length_reserves_no_memory(tmp_path, length, reason):
  # Its checksum is right: the lie can be seen by its size alone.
  lie = struct.pack('<Q', length)
  path = tmp_path / 'a.tfrecord'
  path.write_bytes(
      tfrecords.frame(b'before') + lie
      + struct.pack('<I', builders.masked(builders.crc32c(lie))) + b'x' * 9
  )
  tracemalloc.start()
  try:
    good, damage = _split(list(tfrecords.read(path)))
    _, peak = tracemalloc.get_traced_memory()
  finally:
    tracemalloc.stop()
  assert good == [b'before']
  assert [(d.index, d.reason) for d in damage] == [(1, reason)]
  assert peak < 4 * _MEBIBYTE


def test_a_file_that_is_not_there_is_the_callers_matter(tmp_path):
  with pytest.raises(FileNotFoundError, match='nowhere'):
    list(tfrecords.read(tmp_path / 'nowhere'))
