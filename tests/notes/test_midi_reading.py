"""Tests for midi_reading."""

import collections
import io
import subprocess
import sys
import tarfile
import zipfile

import builders
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import note_seq
import numpy as np
import pytest
import symusic

from drumspace_ext import errors
from drumspace_ext import rejections
from drumspace_ext.extraction import loops
from drumspace_ext.extraction import one_input
from drumspace_ext.files import midi_kinds
from drumspace_ext.notes import grids
from drumspace_ext.notes import midi_parsing
from drumspace_ext.notes import midi_reading
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import step_codes

_ONSETS = [(0, 36), (480, 38), (960, 36)]
_HEADER = b'\0\1\0\1\1\xe0'  # format 1, one track, 480 ticks a quarter
_CODES = drum_maps.load('gm14').code_of_pitch

needs_pack = pytest.mark.skipif(
    not (builders.DATA_DIR / 'drum_space').exists(),
    reason='no published drum_space files here',
)
needs_odd_files = pytest.mark.skipif(
    not (builders.DATA_DIR / 'odd_midi.tar.xz').exists(),
    reason='no odd MIDI files here',
)


def _drums(onsets=None, **kwargs):
  return builders.track(builders.notes(onsets or _ONSETS, **kwargs))


def _rows(onsets):
  return sorted(zip(onsets.quarters.tolist(), onsets.pitches.tolist()))


def _rejected(data, **kwargs):
  with pytest.raises(errors.RejectedInputError) as caught:
    midi_reading.read_onsets(data, **kwargs)
  assert caught.value.reason in rejections.REASONS
  return caught.value


@st.composite
def _songs(draw):
  """A well-formed file of three tracks, and the onsets that are in it."""
  division = draw(st.sampled_from([24, 96, 100, 480, 960]))
  onsets = draw(st.lists(
      st.tuples(st.integers(0, 4000), st.integers(30, 90)),
      min_size=1, max_size=15, unique=True,
  ))
  piano = draw(st.lists(st.integers(0, 4000), max_size=3, unique=True))
  tempos = draw(
      st.lists(st.integers(200_000, 900_000), max_size=3, unique=True)
  )
  meters = draw(st.lists(st.sampled_from([(3, 4), (4, 4), (6, 8)]), max_size=2))
  first = [builders.tempo(i * 300, micros) for i, micros in enumerate(tempos)]
  first += [builders.meter(200, *meter) for meter in meters]
  data = builders.midi(
      builders.track(*first),
      builders.track(builders.notes([(t, 60) for t in piano], channel=0)),
      builders.track(builders.notes(onsets, length=5)),
      division=division,
  )
  return data, [(tick / division, pitch) for tick, pitch in onsets]


@given(song=_songs())
@settings(max_examples=60)
def test_onsets_are_those_written_and_those_of_symusic_and_note_seq(song):
  data, expected = song
  onsets = midi_reading.read_onsets(data)
  assert _rows(onsets) == sorted(expected)
  assert not onsets.remarks
  score = symusic.Score.from_midi(data)
  symusics = [
      (note.time / score.ticks_per_quarter, note.pitch)
      for track in score.tracks if track.is_drum for note in track.notes
  ]
  assert _rows(onsets) == sorted(symusics)
  hosts = note_sequences.to_onsets(note_seq.midi_to_note_sequence(data))
  for field in ('quarters', 'pitches'):
    order = np.lexsort((hosts.pitches, np.rint(hosts.quarters * 4800)))
    ours = np.array(_rows(onsets))[:, int(field == 'pitches')]
    np.testing.assert_allclose(getattr(hosts, field)[order], ours, atol=1e-6)
  if onsets.meters:
    np.testing.assert_allclose(
        sorted(onsets.meters), sorted(hosts.meters), atol=1e-6
    )
  tempos = list(onsets.tempos) or [(0, 120)]
  np.testing.assert_allclose(tempos, hosts.tempos, atol=1e-4)


