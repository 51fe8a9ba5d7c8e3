"""Page data: what the map's page shows, as one compressed block of bytes.

Format, little-endian, deflated (zlib) and written as base64: the length of the
header (uint32), the header (JSON), zeros up to a multiple of 8, the columns.
The header's `columns` gives for each `dtype`, `shape` and `offset` (bytes from
the first column); all else in it is plain JSON. Columns are far smaller and
faster to read than JSON: 33,000 patterns take 1 MB and a few hundredths of a
second.

Names of files, genres and patterns are data, never markup: they stand in the
compressed block, and the page writes them as text.
"""

import base64
from collections.abc import Mapping
from collections.abc import Sequence
import json
import zlib

import numpy as np

from drumspace_ext.explorer import continuer_data
from drumspace_ext.explorer import directions
from drumspace_ext.explorer import genre_groups
from drumspace_ext.explorer import groove_data
from drumspace_ext.latent_map import data as map_data
from drumspace_ext.models import autoencoder
from drumspace_ext.models import trained_model
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import nearest
from drumspace_ext.patterns import voices
from drumspace_ext.starter import beats as starter_beats

FORMAT_VERSION = 1
# Shown of each pattern; a line beside them says how many more there are.
_MAX_GENRES, _MAX_SOURCES = 3, 3
NO_GENRE = 255
_LEVELS = 255
# Tempos travel in tenths of a quarter note a minute; 0 is not known.
TEMPO_PARTS = 10


def pack(header: Mapping, columns: Mapping[str, np.ndarray]) -> str:
  """Returns a header and columns in the format of this module, as text."""
  places, parts, offset = {}, [], 0
  for name, column in columns.items():
    content = np.ascontiguousarray(column).tobytes()
    places[name] = {
        'dtype': column.dtype.name, 'shape': list(column.shape),
        'offset': offset,
    }
    content += bytes(-len(content) % 8)
    parts.append(content)
    offset += len(content)
  text = json.dumps(
      {'format_version': FORMAT_VERSION, **header, 'columns': places},
      sort_keys=True, separators=(',', ':'),
  ).encode()
  start = len(text).to_bytes(4, 'little') + text
  start += bytes(-len(start) % 8)
  return base64.b64encode(zlib.compress(start + b''.join(parts), 9)).decode()


def _quantized(values: np.ndarray) -> tuple[np.ndarray, dict]:
  """Returns values as uint8, and what leads back: `low` and `step` a column."""
  low, high = values.min(0), values.max(0)
  step = np.where(high > low, (high - low) / _LEVELS, 1.0)
  levels = np.rint((values - low) / step).astype(np.uint8)
  return levels, {'low': low.tolist(), 'step': step.tolist()}


def _labels(
    rows: Sequence[Sequence[str]], names: Sequence[str], most: int, empty: int,
    dtype: type,
) -> np.ndarray:
  """Returns the numbers of the first few labels of each pattern."""
  number = {name: i for i, name in enumerate(names)}
  table: np.ndarray = np.full((len(rows), most), empty, dtype)
  for row, labels in enumerate(rows):
    # What has no number was cut off: there are more names than numbers.
    known = [number[label] for label in labels if label in number][:most]
    table[row, :len(known)] = known
  return table


def _tempos(layer: map_data.Layer) -> np.ndarray:
  """Returns the slowest and fastest tempo of each pattern, uint16 `[n, 2]`."""
  if layer.tempos is None:
    return np.zeros((len(layer), 2), np.uint16)
  tenths = np.rint(np.nan_to_num(layer.tempos) * TEMPO_PARTS)
  return tenths.clip(0, np.iinfo(np.uint16).max).astype(np.uint16)


def _titles(layer: map_data.Layer) -> list[tuple[int, str]]:
  """Returns what drummers call patterns: those that have a name, by row."""
  names = starter_beats.names_of(layer.codes)
  return [(row, name) for row, name in enumerate(names) if name]


def _genre_names(layer: map_data.Layer) -> list[str]:
  """Returns the genres, the most frequent first."""
  counts: dict[str, int] = {}
  for labels in layer.genres:
    for label in labels:
      counts[label] = counts.get(label, 0) + 1
  ordered = sorted(counts, key=lambda name: (-counts[name], name))
  return ordered[:NO_GENRE]


