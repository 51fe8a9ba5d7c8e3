"""Tests for report and report_html."""

import html.parser
import json

import hypothesis
from hypothesis import strategies as st
import numpy as np
import plain_reading
import pytest
import synthetic_songs

from drumspace_ext import rejections
from drumspace_ext.dataset import collection as collection_lib
from drumspace_ext.dataset import creation as dataset_creation
from drumspace_ext.dataset import gathered
from drumspace_ext.dataset import report as dataset_report
from drumspace_ext.dataset import report_html
from drumspace_ext.extraction import one_input
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices

_EVIL = '<img src=x onerror=alert(1)>'
_VOID = {'input', 'meta'}
_BEAT = (5, 0, 4, 0, 6, 0, 4, 0) * 4


class _Page(html.parser.HTMLParser):
  """Notes the tags of a page and checks that each one is closed."""

  def __init__(self, text):
    super().__init__()
    self.tags, self.attributes, self.text, self._open = [], [], '', []
    self.feed(text)
    self.close()
    assert not self._open

  def handle_starttag(self, tag, attrs):
    self.tags.append(tag)
    self.attributes += attrs
    if tag not in _VOID:
      self._open.append(tag)

  def handle_endtag(self, tag):
    assert self._open.pop() == tag

  def handle_data(self, data):
    self.text += data


_RECIPE = one_input.Recipe()


def _report(path, results, skipped=None, recipe=_RECIPE):
  shape = dataset_report.Shape()
  with collection_lib.Collection(path / 'scratch') as collection:
    collection.add([gathered.of_results(results, {})])
    for pattern in collection.unique_patterns():
      shape.add(pattern)
    collection.totals.skipped.update(skipped or {})
    return dataset_report.make(collection.totals, recipe, shape)


def _kept(input_id='a', codes=_BEAT, qpm=120.0, genres=(), **counts):
  packed = step_codes.codes_to_bytes(np.array(codes, np.uint16))
  canonical = step_codes.codes_to_bytes(
      np.array(plain_reading.canonical(codes), np.uint16)
  )
  return one_input.InputResult(
      input_id, genres=genres, loop_counts=[
          one_input.LoopCount(canonical, packed, 2, 7, qpm, qpm)
      ],
      counts={'with_drums': 1, 'in_4_4': 1, 'loops': 2, **counts},
  )


_rejected = st.builds(
    lambda reason, pitches: one_input.InputResult(
        'x', reason, dropped_pitches=pitches
    ),
    st.sampled_from(sorted(rejections.REASONS)),
    st.dictionaries(st.integers(0, 127), st.integers(1, 1000), max_size=20),
)
_results = st.lists(st.one_of(st.builds(_kept), _rejected), max_size=8)


@hypothesis.given(results=_results)
def test_every_input_is_accounted_for(results, tmp_path_factory):
  report = _report(tmp_path_factory.mktemp('report'), results)
  assert report['inputs'] == len(results)
  assert report['inputs'] == report['kept'] + sum(report['rejected'].values())
  assert report['kept'] == sum(r.reason is None for r in results)
  assert json.loads(json.dumps(report)) == report
  counts = list(report['rejected'].values())
  assert counts == sorted(counts, reverse=True)
  assert _Page(report_html.render(report)).text.count('Drum patterns') == 2
  assert f'inputs {len(results):>27,}' in dataset_report.summary(report)


def test_report_has_the_keys_of_the_specification(tmp_path):
  report = _report(tmp_path, [_kept()], {'.txt': 3, '.md': 1, '.pdf': 3})
  assert {
      'inputs', 'kept', 'rejected', 'loops', 'trivial', 'patterns',
      'dropped_pitches',
  } <= set(report)
  assert (report['inputs'], report['kept'], report['patterns']) == (1, 1, 1)
  assert (report['loops'], report['trivial']) == (2, 0)
  assert report['voice_table'] == voices.table_digest()
  assert list(report['skipped_files'].items()) == [
      ('.pdf', 3), ('.txt', 3), ('.md', 1)
  ]


def test_recipe_is_in_the_report(tmp_path):
  recipe = one_input.Recipe(
      steps_per_quarter=3, gap_steps=64, assume_drums=True
  )
  assert _report(tmp_path, [], recipe=recipe)['recipe'] == {
      'steps_per_quarter': 3, 'gap_steps': 64, 'assume_drums': True,
      'voices_in': 'gm14', 'min_entropy_nats': 0.9,
  }


