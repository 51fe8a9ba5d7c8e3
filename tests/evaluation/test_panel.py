"""Tests for the panel, its table and its page."""

import copy
import html.parser
import json
import re

import numpy as np
import pytest
import told_steps

from drumspace_ext import errors
from drumspace_ext.evaluation import columns
from drumspace_ext.evaluation import html as evaluation_html
from drumspace_ext.evaluation import metrics
from drumspace_ext.evaluation import panel as evaluation
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices
from drumspace_ext.starter import beats as starter_beats

_EVIL = '<script>alert("x")</script>&'


@pytest.fixture(scope='module', name='beats')
def _beats():
  hits = np.stack([starter.hits for starter in starter_beats.load()])
  return np.random.default_rng(2).permutation(hits)


@pytest.fixture(scope='module', name='given')
def _given(beats):
  """Rows, held-out patterns and training patterns."""
  training = beats[260:]
  silent = np.zeros((60, 32, 14), np.bool_)
  rows = [
      evaluation.Row(name='copies', hits=training[:80]),
      evaluation.Row(name=_EVIL, hits=silent),
  ]
  return rows, beats[:260], step_codes.hits_to_step_codes(training)


@pytest.fixture(scope='module', name='panel')
def _panel(given):
  rows, heldout, training = given
  return evaluation.evaluate(rows, heldout, training, seed=5)


def _numbers(panel, name):
  (row,) = (row for row in panel['rows'] if row['name'] == name)
  return {key: number['value'] for key, number in row['numbers'].items()}


# The panel.


def test_real_rows_are_always_there_at_both_ends(panel):
  assert [row['name'] for row in panel['rows']] == [
      'real, training patterns', 'copies', _EVIL, 'real, voices shuffled'
  ]
  assert [row['patterns'] for row in panel['rows']] == [60, 80, 60, 60]
  # The smallest row sets the size.
  assert panel['settings']['patterns_per_row'] == 60
  assert all(sum(row['distances']) == 60 for row in panel['rows'])


def test_ceiling_and_floor_stand_where_they_should(panel):
  ceiling = _numbers(panel, evaluation.CEILING)
  floor = _numbers(panel, evaluation.FLOOR)
  assert 0.3 < ceiling['auc'] < 0.7
  assert floor['auc'] > 0.9
  assert ceiling['precision'] > floor['precision'] + 0.3
  assert ceiling['distance'] < floor['distance']
  assert ceiling['novel'] == ceiling['distinct'] == 1
  # Voices keep their hits, so the density is that of the ceiling.
  assert floor['hits_per_step'] == ceiling['hits_per_step']


def test_copies_are_real_but_not_novel(panel):
  numbers = _numbers(panel, 'copies')
  assert numbers['auc'] < 0.75
  assert numbers['pass'] == numbers['distinct'] == numbers['novel'] == 0
  assert numbers['distance'] == 0
  assert panel['rows'][1]['distances'] == [60]


def test_silence_is_told_apart_and_does_not_pass(panel):
  numbers = _numbers(panel, _EVIL)
  assert numbers['auc'] > 0.95
  assert numbers['pass'] == numbers['hits_ratio'] == numbers['recall'] == 0
  assert numbers['novel'] == 1


def test_every_number_has_an_interval_that_holds_it(panel):
  for row in panel['rows']:
    assert set(row['numbers']) == {
        *evaluation.COLUMNS, 'auc_logistic', 'auc_trees'
    }
    for number in row['numbers'].values():
      assert number['low'] <= number['value'] <= number['high']


def test_panel_is_plain_json_and_the_same_again(given, panel):
  rows, heldout, training = given
  text = json.dumps(panel, allow_nan=False)
  assert json.loads(text) == panel
  steps = told_steps.ToldSteps()
  again = evaluation.evaluate(
      rows, heldout, training, seed=5, on_step=steps
  )
  assert json.dumps(again) == text
  steps.check()
  assert [what for _, _, what in steps[:-1]] == [
      f'judging {row["name"]}' for row in panel['rows']
  ]
  assert panel['format_version'] == evaluation.FORMAT_VERSION
  assert panel['settings']['resamples'] == metrics.NUM_RESAMPLES
  assert panel['settings']['seed'] == 5
  assert panel['digests']['voice_table'] == voices.table_digest()


