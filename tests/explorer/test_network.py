"""Tests of the explorer's network in a real browser: PyTorch is its measure."""

import base64
import math

import browser
import foretold_bits
import numpy as np
import pytest
import tiny_models
import torch

from drumspace_ext.dataset import examples
from drumspace_ext.explorer import page as map_page
from drumspace_ext.explorer import page_data
from drumspace_ext.latent_map import data as map_data
from drumspace_ext.models import foretelling
from drumspace_ext.models import networks
from drumspace_ext.models import stepwise
from drumspace_ext.models import trained_model
from drumspace_ext.patterns import step_codes

pytestmark = pytest.mark.browser

_STEPWISE = tiny_models.STEPWISE
_MODULES = (
    'model/network.js', 'app/data.js', 'map/regions.js',
)
# Logits nearer to the threshold than this may be rounded to its other side.
_ROUNDING = 1e-4
_HALVES = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
_HALVES = _HALVES[np.isfinite(_HALVES)]


def _network(kind):
  """A network whose bits, steps and voices speak to each other loudly."""
  # Sizes that are no multiples of four, as all the rows are counted.
  more = {'decoder_size': 35, 'num_decoder_layers': 3, 'voice_head_size': 9}
  network = tiny_models.network(
      kind, scale=1.5, z_size=5, **(more if kind in _STEPWISE else {})
  )
  if kind in _STEPWISE:
    with torch.no_grad():
      network.voice_inputs *= 10
      network.voice_outputs *= 5
      if kind == 'planned':
        network.plan_inputs *= 10
        network.plan_outputs *= 5
  return network


_NETWORKS = {
    'ae': _network('ae'), 'vae': _network('vae'), 'acai': _network('acai'),
    'stepwise': networks.as_saved(_network('stepwise')),
    'stepwise float32': _network('stepwise'),
    'planned': networks.as_saved(_network('planned')),
    'foretold': networks.as_saved(_network('foretold')),
}


def _packed(header, columns):
  return page_data.pack(header | {'layers': [], 'genres': []}, columns)


def _latents(count=200):
  return 2 * torch.randn((count, 5), generator=torch.Generator().manual_seed(3))


@pytest.fixture(scope='module')
def page(tmp_path_factory):
  """A page with the networks; no test may leave a message on its console."""
  folder = tmp_path_factory.mktemp('browser')
  texts = {
      name: _packed({'model': header}, columns)
      for name, (header, columns) in (
          (name, page_data.network(network.weights()))
          for name, network in _NETWORKS.items()
      )
  }
  texts['halves'] = _packed({'model': {'z_size': 1}}, {'halves': _HALVES})
  browser.modules_page(folder / 'page.html', _MODULES, texts)
  with browser.start(folder) as window:
    window.open(folder / 'page.html')
    window.run("""
      await ready;
      window.read = {};
      for (const [name, text] of Object.entries(data)) {
        read[name] = await modules.readData(text);
      }
      window.networkOf = (name) => new modules.Network(read[name]);
      return null""")
    yield window
    assert window.messages() == []


def _logits(network, z, hits):
  """What each bit of `hits` was decided by, float32 `[batch, 448]`."""
  with torch.no_grad():
    if hasattr(network, 'teacher_logits'):
      return network.teacher_logits(z, hits).flatten(1)
    return network.decode(z)


def _decoded(page, name, z, **options):
  """Decodes in the page, float 0 or 1, `[batch, 448]`."""
  codes = page.run("""
    const network = networkOf(args[0]);
    return args[1].map((z) => network.decode(z, args[2]))""",
    name, z.tolist(), options)
  return torch.from_numpy(
      step_codes.step_codes_to_hits(np.array(codes, np.uint16))
  ).flatten(1).float()


@pytest.mark.parametrize('threshold', [0.3, 0.5])
@pytest.mark.parametrize('name', _NETWORKS)
def test_page_decodes_as_pytorch(page, name, threshold):
  network, z = _NETWORKS[name], _latents()
  with torch.no_grad():
    ours = network.draw_hits(
        z, temperature=0.0, threshold=threshold, generator=None
    ).float()
  in_page = _decoded(page, name, z, threshold=threshold)
  cut = math.log(threshold / (1 - threshold))
  margin = (_logits(network, z, ours) - cut).abs()
  differs = in_page != ours
  for row in torch.nonzero(differs.any(1))[:, 0]:
    first = torch.nonzero(differs[row])[0, 0]
    assert margin[row, first] < _ROUNDING
  assert differs.any(1).sum() <= 2
  # Beats that are neither empty nor full, and hardly two the same.
  assert 0.1 < ours.mean() < 0.9
  assert len(torch.unique(ours, dim=0)) > 150


