"""Tests of the data of the map's page, as bytes; the page reads them back in
the tests with the `page` fixture.
"""

import base64
import dataclasses
import json
import zlib

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as numpy_st
import map_builders
import numpy as np
import pytest
import tiny_grooves

from drumspace_ext.explorer import directions
from drumspace_ext.explorer import groove_data
from drumspace_ext.explorer import page_data
from drumspace_ext.latent_map import data as map_data
from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import voices
from drumspace_ext.sound import rendering

_TYPES = ('uint8', 'uint16', 'uint32', 'int32', 'float32')


def _unpack(text):
  """Reads the format by what its module says of it; returns (header, columns).
  """
  content = zlib.decompress(base64.b64decode(text))
  length = int.from_bytes(content[:4], 'little')
  header = json.loads(content[4:4 + length])
  start = -(-(4 + length) // 8) * 8
  columns = {}
  for name, place in header.pop('columns').items():
    at = start + place['offset']
    assert at % 8 == 0
    count = int(np.prod(place['shape']))
    columns[name] = np.frombuffer(
        content, '<' + np.dtype(place['dtype']).str[1:], count, at
    ).reshape(place['shape'])
  return header, columns


_COLUMNS = st.dictionaries(
    st.text(max_size=6), st.sampled_from(_TYPES).flatmap(
        lambda name: numpy_st.arrays(name, numpy_st.array_shapes(max_dims=2))
    ), max_size=4,
)


@given(columns=_COLUMNS, header=st.dictionaries(
    st.text(max_size=8).filter(
        lambda key: key not in ('columns', 'format_version')
    ),
    st.text() | st.integers(-9, 9), max_size=3,
))
def test_what_is_packed_is_read_back(header, columns):
  found, read = _unpack(page_data.pack(header, columns))
  assert found == {'format_version': page_data.FORMAT_VERSION, **header}
  assert read.keys() == columns.keys()
  for name, column in columns.items():
    assert read[name].dtype == column.dtype
    np.testing.assert_array_equal(read[name], column)


@pytest.fixture(scope='module', name='made')
def _made():
  return map_builders.starter_map(map_builders.model())


def _rendered(latent_map, model=None):
  return page_data.render(
      latent_map, model or map_builders.model(),
      rendering.page_description(),
      groove_data.of_player(tiny_grooves.model()),
  )


def test_columns_hold_the_patterns_their_places_and_their_origin(made):
  header, columns = _unpack(_rendered(made))
  for i, layer in enumerate((made.training, *made.generated)):
    key = header['layers'][i]['key']
    column = lambda name, key=key: columns[f'{key}.{name}']
    np.testing.assert_array_equal(column('codes'), layer.codes)
    np.testing.assert_allclose(
        column('coordinates'), layer.coordinates, rtol=1e-6
    )
    scale = header['layers'][i]['latents']
    step = np.array(scale['step'])
    off = scale['low'] + step * column('latents') - layer.latents
    assert (np.abs(off) <= 0.5001 * step).all()
    for row in range(len(layer)):
      labels = [header['genres'][g] for g in column('genres')[row] if g < 255]
      assert labels == list(layer.genres[row])[:3]
      ids = header['layers'][i]['ids']
      named = [ids[s] for s in column('sources')[row] if s >= 0]
      assert named == list(layer.sources[row])[:3]
      assert column('num_sources')[row] == len(layer.sources[row])
  assert header['voices'] == list(voices.NAMES)
  assert header['min_entropy'] == entropy.MIN_NATS
  assert header['title'] == made.title
  assert header['quality'] == dict(made.quality)
  [region] = header['regions']
  assert region['genre'] == made.regions[0].genre
  assert region['outline'] == made.regions[0].outline.tolist()


def test_column_of_near_repeats_is_there_where_they_are_told(made):
  only_near = np.arange(len(made.training)) % 3 == 0
  told = dataclasses.replace(made, training=dataclasses.replace(
      made.training, only_near=only_near
  ))
  header, columns = _unpack(_rendered(made))
  told_header, told_columns = _unpack(_rendered(told))
  column = told_columns.pop('layer0.only_near')
  np.testing.assert_array_equal(column, only_near)
  assert column.dtype == np.uint8
  assert told_header == header and told_columns.keys() == columns.keys()


def test_same_map_gives_the_same_bytes_and_another_one_others(made):
  assert _rendered(made) == _rendered(
      map_builders.starter_map(map_builders.model())
  )
  assert _rendered(made) != _rendered(
      map_builders.starter_map(map_builders.model(), draws=0)
  )


def test_network_of_each_shipped_model_is_in_it():
  for name in ('ae', 'vae', 'acai'):
    model = map_builders.model(name)
    header, columns = _unpack(_rendered(
        map_builders.starter_map(model, count=20, draws=0), model
    ))
    assert header['model']['decoder'] == 'fully_connected'
    assert header['model']['z_size'] == 4
    tensors = model.weights().tensors
    assert {n for n in columns if n.startswith('model.')} == {
        f'model.{n}' for n in tensors
    }
    for name, value in tensors.items():
      np.testing.assert_array_equal(columns[f'model.{name}'], value)


def _layer(latents, genres):
  count = len(latents)
  return map_data.Layer(
      name='', codes=np.zeros((count, 32), np.uint16),
      latents=np.asarray(latents, float), coordinates=np.zeros((count, 2)),
      genres=genres, sources=[()] * count,
  )


def test_direction_of_a_genre_leads_to_it_and_says_how_far_it_lies():
  rng = np.random.default_rng(0)
  latents = rng.normal(size=(400, 3))
  inside = np.arange(400) < 100
  latents[inside, 1] += 3
  genres = [('rock',) if i else ('pop', 'rare') for i in inside[:-1]] + [()]
  genres = [g if k >= 395 else g[:1] for k, g in enumerate(genres)]
  found = directions.of_genres(_layer(latents, genres), ['pop', 'rock', 'rare'])
  # `rare` has too few to say anything.
  assert [d['genre'] for d in found] == ['pop', 'rock']
  rock = found[1]
  assert rock['count'] == 100
  assert np.argmax(np.abs(rock['way'])) == 1 and rock['way'][1] > 2
  assert 2.5 < rock['separation'] < 3.5
  # What all have leads nowhere.
  assert not directions.of_genres(_layer(latents, [('all',)] * 400), ['all'])


def test_ways_of_words_lead_to_what_they_say():
  codes = map_builders.starter_map(map_builders.model()).training.codes
  described = directions.described(codes)
  hats, toms = described['more hats'], described['more toms']
  rng = np.random.default_rng(0)
  # A space that tells of hats, of toms a little, and of nothing else.
  latents = np.stack([hats, toms, rng.normal(size=len(codes))], axis=1)
  latents[:, 1] += rng.normal(0, 4 * toms.std(), len(codes))
  layer = dataclasses.replace(
      _layer(latents, [()] * len(codes)), codes=codes
  )
  found = {way['word']: way['way'] for way in directions.of_words(layer)}
  assert 'more hats' in found and not {'more toms', 'more kick'} & set(found)
  # A standard deviation more of hats.
  assert found['more hats'][0] == pytest.approx(hats.std())


def test_words_count_hits():
  codes = np.zeros((1, 32), np.uint16)
  codes[0, 0] = 1 << voices.INDEX['kick'] | 1 << voices.INDEX['open_hat']
  codes[0, 3] = 1 << voices.INDEX['ride']
  found = directions.described(codes)
  assert {word: value[0] for word, value in found.items()} == {
      'busier': 3, 'more kick': 1, 'more snare': 0, 'more hats': 1,
      'more cymbals': 1, 'more toms': 0, 'more percussion': 0,
      'more syncopated': pytest.approx(1 / 3),
  }
  # So few beats tell of no way.
  assert not directions.of_words(_layer(np.eye(3), [()] * 3))


def test_beats_that_have_a_name_are_called_so(made):
  header, _ = _unpack(_rendered(made))
  titles = dict(header['titles'])
  assert titles.keys() == set(range(len(made.training)))
  [source] = made.training.sources[7]
  assert source.endswith('/' + titles[7])


def test_one_pattern_and_equal_latents_can_be_written():
  made = map_builders.starter_map(map_builders.model(), count=1, draws=0)
  header, columns = _unpack(_rendered(made))
  np.testing.assert_allclose(
      header['layers'][0]['latents']['low'], made.training.latents[0]
  )
  assert not columns['layer0.latents'].any()
