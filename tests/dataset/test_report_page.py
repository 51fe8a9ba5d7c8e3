"""Tests of the report as a page in a browser."""

import json

import mixed_inputs
import pytest

from drumspace_ext.dataset import report_html

pytestmark = pytest.mark.browser


def test_bars_of_the_report_are_seen_on_a_phone(window, tmp_path):
  out = tmp_path / 'out'
  songs = mixed_inputs.write_midi(tmp_path / 'in', mixed_inputs.SONGS)
  mixed_inputs.create_here([songs], out)
  report = json.loads((out / 'report.json').read_text('utf-8'))
  path = tmp_path / 'report.html'
  path.write_text(report_html.render(report), encoding='utf-8')
  try:
    window.resize(360, 640)
    window.open(path)
    page, widest = window.run("""return [document.body.scrollWidth, Math.max(
      ...[...document.querySelectorAll('.bar')].map((bar) => bar.clientWidth))]
      """)
  finally:
    window.resize(1280, 900)
  assert page <= 360 and widest > 100
