"""Tests for configs."""

import dataclasses
import json
import pathlib

import hypothesis
from hypothesis import strategies as st
import pytest

from drumspace_ext import errors
from drumspace_ext.models import config_loading
from drumspace_ext.models import configs
from drumspace_ext.models import groove_configs
from drumspace_ext.models import hparams as hparams_lib
from drumspace_ext.models import networks
from drumspace_ext.models import next_step_configs

_FOLDER = pathlib.Path(__file__).parents[2] / 'configs'
_VALUES = (
    st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.lists(st.integers(), max_size=4)
)


@hypothesis.given(st.dictionaries(
    st.from_regex('[a-z_]{1,12}', fullmatch=True), _VALUES, max_size=5
))
def test_hparams_come_back_as_they_were_written(values):
  text = ', '.join(f'{key} = {value!r}' for key, value in values.items())
  assert hparams_lib.parse(text) == values


@pytest.mark.parametrize('name', config_loading.names())
def test_every_configuration_loads_and_survives_json(name):
  kind = config_loading.kind_of(name)
  if kind == config_loading.NEXT_STEP:
    load, from_dict = next_step_configs.load, next_step_configs.from_dict
  else:
    load, from_dict = config_loading.load_any, config_loading.any_from_dict
  config = load(name)
  assert (config.name, config.model.kind) == (name, kind)
  if kind in networks.KINDS:
    assert type(config.model) is networks.KINDS[kind].config
    assert config_loading.load(name) == config
  plain = json.loads(json.dumps(config.to_dict()))
  assert from_dict(plain, 'again') == config
  assert load(str(_FOLDER / f'{name}.toml')) == config


def test_a_groove_model_of_an_earlier_version_loads():
  config = config_loading.load_any('groove')
  plain = config.to_dict()
  plain['training'] |= {'eval_steps': 400, 'test_share': 0.0}
  assert config_loading.any_from_dict(plain, 'again') == config
  plain['training']['eval_step'] = 400
  with pytest.raises(errors.ConfigError, match="again: unknown key 'eval_step"):
    config_loading.any_from_dict(plain, 'again')


def test_what_plays_patterns_is_no_model_of_patterns():
  with pytest.raises(errors.ConfigError, match='plays patterns .--groove.'):
    config_loading.load('groove')


def test_the_folder_holds_what_is_found_by_name():
  files = sorted(path.stem for path in _FOLDER.glob('*.toml'))
  assert config_loading.names() == files
  assert {'ae', 'vae', 'acai', 'best', 'smoke'} <= set(files)
  kinds = {config_loading.kind_of(name) for name in files}
  assert kinds == {
      *networks.KINDS, groove_configs.KIND, config_loading.NEXT_STEP
  }


@pytest.mark.parametrize('name', ['ae', 'vae', 'acai'])
def test_published_sizes_are_the_published_ones(name):
  model = config_loading.load(name).model
  assert (model.kind, model.z_size, model.hidden_sizes) == (name, 4, (64, 32))
  if name == 'acai':
    assert (model.adversarial_weight, model.critic_reg) == (0.5, 0.2)


def test_every_value_has_one_place():
  # No defaults in Python: a second copy would hide what a file leaves out.
  classes = (
      *(kind.config for kind in networks.KINDS.values()),
      groove_configs.GrooveConfig, configs.TrainingConfig,
      next_step_configs.NextStepConfig, next_step_configs.SongTrainingConfig,
  )
  fields = [field for cls in classes for field in dataclasses.fields(cls)]
  assert len(fields) > 20
  assert all(field.default is dataclasses.MISSING for field in fields)


def test_hparams_override_what_they_name_and_nothing_else():
  before = config_loading.load('vae')
  after = config_loading.load('vae', 'z_size=8,hidden_sizes=[128, 64],beta=1')
  assert (before.model.z_size, after.model.z_size) == (4, 8)
  assert after.model.hidden_sizes == (128, 64)
  assert (after.model.beta, type(after.model.beta)) == (1.0, float)
  assert after.training == before.training
  assert config_loading.load('vae', ' , ') == before
  training = config_loading.load('vae', 'num_train_steps=20').training
  assert training.num_train_steps == 20
  assert config_loading.load('vae', 'hidden_sizes=[]').model.hidden_sizes == ()