def test_hits_per_voice_are_those_of_the_patterns(panel, given):
  _, heldout, _ = given
  shown = panel['reference']['hits_per_voice']
  assert list(shown) == list(voices.NAMES)
  ceiling = panel['rows'][0]['hits_per_voice']
  assert panel['rows'][2]['hits_per_voice'] == dict.fromkeys(voices.NAMES, 0)
  # Training patterns have about as many.
  for name, mean in zip(voices.NAMES, heldout.sum(1).mean(0)):
    assert abs(shown[name] - mean) < 3 and abs(ceiling[name] - mean) < 4


def test_shuffling_keeps_the_hits_of_each_voice_and_nothing_else(beats):
  shuffled = evaluation.shuffle_voices(beats, rng=np.random.default_rng(0))
  np.testing.assert_array_equal(shuffled.sum(1), beats.sum(1))
  # What four steps later would repeat is gone.
  lags = metrics.features(shuffled)[:, -3:].mean(0)
  assert (lags < metrics.features(beats)[:, -3:].mean(0) - 0.1).all()
  # Voices that fell together do so no more than by chance.
  def together(hits):
    return (hits[..., 0] & hits[..., 2]).sum()
  assert together(shuffled) < 0.8 * together(beats)


def test_digest_is_of_the_patterns_in_their_order(beats):
  assert evaluation.digest(beats) == evaluation.digest(beats.copy())
  assert evaluation.digest(beats) != evaluation.digest(beats[::-1])


@pytest.mark.parametrize(('names', 'sizes', 'heldout', 'match'), [
    (['few'], [49], 260, 'few has 49 patterns, at least 50'),
    (['a'], [60], 99, '99 patterns are held out, at least 100'),
    (['a', 'a'], [60, 60], 260, "two rows are called 'a'"),
    ([evaluation.FLOOR], [60], 260, 'two rows are called'),
    (['a'], [60], 300, '99 patterns are for training, at least 100'),
])
def test_what_cannot_be_judged_is_refused(beats, names, sizes, heldout, match):
  rows = [
      evaluation.Row(name=name, hits=beats[:size])
      for name, size in zip(names, sizes)
  ]
  training = step_codes.hits_to_step_codes(
      beats[302 if heldout == 300 else 300:]
  )
  with pytest.raises(errors.InputError, match=match):
    evaluation.evaluate(rows, beats[:heldout], training, seed=0)


# The table.


def test_table_has_a_line_of_words_for_each_column(panel):
  lines = evaluation.to_text(panel).splitlines()
  assert all(len(line) <= 85 for line in lines)
  headers = lines[0].split()
  assert headers == [c.header for c in evaluation.COLUMNS.values()]
  for column in evaluation.COLUMNS.values():
    assert f'{column.header:10} {column.words}' in lines


def test_a_sentence_says_how_hard_they_are_to_tell_from_real_ones():
  made = {'rows': [
      {'name': name, 'numbers': {'auc': {'value': value}}}
      for name, value in (('real', 0.5), ('a', 0.966), ('b', 0.561))
  ]}
  assert evaluation.in_words(made, {'a': "your model's", 'b': "best's"}) == (
      "A classifier tells your model's beats from real ones 97 of 100 times, "
      "best's 56 (chance: 50)."
  )


def test_table_shows_each_value_over_its_interval(panel):
  lines = evaluation.to_text(panel).splitlines()
  at = lines.index('copies (80 patterns)')
  values, intervals = lines[at + 1].split(), lines[at + 2].split()
  numbers = panel['rows'][1]['numbers']
  assert len(values) == len(intervals) == len(evaluation.COLUMNS)
  assert values[0] == f'{numbers["auc"]["value"]:.2f}'
  low, high = intervals[0].split('-')
  assert float(low) == round(numbers['auc']['low'], 2)
  assert float(high) == round(numbers['auc']['high'], 2)
  # 0 without doubt: one number.
  assert intervals[3] == '.00'


def test_numbers_above_ten_keep_their_zeros():
  number = {'value': 20.4, 'low': 10.2, 'high': 100.3}
  assert columns.interval_text(number, 1) == '10.2-100.3'


