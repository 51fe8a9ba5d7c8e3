"""Tests for trained_model."""

import inspect
import pathlib

import numpy as np
import pytest
import tiny_models

from drumspace_ext import errors
from drumspace_ext.dataset import examples
from drumspace_ext.models import checkpoints
from drumspace_ext.models import sampling
from drumspace_ext.models import trained_model
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import step_codes


@pytest.fixture(scope='module', name='runs')
def _runs(tmp_path_factory):
  """The run directory of each kind, trained on first use."""
  made = {}

  def run(kind):
    if kind not in made:
      made[kind] = tmp_path_factory.mktemp(kind)
      tiny_models.train(tiny_models.config(kind), made[kind])
    return made[kind]

  return run


@pytest.fixture(name='models', scope='module')
def _models(runs):
  loaded = {}

  def load(kind):
    if kind not in loaded:
      loaded[kind] = trained_model.TrainedModel(str(runs(kind)))
    return loaded[kind]

  return load


def _hits(count=5):
  flat = tiny_models.data().valid[:count].numpy() > 0.5
  return flat.reshape(-1, 32, 14)


def _sequences(count=5):
  return [note_sequences.from_patterns(hits) for hits in _hits(count)]


def _wire(sequences):
  return [s.SerializeToString(deterministic=True) for s in sequences]


@pytest.mark.parametrize('kind', tiny_models.KINDS)
def test_methods_give_the_shapes_of_music_vae(models, kind):
  model = models(kind)
  assert (model.z_size, model.config) == (4, tiny_models.config(kind))
  assert model.train_step in (8, 16, 20)
  for encoded in (
      model.encode(_sequences()), model.encode_tensors(list(_hits())),
      model.encode_tensors(_hits().astype(np.float32), [32] * 5),
  ):
    z, mu, sigma = encoded
    assert z.shape == mu.shape == sigma.shape == (5, 4)
    assert z.dtype == sigma.dtype == np.float32
    assert np.array_equal(z, mu)
    assert (sigma > 0).all() == (kind in ('vae', *tiny_models.STEPWISE))
  tensors = model.decode_tensors(z, 32, 0.0)
  assert tensors.shape == (5, 32, 14) and tensors.dtype == np.float32
  assert set(np.unique(tensors)) <= {0.0, 1.0}
  hits = model.decode_hits(z)
  assert hits.dtype == np.bool_ and np.array_equal(hits, tensors > 0)
  decoded = model.decode(z, length=32, qpm=90.0)
  assert len(decoded) == 5
  seconds = [s.total_time for s in decoded]
  assert seconds == pytest.approx([8 * 60 / 90] * 5)
  back = [note_sequences.to_patterns(s)[0] for s in decoded]
  assert np.array_equal(back, hits) and hits.any()
  assert len(model.sample(3, 32, 1.0)) == 3
  assert model.sample(0) == []


def test_arguments_have_the_names_and_the_order_of_music_vae():
  expected = {
      'encode': ['note_sequences_', 'assert_same_length'],
      'encode_tensors': ['input_tensors', 'lengths', 'control_tensors'],
      'decode': ['z', 'length', 'temperature', 'c_input'],
      'decode_tensors': ['z', 'length', 'temperature', 'c_input'],
      'decode_to_tensors': ['z', 'length', 'temperature', 'c_input'],
      'sample': ['n', 'length', 'temperature', 'same_z', 'c_input'],
      'interpolate': [
          'start_sequence', 'end_sequence', 'num_steps', 'length',
          'temperature', 'assert_same_length',
      ],
  }
  for name, arguments in expected.items():
    method = getattr(trained_model.TrainedModel, name)
    parameters = inspect.signature(method).parameters.values()
    assert arguments == [
        p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD
    ][1:]


@pytest.mark.parametrize('kind', tiny_models.KINDS)
def test_seed_decides_what_is_sampled(models, kind):
  model = models(kind)
  one, same, other = (
      _wire(model.sample(6, temperature=1.0, seed=s)) for s in (5, 5, 6)
  )
  assert one == same != other
  assert len(set(one)) > 1
  z = np.zeros((4, 4))
  one, same, other = (
      model.decode_hits(z, temperature=1.0, seed=s) for s in (5, 5, 6)
  )
  assert np.array_equal(one, same) and not np.array_equal(one, other)
  drawn, again = model.draw(20, seed=3), model.draw(20, seed=3)
  assert np.array_equal(drawn.codes, again.codes)
  assert not np.array_equal(drawn.latents, model.draw(20, seed=4).latents)


