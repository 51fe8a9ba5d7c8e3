r"""Shows everything that this package does, on its own starter collection.

Plays the collection as songs, extracts the unique patterns from them, reports
on them, writes them as MIDI loops, trains a small model, draws new beats from
it, plays a beat three ways, judges the new ones, and maps the drum space as a
page to open in a browser. It takes about half a minute.

Usage:
  drumspace_quickstart --output_dir=/tmp/drumspace
"""

from drumspace_ext.cli import flags as drumspace_flags


def main(argv: list[str]) -> int:
  from drumspace_ext import errors
  from drumspace_ext.cli import quickstart_stages

  if len(argv) > 1:
    raise errors.InputError(f'unexpected arguments: {" ".join(argv[1:])}')
  made = quickstart_stages.run(
      drumspace_flags.output_dir(), seed=drumspace_flags.SEED.value, say=print
  )
  print('\nEverything is here:')
  width = max(map(len, made))
  for word, path in made.items():
    print(f'  {word:{width}}  {path}')
  return 0


def console_entry_point() -> None:
  drumspace_flags.run(
      main, required=[drumspace_flags.OUTPUT_DIR],
      shared=[drumspace_flags.SEED],
  )


if __name__ == '__main__':
  console_entry_point()
