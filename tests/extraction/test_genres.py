"""Tests for genres."""

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import pytest

from drumspace_ext.extraction import genres

_ALL = sorted({
    (label, spelling) for label, spellings in genres.SPELLINGS.items()
    for spelling in spellings
})
_SEPARATORS = st.sampled_from([' ', '-', '_', '.', '/', '\\', ' - ', '(', '&'])


@given(
    spelled=st.sampled_from(_ALL), joint=_SEPARATORS, before=_SEPARATORS,
    behind=_SEPARATORS, case=st.sampled_from([str.lower, str.upper, str.title]),
)
@settings(max_examples=200)
def test_a_spelling_is_found_between_any_other_characters(
    spelled, joint, before, behind, case
):
  label, spelling = spelled
  name = case(joint.join(spelling.split()))
  assert genres.of_text(name) == {label}
  assert genres.of_text(f'xqz{before}{name}{behind}120') == {label}


@given(
    spelled=st.sampled_from(_ALL), before=st.sampled_from('abmqz'),
    behind=st.sampled_from('bmqz'),
)
@settings(max_examples=200)
def test_no_spelling_is_found_inside_a_word(spelled, before, behind):
  _, spelling = spelled
  assert genres.of_text(f'{before}{spelling}{behind}') == set()


@pytest.mark.parametrize(('label', 'spelling'), _ALL)
def test_every_spelling_leads_to_its_label(label, spelling):
  assert genres.of_text(spelling) == {label}
  assert label in genres.NAMES


@pytest.mark.parametrize(
    ('label', 'name'),
    [
        ('hip_hop', 'HipHop'), ('hip_hop', 'boomBap_90.mid'),
        ('drum_and_bass', 'DrumAndBass'), ('drum_and_bass', 'DnB'),
        ('bossa_nova', 'BossaNova-01'), ('reggae', 'OneDrop'),
        ('videogame', 'VideoGames/Level1.mid'), ('rnb', 'R&B'),
        ('rock', "Rock'n'Roll"), ('rock', 'myRock'), ('jazz', 'SlowJazzLoop'),
        ('new_orleans', 'SecondLine'), ('garage', '2-step'),
    ],
)
def test_spellings_of_file_names(label, name):
  assert genres.of_text(name) == {label}


@pytest.mark.parametrize(
    'name',
    [
        'rocket.mid', 'scrap', 'popular', 'trapped', 'Jazzmin', 'metallic',
        'souls', 'household', 'Funkhaus', 'discord', 'bluesman', 'Bebopper',
        'marched', 'dubious', 'soulmate', 'TRAPPED', '',
        '120bpm_fill_02.mid',
    ],
)
def test_words_that_hold_a_genre_are_none(name):
  assert genres.of_text(name) == set()


def test_folders_and_names_give_several_labels():
  assert genres.of_text('Latin/Bossa Nova/jazzy - Funk_Rock & HipHop.mid') == {
      'latin', 'bossa_nova', 'funk', 'hip_hop',
  }
  assert genres.of_text('rock/punk/a.mid') == {'rock', 'punk'}


def test_the_longest_spelling_wins():
  assert genres.of_text('punk rock') == {'punk'}
  assert genres.of_text('rock, punk') == {'rock', 'punk'}
  assert genres.of_text('afro cuban jazz') == {'afro_cuban', 'jazz'}


def test_no_spelling_stands_for_two_labels():
  spellings = [spelling for _, spelling in _ALL]
  assert len(spellings) == len(set(spellings))
  for spelling in spellings:
    assert spelling == ' '.join(spelling.lower().split())
    assert spelling.replace(' ', '').isalnum()


def test_chosen_labels_that_are_unknown_stay_as_they_are():
  assert genres.of_labels(['Hip-Hop', 'Math Rock', 'krautrock', ' ']) == {
      'hip_hop', 'rock', 'krautrock',
  }
  assert genres.of_labels(['Drum & Bass', 'Zydeco 2']) == {
      'drum_and_bass', 'zydeco_2',
  }
  assert genres.of_labels([]) == set()


@pytest.mark.parametrize(
    ('label', 'name'),
    [('rock', 'Rock1MeasureA.mid'), ('funk', 'funk02'), ('jazz', '2Jazz'),
     ('garage', '2step'), ('garage', '2Step_90.mid')],
)
def test_a_number_is_no_part_of_a_word(label, name):
  assert genres.of_text(name) == {label}


@pytest.mark.parametrize('name', ['Láska', 'påska.mid', 'Dérap'])
def test_letters_beyond_ascii_are_letters(name):
  assert genres.of_text(name) == set()


@pytest.mark.parametrize('label', ['forró', '演歌'])
def test_chosen_labels_may_be_written_in_any_script(label):
  assert genres.of_labels([label]) == {label}


def test_each_label_is_in_one_family():
  members = [name for names in genres.FAMILIES.values() for name in names]
  assert sorted(members) == sorted(genres.NAMES)