@given(song=_songs(), data=st.data())
@settings(max_examples=100)
def test_a_damaged_file_is_read_or_rejected_with_a_reason(song, data):
  damaged = bytearray(song[0])
  for _ in range(data.draw(st.integers(1, 3))):
    place = data.draw(st.integers(0, len(damaged) - 1))
    damaged[place] = data.draw(st.integers(0, 255))
  try:
    onsets = midi_reading.read_onsets(bytes(damaged), assume_drums=True)
  except errors.RejectedInputError as e:
    assert e.reason in rejections.REASONS
  else:
    assert len(onsets.quarters) == len(onsets.pitches) > 0
    assert (onsets.quarters >= 0).all()
    assert (onsets.pitches < 128).all()


def _well_and_ill_formed_files():
  channel_4 = builders.event(0, 0xB3, 0, 127)
  yield builders.midi(
      builders.track(builders.tempo(0, 500_000), builders.meter(0, 4, 4)),
      _drums(),
  )
  yield builders.midi(_drums(offs=False))
  yield builders.midi(builders.chunk(b'XFIH', b'foreign'), _drums())
  yield builders.midi(
      builders.track(channel_4, builders.notes(_ONSETS, channel=3))
  )
  yield b'RIFF....RMIDdata....' + builders.midi(_drums())


@pytest.mark.parametrize('whole', list(_well_and_ill_formed_files()))
def test_a_cut_at_any_byte_is_read_or_rejected(whole):
  counts = []
  for size in range(len(whole) + 1):
    try:
      onsets = midi_reading.read_onsets(whole[:size])
    except errors.RejectedInputError as e:
      assert e.reason in rejections.REASONS
      counts.append(0)
    else:
      assert set(_rows(onsets)) <= {(0.0, 36), (1.0, 38), (2.0, 36)}
      counts.append(len(onsets.quarters))
  assert counts[-1] == 3
  assert set(counts) == {0, 1, 2, 3}


def test_notes_without_note_offs_are_read():
  onsets = midi_reading.read_onsets(builders.midi(_drums(offs=False)))
  assert _rows(onsets) == [(0, 36), (1, 38), (2, 36)]
  assert onsets.remarks == ('3 of 3 drum notes have no note-off',)
  # One among others that have theirs is dropped by note_seq.
  bare = builders.event(470, 0x99, 42, 90)
  data = builders.midi(builders.track(builders.notes(_ONSETS), bare))
  onsets = midi_reading.read_onsets(data)
  assert _rows(onsets) == [(0, 36), (1, 38), (2, 36), (3, 42)]
  assert onsets.remarks == ('1 of 4 drum notes have no note-off',)


@st.composite
def _songs_that_lack_offs(draw):
  """A file of two tracks with some note-offs left out, and its drum notes."""
  onsets = draw(st.lists(
      st.tuples(st.integers(0, 40), st.integers(36, 39)),
      min_size=1, max_size=20, unique=True,
  ))
  events = []
  for step, pitch in onsets:
    events.append((step * 120, 1, pitch))
    if draw(st.booleans()):
      events.append((step * 120 + draw(st.sampled_from((0, 5, 500))), 2, pitch))
  # At one tick note-offs go first or last.
  first = draw(st.sampled_from((1, -1)))
  events.sort(key=lambda event: (event[0], first * event[1]))
  as_offs = draw(st.sampled_from(((0x89, 64), (0x99, 0))))
  running = draw(st.booleans())
  body, now, status = b'', 0, None
  for tick, kind, pitch in events:
    wanted, velocity = (0x99, 100) if kind == 1 else as_offs
    head = () if running and wanted == status else (wanted,)
    body += builders.event(tick - now, *head, pitch, velocity)
    now, status = tick, wanted
  extra = draw(st.sampled_from((
      b'', builders.event(0, 0xC9, 8), builders.event(0, 0xB9, 7, 100),
      builders.event(0, 0xA9, 36, 5), builders.event(0, 0xE9, 0, 64),
      builders.sysex(0, b'\x7e\x7f\x09\x01\xf7'), builders.tempo(0, 500_000),
  )))
  melody = builders.track(builders.notes([(0, 60), (96, 64)], channel=2))
  tracks = [builders.track(extra, body)]
  if draw(st.booleans()):
    tracks.append(melody)
  return builders.midi(*tracks), [(step / 4, pitch) for step, pitch in onsets]


