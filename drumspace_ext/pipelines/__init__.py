"""Stages of a workflow, run by us or inside Magenta.

Decisions:

A stage remembers nothing. `counts` and `rejection` are of the last transform,
a new mapping each time; who runs it sums them (our runner, or Magenta's
`merge_statistics`, which merges in place and copies shallowly: each transform
makes new `Counter`s). So a stage gives the same in any order or sharding; what
is drawn depends on the seed and the pattern alone. Every input is accounted
for: outputs, or one `rejected_REASON`.

The latent vector goes into a text annotation (`drumspace_latent {"weights":
..., "z": [...]}`, time 0, type UNKNOWN): JSON, so that every float comes back
exactly; with the checkpoint's digest, so that vectors of two models are never
mixed. NoteSequences have no field for a vector, and `sequence_metadata` no
free one. It goes through TFRecords and the Quantizer; TimeChangeSplitter drops
text. `Reconstructor` decodes a vector that it finds, so that vectors can be
edited between two stages.

`as_dag` and not a patch of Magenta: a pipeline with a single class as output
type fails in `run_pipeline_serial` and `load_pipeline` of 2.1.4 (a test holds
this and will say when it is mended).

Our stage before TimeChangeSplitter, which cuts loops at each change of tempo:
of 12 starter songs, whose tempo changes, 10 lose loops behind it (24 of 35 are
left).

The stage `drums_rnn` refuses a bar of silence (16 or more silent steps in a
row, across the ends too). drums_rnn's DrumsExtractor cuts there and drops what
is shorter than seven bars, whatever the tiling. A Hypothesis test with the
real DrumsExtractor holds that what is refused is lost there and nothing else
is. Of 10,894 real patterns 4 are.

drums_rnn leaves one step of silence behind a primer's last note and plays on
from there: of a primer with a hit on its last step, the downbeat of the third
bar is always silent; of one with a silent end, drums_rnn fills that end. That
is in `drums_rnn_generate` itself (start = end of the last note + one step).

The stage `unique` keeps each class once. Two songs may play one pattern: what
is split behind `loops` without `unique` may have it on both sides, which
README.md says where it shows a partition.

`magenta` is the only module that imports Magenta, when it is used. Whole
programs stand in tests/integration.
"""

import typing

from drumspace_ext import faces

_NAMES = {
    'BarCutter': 'pattern_stages',
    'Continuation': 'continuation_stages',
    'DrumTrackExtractor': 'pattern_stages',
    'DrumsRnnWriter': 'pattern_stages',
    'GrooveConverter': 'groove_converter',
    'LatentEncoder': 'model_stages',
    'LoopExtractor': 'pattern_stages',
    'ModelFilter': 'model_stages',
    'PatternConverter': 'pattern_converter',
    'PatternFilter': 'pattern_stages',
    'PatternPlayer': 'playing_stages',
    'Reconstructor': 'model_stages',
    'Stage': 'stages',
    'UniquePatterns': 'pattern_stages',
    'Variator': 'model_stages',
    'VoiceMapper': 'pattern_stages',
    'as_dag': 'magenta',
    'as_magenta_pipeline': 'magenta',
    'run_pipeline': 'running',
}

if typing.TYPE_CHECKING:
  from drumspace_ext.pipelines.continuation_stages import (
    Continuation as Continuation,
  )
  from drumspace_ext.pipelines.groove_converter import (
    GrooveConverter as GrooveConverter,
  )
  from drumspace_ext.pipelines.magenta import as_dag as as_dag
  from drumspace_ext.pipelines.magenta import (
    as_magenta_pipeline as as_magenta_pipeline,
  )
  from drumspace_ext.pipelines.model_stages import (
    LatentEncoder as LatentEncoder,
  )
  from drumspace_ext.pipelines.model_stages import ModelFilter as ModelFilter
  from drumspace_ext.pipelines.model_stages import (
    Reconstructor as Reconstructor,
  )
  from drumspace_ext.pipelines.model_stages import Variator as Variator
  from drumspace_ext.pipelines.pattern_converter import (
    PatternConverter as PatternConverter,
  )
  from drumspace_ext.pipelines.pattern_stages import BarCutter as BarCutter
  from drumspace_ext.pipelines.pattern_stages import (
    DrumsRnnWriter as DrumsRnnWriter,
  )
  from drumspace_ext.pipelines.pattern_stages import (
    DrumTrackExtractor as DrumTrackExtractor,
  )
  from drumspace_ext.pipelines.pattern_stages import (
    LoopExtractor as LoopExtractor,
  )
  from drumspace_ext.pipelines.pattern_stages import (
    PatternFilter as PatternFilter,
  )
  from drumspace_ext.pipelines.pattern_stages import (
    UniquePatterns as UniquePatterns,
  )
  from drumspace_ext.pipelines.pattern_stages import VoiceMapper as VoiceMapper
  from drumspace_ext.pipelines.playing_stages import (
    PatternPlayer as PatternPlayer,
  )
  from drumspace_ext.pipelines.running import run_pipeline as run_pipeline
  from drumspace_ext.pipelines.stages import Stage as Stage
else:
  __getattr__, __dir__ = faces.of(__name__, _NAMES)