def test_without_a_seed_it_is_drawn_anew(models):
  model, z = models('vae'), np.zeros((4, 4))
  assert _wire(model.sample(6)) != _wire(model.sample(6))
  assert _wire(model.sample(6)) != _wire(model.sample(6, seed=0))
  for decode in (model.decode_tensors, model.decode_to_tensors):
    one, other = decode(z, temperature=1.0), decode(z, temperature=1.0)
    assert not np.array_equal(one, other)
    # The likelier value of each bit needs no luck.
    assert np.array_equal(decode(z), decode(z))
  ends = _sequences(2)
  one, other = (_wire(model.interpolate(*ends, 5, None, 1.0)) for _ in 'ab')
  assert one != other
  one, same = (
      _wire(model.interpolate(*ends, 5, None, 1.0, seed=3)) for _ in 'ab'
  )
  assert one == same


@pytest.mark.parametrize('length', [0, 16, 31, 64, 2**31 - 1])
def test_length_is_two_bars_or_refused(models, length):
  model, z = models('ae'), np.zeros((1, 4))
  start, end = _sequences(2)
  for call in (
      lambda n: model.sample(2, n, seed=1), lambda n: model.decode(z, n),
      lambda n: model.decode_tensors(z, n),
      lambda n: model.decode_to_tensors(z, n),
      lambda n: model.interpolate(start, end, 3, n),
      lambda n: model.encode_tensors(_hits(2), [32, 32 if n is None else n]),
  ):
    assert len(call(32)) == len(call(None))
    with pytest.raises(
        errors.InputError, match=rf'must be 32 steps .*, got {length}\.'
    ):
      call(length)


def test_sequences_of_unlike_length_are_refused_where_asked(models):
  model = models('ae')
  short, _ = _sequences(2)
  long = note_sequences.from_patterns(_hits(2), repeats=2)
  with pytest.raises(errors.InputError, match=r'one length, got \[1, 4\]'):
    model.encode([short, long], assert_same_length=True)
  with pytest.raises(errors.InputError, match='assert_same_length=False'):
    model.interpolate(short, long, 3)
  loose = model.interpolate(short, long, 3, assert_same_length=False)
  first = note_sequences.from_patterns(_hits(2)[0])
  assert _wire(loose) == _wire(model.interpolate(short, first, 3))
  np.testing.assert_array_equal(
      model.encode([short, long])[1],
      model.encode([short, first], assert_same_length=True)[1],
  )


def test_same_z_is_decoded_many_times(models):
  still = _wire(models('vae').sample(4, temperature=0.0, same_z=True, seed=1))
  assert len(still) == 4 and len(set(still)) == 1
  lively = _wire(models('vae').sample(4, temperature=1.0, same_z=True, seed=1))
  assert len(set(lively)) > 1


def test_default_temperature_is_that_of_the_decoder(models):
  expected = {'ae': 0.0, 'vae': 0.0, 'acai': 0.0, 'stepwise': 0.8,
              'planned': 0.8, 'foretold': 0.8}
  for kind, temperature in expected.items():
    model = models(kind)
    assert model.default_temperature == temperature
    drawn = model.draw(20, seed=1).codes
    assert np.array_equal(
        drawn, model.draw(20, seed=1, temperature=temperature).codes
    )
    assert not np.array_equal(
        drawn, model.draw(20, seed=1, temperature=1 - temperature).codes
    )


def test_batches_make_no_difference(models, monkeypatch):
  z = np.random.default_rng(0).standard_normal((9, 4))
  model = models('stepwise')
  hits, mu = model.decode_hits(z), model.encode_tensors(_hits())[1]
  monkeypatch.setattr(trained_model, '_BATCH', 2)
  assert np.array_equal(model.decode_hits(z), hits)
  np.testing.assert_allclose(
      model.encode_tensors(_hits())[1], mu, rtol=1e-5, atol=1e-6
  )


