"""What of 14 voices is left of patterns in Magenta's nine classes?

  python tests/benchmarks/magenta_classes.py PATTERNS [MAP ...]

PATTERNS is anything that --examples_path takes. For each drum map of nine
classes it prints where each voice goes, and of the patterns how many come back
as they were, how many share their rotation class with another one afterwards,
and what share of the hits is left in its own voice, moves to another voice, or
falls on a hit that is there already.
"""

import sys

import numpy as np

from drumspace_ext.dataset import examples
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices

MAPS = ('note_seq9', 'groovae9', 'magenta_js9', 'lstmetallica9')


def main(path: str, *names: str) -> None:
  codes = examples.load(path).codes
  hits = step_codes.step_codes_to_hits(codes)
  maps = [drum_maps.load(name) for name in names or MAPS]
  per_voice = hits.sum((0, 1))
  print(f'{len(hits):,} patterns, {hits.sum():,} hits')
  print('| voice | hits |', ' | '.join(m.name for m in maps), '|')
  for voice, name in enumerate(voices.NAMES):
    targets = [
        '-' if m.write_as[voice] == drum_maps.NO_VOICE else
        f'{voices.NAMES[m.write_as[voice]]} ({m.written_pitches[voice]})'
        for m in maps
    ]
    print(f'| {name} | {per_voice[voice]:,} |', ' | '.join(targets), '|')
  for m in maps:
    folded = m.folded(hits)
    own = np.array([target == v for v, target in enumerate(m.write_as)])
    kept = hits[..., own].sum()
    moved = hits[..., ~own].sum()
    classes = step_codes.class_digests(step_codes.hits_to_step_codes(folded))
    same = (folded == hits).all((1, 2))
    print(
        f'{m.name}: {same.mean():.1%} of patterns unchanged, '
        f'{len(np.unique(classes)):,} rotation classes left of {len(hits):,}; '
        f'of the hits {kept / hits.sum():.2%} in their own voice, '
        f'{moved / hits.sum():.2%} in another or none, '
        f'{1 - folded.sum() / hits.sum():.2%} gone'
    )
  # Without --voices_out: gm14's pitches, read by the host's nine classes.
  host, gm14 = drum_maps.load('note_seq9'), drum_maps.load(drum_maps.GM14)
  folded = np.zeros_like(hits)
  for voice, pitch in enumerate(gm14.written_pitches):
    folded[..., host.voice_of_pitch[pitch]] |= hits[..., voice]
  classes = step_codes.class_digests(step_codes.hits_to_step_codes(folded))
  print(
      f'gm14 unconverted, read as note_seq9: {len(np.unique(classes)):,} '
      f'rotation classes left, {1 - folded.sum() / hits.sum():.2%} of the hits '
      'gone; ' + ', '.join(
          f'{voices.NAMES[v]} -> {voices.NAMES[host.voice_of_pitch[p]]}'
          for v, p in enumerate(gm14.written_pitches)
          if host.voice_of_pitch[p] != v
      )
  )


if __name__ == '__main__':
  main(*sys.argv[1:])