def test_shape_counts_patterns_and_hits(tmp_path):
  shape = _report(tmp_path, [
      _kept('a', qpm=99.0), _kept('b', (3,) + (0,) * 31, qpm=100.0),
  ])['shape']
  assert shape['patterns_with_voice'] == {
      **dict.fromkeys(voices.NAMES, 0),
      'kick': 2, 'snare': 2, 'closed_hat': 1,
  }
  per_step = [bin(code).count('1') for code in _BEAT]
  per_step[0] += 2
  assert shape['hits_on_step'] == per_step
  assert shape['hits_per_step'] == round(sum(per_step) / 32 / 2, 6)
  assert shape['patterns_by_qpm'] == {'90': 1, '100': 1}
  assert shape['patterns_by_inputs'] == {'1': 2}
  assert len(shape['most_common']) == 2
  beat = next(
      example for example in shape['most_common']
      if example['step_codes'] == list(_BEAT)
  )
  assert (beat['inputs'], beat['repeats']) == (1, 7)
  assert beat['grid'][0] == (
      'closed_hat   x.x. x.x. x.x. x.x. | x.x. x.x. x.x. x.x.'
  )


def test_patterns_of_many_inputs_are_counted_together(tmp_path):
  shape = _report(tmp_path, [_kept(str(i)) for i in range(12)])['shape']
  assert shape['patterns_by_inputs'] == {'10 or more': 1}


def test_summary_is_what_a_person_wants_to_know(tmp_path):
  text = dataset_report.summary(_report(
      tmp_path, [
          _kept('rock/a', trivial=1), _kept('b'),
          one_input.InputResult(
              'c', 'no_drum_notes', dropped_pitches={27: 1200}
          ),
      ], {'.txt': 2},
  ))
  squeezed = ' '.join(text.split())
  for part in (
      'inputs 3 ', 'with drums 2 ', 'in 4/4 2 ', 'loops 4 1 of them trivial',
      'inputs with patterns 2 ', 'unique patterns 1 ', 'top genres rock 1',
      '1 no note is a drum note -> name their place with --drum_tracks or '
      '--drum_channels, or try --assume_drums',
      '1,200 notes of pitches without a voice were left out '
      '(most: 27 High Q)',
      '2 other files in these folders were not read (.txt)',
  ):
    assert part in squeezed
  assert max(map(len, text.splitlines())) <= 100


def test_summary_is_silent_about_what_did_not_happen(tmp_path):
  text = dataset_report.summary(_report(tmp_path, [_kept()]))
  assert len(text.splitlines()) == 6
  for part in ('Inputs without', 'left out', 'not read', 'genres'):
    assert part not in text


@pytest.mark.parametrize('reason', sorted(rejections.REASONS))
def test_every_reason_has_words_and_a_hint(tmp_path, reason):
  report = _report(tmp_path, [one_input.InputResult('x', reason)])
  meaning, hint = rejections.REASONS[reason]
  page = _Page(report_html.render(report)).text
  for text in (dataset_report.summary(report), page):
    assert meaning in text
    assert hint in text


def test_what_is_said_of_inputs_names_them_and_the_first_by_name(
    tmp_path, monkeypatch
):
  monkeypatch.setattr(dataset_report, '_MAX_NAMED', 2)
  results = [
      one_input.InputResult(name, 'no_loop', remarks={kind: detail})
      for name, kind, detail in (
          ('c', 'triplets', '40%'), (_EVIL, 'triplets', '30%'),
          ('b', 'triplets', '26%'), ('a', 'off_the_grid', '0.50'),
      )
  ]
  report = _report(tmp_path, results)
  assert report['remarks'] == {
      'off_the_grid': {'inputs': 1, 'named': {'a': '0.50'}},
      'triplets': {'inputs': 3, 'named': {_EVIL: '30%', 'b': '26%'}},
  }
  page = _Page(report_html.render(report)).text
  for kind in report['remarks']:
    meaning, hint = rejections.REMARKS[kind]
    for text in (dataset_report.summary(report), page):
      assert meaning in text and hint in text
  assert f'{_EVIL}: 30%' in page


def test_near_repeats_are_told_from_exact_ones(tmp_path):
  report = _report(
      tmp_path, [_kept()], recipe=one_input.Recipe(max_flips=4)
  )
  assert report['patterns_with_exact_loops'] == report['patterns']
  assert report['patterns_by_max_flips'] == {'0': report['patterns']}
  assert 'of these exact' in dataset_report.summary(report)
  plain = _report(tmp_path, [_kept()])
  assert 'patterns_with_exact_loops' not in plain
  assert 'max_flips' not in plain['recipe']