@pytest.mark.parametrize('temperature', [0.4, 1.0])
@pytest.mark.parametrize('name', ['ae', 'stepwise'])
def test_bits_are_drawn_by_their_probability(page, name, temperature):
  network, z = _NETWORKS[name], _latents(20)
  seed = 7
  in_page = _decoded(page, name, z, temperature=temperature, seed=seed)
  uniform = torch.tensor(page.run("""
    const rng = modules.random(args[0]);
    return Array.from({length: 448}, rng)""", seed), dtype=torch.float64)
  logits = _logits(network, z, in_page).double()

  def agree(t):
    chance = torch.sigmoid(logits / t)
    clear = (chance - uniform).abs() > _ROUNDING
    if name == 'stepwise':
      least = stepwise.IMPROBABLE
      for cut in (least, 1 - least):
        clear &= (chance - cut).abs() > _ROUNDING
      chance[chance < least] = 0.0
      chance[chance > 1 - least] = 1.0
    assert clear.double().mean() > 0.99
    return ((uniform < chance) == (in_page > 0.5))[clear].all()

  assert agree(temperature)
  assert not agree(2 * temperature)
  again = _decoded(page, name, z, temperature=temperature, seed=seed)
  assert torch.equal(in_page, again)
  other = _decoded(page, name, z, temperature=temperature, seed=seed + 1)
  assert not torch.equal(in_page, other)


@pytest.mark.parametrize('foretold', range(foretelling.NUM_CLASSES))
def test_bits_of_what_is_foretold_are_drawn_by_their_probability(
    page, foretold
):
  network, z = networks.as_saved(_network('foretold')), _latents(20)
  page.run("""
    const {model, columns, column} = read.foretold;
    const bias = column('model.to_classes.bias').slice();
    bias[args[0]] += 1000;
    read.sure = {model, columns, column: (name) =>
      name === 'model.to_classes.bias' ? bias : column(name)};
    return null""", foretold)
  seed = 7
  in_page = _decoded(page, 'sure', z, temperature=1.0, seed=seed)
  found = foretelling.of_patterns(in_page.view(-1, 32, 14))
  # Where less differs than was foretold, it was told something else.
  kept = (found.classes == foretold).all(1)
  assert kept.sum() > 10
  logits = foretold_bits.logits(network, z, in_page)
  uniform = page.run("""
    const rng = modules.random(args[0]);
    return Array.from({length: 451}, rng)""", seed)
  chance = torch.sigmoid(logits.double())
  for row in kept.nonzero()[:, 0].tolist():
    is_open, drawn = ~found.forced[row].flatten(), iter(uniform)
    for bit in range(448):
      if bit in (4 * 14, 8 * 14, 16 * 14):
        next(drawn)
      if not is_open[bit]:
        continue
      number, share = next(drawn), chance[row, bit].item()
      cuts = (number, stepwise.IMPROBABLE, 1 - stepwise.IMPROBABLE)
      if min(abs(share - cut) for cut in cuts) < _ROUNDING:
        continue
      expected = (number < share and share > cuts[1]) or share > cuts[2]
      assert (in_page[row, bit] > 0.5) == expected


def test_a_bar_with_little_in_it_is_not_copied_as_a_whole(page):
  classes = page.run("""
    const {model, columns, column} = read.foretold;
    return [0, -1000].map((silence) => {
      const changed = (name) => {
        const add = {
          'model.to_bits.bias': () => silence,
          'model.to_classes.bias': (i) => i ? 0 : 1000,
        }[name] ?? (() => 0);
        return column(name).map((value, i) => value + add(i));
      };
      const network = new modules.Network({model, columns, column: changed});
      network.decode(args[0], {temperature: 1, seed: 3, threshold: 0.5});
      return network.decoder.class;
    })""", _latents(1)[0].tolist())
  assert classes[0] == 0 < classes[1]


def test_classes_are_drawn_by_their_probability(page):
  logits = [0.3, -1.0, 1.2, 0.0, -9.0]
  drawn = np.array(page.run("""
    const rng = modules.random(3);
    return Array.from({length: 4000},
      () => modules.chosen(args[0], 0.5, rng))""", logits))
  chance = np.exp(np.array(logits) / 0.5)
  chance /= chance.sum()
  found = np.bincount(drawn, minlength=5) / len(drawn)
  np.testing.assert_allclose(found, chance, atol=0.03)


