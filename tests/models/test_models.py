"""Tests for the models: shapes, losses, gradients, drawing, learning."""

import pytest
import tiny_models
import torch
from torch import distributions
from torch.nn import functional

from drumspace_ext.models import autoencoder
from drumspace_ext.models import layers
from drumspace_ext.models import planned
from drumspace_ext.models import stepwise
from drumspace_ext.training import batches
from drumspace_ext.training import validation

_PROBABILISTIC = ('vae', *tiny_models.STEPWISE)


def _hits(count=6):
  return tiny_models.data().train[:count]


def _generator(seed=0):
  return torch.Generator().manual_seed(seed)


def _losses(network, hits, *, train_step=0, seed=0):
  return network.losses(
      hits, train_step=train_step, generator=_generator(seed)
  )


@pytest.mark.parametrize('count', [1, 5])
@pytest.mark.parametrize('kind', tiny_models.KINDS)
def test_shapes(kind, count):
  network = tiny_models.network(kind, z_size=3)
  hits = _hits(count)
  mu, sigma = network.encode(hits)
  assert mu.shape == sigma.shape == (count, 3)
  assert (sigma > 0).all() if kind in _PROBABILISTIC else not sigma.any()
  if kind in tiny_models.STEPWISE:
    assert network.teacher_logits(mu, hits).shape == (count, 32, 14)
  else:
    assert network.decode(mu).shape == (count, 448)
  for drawn in (
      network.reconstruct(hits),
      network.draw_hits(
          mu, temperature=1.0, threshold=0.5, generator=_generator()
      ),
  ):
    assert drawn.shape == (count, 448) and drawn.dtype == torch.bool
  losses = _losses(network, hits)
  present = {k for k, v in losses._asdict().items() if v is not None}
  assert present == {'total', 'reconstruction'} | (
      {'kl'} if kind in _PROBABILISTIC else set()
  ) | ({'critic', 'adversarial'} if kind == 'acai' else set())
  for name in present:
    assert getattr(losses, name).shape == (count,)


@pytest.mark.parametrize('kind', tiny_models.KINDS)
def test_tiny_data_is_learned(kind, tmp_path):
  mild = {'dropout': 0.0, 'beta': 0.1} if kind in tiny_models.STEPWISE else {}
  config = tiny_models.config(
      kind, num_train_steps=150, batch_size=16, **mild
  )
  trainer = tiny_models.trainer(config, tmp_path, examples=batches.Data(
      train=_hits(16), valid=_hits(16), digest='',
      classes=tiny_models.data().classes,
  ))
  before = validation.evaluate(trainer.network, _hits(16), train_step=1000)
  for _ in range(150):
    trainer.step()
  after = validation.evaluate(trainer.network, _hits(16), train_step=1000)
  assert after['total'] < before['total']
  assert after['reconstruction'] < 0.5 * before['reconstruction']
  assert before['hit_f1'] < 0.4 and after['hit_f1'] > 0.6


def test_stack_is_linear_at_its_end_and_relu_between():
  stack = layers.fully_connected((2, 3, 1))
  x = torch.tensor([[1.0, -2.0]])
  hidden = (x @ stack[0].weight.T + stack[0].bias).clamp(min=0)
  expected = hidden @ stack[2].weight.T + stack[2].bias
  torch.testing.assert_close(stack(x), expected)
  assert len(layers.fully_connected((2, 3))) == 1


def test_bit_loss_is_the_cross_entropy_in_nats():
  logits = torch.randn((3, 448), generator=_generator())
  expected = -distributions.Bernoulli(logits=logits).log_prob(_hits(3)).sum(-1)
  torch.testing.assert_close(layers.bit_loss(logits, _hits(3)), expected)
  # A fair coin costs ln 2 a bit.
  fair = layers.bit_loss(torch.zeros(1, 448), _hits(1))
  assert fair.item() == pytest.approx(448 * 0.693147, rel=1e-5)