@given(song=_songs_that_lack_offs())
@settings(max_examples=200)
def test_every_note_on_of_a_drum_is_a_hit(song):
  data, expected = song
  onsets = midi_reading.read_onsets(data)
  assert _rows(onsets) == sorted(expected)
  theirs = note_seq.midi_to_note_sequence(data)
  ours = collections.Counter(
      (round(480 * quarter), pitch) for quarter, pitch in _rows(onsets)
  )
  assert not collections.Counter(
      (round(960 * note.start_time), note.pitch) for note in theirs.notes
      if note.is_drum
  ) - ours


def _bank(channel, bank, *, program=0):
  return builders.event(0, 0xB0 | channel, 0, bank) + builders.event(
      0, 0xC0 | channel, program
  )


def test_a_second_kit_stands_beside_that_of_channel_10():
  kit = builders.track(_bank(10, 127), builders.notes([(240, 42)], channel=10))
  data = builders.midi(_drums(), kit)
  onsets = midi_reading.read_onsets(data)
  assert _rows(onsets) == [(0, 36), (0.5, 42), (1, 38), (2, 36)]
  assert onsets.remarks == ('drum kits on channel 10, 11',)
  assert sorted(onsets.pitches[onsets.first_kit].tolist()) == [36, 36, 38]
  for no_kit in (_bank(10, 121), _bank(10, 127, program=50), b''):
    data = builders.midi(_drums(), builders.track(
        no_kit, builders.notes([(240, 42)], channel=10)
    ))
    onsets = midi_reading.read_onsets(data)
    assert _rows(onsets) == [(0, 36), (1, 38), (2, 36)]
    assert onsets.first_kit is None


def test_a_kit_is_one_until_its_channel_is_set_to_something_else():
  melody = [(1920 + tick, 60) for tick in (0, 240)]
  for running in (True, False):
    away = builders.event(900, *(() if running else (0xB0,)), 0, 0)
    data = builders.midi(builders.track(
        _bank(0, 127), builders.notes(_ONSETS, channel=0),
        builders.event(0, 0xB0, 7, 100), away, builders.event(0, 0xC0, 0),
        builders.notes([(tick - 1920, pitch) for tick, pitch in melody],
                       channel=0),
    ))
    assert _rows(midi_reading.read_onsets(data)) == [(0, 36), (1, 38), (2, 36)]


def test_gs_may_take_channel_10_away_from_the_drums():
  away = builders.sysex(0, bytes.fromhex('4110421240101500 1b f7'))
  kit = builders.sysex(0, bytes.fromhex('41104212401a1501 10 f7'))
  data = builders.midi(
      builders.track(away, builders.notes([(0, 60)])),
      builders.track(kit, builders.notes(_ONSETS, channel=10)),
  )
  onsets = midi_reading.read_onsets(data)
  assert _rows(onsets) == [(0, 36), (1, 38), (2, 36)]
  alone = builders.midi(builders.track(away, builders.notes(_ONSETS)))
  assert _rejected(alone).reason == 'no_drum_notes'


def test_tracks_of_format_2_are_no_piece_of_music():
  tracks = _drums(), _drums([(0, 42), (960, 42)])
  rejected = _rejected(builders.midi(*tracks, file_format=2))
  assert (rejected.reason, rejected.detail) == (
      'format_2', '2 tracks with drums of their own'
  )
  # Most such files are of format 1 in truth: one has the drums.
  data = builders.midi(
      builders.track(builders.tempo(0, 250_000)), _drums(), file_format=2
  )
  assert _rows(midi_reading.read_onsets(data)) == [(0, 36), (1, 38), (2, 36)]
  other = _drums([(0, 42)], channel=2)
  data = builders.midi(_drums(), other, file_format=2)
  assert len(midi_reading.read_onsets(data).pitches) == 3
  assert _rejected(data, assume_drums=True).reason == 'format_2'


