"""Map display: the map's page inside a notebook, Jupyter's or Colab's."""

import dataclasses
import html
import pathlib

from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext.dataset import examples
from drumspace_ext.explorer import building as page_building
from drumspace_ext.explorer import files as map_files
from drumspace_ext.explorer import page as map_page
from drumspace_ext.files import local_paths
from drumspace_ext.latent_map import data as map_data
from drumspace_ext.models import trained_model

DEFAULT_WIDTH, DEFAULT_HEIGHT = '100%', 720
# The page can play, save files and ask; it can't reach the notebook around it.
_SANDBOX = 'allow-scripts allow-downloads allow-modals'
_ALLOW = 'autoplay; midi; clipboard-write; fullscreen'


@dataclasses.dataclass(frozen=True, kw_only=True)
class MapFrame:
  """A page that a notebook shows as a frame.

  Attributes:
    page: The page, HTML.
    width: Of the frame, in pixels or as CSS has it.
    height: Likewise.
  """

  page: str = dataclasses.field(repr=False)
  width: int | str = DEFAULT_WIDTH
  height: int | str = DEFAULT_HEIGHT

  def _repr_html_(self) -> str:
    # The page's quotes and ampersands are all that an attribute could end at.
    return (
        f'<iframe srcdoc="{html.escape(self.page)}" '
        f'width="{html.escape(str(self.width))}" '
        f'height="{html.escape(str(self.height))}" '
        f'sandbox="{_SANDBOX}" allow="{_ALLOW}" style="border: 0" '
        'title="Drum space map"></iframe>'
    )


def _read_page(path: pathlib.Path) -> str:
  try:
    return path.read_text(encoding='utf-8')
  except (OSError, UnicodeDecodeError) as e:
    raise errors.InputError(f"{path} can't be read: {e}.") from e


def show_map(
    source: map_data.LatentMap | pathlib.Path | str | None = None,
    model: trained_model.TrainedModel | str | None = None, *,
    width: int | str = DEFAULT_WIDTH, height: int | str = DEFAULT_HEIGHT,
    num_outputs: int | None = None, seed: int = defaults.SEED,
) -> MapFrame:
  """Shows a map in a notebook; let the cell end with it.

  Args:
    source: A `map.html`, or the folder of one; or a map from
      `build_map`; or, with a model, patterns to build one from (a
      dataset folder or file; the starter collection if None).
    model: A model, its run directory, checkpoint file or `shipped:NAME`.
    width: Of the frame, in pixels or as CSS has it.
    height: Likewise.
    num_outputs: Beats to draw from the model, where a map is built; 500 if
      None.
    seed: Of everything random, where a map is built.

  Returns:
    What Jupyter and Colab show as a frame.

  Raises:
    InputError: If there is no map, or nothing to build one from.
    CheckpointError: If the model is none.
  """
  if isinstance(model, str):
    model = trained_model.TrainedModel(model)
  if isinstance(source, map_data.LatentMap):
    if model is None:
      raise errors.InputError('a map is shown with its model; name one.')
    page = map_page.render(source, model)
  elif model is None:
    if source is None:
      raise errors.InputError(
          f'name a {map_files.PAGE}, or a model to build a map with, such as '
          "model='shipped:acai'."
      )
    path = local_paths.expand(str(source))
    if path.is_dir() and not (path / map_files.PAGE).is_file():
      raise errors.InputError(
          f'{path} holds no {map_files.PAGE}; name a model to build a map '
          "with, such as model='shipped:acai'."
      )
    page = _read_page(path / map_files.PAGE if path.is_dir() else path)
  else:
    given = None if source is None else local_paths.expand(str(source))
    built = page_building.build(
        examples.load_or_starter(given), given, model,
        num_outputs=num_outputs, seed=seed,
    )
    page = map_page.render(built.latent_map, model)
  return MapFrame(page=page, width=width, height=height)
