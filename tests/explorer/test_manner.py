"""Tests of the page that plays like a file or a dataset: Python is its measure.
"""

import browser
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import map_builders
import map_pages
import numpy as np
import played_datasets
import played_pages
import pytest
import tiny_grooves

from drumspace_ext import errors
from drumspace_ext.dataset import examples
from drumspace_ext.explorer import groove_data
from drumspace_ext.explorer import page as map_page
from drumspace_ext.explorer import page_data
from drumspace_ext.patterns import dynamics
from drumspace_ext.patterns import groove_sums
from drumspace_ext.patterns import grooves
from drumspace_ext.patterns import step_codes
from drumspace_ext.playing import players
from drumspace_ext.sound import rendering
from drumspace_ext.starter import beats

pytestmark = pytest.mark.browser

# A sixteenth at 40 qpm, the slowest that the page plays, lasts 375 ms.
_HALF_MILLISECOND = 0.5 / 375


def _plays(rng, shape):
  """Returns sums over plays by chance, int64 `[5, *shape]`; some of none."""
  plays = rng.integers(0, 6, shape) * rng.integers(0, 2, shape)
  velocities = plays * rng.integers(1, 128, shape)
  offsets = plays * rng.integers(
      -groove_sums.UNITS // 2, groove_sums.UNITS // 2 + 1, shape
  )
  return np.array([plays, velocities, velocities, offsets, offsets])


def _pack(player):
  made = groove_data.of_player(player)
  return page_data.pack({
      **made.header, 'model': {'z_size': 1}, 'layers': [], 'genres': [],
      'kit': rendering.page_description(),
  }, made.columns)


@pytest.fixture(scope='module', name='modules')
def _modules(tmp_path_factory):
  with browser.modules_window(
      tmp_path_factory.mktemp('browser'), ('model/manner.js', 'app/data.js'), {}
  ) as window:
    yield window


def _in_page(modules, player, hits):
  """Returns (velocities, offsets) of the page, float64 `[n, 32, 14]` each."""
  found = modules.run("""
    const groove = modules.GrooveModel.of(await modules.readData(args[0]));
    return args[1].map((codes) => {
      const {velocities, offsets} = groove.of(codes);
      return [[...velocities], [...offsets]]})""",
    _pack(player), step_codes.hits_to_step_codes(hits).tolist())
  return np.moveaxis(np.array(found).reshape(-1, 2, 32, 14), 1, 0)


def _check(modules, player, hits):
  ours = player(hits)
  velocities, offsets = _in_page(modules, player, hits)
  assert np.abs(velocities - ours.velocities)[hits].max(initial=0) < 0.1
  assert np.abs(offsets - ours.offsets)[hits].max(initial=0) < _HALF_MILLISECOND
  assert not velocities[~hits].any() and not offsets[~hits].any()


@settings(max_examples=30)
@given(seed=st.integers(0, 999), share=st.floats(0, 0.6), knows=st.booleans())
def test_any_manner_is_that_of_python(modules, seed, share, knows):
  rng = np.random.default_rng(seed)
  hits = rng.random((6, 32, 14)) < share
  player = grooves.Manner(_plays(rng, (32, 14)), tiny_grooves.model(seed))
  if knows:
    codes = step_codes.hits_to_step_codes(hits)
    player = grooves.Known({
        row.tobytes(): groove_sums.played(_plays(rng, struck.sum()))
        for row, struck in zip(codes[::2], hits[::2])
    }, player)
  _check(modules, player, hits)


def test_a_hit_is_played_by_the_table_and_a_known_pattern_as_it_was(modules):
  manner = grooves.Manner(
      np.zeros((5, 32, 14), np.int64), tiny_grooves.model()
  )
  manner.velocities[:], manner.offsets[:], manner.unknown[:] = 60, 0.25, 0
  hits = tiny_grooves.pattern((0, 0), (4, 1))
  (velocities,), (offsets,) = _in_page(modules, manner, hits)
  assert velocities[hits[0]].tolist() == [60, 60]
  assert offsets[hits[0]].tolist() == [0.25, 0.25]
  # Of the second hit no play is counted.
  known = grooves.Known({
      step_codes.hits_to_step_codes(hits[0]).tobytes(): groove_sums.played(
          np.array([[2, 0], [198, 0], [19602, 0], [-960, 0], [0, 0]])
      ),
  }, manner)
  (velocities,), (offsets,) = _in_page(modules, known, hits)
  assert velocities[hits[0]].tolist() == [99, 60]
  assert offsets[hits[0]].tolist() == [-0.125, 0.25]


@pytest.fixture(scope='module', name='dataset')
def _dataset(tmp_path_factory):
  return played_datasets.make_random(
      tmp_path_factory.mktemp('played'), 12, dynamic=True, timed=True
  )


@pytest.mark.parametrize('what', ['file', 'dataset', 'line'])
def test_what_is_named_plays_in_the_page_as_in_files(modules, dataset, what):
  name = {
      'file': dataset.parent / 'songs' / '003.mid', 'dataset': dataset,
      'line': f'{dataset}:2',
  }[what]
  hits = np.concatenate([
      step_codes.step_codes_to_hits(examples.load(dataset).codes),
      [beat.hits for beat in beats.load()[::20]],
  ])
  _check(modules, players.player(name), hits)


@pytest.fixture(scope='module', name='opened')
def _opened(window, dataset, tmp_path_factory):
  """The page of a map of the dataset, played as it, and what plays it so."""
  model = map_builders.model()
  codes = examples.load(dataset).codes
  latents = model.encode_tensors(step_codes.step_codes_to_hits(codes))[1]
  made = map_builders.starter_map(model, count=60, draws=0)
  made.generated.append(map_builders.layer(
      'played', codes, latents.astype(np.float64), np.eye(2, model.z_size)
  ))
  path = tmp_path_factory.mktemp('map') / 'map.html'
  path.write_text(map_page.render(
      made, model, groove_data.of_name(dataset)
  ), encoding='utf-8')
  window.resize(1280, 900)
  return map_pages.Page(window, path, made), players.player(dataset)


@pytest.mark.parametrize('layer', [0, 1])
def test_page_shows_and_writes_beats_so(opened, layer):
  page, player = opened
  page.open()
  page.gesture()
  page.run("""deck.show(app.maker.ofPoint(...args));
    slide(byId('grooveVelocity'), 0.8); slide(byId('swing'), 0);
    return null""", layer, 5)
  codes = [page.made.training, *page.made.generated][layer].codes[5]
  hits = step_codes.step_codes_to_hits(codes)
  played = dynamics.Dynamics(
      accents=True, groove=player, groove_strength=(0.8, 1)
  )
  played_pages.assert_played(page, hits, played)
  # It is not what the model says alone.
  assert page.run("""
    const groove = app.data.kit.groove;
    const {velocities} = groove.model.of(deck.current.codes);
    return groove.of(deck.current.codes).velocities.some(
      (velocity, cell) => Math.abs(velocity - velocities[cell]) > 3)""")
  assert page.window.messages() == []


def test_pages_of_models_have_nothing_of_it():
  for groove in (groove_data.of_name(), groove_data.of_name('none')):
    assert groove.scripts == ()
    assert not [name for name in groove.columns if 'manner' in name]


def test_what_no_page_can_run_is_refused():
  with pytest.raises(errors.InputError, match='a page runs no GrooVAE. Give'):
    groove_data.of_player(lambda hits: None)
  with pytest.raises(errors.InputError, match='gives no groove'):
    groove_data.of_name(__file__)
