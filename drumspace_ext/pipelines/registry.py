"""Stage kinds: the stages that a chain is made of, by what they are called."""

from collections.abc import Callable
from collections.abc import Sequence
import dataclasses
import functools
import types

from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext import suggestions
from drumspace_ext.extraction import one_input
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import dynamics as dynamics_lib
from drumspace_ext.pipelines import continuation_stages
from drumspace_ext.pipelines import model_stages
from drumspace_ext.pipelines import pattern_stages
from drumspace_ext.pipelines import playing_stages
from drumspace_ext.pipelines import stages


@dataclasses.dataclass(frozen=True, kw_only=True)
class Options:
  """What the stages of a chain are made with.

  Attributes:
    recipe: How songs are read.
    repeats: How often a pattern is played in what comes out.
    voices_out: How patterns are written at the end; `gm14` if None.
    checkpoint: The model, for stages that need one.
    examples_path: Known patterns.
    num_outputs: Variations of each pattern.
    seed: Of everything drawn.
    temperature: See `TrainedModel.decode_hits`.
    dynamics: How what comes out is played; all alike and on the grid if None.
  """

  recipe: one_input.Recipe = dataclasses.field(
      default_factory=one_input.Recipe
  )
  repeats: int = 1
  voices_out: drum_maps.DrumMap | None = None
  checkpoint: str | None = None
  examples_path: str | None = None
  num_outputs: int = defaults.NUM_VARIATIONS
  seed: int = 0
  temperature: float | None = None
  dynamics: dynamics_lib.Dynamics | None = None


def _checkpoint(options: Options, kind: str) -> str:
  if options.checkpoint is None:
    raise errors.InputError(
        f'the stage {kind} needs a model: give --checkpoint_file or --run_dir.'
    )
  return options.checkpoint


def _cutter(stage_class: type, options: Options, name: str) -> stages.Stage:
  return stage_class(options.recipe, repeats=options.repeats, name=name)


def _encoder(options: Options, name: str) -> stages.Stage:
  checkpoint = _checkpoint(options, 'encode')
  return model_stages.LatentEncoder(checkpoint, name=name)


def _reconstructor(options: Options, name: str) -> stages.Stage:
  checkpoint = _checkpoint(options, 'reconstruct')
  return model_stages.Reconstructor(checkpoint, name=name)


def _variator(options: Options, name: str) -> stages.Stage:
  return model_stages.Variator(
      _checkpoint(options, 'vary'), num_outputs=options.num_outputs,
      seed=options.seed, temperature=options.temperature, name=name,
  )


def _continuation(options: Options, name: str) -> stages.Stage:
  return continuation_stages.Continuation(
      _checkpoint(options, 'continue'), num_outputs=options.num_outputs,
      seed=options.seed, temperature=options.temperature, name=name,
  )


def _novel(options: Options, name: str) -> stages.Stage:
  if options.examples_path is not None:
    return pattern_stages.PatternFilter(
        examples_path=options.examples_path, name=name
    )
  if options.checkpoint is not None:
    return model_stages.ModelFilter(options.checkpoint, name=name)
  raise errors.InputError(
      'the stage novel needs to know what is known: give --examples_path, '
      '--checkpoint_file or --run_dir.'
  )


# Kind of stage, as `kinds` describes it: what makes it of options and a name.
KINDS: types.MappingProxyType[
    str, Callable[[Options, str], stages.Stage]
] = types.MappingProxyType({
    'loops': functools.partial(_cutter, pattern_stages.LoopExtractor),
    'bars': functools.partial(_cutter, pattern_stages.BarCutter),
    'filter': lambda options, name: pattern_stages.PatternFilter(name=name),
    'unique': lambda options, name: pattern_stages.UniquePatterns(name=name),
    'novel': _novel,
    'drums_rnn': lambda options, name: pattern_stages.DrumsRnnWriter(
        repeats=options.repeats, dynamics=options.dynamics, name=name
    ),
    'encode': _encoder,
    'reconstruct': _reconstructor,
    'vary': _variator,
    'continue': _continuation,
})


_CUTTERS, _DRAWING = ('loops', 'bars'), ('vary', 'continue')
# What only some stages heed: the option (of the recipe, of all), how the script
# calls it, and the stages.
_OF_RECIPE = types.MappingProxyType({
    **dict.fromkeys(
        ('max_flips', 'min_repeats', 'loop_bars', 'recurring', 'meters',
         'gap_steps'), ('loops',)
    ),
    **dict.fromkeys(
        ('steps_per_quarter', 'min_velocity', 'align'), _CUTTERS
    ),
})
_OF_ALL = types.MappingProxyType({
    'repeats': ('tile', (*_CUTTERS, 'drums_rnn')),
    'checkpoint': (
        'checkpoint_file', ('novel', 'encode', 'reconstruct', *_DRAWING)
    ),
    'examples_path': ('examples_path', ('novel',)),
    'num_outputs': ('num_outputs', _DRAWING),
    'temperature': ('temperature', _DRAWING),
})


def check_use(kinds: Sequence[str], options: Options) -> None:
  """Refuses options that no stage of a chain heeds.

  Raises:
    InputError: If there is one that is not as where nothing is said.
  """
  plain = Options()
  asked = [
      (name, users) for name, users in _OF_RECIPE.items()
      if getattr(options.recipe, name) != getattr(plain.recipe, name)
  ] + [
      (flag, users) for name, (flag, users) in _OF_ALL.items()
      if getattr(options, name) != getattr(plain, name)
  ]
  for name, users in asked:
    if not set(users).intersection(kinds):
      raise errors.InputError(
          f'--{name} has no use in this chain, only with the '
          f'stage{"s" * (len(users) > 1)} {" or ".join(users)}.'
      )


def make(kinds: Sequence[str], options: Options) -> list[stages.Stage]:
  """Makes the stages of a chain, and at its end those that write and play.

  A kind that comes twice is called by its place the second time (`filter_3`).

  Raises:
    InputError: If a kind is unknown, lacks what it needs or stands where it
      can't, or there is none.
  """
  if not kinds:
    raise errors.InputError(
        f'name the stages of the chain; there are {", ".join(KINDS)}.'
    )
  if 'drums_rnn' in kinds[:-1] or (
      'drums_rnn' in kinds and options.voices_out is not None
  ):
    raise errors.InputError(
        'the stage drums_rnn writes another drum map: it comes last, without '
        '--voices_out.'
    )
  chain = []
  for number, kind in enumerate(kinds, 1):
    if kind not in KINDS:
      raise errors.InputError(
          f'unknown stage {kind!r}; there are {", ".join(KINDS)}.'
          + suggestions.did_you_mean(kind, KINDS)
      )
    name = kind if kind not in kinds[:number - 1] else f'{kind}_{number}'
    chain.append(KINDS[kind](options, name))
  # What writes another map plays as well: it knows all voices of a pattern.
  if options.voices_out is not None:
    # Last: the other stages read gm14.
    chain.append(pattern_stages.VoiceMapper(
        options.voices_out, dynamics=options.dynamics, name='voices'
    ))
  elif options.dynamics is not None and kinds[-1] != 'drums_rnn':
    chain.append(playing_stages.PatternPlayer(options.dynamics, name='groove'))
  return chain
