"""Rows: what workers write for the process that started them, as JSON."""

import json

from drumspace_ext.dataset import sums


def row_to_json(item: tuple[bytes, sums.ClassSum]) -> bytes:
  """Returns the merged row of a rotation class as JSON, for `row_of_json`."""
  canonical, phase, *others, groove = item[1].row(item[0])
  return to_json((canonical.hex(), phase.hex(), *others, groove.hex()))


def row_of_json(text: bytes) -> sums.MergedRow:
  """Returns what `row_to_json` was given."""
  canonical, phase, *others, groove = json.loads(text)
  canonical, phase, groove = map(bytes.fromhex, (canonical, phase, groove))
  return canonical, phase, *others, groove


def to_json(values: tuple) -> bytes:
  """Returns plain values as JSON in UTF-8."""
  return json.dumps(values, ensure_ascii=False).encode('utf-8')
