"""Tests for midi_kits."""

from hypothesis import given
from hypothesis import strategies as st
import pytest

from drumspace_ext.notes import midi_kits

_GS = bytes.fromhex('41 10 42 12 40 11 15 01 00 f7')
_XG_ON = (midi_kits.MODE, -1, 4)
_GS_ON = (midi_kits.MODE, -1, 3)


def _flags(notes, messages, **kwargs):
  """Says what notes of one track are; both are (tick, ...) in file order."""
  events = sorted(
      [(tick, i, None) for i, (tick, _) in enumerate(notes)]
      + [(m[0], -1, m) for m in messages], key=lambda event: event[:2],
  )
  made, number = [], 0
  for _, i, message in events:
    if message is None:
      number = i + 1
    else:
      tick, kind, channel, value = message
      made.append(midi_kits.Message(tick, 0, number, kind, channel, value))
  rows = [(tick, channel, 60, 100) for tick, channel in notes]
  return midi_kits.are_drums(rows, [0], made, **kwargs).tolist()


def _bank(tick, channel, value):
  return tick, midi_kits.BANK, channel, value


@given(
    channels=st.lists(st.integers(0, 15), max_size=10),
    changes=st.lists(st.tuples(
        st.integers(0, 9), st.integers(0, 15), st.sampled_from((0, 121, 127))
    ), max_size=6),
)
def test_a_bank_holds_until_the_next_one_of_its_channel(channels, changes):
  changes.sort(key=lambda change: change[0])
  notes = [(tick, channel) for tick, channel in enumerate(channels)]
  flags = _flags(notes, [_bank(*change) for change in changes])
  for (tick, channel), is_drum in zip(notes, flags):
    banks = [0] + [
        value for at, of, value in changes if of == channel and at <= tick
    ]
    assert is_drum == (channel == 9 or banks[-1] == 127)


@given(
    notes=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), max_size=9),
    second=st.integers(0, 9),
    banks=st.dictionaries(st.integers(0, 9), st.tuples(
        st.integers(0, 1), st.integers(0, 9), st.integers(0, 3),
        st.sampled_from((0, 127)),
    )),
)
def test_in_a_track_the_order_counts_and_between_tracks_the_tick(
    notes, second, banks
):
  starts = [0, min(second, len(notes))]
  rows = [(tick, channel, 36, 9) for tick, channel in notes]
  said = [
      midi_kits.Message(tick, track, number, midi_kits.BANK, channel, value)
      for tick, (track, number, channel, value) in sorted(banks.items())
  ]
  flags = midi_kits.are_drums(rows, starts, said)
  for i, (tick, channel) in enumerate(notes):
    before = [
        m.value for m in said if m.channel == channel and (
            m.tick < tick or m.tick == tick
            and (m.track != (i >= starts[1]) or m.number <= i)
        )
    ]
    assert flags[i] == ([0, *before][-1] == 127)


@pytest.mark.parametrize('bank', [120, 126, 127])
def test_a_bank_of_kits_needs_the_program_of_one_or_a_system_that_has_it(bank):
  notes = [(0, 3)]
  assert _flags(notes, [_bank(0, 3, bank)]) == [True]
  for program, is_kit in ((0, True), (25, True), (48, True), (84, False)):
    messages = [_bank(0, 3, bank), (0, midi_kits.PROGRAM, 3, program)]
    assert _flags(notes, messages) == [is_kit]
    assert _flags(notes, [(0, *_XG_ON), *messages]) == [True]
    assert _flags(notes, [(0, *_GS_ON), *messages]) == [False]


def test_a_reset_undoes_what_came_before_it():
  notes = [(0, 3), (5, 3), (9, 3), (9, 9)]
  messages = [_bank(0, 3, 127), (5, *_XG_ON), _bank(7, 3, 127)]
  assert _flags(notes, messages) == [True, False, True, True]
  # At one tick it goes first, whatever track it stands on.
  reset = midi_kits.Message(0, 1, 1, *_XG_ON)
  bank = midi_kits.Message(0, 0, 0, midi_kits.BANK, 3, 127)
  assert midi_kits.are_drums([(0, 3, 36, 9)], [0, 1], [bank, reset]).all()


