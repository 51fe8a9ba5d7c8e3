"""The page in a browser: the models that it decodes with."""

import map_builders
import map_pages
import numpy as np
import pytest

from drumspace_ext.explorer import page as map_page
from drumspace_ext.patterns import step_codes

pytestmark = pytest.mark.browser


@pytest.mark.parametrize('name', ['ae', 'vae', 'acai'])
def test_network_of_the_page_is_pytorchs(window, tmp_path, name):
  model = map_builders.model(name)
  path, made = map_builders.write(
      tmp_path / 'map.html', model, count=100, draws=0
  )
  page = map_pages.Page(window, path, made)
  page.open()
  rng = np.random.default_rng(0)
  spread = made.training.latents.std(0)
  z = (made.training.latents.mean(0)
       + 2 * spread * rng.normal(size=(1000, model.z_size)))
  z = z.astype(np.float32).astype(float)
  for threshold in (0.5, 0.3):
    decoded = np.array(page.run(
        'return args[0].map((z) => app.maker.network.decode(z, '
        '{threshold: args[1]}))', z.tolist(), threshold,
    ))
    hits = step_codes.step_codes_to_hits(decoded.astype(np.uint16))
    wrong = hits != model.decode_hits(z, threshold=threshold)
    assert wrong.sum() == 0
  encoded = page.run(
      'return args[0].map((codes) => app.maker.network.encode(codes))',
      made.training.codes.tolist(),
  )
  np.testing.assert_allclose(encoded, made.training.latents, atol=1e-4)
  assert window.messages() == []


def test_page_of_a_stepwise_model_works_as_the_others(window, tmp_path):
  import tiny_models

  from drumspace_ext.models import trained_model
  tiny_models.train(tiny_models.config('stepwise'), tmp_path / 'run')
  model = trained_model.TrainedModel(str(tmp_path / 'run'))
  path = tmp_path / 'map.html'
  made = map_builders.starter_map(model, count=100, draws=0)
  path.write_text(map_page.render(made, model), encoding='utf-8')
  window.resize(1280, 900)
  page = map_pages.Page(window, path, made)
  page.open()
  page.pointer(*page.place(0, map_pages.POINT))
  assert page.codes() in made.training.codes.tolist()
  assert page.run('return app.player.playing')
  page.run("document.querySelector('[data-mode=roam]').click()")
  page.pointer(*page.place(0, 5), page.place(0, 50), page.place(0, 80))
  page.run('await rest()')
  z = np.array([page.run('return deck.current.z')])
  assert page.codes() == step_codes.hits_to_step_codes(
      model.decode_hits(z, temperature=0)
  )[0].tolist()
  page.run("document.querySelector('[data-mode=draw]').click()")
  page.pointer(*page.place(0, 5), page.place(0, 50), page.place(0, 80))
  page.run('await until(() => app.path.beats.length)')
  assert len(page.run('return app.path.beats')) == 8
  page.run("byId('radio').click(); slide(byId('qpm'), 240); "
           "deck.stop(); deck.edit(13, 1)")
  assert page.run('return deck.current.place') is not None
  page.run("byId('share').click()")
  page.run("await until(() => byId('status').textContent)")
  _, content = page.download('get-midi')
  assert map_pages.as_codes(content) == [page.codes()]
  page.open('#' + page.window.driver.current_url.split('#')[1])
  page.run('location.hash = location.hash.replace("c=0.5", "c=0.3"); '
           'await frames(3)')
  assert window.messages() == []