def _genre_groups(
    layer: map_data.Layer, names: Sequence[str]
) -> list[dict]:
  """Returns the genres that share a colour, those of the most beats first."""
  first = _labels(layer.genres, names, 1, NO_GENRE, np.uint8)[:, 0].tolist()
  counts = {names[g]: first.count(g) for g in set(first) if g != NO_GENRE}
  return [
      {
          'name': group.name,
          'genres': [list(names).index(name) for name in group.genres],
      } for group in genre_groups.of_counts(counts)
  ]


def _layer(
    layer: map_data.Layer, key: str, genres: Sequence[str]
) -> tuple[dict, dict[str, np.ndarray]]:
  """Returns (header, columns) of a layer."""
  ids = sorted({s for row in layer.sources for s in row[:_MAX_SOURCES]})
  latents, scale = _quantized(layer.latents)
  columns: dict[str, np.ndarray] = {
      'codes': layer.codes.astype(np.uint16),
      'coordinates': layer.coordinates.astype(np.float32),
      'latents': latents,
      'genres': _labels(
          layer.genres, genres, _MAX_GENRES, NO_GENRE, np.uint8
      ),
      'sources': _labels(layer.sources, ids, _MAX_SOURCES, -1, np.int32),
      'num_sources': np.array([len(row) for row in layer.sources], np.uint32),
      'tempos': _tempos(layer),
  }
  if layer.only_near is not None:
    columns['only_near'] = layer.only_near.astype(np.uint8)
  header = {'name': layer.name, 'ids': ids, 'latents': scale, 'key': key}
  return header, {f'{key}.{name}': c for name, c in columns.items()}


def _compact(values: np.ndarray) -> np.ndarray:
  """Returns float32 as float16, where that says the same."""
  with np.errstate(over='ignore'):
    half = values.astype(np.float16)
  same = np.isfinite(half) & (half == values)
  return half if same.all() else values


def network(
    weights: autoencoder.Weights,
) -> tuple[dict, dict[str, np.ndarray]]:
  """Returns (header, columns) of a network, for the page to run.

  Weights that were rounded to float16 travel as that.
  """
  header = {
      'z_size': weights.z_size, 'decoder': weights.decoder, **weights.settings,
  }
  return header, {
      f'model.{name}': _compact(values)
      for name, values in weights.tensors.items()
  }


def render(
    latent_map: map_data.LatentMap, model: trained_model.TrainedModel,
    kit: Mapping, groove: groove_data.GrooveData,
) -> str:
  """Returns all that the page shows, in the format of this module.

  Args:
    latent_map: The map.
    model: Its model.
    kit: The sounds, as `rendering.page_description` gives them.
    groove: How beats are played.
  """
  names = _genre_names(latent_map.training)
  header, columns = network(model.weights())
  columns |= groove.columns
  continuing, more = continuer_data.shipped()
  columns |= more
  layers = []
  for i, layer in enumerate((latent_map.training, *latent_map.generated)):
    layer_header, layer_columns = _layer(layer, f'layer{i}', names)
    layers.append(layer_header)
    columns |= layer_columns
  primer = drum_maps.load('note_seq9')
  return pack(continuing | {
      'title': latent_map.title, 'model': header | {
          'name': model.config.name, 'kind': model.config.model.kind,
      },
      'layers': layers, 'genres': names, 'kit': kit,
      'genre_groups': _genre_groups(latent_map.training, names),
      **groove.header,
      'directions': directions.of_genres(latent_map.training, names),
      'words': directions.of_words(latent_map.training),
      'voices': list(voices.NAMES),
      'min_entropy': entropy.MIN_NATS,
      'near_bits': nearest.NEAR_BITS,
      'voice_of_pitch': [
          int(v) for v in drum_maps.load(drum_maps.GM14).voice_of_pitch
      ],
      'primer_pitches': list(primer.written_pitches),
      'quality': dict(latent_map.quality),
      'titles': _titles(latent_map.training),
      'small_genres': [
          {
              'genre': small.genre, 'center': small.center.tolist(),
              'count': small.count,
          } for small in latent_map.small_genres
      ],
      'regions': [
          {
              'genre': region.genre, 'center': region.center.tolist(),
              'outline': np.asarray(region.outline).tolist(),
              'count': region.count, 'inside': region.inside,
              'expected': region.expected, 'p_value': region.p_value,
          } for region in latent_map.regions
      ],
  }, columns)
