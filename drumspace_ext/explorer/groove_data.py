"""Groove data: what the page needs to play beats as `--groove` says.

Columns are under `groove.`, in the form of `page_data`; `web/model/groove.js`
computes with those of a groove model, whose weights are by input and then by
output. A page that plays like a MIDI file or a dataset has more under
`groove.manner.`: the tables of a `grooves.Manner`, float32 `[32, 14]`, and
under `groove.known.` the patterns of the dataset: step codes, and of all their
hits in turn the velocities (0 where no play has the hit) and offsets. With
these `web/model/manner.js` computes, which is in no other page.
"""

from collections.abc import Mapping
import dataclasses

import numpy as np

from drumspace_ext import errors
from drumspace_ext.files import local_paths
from drumspace_ext.models import groove_model
from drumspace_ext.models import groove_network
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import grooves
from drumspace_ext.patterns import step_codes
from drumspace_ext.playing import players
from drumspace_ext.playing import sources

_MANNER_SCRIPT = 'model/manner.js'


@dataclasses.dataclass(frozen=True, kw_only=True)
class GrooveData:
  """What a page needs to play beats; nothing where it plays them straight.

  Attributes:
    header: What stands beside the columns.
    columns: By name.
    scripts: Modules that only such a page has, to run before all others.
  """

  header: Mapping[str, object] = dataclasses.field(default_factory=dict)
  columns: Mapping[str, np.ndarray] = dataclasses.field(default_factory=dict)
  scripts: tuple[str, ...] = ()


def of_name(
    name: local_paths.Name = sources.RECOMMENDED, *,
    drum_map: drum_maps.DrumMap | None = None,
) -> GrooveData:
  """Returns what a page needs to play beats as a name says.

  Args:
    name: See `players.player`.
    drum_map: How a MIDI file's pitches are read; `gm14` if None.

  Raises:
    InputError: If a page can't play so, or see `players.player`.
    CheckpointError: See `players.player`.
  """
  return of_player(players.player(name, drum_map=drum_map))


def of_player(player: grooves.Player | None) -> GrooveData:
  """Returns what a page needs to play as a player; None plays straight.

  Raises:
    InputError: If it is no groove model and nobody's manner.
  """
  if player is None:
    return GrooveData()
  if isinstance(player, groove_model.GrooveModel):
    header, found = columns(player)
    return GrooveData(header={'groove': header}, columns=found)
  manner = player.default if isinstance(player, grooves.Known) else player
  if not isinstance(manner, grooves.Manner):
    raise errors.InputError(
        '--groove: a page runs no GrooVAE. Give a model of --config=groove, a '
        f'MIDI file or a dataset, or {sources.RECOMMENDED}.'
    )
  default = of_player(manner.default)
  more = {
      f'groove.manner.{name}': getattr(manner, name).astype(np.float32)
      for name in ('velocities', 'offsets', 'unknown')
  }
  if isinstance(player, grooves.Known):
    more |= _known(player)
  return GrooveData(
      header=default.header, columns={**default.columns, **more},
      scripts=(_MANNER_SCRIPT,),
  )


def _known(player: grooves.Known) -> dict[str, np.ndarray]:
  """Returns columns of patterns that are played as they were."""
  played = player.played.values()
  codes = np.frombuffer(b''.join(player.played), np.uint16)
  values = {
      'velocities': [np.where(p.plays > 0, p.velocities, 0) for p in played],
      'offsets': [p.offsets for p in played],
  }
  return {'groove.known.codes': codes.reshape(-1, step_codes.NUM_STEPS)} | {
      f'groove.known.{name}': np.concatenate(parts).astype(np.float16)
      for name, parts in values.items()
  }


def columns(
    model: groove_model.GrooveModel,
) -> tuple[dict, dict[str, np.ndarray]]:
  """Returns (header, columns) of a groove model."""
  network = model.network
  around = network.around
  weight, places = around.first()
  tensors = {
      'table': network.table, 'around.weight': weight, 'around.places': places,
      **{
          f'whole.{number}.{name}': value
          for number, layer in enumerate(network.whole.linear())
          for name, value in (('bias', layer.bias), ('weight', layer.weight.T))
      },
      **{
          f'around.{name}.{part}': value
          for name, layer in (('hidden', around.hidden), ('out', around.out))
          for part, value in (('bias', layer.bias), ('weight', layer.weight.T))
      },
  }
  header = {
      'level': model.level, 'scales': list(groove_network.SCALES),
      'input_scale': groove_network.INPUT_SCALE,
      'whole_shares': list(groove_network.WHOLE_SHARES),
  }
  return header, {
      f'groove.{name}': value.contiguous().numpy().astype(np.float16)
      for name, value in tensors.items()
  }