def test_configurations_are_frozen():
  with pytest.raises(dataclasses.FrozenInstanceError):
    config_loading.load('vae').model.z_size = 8


@pytest.mark.parametrize('hparams, message', [
    ('z_sise=8', "unknown key 'z_sise'. Did you mean 'z_size'"),
    ('learning_rat=1', "Did you mean 'learning_rate'"),
    ('qqqq=1', r"unknown key 'qqqq'. Known: \['adam_beta2'"),
    ('kind="ae"', "unknown key 'kind'"),
    ('adversarial_weight=1', "unknown key 'adversarial_weight'"),
    ('z_size=4.0', 'z_size must be a whole number, got 4.0'),
    ('z_size=True', 'z_size must be a whole number, got True'),
    ('z_size="4"', "z_size must be a whole number, got '4'"),
    ('z_size=0', r'--hparams: z_size must be in \[1, 4096\], got 0'),
    ('z_size=4097', 'z_size must be in'),
    ('hidden_sizes=64', 'hidden_sizes must be a list of whole numbers, got 64'),
    ('hidden_sizes=[64.0]', 'hidden_sizes must be a list of whole numbers'),
    ('hidden_sizes=[0]', 'hidden_sizes must be sizes in'),
    ('beta=[1]', r'beta must be a number, got \[1\]'),
    ('beta=None', 'beta must be a number, got None'),
    ('beta=-1', 'beta must be not negative'),
    ('beta_warmup_steps=-1', 'beta_warmup_steps must be not negative'),
    ('learning_rate=0', 'learning_rate must be positive'),
    ('gradient_norm=0', 'gradient_norm must be positive'),
    ('weight_decay=-0.1', 'weight_decay must be not negative'),
    ('batch_size=0', 'batch_size must be at least 1'),
    ('num_train_steps=0', 'num_train_steps must be at least 1'),
    ('eval_steps=0', 'eval_steps must be at least 1'),
    ('valid_share=0', r'valid_share must be in \(0, 1\)'),
    ('valid_share=1', r'valid_share must be in \(0, 1\)'),
    ('test_share=0.92', r'test_share must be in \[0, 0.92\)'),
    ('z_size', "--hparams: expected name=value, got 'z_size'"),
    ('z_size=', 'expected name=value'),
    ('z_size=8;beta=1', 'expected name=value'),
])
def test_override_that_does_not_fit_is_said_so(hparams, message):
  with pytest.raises(errors.ConfigError, match=message) as raised:
    config_loading.load('vae', hparams)
  assert '\n' not in str(raised.value)


@pytest.mark.parametrize('hparams, message', [
    ('critic_reg=1.1', r'critic_reg must be in \[0, 1\]'),
    ('adversarial_weight=-1', 'adversarial_weight must be not negative'),
])
def test_values_of_acai_are_checked(hparams, message):
  with pytest.raises(errors.ConfigError, match=message):
    config_loading.load('acai', hparams)


@pytest.mark.parametrize('hparams, message', [
    ('dropout=1', r'dropout must be in \[0, 1\)'),
    ('decoder_size=0', 'decoder_size must be in'),
    ('voice_head_size=0', 'voice_head_size must be in'),
    ('bfloat16=2', 'bfloat16 must be 0 or 1'),
    ('untold=2', r'untold must be in \[0, 1\]'),
])
def test_values_of_the_stepwise_model_are_checked(hparams, message):
  with pytest.raises(errors.ConfigError, match=message):
    config_loading.load('best', hparams)


@pytest.mark.parametrize('value', [
    '__import__("pathlib").Path({path!r}).touch()', 'open({path!r}, "w")',
    '2**3', '[4 for _ in "a"]', 'lambda: 1',
])
def test_nothing_is_evaluated(tmp_path, value):
  path = tmp_path / 'touched'
  hparams = f'z_size={value.format(path=str(path))}'
  with pytest.raises(errors.ConfigError, match='expected name=value'):
    config_loading.load('vae', hparams)
  assert not path.exists()


def _toml(tmp_path, old='', new=''):
  text = (_FOLDER / 'vae.toml').read_text('utf-8')
  assert old in text
  path = tmp_path / 'mine.toml'
  path.write_text(text.replace(old, new, 1), 'utf-8')
  return str(path)


