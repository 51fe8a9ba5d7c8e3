"""Map page: a placeholder until the explorer is there."""

from collections.abc import Mapping
import html

from drumspace_ext import map_data
from drumspace_ext import trained_model

FILE_NAME = 'map.html'


def render(
    latent_map: map_data.LatentMap, model: trained_model.TrainedModel, *,
    settings: Mapping,
) -> str:
  """Returns a page that says how many patterns a map has."""
  del model, settings
  return (
      f'<!DOCTYPE html><title>{html.escape(latent_map.title)}</title>'
      f'<p>{len(latent_map.training)} patterns'
  )