def test_notes_are_shown(panel):
  noted = copy.deepcopy(panel) | {'notes': ['Mind <this>.']}
  assert 'Mind <this>.' in evaluation.to_text(noted)
  assert 'Mind &lt;this&gt;.' in evaluation_html.render(noted)


# The page.


class _Page(html.parser.HTMLParser):
  """Collects tags, and checks that they are closed in order."""

  _VOID = frozenset({'meta'})

  def __init__(self, text):
    super().__init__()
    self.tags, self.text, self._open = [], [], []
    self.feed(text)
    self.close()
    assert not self._open

  def handle_starttag(self, tag, attrs):
    self.tags.append((tag, dict(attrs)))
    if tag not in self._VOID:
      self._open.append(tag)

  def handle_startendtag(self, tag, attrs):
    self.tags.append((tag, dict(attrs)))

  def handle_endtag(self, tag):
    assert self._open.pop() == tag

  def handle_data(self, data):
    self.text.append(data)


def test_page_is_whole_and_reaches_for_nothing(panel):
  page = _Page(evaluation_html.render(panel))
  tags = {tag for tag, _ in page.tags}
  assert not tags & {'script', 'link', 'img', 'iframe', 'object', 'a'}
  assert not any(
      name.startswith('on') or name in ('src', 'href', 'style')
      for _, attrs in page.tags for name in attrs
  )
  (policy,) = (
      attrs['content'] for tag, attrs in page.tags
      if attrs.get('http-equiv') == 'Content-Security-Policy'
  )
  assert policy.startswith("default-src 'none'")
  assert 'prefers-color-scheme: dark' in ''.join(page.text)
  assert _EVIL in page.text


def test_page_shows_every_number_with_its_meaning(panel):
  text = ''.join(_Page(evaluation_html.render(panel)).text)
  for key, column in evaluation.COLUMNS.items():
    assert f'{column.header}: {column.words}' in text
    for row in panel['rows']:
      number = row['numbers'][key]
      assert f'{number["value"]:.{column.decimals}f}' in text
      assert columns.interval_text(number, column.decimals) in text
  trees = panel['rows'][1]['numbers']['auc_trees']['value']
  assert f'trees {trees:.2f}' in text


def test_dots_lie_on_their_whiskers_inside_the_plot(panel):
  page = evaluation_html.render(panel)
  plots = re.findall(
      r'class="whisker" x1="([\d.]+)" x2="([\d.]+)".*?cx="([\d.]+)"', page
  )
  assert len(plots) == len(evaluation.COLUMNS) * len(panel['rows'])
  for plot in plots:
    low, high, dot = map(float, plot)
    assert 0 < low <= dot <= high < 320
  # The floor's AUC stands far right of the ceiling's.
  assert float(plots[3][2]) > float(plots[0][2]) + 50


def test_histogram_has_a_bar_for_each_distance(panel):
  page = evaluation_html.render(panel)
  shown = re.findall(r'<title>(\d+) bits: (\d+)</title>', page)
  assert ('0', '60') in shown
  assert sum(int(count) for _, count in shown) == 60 * len(panel['rows'])


def test_page_of_numbers_that_are_all_zero_is_drawn(panel):
  flat = copy.deepcopy(panel)
  for row in flat['rows']:
    row['numbers']['distance'] = {'value': 0.0, 'low': 0.0, 'high': 0.0}
    row['hits_per_voice'] = dict.fromkeys(voices.NAMES, 0.0)
  flat['reference']['hits_per_voice'] = dict.fromkeys(voices.NAMES, 0.0)
  _Page(evaluation_html.render(flat))


@pytest.mark.browser
def test_page_shows_dots_and_numbers_on_a_phone(window, panel, tmp_path):
  path = tmp_path / 'evaluation.html'
  path.write_text(evaluation_html.render(panel), encoding='utf-8')
  try:
    window.resize(360, 640)
    window.open(path)
    ends = window.run("""
      return [...document.querySelectorAll('table:not(.voices) *')].map((e) =>
        e.getBoundingClientRect().right)""")
  finally:
    window.resize(1280, 900)
  assert len(ends) > 100 and max(ends) <= 360