def test_of_two_meters_on_one_tick_that_of_the_first_track_counts():
  data = builders.midi(
      builders.track(builders.meter(0, 4, 4)), _drums(),
      builders.track(builders.meter(0, 3, 4)),
  )
  onsets = midi_reading.read_onsets(data)
  assert list(onsets.meters) == [(0, 4, 4)]
  assert onsets.remarks == ("two meters on tick 0: the first track's counts",)
  # In one track the later one is meant; said twice it is one.
  data = builders.midi(
      builders.track(builders.meter(0, 3, 4), builders.meter(0, 4, 4)),
      _drums(), builders.track(builders.meter(0, 4, 4)),
  )
  onsets = midi_reading.read_onsets(data)
  assert list(onsets.meters) == [(0, 4, 4)]
  assert not onsets.remarks


def test_a_yamaha_style_has_rhythm_on_channels_9_and_10():
  track = builders.track(
      builders.notes(_ONSETS), builders.notes([(240, 42)], channel=8),
      builders.notes([(240, 60)], channel=2),
  )
  style = builders.midi(track, file_format=0) + builders.chunk(b'CASM', b'x')
  onsets = midi_reading.read_onsets(style)
  assert sorted(onsets.pitches.tolist()) == [36, 36, 38, 42]
  assert onsets.remarks[0] == (
      'a Yamaha style: its sections stand one after the other'
  )
  plain = midi_reading.read_onsets(builders.midi(track, file_format=0))
  assert len(plain.pitches) == 3


def test_a_clip_of_midi_2_is_named():
  rejected = _rejected(b'SMF2CLIP' + bytes(40))
  assert rejected.reason == 'midi_2_clip'


def test_running_status_and_velocity_0_are_read():
  data = builders.midi(builders.track(
      builders.event(0, 0x99, 36, 100), builders.event(240, 36, 0),
      builders.event(240, 38, 90), builders.event(10, 38, 0),
  ))
  assert _rows(midi_reading.read_onsets(data)) == [(0, 36), (1, 38)]


def test_tempo_and_meter_may_stand_on_any_track():
  data = builders.midi(
      _drums(),
      builders.track(
          builders.meter(0, 3, 4), builders.tempo(480, 250_000),
          builders.meter(480, 4, 4),
      ),
  )
  onsets = midi_reading.read_onsets(data)
  assert list(onsets.meters) == [(0, 3, 4), (2, 4, 4)]
  assert list(onsets.tempos) == [(1, 240)]
  # The tolerant reader says the same.
  bare = midi_reading.read_onsets(data.replace(b'\x89', b'\xa9'))
  assert list(bare.meters) == list(onsets.meters)
  assert list(bare.tempos) == list(onsets.tempos)
  assert _rows(bare) == _rows(onsets)


@pytest.mark.parametrize('offs', [True, False])
@pytest.mark.parametrize(
    'before',
    [
        b'', b'x' * 128, b'RIFF\x60\0\0\0RMIDdata\x50\0\0\0',
        b'Content-Type: audio/midi\r\n\r\n',
    ],
)
def test_a_header_may_stand_behind_other_bytes(before, offs):
  data = before + builders.midi(_drums(offs=offs))
  assert _rows(midi_reading.read_onsets(data)) == [(0, 36), (1, 38), (2, 36)]
  assert midi_parsing.parse(data).header.ticks_per_quarter == 480


@pytest.mark.parametrize('offs', [True, False])
@pytest.mark.parametrize(
    'header',
    [
        builders.chunk(b'MThd', _HEADER + b'more'),
        builders.chunk(b'MThd', _HEADER, length=99),
        builders.chunk(b'MThd', _HEADER) + builders.chunk(b'XFIH', b'abc'),
        builders.chunk(b'MThd', _HEADER) + b'\0\0 no chunk',
    ],
)
def test_a_track_is_found_behind_a_header_that_lies(header, offs):
  data = header + _drums(offs=offs)
  assert _rows(midi_reading.read_onsets(data)) == [(0, 36), (1, 38), (2, 36)]


