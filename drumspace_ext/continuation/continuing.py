"""Continuing: from a model's name and a primer to a folder of continuations."""

from collections.abc import Sequence
import dataclasses
import pathlib

import numpy as np

from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext.continuation import continuers
from drumspace_ext.continuation import files
from drumspace_ext.continuation import primers
from drumspace_ext.files import local_paths
from drumspace_ext.files import manifests
from drumspace_ext.files import result_folders
from drumspace_ext.files import result_names
from drumspace_ext.magenta_models import drums_rnn_generation
from drumspace_ext.models import checkpoints
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import onsets as onsets_lib
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import dynamics as dynamics_lib
from drumspace_ext.playing import players
from drumspace_ext.playing import sources

# As Magenta's flags.
NUM_OUTPUTS, NUM_STEPS, TEMPERATURE = 10, 128, 1.0


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class Continued:
  """What was played; as text, how much of it and where it is.

  Attributes:
    output_dir: The folder that was written.
    codes: Step codes with the primer, uint16 `[num_outputs, num_steps]`.
    num_primer_steps: Steps that were given.
    paths: The MIDI files.
    model: What played.
  """

  output_dir: pathlib.Path
  codes: np.ndarray
  num_primer_steps: int
  paths: Sequence[pathlib.Path]
  model: str

  def __repr__(self) -> str:
    return (
        f'Continued({str(self.output_dir)!r}, {len(self.codes)} outputs of '
        f'{self.codes.shape[1]} steps)'
    )

  def __str__(self) -> str:
    return (
        f'{len(self.codes):,} continuations of {self.num_primer_steps:,} steps '
        f'to {self.codes.shape[1]:,}, by {self.model}\n'
        f'  {self.output_dir / result_names.MIDI_FOLDER}'
    )


def check_length(primer: np.ndarray, num_steps: int) -> None:
  """Raises InputError if a primer leaves none of `num_steps` to draw."""
  if len(primer) >= num_steps:
    raise errors.InputError(
        f'the primer has {len(primer)} steps, and --num_steps={num_steps} '
        'counts them too. Ask for more.'
    )


def continue_codes(
    continuer: continuers.Continuer, primer: np.ndarray, *,
    num_steps: int = NUM_STEPS, num_outputs: int = 1,
    temperature: float = TEMPERATURE, silent_step: bool = False,
    seed: int = defaults.SEED,
) -> np.ndarray:
  """Continues a beat of any length.

  Args:
    continuer: From `continuers.load`.
    primer: Step codes, uint16 `[num_primer_steps]`, at least one.
    num_steps: Steps in all, those of the primer among them.
    num_outputs: Continuations.
    temperature: 0 takes the most probable step, 1 draws as the model sees it.
    silent_step: Cut the primer behind its last hit and leave the next step
      silent, as Magenta's generator does.
    seed: Of everything drawn.

  Returns:
    Step codes with the primer, uint16 `[num_outputs, num_steps]`.

  Raises:
    InputError: If the primer leaves no step to draw, or a number is out of
      range.
  """
  if silent_step:
    hit = np.flatnonzero(primer)
    primer = np.pad(primer[:hit[-1] + 1 if len(hit) else 0], (0, 1))
  check_length(primer, num_steps)
  drawn = continuer.continue_codes(
      primer, num_steps=num_steps - len(primer), num_outputs=num_outputs,
      temperature=temperature, seed=seed,
  )
  return np.concatenate([
      np.broadcast_to(primer, (num_outputs, len(primer))), drawn
  ], axis=1).astype(np.uint16)


def read_primer(
    input_values: Sequence[str] = (), *, primer_drums: str | None = None,
    primer_midi: local_paths.Name | None = None, primer_map: str,
    voices_in: str | None = None,
) -> primers.Primer:
  """Reads the one primer that is named; a kick if there is none.

  Args:
    input_values: A beat of ours.
    primer_drums: A Python list of tuples of pitches.
    primer_midi: A MIDI file.
    primer_map: The drum map of the two, if `voices_in` is None.
    voices_in: The drum map of any.

  Raises:
    InputError: If several are named, or one can't be read.
  """
  if sum((bool(input_values), bool(primer_drums), bool(primer_midi))) > 1:
    raise errors.InputError(
        'give one primer: --primer_drums, --primer_midi or --input.'
    )
  if input_values:
    return primers.from_beats(
        input_values, drum_maps.load(voices_in or defaults.VOICES_IN)
    )
  drum_map = drum_maps.load(voices_in or primer_map)
  if primer_drums:
    return primers.from_text(primer_drums, drum_map)
  if primer_midi:
    return primers.from_midi(primer_midi, drum_map)
  return primers.default()


