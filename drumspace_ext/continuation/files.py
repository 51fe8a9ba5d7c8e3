"""Continuation files: what `drumspace_continue` leaves in its output folder.

`midi/` holds a file of each continuation, the primer before it, exactly as long
as its steps. `continuations.txt` has the same as text, a line each: a Python
list of tuples of pitches, which Magenta and drumspace_convert read.
`manifest.json` says how they were made, and how many steps are the primer's.
"""

from collections.abc import Mapping
import dataclasses
import pathlib
import re

import numpy as np

from drumspace_ext.files import manifests
from drumspace_ext.files import midi_kinds
from drumspace_ext.files import output_files
from drumspace_ext.files import result_folders
from drumspace_ext.files import result_names
from drumspace_ext.notes import drum_tracks
from drumspace_ext.notes import midi_writing
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import dynamics as dynamics_lib
from drumspace_ext.patterns import step_codes

_MADE_NAME = re.compile(r'_continue_seed\d+-\d{3,}-of-\d{3,}\.mid$')


@dataclasses.dataclass(frozen=True, kw_only=True)
class Style:
  """How continuations are written.

  Attributes:
    name: What names of files and tracks begin with.
    qpm: Tempo in quarter notes a minute.
    drum_map: How voices are written.
    dynamics: How hits are played, or None.
  """

  name: str
  qpm: float
  drum_map: drum_maps.DrumMap
  dynamics: dynamics_lib.Dynamics | None = None


def write(
    folder: pathlib.Path, codes: np.ndarray, style: Style,
    arguments: Mapping[str, object], digests: Mapping[str, str],
) -> list[pathlib.Path]:
  """Writes continuations.

  Args:
    folder: Where; made if missing.
    codes: Step codes with the primer, uint16 `[num_outputs, num_steps]`.
    style: How they are written.
    arguments: For the manifest.
    digests: For the manifest.

  Returns:
    The MIDI files, in order.

  Raises:
    OutputError: If they can't be written.
  """
  stem = midi_kinds.safe_name(style.name)
  width = max(3, len(str(len(codes))))
  names = [
      f'{stem}-{number:0{width}}-of-{len(codes):0{width}}.mid'
      for number in range(1, len(codes) + 1)
  ]
  with output_files.Batch(folder / result_names.MIDI_FOLDER) as batch:
    for name, row in zip(names, codes):
      batch.write(name, midi_writing.rows_to_midi(
          step_codes.step_codes_to_rows(row), qpm=style.qpm,
          drum_map=style.drum_map, dynamics=style.dynamics,
          name=name.removesuffix('.mid'),
      ))
  with output_files.Batch(folder) as batch:
    batch.open(result_names.CONTINUATIONS).writelines(
        drum_tracks.format_primer(row, style.drum_map) + '\n' for row in codes
    )
    batch.open(result_names.MANIFEST).write(manifests.text(
        arguments, digests, maker=result_folders.CONTINUE.script
    ))
  for path in (folder / result_names.MIDI_FOLDER).glob('*.mid'):
    # What an earlier run left; other files are somebody's own.
    if _MADE_NAME.search(path.name) and path.name not in names:
      path.unlink()
  return [folder / result_names.MIDI_FOLDER / name for name in names]
