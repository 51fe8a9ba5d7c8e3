"""Tests for the panel of models that continue beats."""

import functools

import magenta_files
import next_step_models
import numpy as np
import pytest
import told_steps

from drumspace_ext import errors
from drumspace_ext.continuation import magenta_continuer
from drumspace_ext.continuation import next_step_continuer
from drumspace_ext.evaluation import columns
from drumspace_ext.evaluation import html as evaluation_html
from drumspace_ext.evaluation import metrics
from drumspace_ext.evaluation import song_baselines
from drumspace_ext.evaluation import song_judges
from drumspace_ext.evaluation import song_panel
from drumspace_ext.evaluation import song_players
from drumspace_ext.magenta_models import drum_classes
from drumspace_ext.patterns import step_codes

_SETTINGS = song_panel.Settings(seed=4)


@functools.cache
def _songs(first, count):
  return [
      next_step_models.song(seed=seed, num_bars=22)
      for seed in range(first, first + count)
  ]


def _judges():
  return song_judges.Judges(_songs(0, 40), _songs(50, 26), 'other songs', [])


class _Knowing:
  """Plays what really follows."""

  name = 'knowing'

  def __init__(self, songs):
    self._songs = {song[:64].tobytes(): song for song in songs}

  def nats(self, songs):
    return [np.zeros(len(codes)) for codes in songs]

  def continue_codes(self, primer, *, num_steps, temperature, seed):
    return self._songs[primer.tobytes()][64:64 + num_steps]


def _ours(name='ours'):
  model = next_step_models.shipped()
  return song_players.NextStepPlayer(
      name, next_step_continuer.NextStepContinuer(model), model
  )


@pytest.fixture(scope='module', name='told')
def _told():
  """A panel with a model that knows, ours, and what both should beat."""
  judges, steps = _judges(), told_steps.ToldSteps()
  frequencies = song_baselines.Frequencies(judges.training)
  made = song_panel.evaluate(
      [_Knowing(judges.heldout), _ours(),
       *song_panel.baselines(judges.training, frequencies)],
      judges, _SETTINGS, on_step=steps,
  )
  return made, steps


def _numbers(panel, key, number):
  rows = panel[song_panel.KEY]['rows'] if key == 'songs' else panel['rows']
  return {
      row['name']: row['numbers'][number]['value'] for row in rows
      if number in row['numbers']
  }


def test_what_copies_and_what_is_random_are_worse(told):
  panel, steps = told
  steps.check()
  nats = _numbers(panel, 'songs', 'nats')
  loop, mixture, random = (
      song_baselines.Loop.name, song_baselines.CopyMixture.name,
      song_baselines.Frequencies.name,
  )
  assert nats['knowing'] == 0
  assert nats['ours'] < nats[mixture] < nats[random]
  assert loop not in nats
  ratio = _numbers(panel, 'songs', 'repeat_32_ratio')
  assert ratio[song_panel.REAL] == ratio['knowing'] == 1
  assert ratio[random] < 0.8 and ratio[loop] > 1.1
  assert ratio[random] < ratio['ours'] < ratio[loop]
  assert _numbers(panel, 'songs', 'repeat_32')[loop] == 1
  assert _numbers(panel, 'songs', 'drift')[loop] == 0
  auc = _numbers(panel, 'patterns', 'auc')
  assert auc['knowing'] < 0.6 < auc[random]
  assert auc['ours'] < auc[random]
  assert _numbers(panel, 'patterns', 'precision')['knowing'] == 1
  assert _numbers(panel, 'patterns', 'recall')[loop] < 1


def test_text_and_page_have_each_row_and_say_who_judges(told):
  panel, _ = told
  songs = panel[song_panel.KEY]
  text = song_panel.to_text(songs)
  page = evaluation_html.render(panel)
  said = '26 of 26 songs held out (other songs) go on behind'
  assert said in text and said in page
  assert f'{26 * (22 * 16 - 64):,} steps of 26 songs' in text
  for row in songs['rows']:
    assert row['name'] in text and row['name'] in page
  for column in columns.SONG_COLUMNS.values():
    assert column.words in text and column.words in page
  assert panel['settings']['patterns_per_row'] == 26 * 8
  assert not set(evaluation_html._HOW) - set(columns.COLUMNS) - set(
      columns.SONG_COLUMNS
  )


def test_same_seed_gives_the_same_numbers(monkeypatch):
  # It takes its time, and is not what this is about.
  monkeypatch.setattr(metrics, 'two_sample_auc', lambda *_, rng: dict.fromkeys(
      ('auc', 'auc_logistic', 'auc_trees'), metrics.Estimate(0.5, 0.5, 0.5)
  ))
  made = [
      song_panel.evaluate(
          [song_baselines.Frequencies(_songs(0, 40))], _judges(),
          song_panel.Settings(num_songs=13, seed=seed),
      ) for seed in (1, 1, 2)
  ]
  assert made[0] == made[1] != made[2]
  assert made[0][song_panel.KEY]['rows'][1]['songs'] == 13


def test_drums_rnn_is_asked_in_its_classes_and_answers_in_voices():
  songs = [
      next_step_models.song(seed=seed, num_bars=bars)
      for seed, bars in enumerate((3, 1, 2))
  ]
  continuer = magenta_continuer.DrumsRnnContinuer(
      magenta_files.checkpoint(magenta_files.drums_rnn_tensors()),
      origin='drawn',
  )
  frequencies = song_baselines.Frequencies(songs)
  player = song_players.DrumsRnnPlayer('rnn', continuer, frequencies)
  found = player.nats(songs)
  assert [len(nats) for nats in found] == [48, 16, 32]
  for nats, codes in zip(found, songs):
    classes = drum_classes.codes_to_classes(codes)
    logits, _ = continuer.network.read(classes[None])
    for step in (1, len(codes) - 1):
      chances = np.exp(logits[0, step - 1].astype(np.float64))
      same = drum_classes.codes_to_classes(
          np.arange(step_codes.NUM_CODES)
      ) == classes[step]
      by_hand = chances[classes[step]] / chances.sum() * (
          frequencies.shares[codes[step]] / frequencies.shares[same].sum()
      )
      assert np.exp(-nats[step]) == pytest.approx(by_hand, rel=0.01)


def test_network_that_overflows_is_surprised_and_not_silent():
  tensors = magenta_files.drums_rnn_tensors(scale=30)
  continuer = magenta_continuer.DrumsRnnContinuer(
      magenta_files.checkpoint(tensors), origin='drawn'
  )
  (nats,) = continuer.class_nats(_songs(0, 1))
  assert np.isfinite(nats).all()
  # Not more than where 1 of 10,000 is left for all sets.
  assert nats.max() <= np.log(512 / 1e-4) + 1e-9


def test_one_drum_is_asked_for_continuations_alone():
  continuer = magenta_continuer.DrumsRnnContinuer(
      magenta_files.checkpoint(magenta_files.drums_rnn_tensors(
          num_classes=2, counter_bits=0, wraps='none'
      )), origin='drawn',
  )
  songs = _songs(0, 2)
  player = song_players.DrumsRnnPlayer(
      'one', continuer, song_baselines.Frequencies(songs)
  )
  assert player.nats(songs) is None
  assert player.continue_codes(
      songs[0][:64], num_steps=8, temperature=1.0, seed=0
  ).shape == (8,)


def test_songs_that_are_too_short_are_named():
  judges = _judges()._replace(heldout=[song[:300] for song in _songs(0, 3)])
  with pytest.raises(errors.InputError, match=r'none of 3 songs .* 320 steps'):
    song_panel.evaluate([_ours()], judges, _SETTINGS)