@pytest.mark.parametrize('kind', tiny_models.KINDS)
def test_gradients_are_the_same_bits_where_no_loss_is_wanted(kind):
  gradients = []
  for measured in (True, False):
    network = tiny_models.network(kind)
    losses = network.losses(
        _hits(), train_step=3, generator=_generator(), measured=measured
    )
    assert losses.total.isnan().all() == (not measured)
    losses.total.mean().backward()
    gradients.append([p.grad for p in network.parameters()])
  assert any(gradient.any() for gradient in gradients[0])
  for one, other in zip(*gradients, strict=True):
    assert torch.equal(one, other)


def test_ae_minimizes_the_reconstruction():
  network = tiny_models.network('ae', scale=1.5)
  losses = _losses(network, _hits())
  expected = functional.binary_cross_entropy(
      torch.sigmoid(network.decoder(network.encoder(_hits()))), _hits(),
      reduction='none',
  ).sum(-1)
  torch.testing.assert_close(losses.total, expected)
  assert losses.total is losses.reconstruction


@pytest.mark.parametrize('kind', _PROBABILISTIC)
def test_kl_is_that_of_torch_distributions(kind):
  network = tiny_models.network(kind, scale=2.0)
  mu, sigma = network.encode(_hits())
  expected = distributions.kl_divergence(
      distributions.Normal(mu, sigma), distributions.Normal(0.0, 1.0)
  ).sum(-1)
  losses = _losses(network, _hits())
  torch.testing.assert_close(losses.kl, expected)
  assert (losses.kl > 0.01).all()


@pytest.mark.parametrize('train_step, warm', [
    (0, 0.1), (4, 0.5), (9, 1.0), (500, 1.0),
])
@pytest.mark.parametrize('kind', _PROBABILISTIC)
def test_weight_of_the_kl_grows_to_beta(kind, train_step, warm):
  network = tiny_models.network(kind, beta=0.3)
  losses = _losses(network, _hits(), train_step=train_step)
  torch.testing.assert_close(
      losses.total, losses.reconstruction + 0.3 * warm * losses.kl
  )


def test_no_warmup_is_allowed():
  losses = _losses(
      tiny_models.network('vae', beta=1, beta_warmup_steps=0), _hits()
  )
  torch.testing.assert_close(losses.total, losses.reconstruction + losses.kl)


@pytest.mark.parametrize('kind', _PROBABILISTIC)
def test_reconstruction_is_of_a_draw_from_the_posterior(kind):
  network = tiny_models.network(kind, scale=2.0)
  mu, sigma = network.encode(_hits())
  z = mu + sigma * torch.randn(mu.shape, generator=_generator(3))
  hits = _hits()
  if kind == 'planned':
    bits, plan = network.all_logits(z, hits)
    logits = torch.cat([bits.flatten(1), plan.flatten(1)], dim=1)
    symbols = planned.symbols(hits.view(-1, 32, 14)).flatten(1)
    hits = torch.cat([hits, symbols], dim=1)
  elif kind in tiny_models.STEPWISE:
    logits = network.teacher_logits(z, hits).flatten(1)
  else:
    logits = network.decode(z)
  expected = -distributions.Bernoulli(logits=logits).log_prob(hits).sum(-1)
  losses = _losses(network, _hits(), seed=3)
  torch.testing.assert_close(losses.reconstruction, expected)
  other = _losses(network, _hits(), seed=4)
  assert not torch.allclose(other.reconstruction, expected)


def test_sigma_stays_finite_whatever_goes_in():
  network = tiny_models.network('vae', scale=1000.0)
  _, sigma = network.encode(_hits())
  assert sigma.isfinite().all() and (sigma > 0).all()


def _acai_by_hand(network, x, *, detached):
  """The formulas of spec section 5; returns (reconstruction, adv., critic)."""
  alpha = 0.5 * torch.rand((len(x), 1), generator=_generator())
  z = network.encoder(x)
  x_hat = torch.sigmoid(network.decoder(z))
  z_mix = (1 - alpha) * z + alpha * z.flip(0)
  mix = torch.sigmoid(network.decoder(z_mix))
  seen, guessed = (
      (x_hat.detach(), mix.detach()) if detached else (x_hat, mix)
  )
  gamma = 0.2
  critic = (
      (network.critic(guessed).mean(-1) - alpha[:, 0]) ** 2
      + network.critic(gamma * x + (1 - gamma) * seen).mean(-1) ** 2
  )
  reconstruction = functional.binary_cross_entropy(x_hat, x, reduction='none')
  return reconstruction, network.critic(mix).mean(-1) ** 2, critic


