"""Packs of the page are called as those of drumspace_convert."""

import browser
import hypothesis
from hypothesis import strategies as st
import pytest

from drumspace_ext.conversion import files as conversion_files
from drumspace_ext.conversion import origins
from drumspace_ext.conversion import pack_names
from drumspace_ext.conversion import pack_readme

pytestmark = pytest.mark.browser

# Letters that one of the two does not know yet are none to it.
_TEXT = st.text(
    st.characters(exclude_categories=('Cs', 'Cn')), max_size=60
) | st.text(st.sampled_from('नमस्तेกำe1_ .\u0301\ufe0f\u2764'), max_size=20)
_GENRE = st.sampled_from(['', 'rock', 'hip_hop', 'CON', 'lpt1.x', '日本'])
# Page and package both write tenths.
_QPM = st.integers(400, 2400).map(lambda tenths: tenths / 10)


@pytest.fixture(scope='module', name='window')
def _window(tmp_path_factory):
  with browser.modules_window(
      tmp_path_factory.mktemp('browser'),
      ('beat/pack_names.js', 'app/pack.js', 'beat/file_names.js'), {},
  ) as window:
    yield window


def _origin(genre, source, model, *, has_genres=True, verdict=''):
  return origins.Origin(
      genres={genre: 1} if genre else {}, sources=(source,) if source else (),
      qpm=96.0, model=model, has_genres=has_genres, verdict=verdict,
  )


@hypothesis.given(
    genre=_GENRE | _TEXT, source=_TEXT | _TEXT.map(lambda t: f'a\\{t}/b.MIDI'),
    model=st.sampled_from(['', 'best']) | _TEXT, qpm=_QPM,
    number=st.integers(1, 10**7), count=st.integers(0, 10**6),
    has_genres=st.booleans(),
)
@hypothesis.settings(max_examples=150)
def test_names_are_those_of_the_package(
    window, genre, source, model, qpm, number, count, has_genres
):
  said = window.run("""
    const [origin, qpm, hasGenres, number, count] = args;
    return modules.packPath(modules.packName(origin, qpm, hasGenres),
      number, count, '.mid')""", {
          'genre': genre, 'source': source, 'model': model,
      }, qpm, has_genres, number, count)
  assert said == pack_names.of(
      _origin(genre, source, model, has_genres=has_genres), qpm
  ).path(number, count, '.mid')


@pytest.mark.parametrize('form', ['midi', 'wav'])
@hypothesis.given(beats=st.lists(st.tuples(
    _GENRE, st.sampled_from(['', 'best', 'new']),
    st.sampled_from(['copy', 'near', 'novel']), st.integers(40, 240),
), min_size=1, max_size=30))
@hypothesis.settings(max_examples=25)
def test_readme_is_that_of_the_package(window, form, beats):
  what = conversion_files.WHAT[form]
  readme = pack_readme.PackReadme(what)
  for genre, model, verdict, qpm in beats:
    readme.add(_origin(genre, 's', model, verdict=verdict), float(qpm))
  assert window.run(
      'return modules.readmeOf(...args)', [
          {'genre': genre, 'source': 's', 'model': model, 'verdict': verdict}
          for genre, model, verdict, _ in beats
      ], [qpm for *_, qpm in beats], what
  ) == readme.text()


@hypothesis.given(low=st.integers(40, 240), high=st.integers(40, 240))
@hypothesis.settings(max_examples=50)
def test_a_tempo_between_two_is_that_of_the_package(window, low, high):
  said = window.run(
      'return modules.whole(modules.middle({low: args[0], high: args[1]}))',
      low, high,
  )
  assert said == round((low + high) / 2)


def test_halves_go_to_the_even_tempo(window):
  assert window.run('return modules.inBpm({low: 116, high: 117})') == '116 bpm'


def test_files_of_single_beats_keep_letters_and_their_marks(window):
  said = window.run("return modules.fileName(['नमस्ते, Ta_l.', '96bpm'])")
  assert said == 'नमस्ते-ta-l_96bpm'