@pytest.mark.parametrize('name', _NETWORKS)
def test_page_encodes_as_pytorch(page, name):
  hits = tiny_models.data().train[:200].cpu()
  codes = step_codes.hits_to_step_codes(hits.numpy().reshape(-1, 32, 14) > 0.5)
  with torch.no_grad():
    mu, _ = _NETWORKS[name].encode(hits)
  in_page = np.array(page.run("""
    const network = networkOf(args[0]);
    return args[1].map((codes) => network.encode(codes))""",
    name, codes.tolist()))
  assert in_page.shape == (len(hits), 5)
  np.testing.assert_allclose(in_page, mu.numpy(), atol=2e-5)
  assert mu.abs().max() > 0.5


def test_gelu_is_the_exact_one(page):
  values = [
      *np.linspace(-9.2, 9.2, 5001).tolist(), 0.0, -40.0, 40.0, 1e-9, -1e-9,
      1 / 64, -1 / 64,
  ]
  in_page = page.run('return args[0].map(modules.gelu)', values)
  exact = [0.5 * x * math.erfc(-x / math.sqrt(2)) for x in values]
  np.testing.assert_allclose(in_page, exact, rtol=0, atol=1e-12)


def test_every_float16_is_read_back(page):
  text = page.run("""
    const bytes = new Uint8Array(read.halves.column('halves').buffer);
    let text = '';
    for (let i = 0; i < bytes.length; i += 32768) {
      text += String.fromCharCode(...bytes.subarray(i, i + 32768));
    }
    return btoa(text)""")
  values = np.frombuffer(base64.b64decode(text), np.float32)
  assert values.tobytes() == _HALVES.astype(np.float32).tobytes()
  assert len(values) == 2 * 31 * 1024


def test_rounded_weights_travel_as_float16_and_others_as_they_are():
  def dtypes(network):
    _, columns = page_data.network(network.weights())
    for name, column in columns.items():
      value = network.state_dict()[name.removeprefix('model.')].numpy()
      assert np.array_equal(column.astype(np.float32), value)
    return {str(column.dtype) for column in columns.values()}

  assert dtypes(_NETWORKS['stepwise']) == {'float16'}
  assert dtypes(_NETWORKS['stepwise float32']) == {'float32'}
  large = networks.as_saved(_network('stepwise'))
  with torch.no_grad():
    large.to_bits.bias[0] = 1e6
  assert dtypes(large) == {'float16', 'float32'}


@pytest.fixture(scope='module')
def window(tmp_path_factory):
  """The page of a small map whose model is a stepwise one."""
  folder = tmp_path_factory.mktemp('map')
  tiny_models.train(tiny_models.config('stepwise'), folder / 'run')
  model = trained_model.TrainedModel(str(folder / 'run'))
  codes = examples.load_or_starter(None).codes[:120]
  latents = model.encode_tensors(step_codes.step_codes_to_hits(codes))[1]
  nothing = [()] * len(codes)
  made = map_data.LatentMap(
      title='Stepwise', training=map_data.Layer(
          name='starter', codes=codes, latents=latents.astype(np.float64),
          coordinates=latents[:, :2].astype(np.float64), genres=nothing,
          sources=nothing,
      ), generated=[], regions=[], quality={},
  )
  page = folder / 'map.html'
  page.write_text(map_page.render(made, model), encoding='utf-8')
  with browser.start(folder) as opened:
    opened.open(page)
    # Sound comes after a gesture only.
    opened.gesture()
    opened.run("""
      while (!document.body.dataset.ready) {
        await new Promise(requestAnimationFrame);
      }
      window.frame = async () => {
        const {next} = drumspace.deck;
        do {
          await new Promise(requestAnimationFrame);
        } while (next.coming || next.making);
      };
      const {network} = drumspace.maker;
      const decode = network.decode.bind(network);
      window.decoded = [];
      network.decode = (z, options) => {
        decoded.push([...z]);
        return decode(z, options);
      };
      // What a thread of its own does otherwise, where it can be counted.
      const {workshop, deck} = drumspace;
      workshop.call = (name, ...rest) => new Promise((done) => {
        const result = workshop.work(name, rest);
        setTimeout(() => done(result));
      });
      window.rest = async () => {
        while (deck.next.coming || deck.next.making) await frame();
      };
      return null""")
    yield opened
    opened.run('drumspace.deck.stop(); return null')
    assert opened.messages() == []