def test_acai_losses_are_the_formulas():
  network = tiny_models.network('acai', scale=1.5)
  losses = _losses(network, _hits())
  reconstruction, adversarial, critic = _acai_by_hand(
      network, _hits(), detached=False
  )
  torch.testing.assert_close(losses.reconstruction, reconstruction.sum(-1))
  torch.testing.assert_close(losses.adversarial, adversarial)
  torch.testing.assert_close(losses.critic, critic)
  torch.testing.assert_close(
      losses.total, reconstruction.mean(-1) + 0.5 * adversarial + critic
  )
  assert (adversarial > 1e-6).all() and (critic > 1e-6).all()


def test_acai_gradients_are_kept_apart():
  network = tiny_models.network('acai', scale=1.5)
  _losses(network, _hits()).total.sum().backward()
  reconstruction, adversarial, critic = _acai_by_hand(
      network, _hits(), detached=True
  )
  own = (reconstruction.mean(-1) + 0.5 * adversarial).sum()
  of_coder = [*network.encoder.parameters(), *network.decoder.parameters()]
  of_critic = list(network.critic.parameters())
  assert len(of_coder) + len(of_critic) == len(list(network.parameters()))
  for parameters, loss in ((of_coder, own), (of_critic, critic.sum())):
    expected = torch.autograd.grad(loss, parameters, retain_graph=True)
    for parameter, gradient in zip(parameters, expected, strict=True):
      torch.testing.assert_close(parameter.grad, gradient)
      assert gradient.abs().max() > 0
  # What would be mixed in otherwise is not nothing.
  leak = torch.autograd.grad(adversarial.sum(), of_critic)
  assert max(gradient.abs().max() for gradient in leak) > 1e-6
  assert all(parameter.requires_grad for parameter in of_critic)


@pytest.mark.parametrize('kind', tiny_models.KINDS)
def test_temperature_zero_draws_the_same_each_time(kind):
  network = tiny_models.network(kind, scale=2.0)
  z = 2 * torch.randn((8, 4), generator=_generator())
  options = {'temperature': 0.0, 'threshold': 0.5}
  first = network.draw_hits(z, generator=_generator(1), **options)
  assert torch.equal(
      first, network.draw_hits(z, generator=None, **options)
  )
  assert 0 < first.float().mean() < 1
  # One at a time gives the same as all together.
  alone = [network.draw_hits(v[None], generator=None, **options) for v in z]
  assert torch.equal(torch.cat(alone), first)


@pytest.mark.parametrize('kind', tiny_models.KINDS)
def test_seed_decides_what_is_drawn(kind):
  network = tiny_models.network(kind)
  z = torch.zeros(4, 4)

  def draw(seed):
    return network.draw_hits(
        z, temperature=1.0, threshold=0.5, generator=_generator(seed)
    )

  assert torch.equal(draw(1), draw(1))
  assert not torch.equal(draw(1), draw(2))
  assert not torch.equal(draw(1)[0], draw(1)[1])


def _logits_before_drawing(network, z, hits):
  """The logits from which each bit of `hits` was drawn."""
  if hasattr(network, 'teacher_logits'):
    return network.teacher_logits(z, hits).flatten(1)
  return network.decode(z)


def _sharp(kind):
  network = tiny_models.network(kind, scale=1.5)
  if kind in tiny_models.STEPWISE:
    with torch.no_grad():
      # Voices of a step that speak to each other loudly.
      network.voice_inputs *= 10
      network.voice_outputs *= 5
  return network


@pytest.mark.parametrize('threshold', [0.3, 0.5, 0.7])
@pytest.mark.parametrize('kind', tiny_models.KINDS)
def test_threshold_cuts_the_probability(kind, threshold):
  network = _sharp(kind)
  z = 2 * torch.randn((8, 4), generator=_generator())
  with torch.no_grad():
    hits = network.draw_hits(
        z, temperature=0.0, threshold=threshold, generator=None
    )
    logits = _logits_before_drawing(network, z, hits.float())
  chance = torch.sigmoid(logits)
  clear = (chance - threshold).abs() > 1e-5
  assert torch.equal(hits[clear], (chance > threshold)[clear])
  assert clear.float().mean() > 0.99 and 0 < hits.float().mean() < 1