def test_known_classes_are_those_of_the_whole_training_set(models):
  whole = examples.load_or_starter(None)
  model = models('vae')
  assert model.known_classes.dtype == np.uint64
  assert np.array_equal(
      model.known_classes, np.sort(step_codes.class_digests(whole.codes))
  )
  rotated = step_codes.step_codes_to_hits(step_codes.rotate(whole.codes[:3], 5))
  new = ~rotated[:1]
  judged = sampling.judge(
      np.zeros((4, 4)), np.concatenate([rotated, new]), model.known_classes
  )
  assert judged.known.tolist() == [True, True, True, False]


@pytest.mark.parametrize('kind', tiny_models.KINDS)
def test_draws_come_from_the_fitted_sampler(models, kind):
  model = models(kind)
  sampler = model.sampler
  assert sampler.weights.sum() == pytest.approx(1)
  assert (len(sampler.weights) > 1) == (kind in tiny_models.STEPWISE)
  if kind == 'vae':
    assert sampler.means.tolist() == [[0.0] * 4]
    assert sampler.stds.tolist() == [[1.0] * 4]
  elif kind not in tiny_models.STEPWISE:
    _, mu, _ = model.encode_tensors(
        tiny_models.data().train.numpy().reshape(-1, 32, 14)
    )
    np.testing.assert_allclose(
        sampler.means[0], mu.mean(0), rtol=1e-3, atol=1e-4
    )
    np.testing.assert_allclose(sampler.stds[0], mu.std(0, ddof=1), rtol=1e-3)
  point = sampling.around(np.full((1, 4), 7.0), 0.0)
  assert (model.draw(3, seed=0, sampler=point).latents == 7.0).all()
  assert not (model.draw(3, seed=0).latents == 7.0).any()


@pytest.mark.parametrize('kind', tiny_models.KINDS)
def test_interpolation_ends_in_the_reconstructions(models, kind):
  model = models(kind)
  start, end = _sequences(8)[0], _sequences(8)[-1]
  path = model.interpolate(start, end, 5, qpm=100.0)
  assert len(path) == 5
  z, _, _ = model.encode([start, end])
  ends = model.decode(z, qpm=100.0)
  assert _wire([path[0], path[-1]]) == _wire(ends)
  if kind not in ('planned', 'foretold'):
    # Where one bit turns, many may; the middle of the flips is elsewhere.
    middle = model.decode(z.mean(0, keepdims=True), qpm=100.0)
    assert _wire(path[2:3]) == _wire(middle)


@pytest.mark.parametrize('z, shape', [
    (np.zeros((2, 5)), r'\[2, 5\]'), (np.zeros(4), r'\[4\]'),
    (np.zeros((1, 1, 4)), r'\[1, 1, 4\]'), (np.zeros((0, 3)), r'\[0, 3\]'),
])
def test_z_of_another_shape_is_refused(models, z, shape):
  message = rf'z must be \[num_patterns, 4\], got {shape}'
  for decode in ('decode', 'decode_hits', 'decode_tensors'):
    with pytest.raises(errors.InputError, match=message):
      getattr(models('vae'), decode)(z)
  assert models('vae').decode_hits(np.zeros((0, 4))).shape == (0, 32, 14)


@pytest.mark.parametrize('options, message', [
    ({'threshold': 0.0}, r'threshold must be in \(0, 1\), got 0.0'),
    ({'threshold': 1.0}, r'threshold must be in \(0, 1\)'),
    ({'temperature': -1.0},
     'temperature must be a number not below 0, got -1.0'),
])
def test_number_out_of_range_is_refused(models, options, message):
  with pytest.raises(errors.InputError, match=message):
    models('vae').decode_hits(np.zeros((1, 4)), **options)


def test_tensor_of_another_shape_is_refused(models):
  with pytest.raises(errors.PatternError, match=r'got \[2, 16, 14\]'):
    models('vae').encode_tensors(np.zeros((2, 16, 14)))


@pytest.mark.parametrize('view', [
    lambda z: z[::-1], lambda z: np.broadcast_to(z[:1], (3, 4)),
], ids=['reversed', 'broadcast'])
def test_views_of_latents_are_decoded(models, view):
  z = models('vae').encode(_sequences(2))[0]
  expected = models('vae').decode_hits(view(z).copy())
  assert np.array_equal(models('vae').decode_hits(view(z)), expected)


