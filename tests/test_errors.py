"""Tests for errors and rejections: the words that users and reports get."""

import ast
import pathlib
import pickle

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import pytest

import drumspace_ext
from drumspace_ext import errors
from drumspace_ext import rejections

_SOURCES = sorted(pathlib.Path(drumspace_ext.__file__).parent.rglob('*.py'))


def _raised_reasons():
  """Yields the reason of every RejectedInputError that the package raises."""
  for path in _SOURCES:
    for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
      if (
          isinstance(node, ast.Call) and node.args
          and ast.unparse(node.func).endswith('RejectedInputError')
      ):
        for part in ast.walk(node.args[0]):
          if isinstance(part, ast.Constant):
            yield part.value


@given(reason=st.sampled_from(sorted(rejections.REASONS)), detail=st.text())
@settings(max_examples=30)
def test_a_rejection_comes_back_from_another_process(reason, detail):
  error = pickle.loads(
      pickle.dumps(errors.RejectedInputError(reason, detail))
  )
  assert isinstance(error, errors.RejectedInputError)
  assert (error.reason, error.detail) == (reason, detail)
  assert str(error) == (f'{reason}: {detail}' if detail else reason)


def test_every_reason_that_is_raised_has_its_words():
  raised = set(_raised_reasons())
  assert len(raised) > 8
  assert raised <= set(rejections.REASONS)


@pytest.mark.parametrize('reason', rejections.REASONS)
def test_a_reason_says_what_it_means_and_what_to_do(reason):
  meaning, hint = rejections.REASONS[reason]
  for words in (meaning, hint):
    assert words == words.strip()
    assert words[0].islower()
    assert not words.endswith('.')


@given(recipe=st.fixed_dictionaries({}, optional={
    'max_flips': st.sampled_from([0, 1, 4, 9]),
    'min_repeats': st.integers(2, 4), 'recurring': st.booleans(),
    'meters': st.sampled_from([['4/4'], ['4/4', '2/4']]),
}))
def test_a_hint_advises_nothing_that_was_done(recipe):
  said = ' '.join(rejections.hint(r, recipe) for r in rejections.REASONS)
  done = {
      '--max_flips=4': recipe.get('max_flips', 0) >= 4,
      '--min_repeats=2': recipe.get('min_repeats', 3) <= 2,
      '--recurring': recipe.get('recurring', False),
      '--meters=4/4,2/4': '2/4' in recipe.get('meters', []),
  }
  for flag, is_done in done.items():
    assert not (is_done and flag in said)


@pytest.mark.parametrize('reason', rejections.REASONS)
def test_hints_of_the_published_recipe_are_those_of_the_reasons(reason):
  assert rejections.hint(reason, {}) == rejections.REASONS[reason][1]


def test_hints_where_something_was_done_by_hand():
  assert rejections.hint('no_loop', {'max_flips': 4}).endswith(
      'exactly: try --min_repeats=2 or --recurring'
  )
  assert rejections.hint(
      'no_loop', {'max_flips': 4, 'min_repeats': 2, 'recurring': True}
  ).endswith('exactly: try --min_repeats=1')
  assert rejections.hint('too_short', {'min_repeats': 2}).startswith(
      'a loop is two bars, twice in a row; --min_repeats=1 takes every two bars'
  )


def test_damage_is_some_of_the_reasons():
  assert rejections.DAMAGE < set(rejections.REASONS)
  assert 'no_loop' not in rejections.DAMAGE


def test_errors_of_the_caller_are_value_errors_and_those_of_data_are_not():
  for error in (
      errors.PatternError, errors.DrumMapError, errors.InputError
  ):
    assert issubclass(error, (errors.DrumspaceError, ValueError))
    assert issubclass(error, ValueError)
  for error in (errors.RejectedInputError, errors.OutputError):
    assert issubclass(error, errors.DrumspaceError)
    assert not issubclass(error, ValueError)


def test_the_reasons_cannot_be_written_to():
  with pytest.raises(TypeError, match='does not support item assignment'):
    rejections.REASONS['new'] = ('a', 'b')


@given(value=st.recursive(
    st.one_of(st.text(), st.integers(), st.floats()), st.lists
))
def test_any_value_is_shown_on_one_short_line(value):
  text = errors.shown(value)
  assert len(text.splitlines()) == 1
  assert len(text) < 2000
  assert text.isprintable()


def test_what_python_does_not_write_is_named_by_its_kind():
  deep = []
  for _ in range(100_000):
    deep = [deep]
  assert errors.shown(deep) == 'something (list) too large to be shown'
  assert errors.shown(1 << 20_000) == 'something (int) too large to be shown'


def test_text_is_cut_and_freed_of_control_codes():
  assert errors.on_one_line('a\x1b[2J\nb') == 'a\\x1b[2J b'
  assert errors.on_one_line('abcdef', 3) == 'abc...'


@pytest.mark.parametrize('verb, arguments, wrong', [
    ('generate', ['shipped:ae', 'OUT'], ['num_outputs', 'num_draws']),
    ('evaluate', ['IN', 'OUT'], ['num_outputs']),
    ('run_pipeline', ['IN', 'OUT', 'bars'], ['num_outputs', 'tile']),
    ('build_map', ['shipped:ae', 'OUT'], ['num_outputs']),
    ('train', ['IN', 'OUT'], ['num_steps']),
    ('create_dataset', ['IN', 'OUT'], ['tile']),
    ('convert', ['IN', 'OUT.zip'], ['tile']),
    ('continue_beats', ['shipped:continue', 'OUT', 'IN'], ['num_outputs']),
])
def test_number_that_is_too_small_is_refused_in_python_too(
    tmp_path, verb, arguments, wrong
):
  path = tmp_path / 'one.tsv'
  path.write_text(','.join(map(str, [5, 1] * 16)) + '\n')
  places = {'IN': path, 'OUT': tmp_path / 'out', 'OUT.zip': tmp_path / 'o.zip'}
  for name in wrong:
    with pytest.raises(
        errors.InputError, match=f'{name} must be at least 1, got 0'
    ):
      getattr(drumspace_ext, verb)(
          *(places.get(a, a) for a in arguments), **{name: 0}
      )
  assert list(tmp_path.iterdir()) == [path]
