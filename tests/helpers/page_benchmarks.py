"""What benchmarks of the page share: flags, the crowded map, their numbers."""

import json
import pathlib

from absl import flags
import map_builders

from drumspace_ext.latent_map import data as map_data
from drumspace_ext.models import trained_model

_POINTS = flags.DEFINE_integer('points', 33_000, 'Training points.')
_MODEL = flags.DEFINE_string('model', 'acai', 'A shipped model.')
PAGE = flags.DEFINE_string('page', None, 'A page that is there already.')
_JSON = flags.DEFINE_string('json', None, 'Where to write the numbers, too.')


def crowded_map() -> tuple[map_data.LatentMap, trained_model.TrainedModel]:
  """Returns the map of --points, and the model of --model that it shows."""
  model = map_builders.model(_MODEL.value)
  return map_builders.crowded_map(
      model, count=_POINTS.value, drawn_by=map_builders.model()
  ), model


def show(found: dict) -> None:
  """Prints numbers, and writes them to the file of --json."""
  text = json.dumps(found, indent=2)
  print(text)
  if _JSON.value:
    pathlib.Path(_JSON.value).write_text(text + '\n', encoding='utf-8')