@pytest.mark.parametrize(
    ('event', 'channel', 'name'),
    [
        (builders.event(0, 0xB3, 0, 127), 3, 'channel 4'),  # XG
        (builders.event(0, 0xBA, 0, 120), 10, 'channel 11'),  # GM2
        (builders.sysex(0, bytes.fromhex('4110421240111501 18 f7')), 0,
         'channel 1'),  # GS
    ],
)
def test_drum_kits_on_other_channels_are_found_and_remarked(
    event, channel, name
):
  notes = builders.notes(_ONSETS, channel=channel)
  melody = builders.track(builders.notes([(5, 40)], channel=7))
  onsets = midi_reading.read_onsets(
      builders.midi(builders.track(event, notes), melody)
  )
  assert _rows(onsets) == [(0, 36), (1, 38), (2, 36)]
  assert onsets.remarks == (f'drum kits on {name}',)
  assert _rejected(builders.midi(builders.track(notes), melody)).reason == (
      'no_drum_notes'
  )


def test_assume_drums_takes_all_channels():
  data = builders.midi(_drums(), _drums([(240, 40)], channel=2))
  assert _rows(midi_reading.read_onsets(data)) == [(0, 36), (1, 38), (2, 36)]
  assert _rows(midi_reading.read_onsets(data, assume_drums=True)) == [
      (0, 36), (0.5, 40), (1, 38), (2, 36),
  ]


def test_assume_drums_takes_notes_without_note_offs_too():
  data = builders.midi(_drums(channel=2, offs=False))
  assert _rows(midi_reading.read_onsets(data, assume_drums=True)) == [
      (0, 36), (1, 38), (2, 36),
  ]


def test_damage_is_remarked():
  data = builders.midi(_drums(offs=False))[:-5]
  onsets = midi_reading.read_onsets(data)
  assert onsets.remarks == (
      'damaged in 2 places', '2 of 2 drum notes have no note-off'
  )
  assert len(onsets.quarters) == 2


def test_ticks_beyond_31_bits_do_not_turn_negative():
  delta = (1 << 28) - 1
  events = b''.join(
      builders.event(delta, 0x99, 36, 100) + builders.event(1, 0x89, 36, 0)
      for _ in range(20)
  )
  onsets = midi_reading.read_onsets(builders.midi(builders.track(events)))
  assert onsets.quarters.tolist() == [
      ((delta + 1) * i + delta) / 480 for i in range(20)
  ]


def test_a_tempo_of_zero_microseconds_rejects_nothing():
  for offs in (True, False):
    data = builders.midi(builders.track(
        builders.tempo(0, 0), builders.notes(_ONSETS, offs=offs)
    ))
    assert _rows(midi_reading.read_onsets(data)) == [(0, 36), (1, 38), (2, 36)]
    result = one_input.extract_midi(data, 'a', one_input.Recipe())
    assert result.reason == 'too_short'


def test_parse_hands_on_a_score_a_scan_or_both():
  _, score, scan = midi_parsing.parse(builders.midi(_drums()))
  assert len(score.tracks) == 1
  assert scan is None
  _, score, scan = midi_parsing.parse(
      builders.midi(_drums(channel=1), builders.track(), _drums(channel=2))
  )
  assert len(score.tracks) >= 2
  assert scan is None
  header, score, scan = midi_parsing.parse(
      builders.midi(_drums(offs=False), division=96)
  )
  assert score is not None
  assert len(scan.notes) == 3
  assert header.ticks_per_quarter == 96
  _, score, scan = midi_parsing.parse(builders.midi(_drums())[:-5])
  assert score is None
  assert len(scan.notes) == 3


