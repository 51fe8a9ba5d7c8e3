"""Tests that a number that is none is one line, whichever verb is asked."""

import functools

import played_datasets
import pytest

import drumspace_ext
from drumspace_ext import errors
from drumspace_ext import seeds

_WRONG = (
    None, float('nan'), float('inf'), -1, 2**40, 'x', '1', b'1', (), {},
    (0.1, 0.2, 0.3), 1j,
)


@pytest.fixture(scope='module', name='verbs')
def _verbs(tmp_path_factory):
  """Returns the verbs that play, and those that only draw."""
  folder = tmp_path_factory.mktemp('wrong')
  dataset, out = played_datasets.make(folder, 1), folder / 'out'
  song = folder / 'songs' / '000.mid'
  playing = {
      'generate': functools.partial(
          drumspace_ext.generate, 'shipped:ae', out, num_outputs=1
      ),
      'convert': functools.partial(
          drumspace_ext.convert, dataset, out / 'a.mid'
      ),
      'continue_beats': functools.partial(
          drumspace_ext.continue_beats, 'shipped:continue', out, num_outputs=1,
          num_steps=40,
      ),
      'run_pipeline': functools.partial(
          drumspace_ext.run_pipeline, song, out, 'loops'
      ),
  }
  return out, playing, playing | {
      'build_map': functools.partial(
          drumspace_ext.build_map, 'shipped:ae', out
      ),
      'evaluate': functools.partial(
          drumspace_ext.evaluate, dataset, out, checkpoint_file='shipped:ae'
      ),
      'train': functools.partial(
          drumspace_ext.train, dataset, out, config='smoke'
      ),
      'stream_beats': functools.partial(
          drumspace_ext.stream_beats, 'shipped:continue'
      ),
  }


@pytest.mark.parametrize('name', ['swing', 'humanize', 'groove_strength'])
@pytest.mark.parametrize(
    'verb', ['generate', 'convert', 'continue_beats', 'run_pipeline']
)
@pytest.mark.parametrize('groove', ['none', 'shipped:groove'])
def test_wrong_numbers_of_playing_are_named(verbs, verb, name, groove):
  out, playing, _ = verbs
  for wrong in _WRONG:
    with pytest.raises(errors.InputError, match=f'^{name} must be in .* got '):
      playing[verb](groove=groove, **{name: wrong})
  assert not out.exists()


@pytest.mark.parametrize('verb', [
    'generate', 'convert', 'continue_beats', 'run_pipeline', 'build_map',
    'evaluate', 'train', 'stream_beats',
])
def test_wrong_seeds_are_named(verbs, verb):
  out, _, drawing = verbs
  for wrong in (*_WRONG, 1.0, seeds.MAX + 1):
    with pytest.raises(errors.InputError, match='^seed must be a whole number'):
      drawing[verb](seed=wrong)
  assert not out.exists()


@pytest.mark.parametrize('verb', [
    'generate', 'convert', 'continue_beats', 'run_pipeline'
])
def test_no_groove_is_called_none(verbs, verb):
  out, playing, _ = verbs
  with pytest.raises(errors.InputError, match="Did you mean 'none'"):
    playing[verb](groove=None)
  assert not out.exists()