def _rewritten(path, run_dir, change):
  tensors, metadata = checkpoints.read(run_dir / checkpoints.BEST)
  for key in ('format_version', 'voice_table'):
    del metadata[key]
  change(tensors, metadata)
  checkpoints.write(path, tensors, metadata)
  return str(path)


@pytest.mark.parametrize('change', [
    lambda t, m: m.pop('config'), lambda t, m: t.pop('known_classes'),
    lambda t, m: t.pop('sampler.mean'), lambda t, m: t.pop('sampler.std'),
    lambda t, m: t.pop('network.encoder.0.bias'),
    lambda t, m: t.update({'network.more': t['sampler.std'].clone()}),
    lambda t, m: t.update({
        'network.encoder.0.bias': t['sampler.std'].clone(),
    }),
    lambda t, m: m['config']['model'].update(kind='ae'),
    lambda t, m: m['config']['model'].update(z_size=5),
    lambda t, m: m['config']['model'].pop('beta'),
], ids=range(10))
def test_checkpoint_that_is_not_whole_is_said_so(runs, tmp_path, change):
  path = tmp_path / 'x.safetensors'
  trained_model.TrainedModel(_rewritten(path, runs('vae'), lambda *_: None))
  message = 'x.safetensors does not hold a whole model: '
  with pytest.raises(errors.CheckpointError, match=message) as raised:
    trained_model.TrainedModel(_rewritten(path, runs('vae'), change))
  assert '\n' not in str(raised.value)


@pytest.mark.parametrize('change', [
    lambda t, m: m.update(config=[]), lambda t, m: m.pop('train_step'),
    lambda t, m: t.update({'sampler.mean': t['sampler.mean'].repeat(2)}),
], ids=['config', 'train_step', 'sampler'])
def test_odd_checkpoint_is_said_so(runs, tmp_path, change):
  path = tmp_path / 'x.safetensors'
  with pytest.raises(errors.CheckpointError, match='a whole model'):
    trained_model.TrainedModel(_rewritten(path, runs('vae'), change))


def test_model_that_plays_patterns_is_said_so_and_named_once():
  with pytest.raises(errors.CheckpointError, match=(
      r'groove\.safetensors is a groove model: it plays beats \(--groove\) and '
      'makes none. shipped:best makes them'
  )) as e:
    trained_model.TrainedModel('shipped:groove')
  assert str(e.value).count('groove.safetensors') == 1


def test_missing_model_is_said_so(tmp_path):
  with pytest.raises(errors.CheckpointError, match='holds no checkpoint'):
    trained_model.TrainedModel(str(tmp_path))
  with pytest.raises(errors.CheckpointError, match="no model 'x' is shipped"):
    trained_model.TrainedModel('shipped:x')


def test_critic_is_not_needed(runs):
  tensors, _ = checkpoints.read(runs('acai') / checkpoints.BEST)
  assert not [name for name in tensors if 'critic' in name]


@pytest.mark.parametrize('wrong', [np.nan, np.inf, 1e300])
def test_what_is_no_latent_is_refused(models, wrong):
  z = np.full((2, 4), wrong)
  with pytest.raises(errors.InputError, match='numbers up to 1e.06'):
    models('vae').decode_hits(z)


@pytest.mark.parametrize('wrong, error', [
    (np.zeros((32, 14)), 'expected patterns .num_patterns, 32, 14., got .32'),
    (np.zeros((1, 2, 32, 14)), r'got .1, 2, 32, 14.'),
    (np.full((1, 32, 14), np.nan), 'some are NaN'),
])
def test_what_is_no_list_of_patterns_is_not_encoded(models, wrong, error):
  with pytest.raises(errors.DrumspaceError, match=error):
    models('vae').encode_tensors(wrong)


def test_no_pattern_has_no_latent(models):
  model = models('vae')
  for encoded in (
      model.encode([]), model.encode_tensors([]),
      model.encode_tensors(np.zeros((0, 32, 14), np.bool_)),
  ):
    for values in encoded:
      assert values.shape == (0, 4) and values.dtype == np.float32
    assert model.decode(encoded[0]) == []


def test_repr_is_a_line(runs):
  model = trained_model.TrainedModel(pathlib.Path(runs('ae')))
  assert repr(model) == (
      f'TrainedModel({str(runs("ae"))!r}, z_size={model.z_size})'
  )
