"""Tests for near_hints."""

import random

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest
import step_songs

from drumspace_ext.dataset import report
from drumspace_ext.dataset import sums
from drumspace_ext.extraction import near_hints
from drumspace_ext.extraction import one_input
from drumspace_ext.extraction import reading
from drumspace_ext.notes import onsets as onsets_lib

_PITCHES = (36, 38, 42, 46)
# A beat that is no plain pulse.
_BEAT = [(0, 36), (4, 38), (6, 42), (10, 36), (12, 38), (20, 38), (26, 42),
         (30, 46), (31, 42)]


def _read(name, notes):
  return reading.Read(name, onsets_lib.DrumOnsets(
      quarters=np.array([step / 4 for step, _ in notes], np.float64),
      pitches=np.array([pitch for _, pitch in notes], np.uint8),
  ))


def _song(number):
  """A song with some repeats, or with none."""
  codes = step_songs.noisy_song(random.Random(number), 2)
  return _read(f'{number}', [
      (step, _PITCHES[voice]) for step, code in enumerate(codes)
      for voice in range(4) if code >> voice & 1
  ] or [(0, 36)])


def _varied():
  """A beat that is played three times, each time with another hit."""
  return [
      (32 * play + step, pitch) for play in range(3)
      for step, pitch in [*_BEAT, (8 + play, 46)]
  ]


def _totals(reads, sampler=None):
  totals = sums.Totals()
  for result in one_input.extract_reads(reads, one_input.Recipe(), sampler):
    totals.add(result)
  return totals


@given(st.permutations([f'{n:02}' for n in range(12)]), st.integers(0, 5))
def test_what_is_among_the_least_met_is_tried_and_no_more(digests, size):
  sampler = near_hints.Sampler(size)
  assert [sampler.chooses(digest) for digest in digests] == [
      digest in sorted(digests[:met])[:size]
      for met, digest in enumerate(digests, 1)
  ]


def test_inputs_of_one_name_are_several():
  tried = near_hints.tries(
      [('a', step_songs.pieces([code, 0, 4])) for code in (1, 2)],
      one_input.Recipe(), near_hints.Sampler(),
  )
  assert len(set(tried)) == 2 and near_hints.counted(tried).tried == 2


def test_a_varied_beat_is_counted_and_noise_is_not():
  noise = [(step * 7 % 97 + step, _PITCHES[step * step % 4])
           for step in range(60)]
  reads = [_read('a', _varied()), _read('b', noise)]
  totals = _totals(reads)
  made = report.make(totals, one_input.Recipe(), report.Shape())
  assert made['rejected'] == {'no_loop': 2}
  assert made[report.TRIED] == {
      'max_flips': 4, 'tried': 2, 'found': 1, 'inputs': 1
  }
  assert report.hint(made, 'no_loop').startswith(
      '--max_flips=4 finds beats in 1 of these 2; '
  )
  assert '-> --max_flips=4 finds beats in 1 of' in report.summary(made)


def test_what_finds_nothing_is_not_what_to_try():
  noise = [(step * 7 % 97 + step, _PITCHES[step * step % 4])
           for step in range(60)]
  made = report.make(
      _totals([_read('b', noise)]), one_input.Recipe(), report.Shape()
  )
  assert report.hint(made, 'no_loop') == (
      '--max_flips=4 finds beats in 0 of these 1; try --min_repeats=2 or '
      '--recurring'
  )


def test_what_is_reached_already_is_not_tried():
  (result,) = one_input.extract_reads(
      [_read('a', [(step * 7 % 97 + step, _PITCHES[step * step % 4])
                   for step in range(60)])], one_input.Recipe(recurring=True)
  )
  assert result.reason == 'no_loop'
  assert not result.tried


@settings(max_examples=25)
@given(
    numbers=st.lists(st.integers(0, 400), min_size=1, max_size=12,
                     unique=True),
    order=st.randoms(use_true_random=False), sample=st.integers(1, 5),
)
def test_tries_that_count_depend_on_no_order_and_no_worker(
    numbers, order, sample
):
  songs = [_song(number) for number in numbers]
  with pytest.MonkeyPatch.context() as patch:
    patch.setattr(near_hints, 'SAMPLE', len(songs))
    every = sorted(_totals(songs).tried)
    patch.setattr(near_hints, 'SAMPLE', sample)
    order.shuffle(songs)
    workers = [near_hints.Sampler() for _ in range(2)]
    merged = sums.Totals()
    while songs:
      load = [songs.pop() for _ in range(min(len(songs), 3))]
      part = _totals(load, order.choice([*workers, None]))
      merged.merge(sums.Totals.of_plain(part.as_plain()))
  assert sorted(merged.tried) == every[:sample]


def test_a_sample_stands_for_all():
  tried = [f'{i:02d}{"+" if i % 4 == 0 else "-"}' for i in range(64)]
  counted = near_hints.counted(reversed(tried))
  assert counted == (24, 6)
  assert counted.of(1618) == 404
  assert near_hints.counted([]).of(5) == 0


def test_a_sampler_tries_the_least_it_has_met():
  sampler = near_hints.Sampler()
  first = [f'{i:03d}' for i in range(100, 100 + near_hints.SAMPLE)]
  assert all(sampler.chooses(digest) for digest in first)
  assert not sampler.chooses('999')
  assert sampler.chooses('000')
  assert sampler.chooses('000')
  assert not sampler.chooses(first[-1])


def test_a_sample_is_said_with_what_it_rests_on():
  said = report.hint({
      'rejected': {'no_loop': 1621},
      report.TRIED: {'max_flips': 4, 'tried': 24, 'found': 11, 'inputs': 743},
  }, 'no_loop')
  assert said.startswith(
      '--max_flips=4 finds beats in 11 of 24 that were tried, so in about 740 '
      'of these 1,621; '
  )