def test_own_file_is_named_after_its_stem(tmp_path):
  config = config_loading.load(_toml(tmp_path, 'z_size = 4', 'z_size = 5'))
  assert (config.name, config.model.z_size) == ('mine', 5)


@pytest.mark.parametrize('old, new, message', [
    ('z_size', 'z_sise', "unknown key 'z_sise'. Did you mean 'z_size'"),
    ('beta = 0.5', '', 'mine.toml: beta is missing'),
    ('kind = "vae"', 'kind = "vea"', "kind must be one of ae, .* got 'vea'"),
    ('kind = "vae"', '', 'kind must be one of ae, .* got None'),
    ('kind = "vae"', 'kind = "ae"', "unknown key 'beta'"),
    ('[training]', '', 'mine.toml: expected the tables'),
    ('[model]', '[modle]', 'mine.toml: expected the tables'),
    ('z_size = 4', 'z_size = "4"', "mine.toml: z_size must be .* got '4'"),
    ('z_size = 4', 'z_size =', 'mine.toml is no readable TOML'),
])
def test_file_that_does_not_fit_is_said_so(tmp_path, old, new, message):
  config_loading.load(_toml(tmp_path))
  with pytest.raises(errors.ConfigError, match=message):
    config_loading.load(_toml(tmp_path, old, new))


@pytest.mark.parametrize('name, message', [
    ('smok', "'smok' is neither .* Did you mean 'smoke'"),
    ('', "'' is neither a configuration nor a file"),
    ('no/such.toml', r"neither a configuration nor a file. Known: \['acai'"),
])
def test_unknown_configuration_is_named(name, message):
  with pytest.raises(errors.ConfigError, match=message):
    config_loading.load(name)


def test_file_that_is_no_text_is_said_so(tmp_path):
  (tmp_path / 'x.toml').write_bytes(b'\xff\0')
  with pytest.raises(errors.ConfigError, match='x.toml is no readable TOML'):
    config_loading.load(str(tmp_path / 'x.toml'))


@pytest.mark.parametrize('hparams', [
    'z_size={[1]}', 'learning_rate=1' + '0' * 400,
])
def test_odd_values_are_config_errors(hparams):
  with pytest.raises(errors.ConfigError):
    config_loading.load('vae', hparams)


def test_kind_that_is_a_list_is_said_so(tmp_path):
  path = _toml(tmp_path, 'kind = "vae"', 'kind = ["vae"]')
  with pytest.raises(errors.ConfigError, match='kind must be one of'):
    config_loading.load(path)


def test_key_outside_the_tables_is_said_so(tmp_path):
  path = _toml(tmp_path, '[model]', 'z_size = 8\n[model]')
  with pytest.raises(errors.ConfigError, match='z_size'):
    config_loading.load(path)


@pytest.mark.parametrize('hparams', [
    'z_size=' + '[' * 3000 + ']' * 3000,
    'z_size=' + '[' * 90 + ']' * 90,
    'z_size=' + '9' * 5000,
    'z_size=0x' + 'f' * 5000,
    'hidden_sizes=[0x' + 'f' * 5000 + ']',
    'beta=0x' + 'f' * 5000,
    'z_size=' + '-' * 5000 + '1',
    'x' * 5000 + '=1',
    ',' * 100_000,
    'beta=1is',
])
def test_hostile_hparams_are_one_short_line(hparams):
  with pytest.raises(errors.ConfigError, match='--hparams') as caught:
    config_loading.load('vae', hparams)
  assert len(str(caught.value)) < 1000


@pytest.mark.parametrize('text, match', [
    ('[model]\nkind = ' + '[' * 5000 + ']' * 5000, 'no readable TOML'),
    ('[training]\n[model]\nkind = ' + '[' * 90 + ']' * 90, 'kind must be one'),
    ('[model' + '.a' * 5000 + ']\n[training]', 'kind must be one of'),
    ('[model]\nz = "' + 'a' * (1 << 14) + '"',
     'too large for a configuration: it has more than 16,384 bytes'),
])
def test_hostile_config_files_are_one_short_line(tmp_path, text, match):
  path = tmp_path / 'config.toml'
  path.write_text(text)
  with pytest.raises(errors.ConfigError, match=match) as caught:
    config_loading.load(str(path))
  assert len(str(caught.value)) < 1000
