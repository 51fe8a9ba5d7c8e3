"""Tests for zip_archives."""

import pickle
import struct
import zipfile

import hypothesis
from hypothesis import strategies as st
import pytest

from drumspace_ext import errors
from drumspace_ext.files import zip_archives

_PARTS = st.text('abAB (1)', min_size=2, max_size=5)
_NAMES = st.builds(
    lambda parts, end: '/'.join(parts) + end,
    st.lists(_PARTS, min_size=1, max_size=3),
    st.sampled_from(('.mid', '.MIDI', '.kar', '.txt', '', '.mid.bak')),
)


def _midi(path, archive=None):
  """Returns the MIDI members, by name and place."""
  archive = archive or zip_archives.check(path)
  return sorted(m for m in archive.members() if m.name and m.is_midi)


def _members(path):
  """Returns the names of MIDI members and of others."""
  archive = zip_archives.check(path)
  return [member.name for member in _midi(path, archive)], sorted(
      m.name for m in archive.members() if m.name and not m.is_midi
  )


def _read(path, names):
  """Yields (name, content) of the members of these names."""
  archive = zip_archives.check(path)
  members = [m for m in _midi(path, archive) if m.name in names]
  yield from zip(names, archive.read(members))


def _zip(path, members, method=zipfile.ZIP_DEFLATED):
  with zipfile.ZipFile(path, 'w', method) as archive:
    for name, content in members.items():
      archive.writestr(name, content)
  return path


def _patch(path, *, local=None, central=None, form='<H', value=0):
  """Overwrites a field of the headers of an archive's only member."""
  data = bytearray(path.read_bytes())
  if local is not None:
    struct.pack_into(form, data, data.index(b'PK\x03\x04') + local, value)
  if central is not None:
    struct.pack_into(form, data, data.index(b'PK\x01\x02') + central, value)
  path.write_bytes(data)


@hypothesis.given(members=st.dictionaries(
    _NAMES, st.binary(max_size=500), max_size=6
))
def test_every_member_is_listed_once_and_read_back(members, tmp_path_factory):
  path = _zip(tmp_path_factory.mktemp('zip') / 'a.zip', members)
  midi, others = _members(path)
  assert sorted(midi + others) == sorted(members)
  assert midi == sorted(
      name for name in members
      if name.lower().endswith(('.mid', '.midi', '.kar'))
  )
  assert dict(_read(path, midi)) == {
      name: members[name] for name in midi
  }


def test_shadows_of_macos_and_folders_are_no_midi(tmp_path):
  path = _zip(tmp_path / 'a.zip', {
      'rock/b.mid': b'MThd', 'rock/a.MID': b'MThd', 'readme.txt': b'hello',
      '__MACOSX/rock/._b.mid': b'',
  })
  with zipfile.ZipFile(path, 'a') as archive:
    archive.mkdir('folder.mid')
  assert _members(path) == (
      ['rock/a.MID', 'rock/b.mid'], ['__MACOSX/rock/._b.mid', 'readme.txt'],
  )


@pytest.mark.parametrize('head, expected', [
    (b'PK\x03\x04rest', True), (b'PK\x05\x06', True), (b'PK', False),
    (b'PKZIP is a program', False), (b'MThd', False), (b'', False),
])
def test_zip_is_known_by_its_first_bytes(tmp_path, head, expected):
  assert zip_archives.starts_like_zip(head) is expected
  empty = _zip(tmp_path / 'empty.zip', {}).read_bytes()
  assert zip_archives.starts_like_zip(empty)


@pytest.mark.parametrize('name', [
    '../a.mid', 'rock/../../a.mid', 'rock/..', '/etc/a.mid', '..\\a.mid',
    'C:\\a.mid', 'C:/a.mid', '//server/a.mid', '../../etc/passwd',
])
def test_name_that_leads_out_is_refused(tmp_path, name):
  path = _zip(tmp_path / 'a.zip', {'fine.mid': b'MThd', name: b'MThd'})
  with pytest.raises(errors.InputError, match='leads out of the archive'):
    _members(path)