def test_channel_10_is_a_kit_whatever_its_bank_but_in_gm2():
  for bank in (0, 121, 127):
    assert _flags([(0, 9)], [_bank(0, 9, bank)]) == [True]
  gm2 = (0, midi_kits.MODE, -1, 2)
  assert _flags([(0, 9)], [gm2, _bank(0, 9, 120)]) == [True]
  assert _flags([(0, 9)], [gm2, _bank(0, 9, 121)]) == [False]


def test_within_a_track_the_order_decides_and_other_tracks_go_before():
  notes = [(0, 3, 36, 9), (0, 3, 38, 9)]
  between = midi_kits.Message(0, 0, 1, midi_kits.BANK, 3, 127)
  assert midi_kits.are_drums(notes, [0], [between]).tolist() == [False, True]
  elsewhere = midi_kits.Message(0, 1, 2, midi_kits.BANK, 3, 127)
  assert midi_kits.are_drums(notes, [0, 2], [elsewhere]).all()


def test_a_style_has_rhythm_on_channel_9_too():
  assert _flags([(0, 8), (0, 9), (0, 0)], [], is_style=True) == [
      True, True, False,
  ]
  # With any program: styles come with kits of their keyboards.
  messages = [_bank(0, 8, 127), (0, midi_kits.PROGRAM, 8, 87)]
  assert _flags([(0, 8)], messages, is_style=True) == [True]
  assert _flags([(0, 8)], [_bank(0, 8, 0)], is_style=True) == [False]


@pytest.mark.parametrize(
    ('part', 'channel'),
    [(0, 9), (1, 0), (2, 1), (9, 8), (10, 10), (15, 15)],
)
def test_a_gs_message_makes_and_unmakes_a_kit(part, channel):
  for value, is_kit in ((0, 0), (1, 1), (2, 1)):
    body = bytes.fromhex('411042124010') + bytes((0x15, value, 0, 0xF7))
    body = body[:5] + bytes((0x10 | part,)) + body[6:]
    assert midi_kits.of_sysex(body) == (midi_kits.PART, channel, is_kit)
    messages = [(0, *midi_kits.of_sysex(body))]
    assert _flags([(0, channel)], messages) == [bool(is_kit)]
    # A GS part keeps its kit whatever bank is selected.
    assert _flags([(0, channel)], [*messages, _bank(0, channel, 0)]) == [
        bool(is_kit)
    ]


def test_the_part_mode_of_xg_holds_until_a_bank_is_selected():
  body = bytes.fromhex('43 10 4c 08 0a 07 02 f7')
  assert midi_kits.of_sysex(body) == (midi_kits.PART, 10, 1)
  messages = [(0, *_XG_ON), (0, *midi_kits.of_sysex(body)), _bank(5, 10, 0)]
  assert _flags([(0, 10), (5, 10)], messages) == [True, False]


@pytest.mark.parametrize('body', [
    '41 10 42 12 40 21 15 01 00 f7', '41 10 42 12 40 11 16 01 00 f7',
    '43 10 42 12 40 11 15 01 00 f7', '41 10 43 12 40 11 15 01 00 f7',
    '41 10 42 12 40 11 15', '43 10 4c 08 1a 07 02 f7', '43 10 4c 08 0a 08 02',
    '', '7e 7f 09 02 f7',
])
def test_another_system_exclusive_message_says_nothing(body):
  assert midi_kits.of_sysex(bytes.fromhex(body)) is None


@given(body=st.binary(max_size=12))
def test_any_bytes_may_stand_in_a_message(body):
  found = midi_kits.of_sysex(body)
  assert found is None or -1 <= found[1] < 16
