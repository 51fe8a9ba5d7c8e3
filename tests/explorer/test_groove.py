"""Tests of the page's groove model in a browser: PyTorch is its measure."""

import browser
import numpy as np
import pytest
import tiny_grooves

from drumspace_ext.explorer import groove_data
from drumspace_ext.explorer import page_data
from drumspace_ext.models import groove_model
from drumspace_ext.patterns import dynamics
from drumspace_ext.patterns import genre_swings
from drumspace_ext.patterns import step_codes
from drumspace_ext.sound import rendering
from drumspace_ext.starter import beats

pytestmark = pytest.mark.browser

# A sixteenth at 40 qpm, the slowest that the page plays, lasts 375 ms.
_HALF_MILLISECOND = 0.5 / 375


@pytest.fixture(scope='module')
def models():
  return {
      'shipped': groove_model.load(groove_model.RECOMMENDED),
      'tiny': tiny_grooves.model(),
  }


@pytest.fixture(scope='module')
def page(tmp_path_factory, models):
  folder = tmp_path_factory.mktemp('browser')
  texts = {}
  for name, model in models.items():
    header, columns = groove_data.columns(model)
    texts[name] = page_data.pack({
        'groove': header, 'model': {'z_size': 1}, 'layers': [], 'genres': [],
    }, columns)
  browser.modules_page(
      folder / 'page.html',
      ('model/groove.js', 'app/data.js', 'sound/playing.js'),
      {'models': texts, 'kit': rendering.page_description()},
  )
  with browser.start(folder) as window:
    window.open(folder / 'page.html')
    window.run("""
      await ready;
      window.grooves = {};
      for (const [name, text] of Object.entries(data.models)) {
        grooves[name] = modules.GrooveModel.of(await modules.readData(text));
      }
      return null""")
    yield window
    assert window.messages() == []


@pytest.mark.parametrize('name', ['shipped', 'tiny'])
def test_page_plays_as_pytorch(page, models, name):
  rng = np.random.default_rng(3)
  hits = np.concatenate([
      [beat.hits for beat in beats.load()[::8]], rng.random((20, 32, 14)) < 0.2,
      np.zeros((1, 32, 14)),
  ]).astype(np.bool_)
  ours = models[name](hits)
  in_page = page.run("""return args[1].map((codes) => {
    const {velocities, offsets} = grooves[args[0]].of(codes);
    return [[...velocities], [...offsets]]})""",
    name, step_codes.hits_to_step_codes(hits).tolist())
  velocities, offsets = np.moveaxis(
      np.array(in_page).reshape(-1, 2, 32, 14), 1, 0
  )
  assert np.abs(velocities - ours.velocities)[hits].max() < 0.05
  assert np.abs(offsets - ours.offsets)[hits].max() < _HALF_MILLISECOND
  assert not velocities[~hits].any() and not offsets[~hits].any()
  # It says something: hits differ.
  assert velocities[hits].std() > 3


@pytest.mark.parametrize('name', ['shipped', 'tiny'])
@pytest.mark.parametrize('strength', [
    (1, 1), (0.8, 0.3), (0.25, 0.9), (0, 1), (1, 0),
])
@pytest.mark.parametrize('accents', [False, True])
def test_page_takes_as_much_of_it_as_the_package(
    page, models, name, strength, accents
):
  hits = np.array([beat.hits for beat in beats.load()[3::40]])
  played = dynamics.Dynamics(
      accents=accents, groove=models[name], groove_strength=strength,
      swing='auto', genres=['soul'],
  )
  velocity, timing = strength
  in_page = page.run("""
    const [name, patterns, settings] = args;
    const kit = {...data.kit, groove: grooves[name]};
    return patterns.map((codes) => {
      const swing = modules.swingBeside(kit, settings, codes, %r);
      return codes.flatMap((code, step) => kit.voices.map((_, voice) =>
        code >> voice & 1 && modules.played(
          kit, {...settings, swing}, voice, step, step, codes))
        .filter(Boolean));
    })""" % genre_swings.of_genre('soul'), name,
    step_codes.hits_to_step_codes(hits).tolist(), {
        'groove': True, 'grooveVelocity': velocity, 'grooveTiming': timing,
        'accents': accents, 'humanize': 0, 'seed': 0,
    })
  for found, beat in zip(in_page, hits, strict=True):
    steps, struck = np.nonzero(beat)
    expected = played.velocities(steps, struck)
    assert np.abs([hit['velocity'] for hit in found] - expected).max() <= 1
    np.testing.assert_allclose(
        [hit['delay'] for hit in found], played.delays(steps, struck),
        atol=_HALF_MILLISECOND,
    )


def test_page_without_a_model_has_no_groove(page):
  assert page.run('return modules.GrooveModel.of({})') is None


def test_shipped_model_is_small(models):
  header, columns = groove_data.columns(models['shipped'])
  assert len(page_data.pack({'groove': header}, columns)) < 500_000