_MEMORY_PROGRAM = """
import resource, sys
from drumspace_ext.extraction import one_input as extraction
recipe = extraction.Recipe()
small, huge = map(bytes.fromhex, sys.argv[1:])
print(extraction.extract_midi(small, 'small', recipe).reason)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(extraction.extract_midi(huge, 'huge', recipe).reason)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_37_bytes_with_one_huge_delta_cost_little_memory():
  delta = (1 << 28) - 1
  small, huge = (
      builders.midi(builders.track(
          builders.event(ticks, 0x99, 36, 100), builders.event(96, 0x89, 36, 0)
      ), division=1)
      for ticks in (0, delta)
  )
  assert len(huge) == 37
  done = subprocess.run(
      [sys.executable, '-c', _MEMORY_PROGRAM, small.hex(), huge.hex()],
      capture_output=True, text=True, check=True, timeout=300,
  )
  small_reason, huge_reason, kibibytes = done.stdout.split()
  assert small_reason == huge_reason == 'too_short'
  assert int(kibibytes) < 30 << 10


@pytest.mark.parametrize(
    ('data', 'reason', 'message'),
    [
        (b'', 'empty', '^empty$'),
        (b'PK\3\4 zip', 'not_midi', 'a zip archive'),
        (b'Rar!\x1a\7', 'not_midi', 'a RAR archive'),
        (b'\x1f\x8b\x08', 'not_midi', 'a gzip file'),
        (b'RIFF\0\0\0\0WAVE', 'not_midi', 'a RIFF file without MIDI'),
        (b'ID3\3', 'not_midi', 'sound or a picture'),
        (b'OggS', 'not_midi', 'sound or a picture'),
        (b'\n <!DOCTYPE html>', 'not_midi', 'a web page'),
        (b'<HTML><body>', 'not_midi', 'a web page'),
        (bytes(40), 'not_midi', 'zero bytes'),
        (b'404 not found', 'not_midi', 'text'),
        (b'\xff\xd8\xff\xe0', 'not_midi', 'begins with the bytes ff d8 ff e0'),
        (b'x' * 5000 + builders.midi(_drums()), 'not_midi', 'text'),
        (builders.midi(_drums(), division=0), 'bad_division', 'division 0'),
        (builders.midi(_drums(), division=0xE728), 'smpte_division',
         '25 frames a second, 40 ticks a frame'),
        (builders.midi(), 'no_drum_notes', '0 notes'),
        (builders.midi(builders.track()), 'no_drum_notes', '0 notes'),
        (builders.midi(_drums(channel=0)), 'no_drum_notes',
         'channel 1 holds pitches 36 to 38: --drum_channels=1'),
        (builders.midi(_drums([(0, 36), (0, 100)], channel=0)),
         'no_drum_notes', '2 notes, none on channel 10$'),
        (builders.midi(_drums(channel=4))[:-9], 'no_drum_notes',
         'channel 5 holds pitches 36 to 38: --drum_channels=5'),
        (builders.midi(_drums([(0, 99)], channel=4))[:-4], 'no_drum_notes',
         'channel 5 holds pitches 99 to 99$'),
        (builders.midi(builders.track())[:-1], 'damaged_midi', 'no note'),
    ],
)
def test_what_gives_no_drums_is_named_in_words(data, reason, message):
  with pytest.raises(errors.RejectedInputError, match=message) as caught:
    midi_reading.read_onsets(data)
  assert caught.value.reason == reason


@pytest.mark.parametrize(
    ('pitches', 'hinted'),
    [((22, 59), True), ((21, 59), False), ((22, 60), False),
     ((36, 37, 38, 39, 60), False), ((36, 37, 38, 39, 40, 60), True)],
)
def test_a_channel_is_hinted_at_when_most_of_it_are_drum_pitches(
    pitches, hinted
):
  data = builders.midi(_drums([(0, p) for p in pitches], channel=2))
  assert ('--drum_channels=3' in _rejected(data).detail) == hinted


def test_of_several_tracks_only_one_that_is_called_drums_is_hinted_at():
  bass = _drums(channel=3)
  named = builders.track(
      builders.meta(0, 3, b'My Drum Kit'), builders.notes(_ONSETS, channel=5)
  )
  assert _rejected(builders.midi(bass, _drums(channel=5))).detail == (
      '6 notes, none on channel 10'
  )
  high = builders.track(builders.notes([(0, 90)], channel=3))
  assert _rejected(builders.midi(high, named)).detail == (
      "track 'My Drum Kit', channel 6, holds pitches 36 to 38: "
      "--drum_tracks='My Drum Kit' or --drum_channels=6"
  )


def test_a_file_is_bounded(monkeypatch):
  data = builders.midi(_drums())
  monkeypatch.setattr(midi_kinds, 'MAX_FILE_BYTES', len(data) - 1)
  error = _rejected(data)
  assert error.reason == 'too_large'
  assert f'{len(data)} bytes; the limit is {len(data) - 1}' in error.detail
  monkeypatch.setattr(midi_kinds, 'MAX_FILE_BYTES', len(data))
  assert len(midi_reading.read_onsets(data).quarters) == 3


def _published_rows():
  path = builders.DATA_DIR / 'drum_space' / 'sampled10k_acai_filtered'
  lines = path.read_text(encoding='ascii').splitlines()
  return np.array([
      [int(code) for code in line.split('\t')[0].split(',')] for line in lines
  ])


@needs_pack
def test_the_published_pack_gives_back_the_published_patterns():
  rows = _published_rows()[:200]
  path = builders.DATA_DIR / 'drum_space' / 'midi_pack_200.zip'
  with zipfile.ZipFile(path) as archive:
    names = sorted(archive.namelist())
    files = [archive.read(name) for name in names]
  assert len(files) == 200
  for i, (name, data) in enumerate(zip(names, files)):
    assert f'filtered_{i:06d}_' in name
    onsets = midi_reading.read_onsets(data)
    codes = grids.hit_grid(onsets, _CODES, steps_per_quarter=3)
    played = np.zeros(96, np.uint16)
    played[:len(codes)] = codes
    np.testing.assert_array_equal(played, np.tile(rows[i], 3))
    found = loops.find(grids.cut(onsets, _CODES, steps_per_quarter=3))
    assert found.repeats.tolist() == [3]
    np.testing.assert_array_equal(
        step_codes.canonical(found.codes[0]), step_codes.canonical(rows[i])
    )


@needs_pack
def test_the_entropy_rule_refuses_no_published_pattern():
  rows = _published_rows()
  assert len(rows) == 5581
  assert not entropy.is_trivial(rows).any()
  assert entropy.nats(rows).min() == pytest.approx(0.9003, abs=1e-4)


@needs_odd_files
def test_every_odd_file_is_read_or_rejected_with_a_reason():
  verdicts = {}
  with tarfile.open(builders.DATA_DIR / 'odd_midi.tar.xz') as archive:
    for member in archive:
      if not member.isfile() or not member.name.lower().endswith(
          midi_kinds.EXTENSIONS
      ):
        continue
      data = archive.extractfile(member).read()
      try:
        midi_reading.read_onsets(data)
        verdicts[member.name] = None
      except errors.RejectedInputError as e:
        verdicts[member.name] = e.reason
  assert len(verdicts) == 179
  assert set(verdicts.values()) - {None} <= set(rejections.REASONS)
  by_kind = {}
  for name, verdict in verdicts.items():
    by_kind.setdefault(name.split('/')[1][:2], set()).add(verdict)
  assert by_kind['01'] == {'empty'}
  assert by_kind['02'] == by_kind['03'] == {'not_midi'}
  assert by_kind['04'] <= {None, 'no_drum_notes'}
  assert list(verdicts.values()).count(None) > 90


def test_a_zip_archive_is_no_midi_file():
  stream = io.BytesIO()
  with zipfile.ZipFile(stream, 'w') as archive:
    archive.writestr('a.mid', b'')
  assert 'a zip archive' in _rejected(stream.getvalue()).detail