def test_page_of_near_repeats_shows_one_kind_of_pattern_at_a_time(tmp_path):
  recipe = one_input.Recipe(max_flips=4)
  report = _report(tmp_path, [_kept()], recipe=recipe)
  exact, near = (report[f'most_common_{kind}'] for kind in ('exact', 'near'))
  assert not near and [row['step_codes'] for row in exact] == [
      row['step_codes'] for row in report['shape']['most_common']
  ]
  report['most_common_near'] = [exact[0] | {'mean_flips': 1.25, 'max_flips': 3}]
  page = report_html.render(report)
  read = _Page(page)
  # By style sheet: the report has no scripts.
  assert read.attributes.count(('type', 'radio')) == 3
  assert read.attributes.count(('checked', None)) == 1
  assert '#kind-near:checked ~ .near' in page and 'script' not in read.tags
  assert 'in 1.25 cells on average and 3 at most' in read.text
  plain = report_html.render(_report(tmp_path, [_kept()]))
  assert 'radio' not in plain and 'kind' not in plain


def test_damage_is_made_of_reasons():
  assert rejections.DAMAGE < set(rejections.REASONS)


def test_page_escapes_every_name(tmp_path):
  results = [_kept(), one_input.InputResult('x', 'no_loop')]
  report = _report(tmp_path, results)
  report['genres'] = {_EVIL: 1}
  report['dropped_pitches'] = {_EVIL: 1}
  report['sections_in_other_meters'] = {_EVIL: 1}
  report['shape']['most_common'][0]['genres'] = {_EVIL: 1}
  report['shape']['most_common'][0]['grid'] = [_EVIL]
  report['shape']['patterns_by_qpm'] = {_EVIL: 1}
  page = _Page(report_html.render(report))
  assert page.text.count(_EVIL) == 6
  assert not set(page.tags) & {'img', 'script', 'a', 'link', 'iframe'}
  assert not [name for name, _ in page.attributes if name.startswith('on')]


def test_page_loads_nothing_from_outside(tmp_path):
  page = _Page(report_html.render(_report(tmp_path, [_kept()])))
  assert not {'src', 'href'} & {name for name, _ in page.attributes}
  policy = next(v for _, v in page.attributes if v and 'default-src' in v)
  assert "default-src 'none'" in policy
  assert 'script-src' not in policy


def test_long_tables_are_cut_and_nothing_is_lost_from_the_sum(tmp_path):
  report = _report(tmp_path, [one_input.InputResult(
      'x', 'no_known_voice', dropped_pitches={p: 1 for p in range(100)}
  )])
  page = ' '.join(_Page(report_html.render(report)).text.split())
  assert '70 others' in page
  assert len(report['dropped_pitches']) == 100


def test_names_of_files_reach_the_page_as_text_only(tmp_path):
  folder = tmp_path / _EVIL / 'rock <b>'
  folder.mkdir(parents=True)
  song = synthetic_songs.beat()
  (folder / f'{_EVIL}.mid').write_bytes(synthetic_songs.to_midi(song))
  (folder / '"&<i>.mid').write_bytes(b'junk')
  (folder / 'x.<script>').write_bytes(b'')
  created = dataset_creation.create(
      [str(tmp_path / _EVIL)], tmp_path / 'out', recursive=True,
      recipe=one_input.Recipe(), num_workers=0,
  )
  report = created.report
  assert (report['kept'], report['rejected']) == (1, {'not_midi': 1})
  assert report['skipped_files'] == {'.<script>': 1}
  assert report['genres'] == {'rock': 1}
  page = _Page(created.paths['report.html'].read_text('utf-8'))
  assert not set(page.tags) & {'img', 'script', 'i'}
  assert '<script>' not in created.paths['report.html'].read_text('utf-8')
  assert json.loads(
      created.paths['report.json'].read_text('utf-8')
  ) == json.loads(json.dumps(report))
  provenance = created.paths['provenance.tsv'].read_text('utf-8')
  assert f'{_EVIL}/rock <b>/{_EVIL}.mid' in provenance


@pytest.mark.parametrize('recursive', [False, True])
def test_folders_that_were_not_searched_are_said(tmp_path, recursive):
  songs = tmp_path / 'songs'
  for name in ('a.mid', 'deep/b.mid', 'deep/er/c.mid'):
    (songs / name).parent.mkdir(parents=True, exist_ok=True)
    (songs / name).write_bytes(
        synthetic_songs.to_midi(synthetic_songs.beat())
    )
  (songs / 'link').symlink_to('deep')
  made, again = (
      dataset_creation.create_dataset(
          songs, songs / 'out', recursive=recursive, num_workers=0
      ).report for _ in range(2)
  )
  # The first results are in a folder of the second run, which misses none.
  assert made == again
  assert made['inputs'] == 1 + 2 * recursive
  assert made['unsearched_folders'] == 2 - recursive
  *_, last = dataset_report.summary(made).split('\n')
  assert last.startswith(f'  {2 - recursive} folders below were not searched')
  assert '--recursive' in last