def continue_beats(
    checkpoint: str, output_dir: local_paths.Name,
    input_values: local_paths.Names = (), *,
    primer_drums: str | None = None,
    primer_midi: local_paths.Name | None = None,
    hparams: str = '', num_outputs: int = NUM_OUTPUTS,
    num_steps: int = NUM_STEPS, temperature: float = TEMPERATURE,
    beam_size: int = 1, branch_factor: int = 1, steps_per_iteration: int = 1,
    silent_step: bool = False, qpm: float | None = None,
    voices_in: str | None = None, voices_out: str | None = None,
    accents: bool = False, swing: dynamics_lib.Swing = 0.0,
    humanize: float = 0.0, groove: local_paths.Name = defaults.GROOVE,
    groove_strength: dynamics_lib.Strength = defaults.GROOVE_STRENGTH,
    groove_drawn: bool = False, seed: int = defaults.SEED,
) -> Continued:
  """Continues a beat with a model, and writes MIDI files.

  Args:
    checkpoint: A bundle of drums_rnn, a checkpoint of it, or what
      drumspace_convert made of one.
    output_dir: Folder for the results.
    input_values: A beat of ours to continue.
    primer_drums: A Python list of tuples of pitches, in place of it.
    primer_midi: A MIDI file, in place of it.
    hparams: Magenta's; not needed, and checked where they name sizes.
    num_outputs: Continuations.
    num_steps: Sixteenths in all, those of the primer among them.
    temperature: See `continue_codes`.
    beam_size: Of drums_rnn's beam search.
    branch_factor: Likewise.
    steps_per_iteration: Likewise.
    silent_step: See `continue_codes`.
    qpm: Tempo; that of a MIDI file stands above it.
    voices_in: Drum map of the primer; by default Magenta's for its own two
      forms, and gm14 for a beat of ours. Also of a MIDI file that is played
      like, by default gm14.
    voices_out: Drum map to write with; gm14 by default.
    accents: Velocities by place in the bar and by voice.
    swing: How late every second sixteenth comes.
    humanize: How much times and velocities vary.
    groove: How beats are played; see `players.player`.
    groove_strength: How much of that, 0 to 1; or two such, of velocity and of
      timing.
    groove_drawn: One of many answers of a groove model, by `seed`.
    seed: Of everything random.

  Raises:
    InputError: If something named can't be used.
    CheckpointError: If the model is none that continues beats.
    OutputError: If the results can't be written.
  """
  given = manifests.arguments_of(locals())
  folder = local_paths.expand(output_dir)
  values = local_paths.names(input_values)
  result_folders.claim(folder, result_folders.CONTINUE, [
      *values, *map(str, filter(None, [primer_midi])), *sources.files(groove),
  ])
  errors.check_positive(num_outputs=num_outputs)
  dynamics = players.dynamics(
      groove, accents=accents, swing=swing, humanize=humanize, seed=seed,
      groove_strength=groove_strength, groove_drawn=groove_drawn,
      drum_map=drum_maps.load(voices_in) if voices_in else None,
      knows_genres=False,
  )
  path = checkpoints.find(checkpoint)
  continuer = continuers.load(path, hparams=hparams, search=(
      drums_rnn_generation.Search(
          temperature=temperature, beam_size=beam_size,
          branch_factor=branch_factor, steps_per_iteration=steps_per_iteration,
      )
  ))
  primer = read_primer(
      values, primer_drums=primer_drums,
      primer_midi=primer_midi, primer_map=continuer.primer_map,
      voices_in=voices_in,
  )
  codes = continue_codes(
      continuer, primer.codes, num_steps=num_steps, num_outputs=num_outputs,
      temperature=temperature, silent_step=silent_step, seed=seed,
  )
  style = files.Style(
      name=f'{continuer.name}_continue_seed{seed}',
      qpm=_qpm(primer.qpm or qpm or onsets_lib.DEFAULT_QPM),
      drum_map=drum_maps.load_to_write(voices_out or drum_maps.GM14),
      dynamics=dynamics,
  )
  paths = files.write(
      folder, codes, style,
      given | {'num_primer_steps': len(primer.codes)},
      {'weights': manifests.digest(path), **sources.digests(groove)},
  )
  return Continued(
      output_dir=folder, codes=codes, num_primer_steps=len(primer.codes),
      paths=paths, model=continuer.description,
  )


def _qpm(qpm: float) -> float:
  low, high = note_sequences.QPM_LIMITS
  if not low <= qpm <= high:
    raise errors.InputError(f'qpm must be in [{low:g}, {high:g}], got {qpm}.')
  return qpm