@pytest.mark.parametrize('temperature', [0.5, 1.0, 2.0])
@pytest.mark.parametrize('kind', ['ae', 'stepwise'])
def test_bits_are_drawn_as_often_as_their_probability_says(kind, temperature):
  network = _sharp(kind)
  z = torch.full((1500, 4), 0.7)
  with torch.no_grad():
    hits = network.draw_hits(
        z, temperature=temperature, threshold=0.5, generator=_generator()
    ).float()
    logits = _logits_before_drawing(network, z, hits)

  def furthest(t):
    """Of all bits, in standard deviations; given the bits before each."""
    chance = torch.sigmoid(logits / t)
    if kind == 'stepwise':
      chance[chance < stepwise.IMPROBABLE] = 0.0
      chance[chance > 1 - stepwise.IMPROBABLE] = 1.0
    surplus = (hits - chance).sum(0)
    spread = (chance * (1 - chance)).sum(0).sqrt()
    # What is not left to chance is as it must be, but for rounding at the cuts.
    drawn = spread > 1
    assert surplus[~drawn].abs().max() < 5 if (~drawn).any() else True
    return (surplus / spread)[drawn].abs().max()

  # Of 448 normal numbers one in a thousand runs is beyond 4.8.
  assert furthest(temperature) < 5
  assert furthest(3 * temperature) > 5


def test_improbable_bits_are_not_drawn():
  network = _sharp('stepwise')
  z = torch.randn((400, 4), generator=_generator())
  with torch.no_grad():
    hits = network.draw_hits(
        z, temperature=1.0, threshold=0.5, generator=_generator()
    )
    chance = torch.sigmoid(_logits_before_drawing(network, z, hits.float()))
  clearly = stepwise.IMPROBABLE - 1e-4
  assert (chance < clearly).any() and (chance > 1 - clearly).any()
  assert not hits[chance < clearly].any()
  assert hits[chance > 1 - clearly].all()
  assert hits[(chance > 0.1) & (chance < 0.2)].float().mean() > 0.05


def test_trivial_beats_are_drawn_once_more_where_chance_draws(monkeypatch):
  network, rng, calls = tiny_models.network('stepwise'), _generator(), []
  beats = _hits(200) > 0.5

  def write(z, *_):
    """Half of what it writes is silence."""
    calls.append(len(z))
    return beats[:len(z)] & (torch.rand(len(z), 1, generator=rng) < 0.5)

  monkeypatch.setattr(network, '_write', write)

  def num_silent(temperature):
    hits = network.draw_hits(
        torch.zeros(200, 4), temperature=temperature, threshold=0.5,
        generator=None,
    )
    return int((~hits.any(1)).sum())

  assert 20 < num_silent(1.0) < 85
  assert calls[0] == 200 and 60 < calls[1] < 140 and len(calls) == 2
  calls.clear()
  assert 60 < num_silent(0.0) < 140
  assert calls == [200]


def test_teacher_logits_see_only_what_comes_before():
  network = _sharp('stepwise')
  hits = _hits(1)
  z = torch.randn((1, 4), generator=_generator())
  with torch.no_grad():
    before = network.teacher_logits(z, hits).flatten(1)
    # All changes of one bit at once, as a batch.
    changed = torch.where(torch.eye(448) > 0, 1 - hits, hits)
    after = network.teacher_logits(z.expand(448, -1), changed).flatten(1)
  difference = (after - before).abs()
  sees = difference > 1e-4
  assert not sees.tril().any()
  # Every bit but the last speaks to a later one.
  assert sees.any(1)[:-1].all()


def test_dropout_is_for_training_alone():
  network = tiny_models.network('stepwise', dropout=0.5)
  z = torch.zeros(6, 4)
  one, other = (network.teacher_logits(z, _hits()) for _ in range(2))
  assert torch.equal(one, other)
  network.train()
  assert not torch.equal(network.teacher_logits(z, _hits()), one)


def test_bits_are_those_of_a_pattern():
  assert autoencoder.NUM_BITS == 448
