"""Tests for beam.runners, on Beam."""

import threading

import apache_beam as beam
from apache_beam import coders
from apache_beam.runners.portability.fn_api_runner import execution
from apache_beam.runners.portability.fn_api_runner import worker_handlers
import pytest

from drumspace_ext import errors
from drumspace_ext.beam import runners as beam_runners


class _Slow(int):
  """A value that takes long to write."""


class _SlowCoder(coders.Coder):

  def encode(self, value: _Slow) -> bytes:
    # A clock of 1 ms ticks meanwhile, between an element's head and its value.
    threading.Event().wait(0.01)
    return b'%d' % value

  def decode(self, encoded: bytes) -> _Slow:
    return _Slow(encoded)

  def is_deterministic(self) -> bool:
    return True


def _checked(append):
  def checked(self, chunk):
    # An element begins with 8 bytes of time and the number of its windows.
    if int.from_bytes(chunk[8:12], 'big') != 1:
      raise ValueError('half an element')
    append(self, chunk)
  return checked


@pytest.mark.parametrize('num_workers', [1, 2])
def test_threads_send_whole_elements(monkeypatch, num_workers):
  monkeypatch.setattr(worker_handlers, 'DATA_BUFFER_TIME_LIMIT_MS', 1)
  for buffer in (execution.GroupingBuffer, execution.ListBuffer):
    monkeypatch.setattr(buffer, 'append', _checked(buffer.append))
  coders.registry.register_coder(_Slow, _SlowCoder)
  filled = beam_runners.pipeline(None, [
      '--direct_running_mode=multi_threading',
      f'--direct_num_workers={num_workers}',
  ])
  counter = beam.metrics.Metrics.counter('test', 'sum')
  _ = (
      filled
      | beam.Create(range(20))
      | beam.Map(lambda i: (i % 3, _Slow(i))).with_output_types(
          tuple[int, _Slow]
      )
      | beam.GroupByKey()
      | beam.MapTuple(lambda _, values: counter.inc(sum(values)))
  )
  result = beam_runners.run(filled)
  (found,) = result.metrics().query()['counters']
  assert found.result == sum(range(20))


@pytest.mark.parametrize('flag, message', [
    ('direct_num_workers=2', "'direct_num_workers=2': each option begins"),
    ('--direct_num_workers=-3', '=-3: give 1 or more, or 0 for one on each'),
    ('--direct_running_mode=fast', '--runner=DirectRunner: .*fast'),
])
def test_mistaken_option_is_one_line(flag, message):
  with pytest.raises(errors.InputError, match=message) as raised:
    beam_runners.pipeline(None, [flag])
  assert '\n' not in str(raised.value)
