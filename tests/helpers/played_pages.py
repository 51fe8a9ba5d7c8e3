"""How the page plays its current beat, beside the package, for the tests."""

import numpy as np
import played_files

from drumspace_ext.notes import midi_writing

LOOK = """return [...document.querySelectorAll('#grid .cells .hit')].map(
  (cell) => [Number(cell.style.getPropertyValue('--loud')),
    Number(cell.style.getPropertyValue('--late'))])"""


def assert_played(page, hits, dynamics):
  """Asserts that file and grid are played as by `dynamics`, to a unit."""
  ours = played_files.notes(page.download('get-midi')[1])
  theirs = played_files.notes(
      midi_writing.patterns_to_midi(hits[None], dynamics=dynamics)
  )
  assert (np.abs(ours - theirs).max(0) <= (1, 0, 1)).all()
  steps, struck = np.nonzero(hits)
  shown = np.array(page.run(LOOK))
  for column, values, apart in (
      (0, dynamics.velocities(steps, struck) / 127, 1.1 / 127),
      (1, dynamics.delays(steps, struck), 0.003),
  ):
    np.testing.assert_allclose(
        np.sort(shown[:, column]), np.sort(values), atol=apart
    )