_MANY = {
    'a slider': """
      const input = document.querySelector('#sliders input');
      for (let i = 0; i <= 40; i++) {
        input.value = Number(input.max) * i / 40;
        input.dispatchEvent(new Event('input'));
      }""",
    'the map': """
      document.querySelector('#modes button[data-mode=roam]').click();
      const host = document.getElementById('map');
      const {left, top} = host.getBoundingClientRect();
      const send = (type, i) => host.dispatchEvent(new PointerEvent(type, {
        clientX: left + 20 + 5 * i, clientY: top + 20, pointerId: 1,
        bubbles: true, buttons: 1}));
      host.setPointerCapture = () => {};
      send('pointerdown', 0);
      decoded.length = 0;
      for (let i = 1; i <= 40; i++) send('pointermove', i);""",
    'the square': """
      drumspace.square.fill();
      decoded.length = 0;
      for (let i = 1; i < 40; i++) drumspace.square.play(i / 40, i / 40);""",
    'a setting': """
      drumspace.settings.set('temperature', 0);
      for (let i = 1; i <= 40; i++)
        drumspace.settings.set('threshold', i / 50);""",
}


@pytest.mark.parametrize('moves', _MANY.values(), ids=_MANY)
def test_many_moves_make_one_beat_a_frame(window, moves):
  before, shown, last = window.run("""
    drumspace.deck.show(drumspace.maker.ofLatent(
      drumspace.maker.ofPoint(0, 0).z.map((value) => value + 0.1)));
    await frame();
    decoded.length = 0;
    %s
    const before = decoded.length;
    await rest();
    const result = [before, [...decoded], drumspace.deck.current.z];
    // The hand lets go, where it held.
    document.getElementById('map').dispatchEvent(
      new PointerEvent('pointerup', {pointerId: 1, bubbles: true}));
    return result""" % moves)
  assert before == 0
  assert len(shown) == 1
  assert shown[0] == last


def test_what_is_coming_is_shown_when_the_hand_lets_go(window):
  count, z, kept = window.run("""
    await frame();
    decoded.length = 0;
    const input = document.querySelector('#sliders input');
    input.value = 0.25 * input.max;
    input.dispatchEvent(new Event('input'));
    const aim = drumspace.deck.z[0];
    input.dispatchEvent(new Event('change'));
    await rest();
    const {states, at} = drumspace.deck.history;
    const result = [decoded.length, [aim, drumspace.deck.current.z[0]],
      states[at].beat === drumspace.deck.current];
    await frame();
    return [...result, decoded.length]""")[:3]
  assert count == 1 and kept
  assert z[0] == z[1]


def test_click_after_a_move_is_what_counts(window):
  count, origin = window.run("""
    await frame();
    decoded.length = 0;
    drumspace.deck.soon(
      () => drumspace.maker.ofLatent(drumspace.deck.current.z));
    drumspace.deck.show(drumspace.maker.ofPoint(0, 3));
    await frame();
    return [decoded.length, drumspace.deck.current.origin.index]""")
  assert (count, origin) == (0, 3)


def test_words_of_regions_do_not_hide_each_other(page):
  rng = np.random.default_rng(0)
  words = [
      {'x': x, 'y': y, 'text': 'VIDEOGAME 1500'[:length], 'size': 14,
       'isSmall': i >= 6}
      for i, ((x, y), length) in enumerate(zip(
          rng.normal(0, 60, (12, 2)).tolist(),
          rng.integers(6, 15, 12).tolist()
      ))
  ]

  def placed(unit):
    moved = page.run('return modules.shifts(args[0], args[1])', words, unit)
    boxes = [
        (word['x'] / unit, shift - word['y'] / unit, 3.9 * len(word['text']))
        for word, shift in zip(words, moved) if shift is not None
    ]
    overlaps = [
        abs(top - other) < 17 and abs(left - beside) < half + width
        for i, (left, top, half) in enumerate(boxes)
        for beside, other, width in boxes[:i]
    ]
    assert not any(overlaps)
    return moved

  crowded = placed(1.0)
  # The first stands where it is, and small ones stand there or not at all.
  assert crowded[0] == 0 and None in crowded[6:]
  assert set(crowded[6:]) <= {0, None}
  # On a phone there is less room; near by every word stands in its place.
  assert placed(3.0).count(None) > crowded.count(None)
  assert placed(0.005) == [0] * 12
  at_one_place = [
      {'x': 5, 'y': 5, 'text': text, 'size': 12, 'isSmall': text == 'pop'}
      for text in ('ROCK', 'FUNK', 'JAZZ', 'pop')
  ]
  assert page.run('return modules.shifts(args[0], 1)', at_one_place) == [
      0, 15, -15, None
  ]
  # None leaves the map: above there is no room, and to the left none at all.
  room = {'left': -20, 'right': 200, 'low': -100, 'high': 12}
  assert page.run(
      'return modules.shifts(args[0], 1, args[1])', at_one_place, room
  ) == [0, 15, None, None]
  assert page.run(
      'return modules.shifts(args[0], 1, args[1])', at_one_place,
      {**room, 'left': 0},
  ) == [None] * 4
