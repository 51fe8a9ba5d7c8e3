"""Voices: the 14 rows of a drum pattern and the General MIDI pitches they hold.

A *voice* is one of the 14 drum rows. Its index is the bit it has in a step
code. Its *exemplar pitch* is the General MIDI pitch it is written back as; the
other pitches of its row are folded into it when notes are read. Every pitch
that stands nowhere here is dropped, and counted, by whoever reads notes.

Bits 0-8 and 10-13 are those of the published drum_space files (A. Tikhonov,
2019, confirmed on 10,048 of its MIDI files). Bit 9 is never set in them;
cowbell is this package's choice. The folding is LSTMetallica's table (Choi,
Fazekas, Sandler 2016) but for 22, 26, 39, 54 and 56, which are this package's.

Other drum maps (`drum_maps`) lead into these voices and out of them again.
"""

import functools
import json
import types

# Voice, then its pitches, exemplar first. The order is the bit order.
_TABLE = (
    ('kick', (36, 35)),
    ('snare', (38, 37, 40, 39)),
    ('closed_hat', (42, 44, 22, 54)),
    ('floor_tom', (41, 43)),
    ('low_tom', (45, 47)),
    ('open_hat', (46, 26)),
    ('high_tom', (48, 50)),
    ('crash', (49, 57, 52)),
    ('ride', (51, 59, 53, 55)),
    ('cowbell', (56,)),
    ('high_bongo', (60,)),
    ('low_bongo', (61,)),
    ('conga', (62, 63)),
    ('low_conga', (64,)),
)

NAMES: tuple[str, ...] = tuple(name for name, _ in _TABLE)
NUM_VOICES: int = len(_TABLE)
PITCHES = types.MappingProxyType(dict(_TABLE))
EXEMPLAR_PITCHES: tuple[int, ...] = tuple(pitches[0] for _, pitches in _TABLE)
INDEX = types.MappingProxyType({name: v for v, name in enumerate(NAMES)})


@functools.cache
def table_digest() -> str:
  """Returns a digest of the table.

  Data sets and checkpoints carry it, and refuse to be mixed with another.
  """
  # What reads inputs needs no digest, and goes without OpenSSL.
  import hashlib

  return hashlib.sha256(
      json.dumps(_TABLE, separators=(',', ':')).encode()
  ).hexdigest()[:16]