@pytest.mark.parametrize('name', [
    'a..mid', '...mid', 'rock../a.mid', '~/a.mid',
])
def test_dots_inside_a_name_are_fine(tmp_path, name):
  path = _zip(tmp_path / 'a.zip', {name: b'MThd'})
  assert _members(path) == ([name], [])


def test_bomb_is_refused_and_a_small_file_of_zeros_is_not(tmp_path):
  small = _zip(tmp_path / 'small.zip', {'a.mid': bytes(1 << 20)})
  assert _members(small) == (['a.mid'], [])
  bomb = _zip(tmp_path / 'bomb.zip', {'a.mid': bytes((1 << 20) + 1)})
  with pytest.raises(errors.InputError, match="'a.mid' unpacks .* zip bomb"):
    _members(bomb)


def test_bomb_unpacks_to_more_than_200_times(tmp_path):
  path = _zip(tmp_path / 'a.zip', {'a.mid': bytes(6000)}, zipfile.ZIP_STORED)
  _patch(path, central=24, form='<I', value=200 * 6000)
  assert _members(path) == (['a.mid'], [])
  _patch(path, central=24, form='<I', value=200 * 6000 + 1)
  with pytest.raises(errors.InputError, match='from 6000 to 1200001 bytes'):
    _members(path)


def test_large_file_that_does_not_shrink_is_no_bomb(tmp_path):
  path = _zip(
      tmp_path / 'a.zip', {'a.mid': bytes(2 << 20)}, zipfile.ZIP_STORED
  )
  assert _members(path) == (['a.mid'], [])


def test_member_that_lies_about_its_size_is_not_unpacked(tmp_path):
  path = _zip(tmp_path / 'a.zip', {'a.mid': bytes(8 << 20)})
  _patch(path, local=22, central=24, form='<I', value=1000)
  assert _members(path) == (['a.mid'], [])
  ((name, got),) = _read(path, ['a.mid'])
  assert name == 'a.mid'
  assert isinstance(got, errors.RejectedInputError)
  assert got.reason == 'bad_zip_member'


@pytest.mark.parametrize('field', [
    {'local': 6, 'central': 8, 'value': 1},  # encrypted
    {'local': 8, 'central': 10, 'value': 99},  # a method that Python lacks
    {'local': 0, 'value': 0},  # no local header
    {'central': 16, 'form': '<I', 'value': 12345},  # another checksum
])
def test_member_that_cannot_be_unpacked_is_named(tmp_path, field):
  path = _zip(tmp_path / 'a.zip', {'a.mid': b'MThd' * 100})
  assert dict(_read(path, ['a.mid'])) == {
      'a.mid': b'MThd' * 100
  }
  _patch(path, **field)
  ((name, got),) = _read(path, ['a.mid'])
  assert (name, got.reason) == ('a.mid', 'bad_zip_member')
  assert got.detail


def test_damaged_member_does_not_hide_the_others(tmp_path):
  path = _zip(
      tmp_path / 'a.zip', {'a.mid': b'first', 'b.mid': b'second',
                           'c.mid': b'third'}, zipfile.ZIP_STORED,
  )
  path.write_bytes(path.read_bytes().replace(b'second', b'secodn'))
  got = dict(_read(path, ['a.mid', 'b.mid', 'c.mid']))
  assert got['b.mid'].reason == 'bad_zip_member'
  assert (got['a.mid'], got['c.mid']) == (b'first', b'third')


@pytest.mark.parametrize('content', [
    b'', b'hello', b'PK\x03\x04 and nothing more', bytes(100),
])
def test_no_zip_is_said_so(tmp_path, content):
  (tmp_path / 'a.zip').write_bytes(content)
  with pytest.raises(errors.InputError, match="can't be read as a zip"):
    _members(tmp_path / 'a.zip')


