"""Tests for midi_columns and midi_long_events."""

import builders
import drawn_events
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import pytest

from drumspace_ext.notes import midi_columns
from drumspace_ext.notes import midi_events
from drumspace_ext.notes import midi_scan

_END = b'\0\xff\x2f\0'
_DELTA = st.sampled_from(
    # Their bytes look like statuses, meta and system exclusive events.
    (0, 1, 127, 128, 480, 3300, 0x3F80, 0x3822, 0x3800, 20_000, 3_000_000)
)
_EVENT = st.one_of(
    drawn_events.usual(_DELTA),
    st.builds(builders.meta, _DELTA, st.sampled_from((1, 3, 0x7F, 0x60)),
              st.binary(max_size=8) | st.binary(min_size=128, max_size=200)),
    st.builds(builders.sysex, _DELTA, st.binary(max_size=8).map(
        lambda body: body + b'\xf7'
    ) | st.binary(max_size=8)),
)
_TRACK = st.lists(_EVENT, max_size=12).map(lambda e: b''.join(e) + _END)


def _walked(track):
  scan = midi_events.Scan(track_starts=[0])
  end = midi_scan._scan_track(track, 0, len(track), scan)
  assert (end, scan.damage) == (len(track), 0)
  return (
      scan.notes, [off[:3] for off in scan.offs], sorted(scan.tempos),
      [meter[:3] for meter in scan.meters],
  )


def _of(events, number):
  """Returns what `_walked` does, of one of some tracks."""
  own = slice(events.bounds[number] + 1, events.bounds[number + 1])
  notes, offs = [], []
  for tick, status, pitch, velocity in zip(
      (events.ticks[own] - events.ticks[events.bounds[number]]).tolist(),
      *(part[own].tolist() for part in (
          events.statuses, events.firsts, events.seconds
      )),
  ):
    if status >> 4 == 0x9 and velocity:
      notes.append((tick, status & 0xF, pitch, velocity))
    elif status >> 4 in (0x8, 0x9):
      offs.append((tick, status & 0xF, pitch))
  tempos, meters = [], []
  for place, kind, body, size in zip(
      events.long_events, events.kinds, events.bodies, events.sizes
  ):
    if own.start <= place < own.stop:
      tick = int(events.ticks[place] - events.ticks[own.start - 1])
      said = events.data[body:body + size].tobytes()
      if kind == 0x51:
        tempos.append((tick, int.from_bytes(said[:3], 'big')))
      elif kind == 0x58:
        meters.append((tick, said[0], 1 << said[1]))
  return notes, offs, sorted(tempos), meters


@given(tracks=st.lists(_TRACK, min_size=1, max_size=4))
@settings(max_examples=300)
def test_a_sound_track_is_what_a_walk_reads(tracks):
  events = midi_columns.of_tracks(tracks)
  for number, track in enumerate(tracks):
    if events.is_sound[number]:
      assert _of(events, number) == _walked(track)


@given(track=_TRACK, data=st.data())
def test_a_damaged_track_is_not_sound_or_read_as_it_is(track, data):
  damaged = bytearray(track)
  for _ in range(data.draw(st.integers(1, 3))):
    damaged[data.draw(st.integers(0, len(track) - 1))] = data.draw(
        st.integers(0, 255)
    )
  events = midi_columns.of_tracks([bytes(damaged)])
  if events.is_sound[0]:
    assert _of(events, 0) == _walked(bytes(damaged))


@given(bad=st.binary(max_size=20), track=_TRACK)
def test_a_track_does_no_harm_to_others(bad, track):
  alone = midi_columns.of_tracks([track])
  beside = midi_columns.of_tracks([bad, track, bad])
  assert beside.is_sound[1] == alone.is_sound[0]
  if alone.is_sound[0]:
    assert _of(beside, 1) == _of(alone, 0)


@given(
    numbers=st.lists(st.integers(60, 700), min_size=1, max_size=3),
    delta=st.sampled_from((0, 1, 128, 480, 20_000)),
    missing=st.integers(0, 2),
)
def test_however_many_notes_run_on_with_one_status(numbers, delta, missing):
  """More bytes below 128 than a byte can count, whole events or not."""
  track = b''.join(
      builders.event(delta, 0x99, 36, 90)
      + builders.event(1, 38, 80) * number for number in numbers
  )
  whole, cut = track + _END, track[:len(track) - missing] + _END
  events = midi_columns.of_tracks([whole, cut])
  assert events.is_sound.tolist() == [True, not missing]
  assert _of(events, 0) == _walked(whole)


def test_usual_tracks_are_sound():
  long_name = builders.meta(0, 3, b'x' * 300)
  for track in (
      b'\0\x99\x24\x64' + b'\x81\x00\x26\x40' + b'\x05\x24\x00' + _END,
      long_name + b'\0\xc9\x05' + b'\x85\x40\x99\x24\x64' + _END,
      # Delta times that begin with FF and F0.
      b'\0\x99\x24\x64\xff\x22\x99\x24\x00\xf0\x40\x89\x24\x00' + _END,
      builders.sysex(0, b'\x7e\x7f\x09\x01\xf7') + b'\0\xd9\x05' + _END,
      builders.tempo(0, 0xF0F0FF) + b'\x81\xff\xff\x00\x99\x24\x64' + _END,
  ):
    events = midi_columns.of_tracks([track])
    assert events.is_sound.tolist() == [True]
    assert _of(events, 0) == _walked(track)


@pytest.mark.parametrize('track', [
    b'', b'\0\x99\x24' + _END, b'\0\x24\x64' + _END, b'\0\x99\x24\x64',
    b'\0\xc9\x05\0\x06' + _END, b'\0\xf4\0' + _END, _END + _END,
    b'\xff\xff\xff\xff\0\x99\x24\x64' + _END, _END + b'\0',
    builders.tempo(0, 9) + b'\0\x24\x64' + _END,
], ids=[
    'empty', 'cut event', 'no status', 'no end', 'running program',
    'undefined', 'two ends', 'long delta', 'more behind the end',
    'running behind a meta event',
])
def test_what_is_not_sound(track):
  assert midi_columns.of_tracks([track]).is_sound.tolist() == [False]
