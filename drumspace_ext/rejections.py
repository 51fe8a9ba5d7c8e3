"""Why an input gives no pattern: every reason, in words, with a hint.

The commonest question of this ecosystem is why a data set came out empty
(magenta 1971, 1998, 2026, 994 and more). Each input that gives nothing has one
of these reasons; the hint says what a person can do.
"""

from collections.abc import Mapping
import types

from drumspace_ext import defaults

# What is left to try where --max_flips finds nothing.
OTHER_REPEATS = '--min_repeats=2 or --recurring'
_NEAR_FLIPS = 4


def _not_in_4_4(recipe: Mapping) -> str:
  has_half_bars = '2/4' in recipe.get('meters', ())
  return (
      'patterns are two bars of 4/4; '
      + ('' if has_half_bars else '--meters=4/4,2/4 reads 2/4 as half-bars, ')
      + 'others need a true time signature'
  )


def _too_short(recipe: Mapping) -> str:
  repeats = _min_repeats(recipe)
  if repeats == 1:
    return 'a loop is two bars; --loop_bars=1 takes a single bar twice'
  times = {2: 'twice', 3: 'three times'}.get(repeats, f'{repeats} times')
  least = '--min_repeats=1'
  return (
      f'a loop is two bars, {times} in a row; '
      + (f'--min_repeats=2 takes two, {least}' if repeats > 2 else
         f'{least} takes')
      + ' every two bars'
  )


def _no_loop(recipe: Mapping) -> str:
  near = recipe.get('max_flips', defaults.MAX_FLIPS) >= _NEAR_FLIPS
  twice = _min_repeats(recipe) <= 2
  if recipe.get('recurring'):
    others = '--min_repeats=1' if twice else '--min_repeats=2'
  else:
    others = '--recurring' if twice else OTHER_REPEATS
  return (
      'played or varied drums seldom repeat exactly: try '
      + ('' if near else f'--max_flips={_NEAR_FLIPS}, then ') + others
  )


def _min_repeats(recipe: Mapping) -> int:
  return recipe.get('min_repeats', defaults.MIN_REPEATS)


# What to do of reasons that depends on what was done.
_HINTS = types.MappingProxyType({
    'not_in_4_4': _not_in_4_4,
    'too_short': _too_short,
    'no_loop': _no_loop,
})