def test_missing_and_cut_archives_are_said_so(tmp_path):
  with pytest.raises(errors.InputError, match='gone.zip'):
    _members(tmp_path / 'gone.zip')
  path = _zip(tmp_path / 'a.zip', {'a.mid': b'MThd' * 100})
  path.write_bytes(path.read_bytes()[:-30])
  with pytest.raises(errors.InputError, match='Fetch or pack it again'):
    _members(path)


def test_too_many_members_are_refused(tmp_path, monkeypatch):
  path = _zip(tmp_path / 'a.zip', {'a.mid': b'', 'b.mid': b'', 'c': b''})
  monkeypatch.setattr(zip_archives, 'MAX_MEMBERS', 3)
  assert _members(path) == (['a.mid', 'b.mid'], ['c'])
  monkeypatch.setattr(zip_archives, 'MAX_MEMBERS', 2)
  with pytest.raises(errors.InputError, match='3 members; at most 2'):
    _members(path)


def _with_zero_name(path):
  """Overwrites the first name in an archive's directory by a zero byte."""
  data = bytearray(path.read_bytes())
  data[data.index(b'PK\x01\x02') + 46] = 0
  path.write_bytes(data)


def test_a_member_without_a_name_is_one_of_its_own(tmp_path):
  path = _zip(tmp_path / 'a.zip', {'a.mid': b'1', 'b.mid': b'2'})
  _with_zero_name(path)
  found = list(zip_archives.check(path).members())
  assert [(m.name, m.place) for m in found] == [('', 0), ('b.mid', 1)]
  assert list(_read(path, ['b.mid'])) == [('b.mid', b'2')]


@pytest.mark.parametrize('where', ['front', 'middle', 'behind'])
def test_foreign_bytes_between_members_hide_none(tmp_path, where):
  path = _zip(tmp_path / 'a.zip', {'a.mid': b'1' * 50, 'b.mid': b'2' * 50})
  data = path.read_bytes()
  place = {
      'front': 0, 'middle': data.rindex(b'PK\x03\x04'),
      'behind': data.index(b'PK\x01\x02'),
  }[where]
  path.write_bytes(data[:place] + b'xyz' + data[place:])
  assert dict(_read(path, ['a.mid', 'b.mid'])) == {
      'a.mid': b'1' * 50, 'b.mid': b'2' * 50
  }


def test_members_are_handed_over_as_they_are_read(tmp_path):
  contents = {f'{i}.mid': b'%d' % i for i in range(20)}
  path = _zip(tmp_path / 'a.zip', contents)
  archive, members = pickle.loads(pickle.dumps(
      (zip_archives.check(path), _midi(path))
  ))
  assert list(archive.read(members[::-1])) == [
      contents[member.name] for member in members[::-1]
  ]
  # Two at once, as threads may.
  one, other = archive.read(members), archive.read(members[1:])
  assert [next(one), next(other), next(one), next(other)] == [
      contents[members[number].name] for number in (0, 1, 1, 2)
  ]


def test_members_over_one_another_are_refused_where_they_make_much_of_few(
    tmp_path, monkeypatch
):
  data = _zip(tmp_path / 'a.zip', {'a.mid': bytes(range(256)) * 8}).read_bytes()
  record, end = data.index(b'PK\x01\x02'), data.rindex(b'PK\x05\x06')

  def listed(times):
    records = data[record:end] * times
    (tmp_path / 'b.zip').write_bytes(
        data[:record] + records
        + struct.pack('<4s4H2LH', b'PK\x05\x06', 0, 0, times, times,
                      len(records), record, 0)
    )
    return tmp_path / 'b.zip'

  assert _members(listed(8)) == (['a.mid'] * 8, [])
  with pytest.raises(errors.InputError, match='one over another.*zip bomb'):
    zip_archives.check(listed(9))
  # One length that is damaged does not make a bomb of an archive.
  path = _zip(tmp_path / 'c.zip', {'a.mid': b'MThd' * 100, 'b.mid': b'MThd'})
  _patch(path, central=20, form='<I', value=2**32 - 2)
  assert dict(_read(path, ['a.mid', 'b.mid']))['a.mid'] == b'MThd' * 100
