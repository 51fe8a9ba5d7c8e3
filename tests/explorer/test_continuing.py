"""Tests of the page's next-step model in a real browser: numpy's is its
measure."""

import browser
import next_step_models
import numpy as np
import pytest

from drumspace_ext.explorer import continuer_data
from drumspace_ext.explorer import page_data
from drumspace_ext.models import next_step
from drumspace_ext.models import song_memory

pytestmark = pytest.mark.browser

_MODULES = ('model/continuing.js', 'app/data.js')


def _packed(header, columns):
  return page_data.pack(
      header | {'layers': [], 'genres': [], 'model': {'z_size': 1}}, columns
  )


@pytest.fixture(scope='module')
def page(tmp_path_factory):
  """A page with two models; no test may leave a message on its console."""
  folder = tmp_path_factory.mktemp('browser')
  texts = {
      'shipped': _packed(*continuer_data.shipped()),
      'loud': _packed(*continuer_data.of_model(next_step_models.model())),
  }
  browser.modules_page(folder / 'page.html', _MODULES, texts)
  with browser.start(folder) as window:
    window.open(folder / 'page.html')
    window.run("""
      await ready;
      window.models = {};
      for (const [name, text] of Object.entries(data)) {
        window.models[name] =
          new modules.Continuer(await modules.readData(text));
      }
      return null""")
    yield window
    assert window.messages() == []


def _model(name):
  return (
      next_step_models.model() if name == 'loud'
      else next_step_models.shipped()
  )


@pytest.mark.parametrize('name', ['shipped', 'loud'])
def test_page_is_as_surprised_as_numpy(page, name):
  song = next_step_models.song(seed=4, num_bars=12)
  in_page = page.run("""
    const model = models[args[0]];
    const memory = model.remember([]);
    return args[1].map((code) => {
      const nats = model.nats(memory, code);
      memory.append(code);
      return nats;
    })""", name, song.tolist())
  np.testing.assert_allclose(in_page, _model(name).nats(song), atol=1e-6)


@pytest.mark.parametrize('name', ['shipped', 'loud'])
@pytest.mark.parametrize('temperature', [0, 0.7, 1])
def test_same_uniform_numbers_same_hits(page, name, temperature):
  song = next_step_models.song(seed=5, num_bars=3)
  uniform = np.random.default_rng(2).random((150, 14))
  in_page = page.run("""
    const model = models[args[0]];
    const memory = model.remember(args[1]);
    return args[2].map((uniform) => {
      const code = model.draw(memory, uniform, args[3]);
      memory.append(code);
      return code;
    })""", name, song.tolist(), uniform.tolist(), temperature)
  memory, drawn = song_memory.SongMemory(), []
  for code in song.tolist():
    memory.append(code)
  model: next_step.NextStep = _model(name)
  for row in uniform:
    drawn.append(model.draw(memory, row, temperature))
    memory.append(drawn[-1])
  assert in_page == drawn
  assert any(drawn)


def test_a_stream_goes_on_for_ever_and_is_the_same_for_a_seed(page):
  song = next_step_models.song(seed=6, num_bars=2)
  first, again, other, long = page.run("""
    const model = models.shipped;
    model.tables.most_remembered = 256;
    model.tables.kept = 128;
    const make = (seed, steps) =>
      model.continued(args[0], steps, {temperature: 1, seed});
    return [make(1, 64), make(1, 64), make(2, 64), make(1, 600)]""",
    song.tolist())
  assert first == again == long[:64]
  assert first != other
  assert len(long) == 600 and max(long) < 1 << 14