# reason: (what it means, what to do)
_REASONS = {
    'unreadable': (
        'the file could not be opened',
        'check its permissions and the disk',
    ),
    'empty': ('the file has no bytes', 'fetch it again'),
    'not_midi': (
        'the file is not MIDI, whatever its name says',
        'fetch it again, or unpack it first',
    ),
    'midi_2_clip': (
        'it is a MIDI 2.0 clip, not a Standard MIDI File',
        'save it as a Standard MIDI File (.mid) in the program that wrote it',
    ),
    'format_2': (
        'it is a MIDI file of format 2: its tracks are patterns of their own',
        'save each track as a file of its own; or as format 1, if they sound '
        'together',
    ),
    'damaged_midi': (
        'the MIDI file is too damaged to hold notes',
        'fetch it again, or save it anew in a sequencer',
    ),
    'smpte_division': (
        'its time is in seconds (SMPTE), not in quarter notes',
        'save it with ticks per quarter note in a sequencer',
    ),
    'bad_division': (
        'its header gives no ticks per quarter note',
        'save it anew in a sequencer',
    ),
    'too_large': (
        'it is larger than any real song',
        'split it, or check where it comes from',
    ),
    'bad_zip_member': (
        'a member of a zip archive could not be unpacked',
        'fetch the archive again',
    ),
    'tfrecord_crc': (
        'a TFRecord fails its checksum',
        'copy or write the file again; the other records were used',
    ),
    'tfrecord_length': (
        'the length of a TFRecord is damaged; what follows it is lost',
        'copy or write the file again',
    ),
    'tfrecord_truncated': (
        'a TFRecord file ends inside a record',
        'copy the file again; its writer may not have finished',
    ),
    'not_note_sequence': (
        'a TFRecord does not hold a NoteSequence',
        'write the file with convert_dir_to_note_sequences or '
        'drumspace_convert',
    ),
    'bad_latent': (
        'a latent vector that it carries is damaged, or of another model',
        'encode it again (--stages=encode)',
    ),
    'bad_times': (
        'it has times that are no numbers, or a tempo of zero',
        'check the program that wrote it',
    ),
    'other_grid': (
        'it is quantized to steps that are not quarters of a quarter note',
        'hand in the unquantized NoteSequence',
    ),
    'unknown_steps': (
        'its notes have steps, but it does not say how long a step is',
        'set quantization_info.steps_per_quarter: 4 for sixteenths',
    ),
    'silent_notes': (
        'its drum notes have velocity 0, which is silence',
        'set a velocity of 1 to 127 in the program that wrote it',
    ),
    'soft_notes': (
        'its drum notes are all softer than --min_velocity',
        'lower --min_velocity; rejected.tsv names the velocity of the loudest',
    ),
    'no_notes': (
        'it holds no note that could be written',
        'look at what it holds with drumspace_inspect',
    ),
    'no_drum_notes': (
        'no note is a drum note',
        'name their place with --drum_tracks or --drum_channels, or try '
        '--assume_drums',
    ),
    'no_known_voice': (
        'none of its drum pitches stands for a voice',
        'choose another drum map with --voices_in',
    ),
    'not_in_4_4': (
        'its drums play in other meters only',
        _not_in_4_4({}),
    ),
    'too_short': (
        'no stretch without a two-bar pause is long enough',
        _too_short({}),
    ),
    'no_loop': (
        'no two bars are played three times in a row',
        _no_loop({}),
    ),
    'only_trivial_loops': (
        'its loops are too simple (entropy below 0.9 nats)',
        'nothing to do: a plain pulse is no pattern',
    ),
    'lost_voices': (
        'many of its drum notes stand for no voice, and what is left is too '
        'simple',
        'rejected.tsv names the pitches: choose another drum map with '
        '--voices_in, or move them by an octave where that is said to fit',
    ),
    'not_one_pattern': (
        'a stage takes one two-bar pattern, and this plays several',
        'put the stage loops or bars before it',
    ),
    'bar_of_silence': (
        'it has a whole bar of silence, at which drums_rnn cuts',
        'nothing to do: drums_rnn does not learn such pauses',
    ),
    'trivial_pattern': (
        'the pattern is too simple (entropy below 0.9 nats)',
        'nothing to do: a plain pulse is no pattern',
    ),
    'known_pattern': (
        'the pattern, or a rotation of it, is in the training set',
        'nothing to do, where new patterns are wanted',
    ),
    'repeated_pattern': (
        'the pattern, or a rotation of it, came before in this run',
        'nothing to do, where each pattern is to come once',
    ),
    'no_variation': (
        'the model gives back nothing but this pattern',
        'raise --temperature, or take another model',
    ),
    'reader_failed': (
        'reading it failed by a mistake in drumspace_ext',
        'report it with the file; --log=DEBUG shows where it failed',
    ),
    'reader_crashed': (
        'reading it crashed the worker; the run went on without it',
        'look at the file with drumspace_inspect, and report it',
    ),
    'reader_timeout': (
        'reading it took too long; the run went on without it',
        'look at the file with drumspace_inspect, and report it',
    ),
}

READING = 'reading'
# What is said of an input, whether it gives patterns or not, in the same form.
_REMARKS = {
    READING: (
        'something in it may be read in two ways, or is out of order',
        'what is named is how it was read',
    ),
    'off_the_grid': (
        'all of it lies off the grid by a constant, as with latency: its hits '
        'may be on wrong steps',
        '--align takes the lateness out',
    ),
    'aligned': (
        'a constant lateness was taken out',
        'nothing to do: --align did it',
    ),
    'triplets': (
        'much of it lies on triplets, which no sixteenth grid holds: its hits '
        'are on the nearest sixteenths',
        'nothing is lost: groove.tsv says how far off each is, and '
        '--groove=own, or --groove of its dataset, plays the triplets again',
    ),
    'other_map': (
        'another drum map explains its pitches better than the one in use',
        '--voices_in=auto takes that map for each such input, '
        '--voices_in=NAME one for all',
    ),
    'read_with': (
        'it was read with another drum map than gm14, which explains its '
        'pitches better',
        'nothing to do: --voices_in=auto did it',
    ),
}

REMARKS = types.MappingProxyType(_REMARKS)
REASONS = types.MappingProxyType(_REASONS)


def hint(reason: str, recipe: Mapping) -> str:
  """Returns what a person can do, beside what was done.

  Args:
    reason: A key of `REASONS`.
    recipe: How inputs were read, as in `report.json`; what it leaves out is as
      published.
  """
  of_recipe = _HINTS.get(reason)
  return of_recipe(recipe) if of_recipe else REASONS[reason][1]


# What is damage to files, for --strict.
DAMAGE = frozenset((
    'unreadable', 'empty', 'not_midi', 'damaged_midi', 'bad_division',
    'bad_zip_member', 'tfrecord_crc', 'tfrecord_length', 'tfrecord_truncated',
    'not_note_sequence', 'reader_failed', 'reader_crashed', 'reader_timeout',
))
