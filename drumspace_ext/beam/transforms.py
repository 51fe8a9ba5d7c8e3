"""Beam stages: listing, reading and merging inputs on Apache Beam.

The verdict on an input and the counts are those of `spreading.reading`, the
sums of a rotation class those of `dataset.sums`; here they are only spread over
workers. An element on the way is a load.
"""

from collections.abc import Iterable
from collections.abc import Iterator

import apache_beam as beam
from apache_beam import coders
from apache_beam import metrics
from apache_beam import typehints

from drumspace_ext.beam import rows as rows_lib
from drumspace_ext.dataset import sums
from drumspace_ext.inputs import listing as inputs
from drumspace_ext.spreading import reading as reading_lib

# Tags of outputs, and the beginnings of the names of what is written.
PATTERNS, REJECTED, TOTALS = 'patterns', 'rejected', 'totals'
NAMESPACE = 'drumspace_ext'


class ListFiles(beam.DoFn):
  """Groups of roots into loads; what is no input is counted in `TOTALS`."""

  def __init__(self, reading: reading_lib.Reading):
    """Takes how workers read."""
    super().__init__()
    self._reading = reading

  def process(self, roots: tuple[reading_lib.Root, ...]) -> Iterator:
    """Yields the loads behind some roots."""
    for found in reading_lib.listed(roots, self._reading):
      if isinstance(found, sums.Totals):
        yield beam.pvalue.TaggedOutput(TOTALS, found.as_plain())
      else:
        yield found


@typehints.with_output_types(tuple[bytes, sums.Occurrence])
class ReadInputs(beam.DoFn):
  """Loads into occurrences by rotation class, rejected inputs and totals."""

  def __init__(self, reading: reading_lib.Reading):
    """Takes how to read."""
    super().__init__()
    self._reading = reading

  def setup(self) -> None:
    """Prepares the process that reads; it starts with the first load."""
    self._reader = reading_lib.Reader(self._reading, threaded=True)

  def teardown(self) -> None:
    """Ends the process that reads."""
    self._reader.close()

  def process(self, load: reading_lib.Load) -> Iterator:
    """Yields (rotation class, occurrence), and the rest by its tag."""
    totals = sums.Totals()
    for part in self._reader.read(load):
      totals.merge(part.totals)
      for rejected in part.rejected:
        yield beam.pvalue.TaggedOutput(REJECTED, rejected)
      for row in part.occurrences:
        yield row[0], row
    yield beam.pvalue.TaggedOutput(TOTALS, totals.as_plain())
    for name, count in (
        ('inputs', totals.num_inputs), ('kept', totals.num_kept),
        *((f'rejected_{r}', count) for r, count in totals.rejected.items()),
    ):
      metrics.Metrics.counter(NAMESPACE, name).inc(count)


class _ClassSumCoder(coders.Coder):
  """`ClassSum`s as built-in values, which is shorter than pickled."""

  _plain = coders.FastPrimitivesCoder()

  def encode(self, value: sums.ClassSum) -> bytes:
    return self._plain.encode(value.as_plain())

  def decode(self, encoded: bytes) -> sums.ClassSum:
    return sums.ClassSum.of_plain(self._plain.decode(encoded))

  def is_deterministic(self) -> bool:
    return False


class SumClasses(beam.CombineFn):
  """Occurrences of one rotation class into its `ClassSum`."""

  def create_accumulator(self) -> sums.ClassSum:
    """Returns an empty sum."""
    return sums.ClassSum()

  def add_input(
      self, total: sums.ClassSum, row: sums.Occurrence
  ) -> sums.ClassSum:
    """Adds an occurrence."""
    total.add(row)
    return total

  def merge_accumulators(
      self, totals: Iterable[sums.ClassSum]
  ) -> sums.ClassSum:
    """Adds the sums of several workers."""
    merged = sums.ClassSum()
    for total in totals:
      merged.merge(total)
    return merged

  def extract_output(self, total: sums.ClassSum) -> sums.ClassSum:
    """Returns the sum."""
    return total

  def get_accumulator_coder(self) -> coders.Coder:
    """Returns how a sum is sent to another worker."""
    return _ClassSumCoder()


def sum_totals(values: Iterable[tuple]) -> tuple:
  """Returns the sum of plain `Totals`."""
  merged = sums.Totals()
  for plain in values:
    merged.merge(sums.Totals.of_plain(plain))
  return merged.as_plain()


def build(
    pipeline: beam.Pipeline, listing: inputs.Listing,
    reading: reading_lib.Reading, prefix: str,
) -> None:
  """Adds everything to a pipeline, from roots to files of rows.

  Nothing is gathered on one worker but the counts. The files are TFRecords of
  JSON, named `prefix` with `PATTERNS`, `REJECTED` or `TOTALS` behind it.

  Args:
    pipeline: Where the stages go.
    listing: From `inputs.find_roots`.
    reading: How workers read.
    prefix: What the names of the files begin with, on any filesystem of Beam.
  """
  listed = (
      pipeline
      | 'Roots' >> beam.Create(
          reading_lib.groups_of_roots(listing), reshuffle=True
      )
      | 'List' >> beam.ParDo(ListFiles(reading)).with_outputs(
          TOTALS, main='loads'
      )
  )
  read = (
      listed.loads
      | 'SpreadLoads' >> beam.Reshuffle()
      | 'Read' >> beam.ParDo(ReadInputs(reading)).with_outputs(
          REJECTED, TOTALS, main='occurrences'
      )
  )
  rows = {
      PATTERNS: (
          read.occurrences
          | 'SumClasses' >> beam.CombinePerKey(SumClasses())
          | 'Rows' >> beam.Map(rows_lib.row_to_json)
      ),
      REJECTED: read[REJECTED] | 'Rejected' >> beam.Map(rows_lib.to_json),
      TOTALS: (
          (listed[TOTALS], read[TOTALS])
          | 'Totals' >> beam.Flatten()
          | 'SumTotals' >> beam.CombineGlobally(sum_totals)
          | 'Counts' >> beam.Map(rows_lib.to_json)
      ),
  }
  for name, collection in rows.items():
    _ = collection | f'Write_{name}' >> beam.io.WriteToTFRecord(
        prefix + name, coder=coders.BytesCoder()
    )
