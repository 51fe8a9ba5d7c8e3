"""Quickstart: the whole journey on the starter collection, stage by stage.

A *stage* takes the folder and what earlier stages made and returns the files it
made itself. `STAGES` is their order; a new stage is a function and a line here.
"""

from collections.abc import Callable
from collections.abc import Mapping
import contextlib
import dataclasses
import pathlib
import re

from drumspace_ext.cli import progress
from drumspace_ext.cli import quickstart_grooves
from drumspace_ext.conversion import converting
from drumspace_ext.dataset import creation as dataset_creation
from drumspace_ext.dataset import report as dataset_report
from drumspace_ext.files import manifests
from drumspace_ext.files import output_files
from drumspace_ext.files import result_folders
from drumspace_ext.files import result_names
from drumspace_ext.files import tfrecords
from drumspace_ext.notes import midi_writing
from drumspace_ext.starter import beats as starter_beats
from drumspace_ext.starter import songs as starter_songs

SONGS_TFRECORD = result_names.SONGS
SONGS_MIDI, MIDI_PACK = result_names.SONGS_MIDI, result_names.MIDI_PACK
DATASET, MODEL = result_names.QUICK_DATASET, result_names.QUICK_MODEL
BEATS, MAP = result_names.QUICK_BEATS, result_names.QUICK_MAP
EVALUATION, BEST = result_names.QUICK_EVALUATION, result_names.QUICK_BEST
_CONFIG = 'smoke'
_NUM_BEATS = 32
_NUM_JUDGED = 500
# The small model knows too little to lay a space out.
_MAP_MODEL = 'shipped:acai'
_BEST = 'shipped:best'
_NUM_AUDIO = 3
_PACKED = re.compile(r'\d{4}_.*\.(mid|wav)')


@dataclasses.dataclass(frozen=True, kw_only=True)
class Stage:
  """One step of the journey.

  Attributes:
    title: What it does, for the person who watches.
    run: Called with (folder, seed, say), where `say` prints a text; returns the
      files it made, with a word for each.
  """

  title: str
  run: Callable[
      [pathlib.Path, int, Callable[[str], None]], Mapping[str, pathlib.Path]
  ]


def _write_songs(folder, seed, say) -> Mapping[str, pathlib.Path]:
  """Plays the starter collection as songs, as TFRecord and as MIDI files."""
  songs = list(starter_songs.songs(seed=seed))
  with output_files.Batch(folder) as batch:
    batch.open(manifests.FILE_NAME).write(manifests.text(
        {'seed': seed}, {}, maker=result_folders.QUICKSTART.script
    ))
    tfrecords.write(
        batch.open(SONGS_TFRECORD, text=False),
        (song.SerializeToString(deterministic=True) for song in songs),
    )
  with output_files.Batch(folder / SONGS_MIDI) as batch:
    for song in songs:
      name = song.filename.replace('/', '_')
      batch.write(name, midi_writing.note_sequence_to_midi(song))
  beats = starter_beats.load()
  say(f'  {len(songs)} songs with {len(beats)} beats in '
      f'{len({beat.genre for beat in beats})} genres')
  return {
      'songs, NoteSequence TFRecord': folder / SONGS_TFRECORD,
      'the same songs as MIDI files': folder / SONGS_MIDI,
  }


def _make_dataset(folder, seed, say) -> Mapping[str, pathlib.Path]:
  """Extracts the unique patterns from the songs."""
  del seed  # nothing is random here
  created = dataset_creation.create_dataset(
      folder / SONGS_TFRECORD, folder / DATASET
  )
  say(dataset_report.summary(created.report))
  words = {
      'dataset.tsv': 'unique patterns',
      'provenance.tsv': 'where they come from',
      'groove.tsv': 'how they are played',
      'patterns.tfrecord': 'the same as NoteSequences',
      'rejected.tsv': 'why inputs gave none', 'report.json': 'the numbers',
      'report.html': 'the numbers as a page',
      'manifest.json': 'how they were made',
  }
  return {words[name]: path for name, path in created.paths.items()}


def _write_midi_pack(folder, seed, say) -> Mapping[str, pathlib.Path]:
  """Writes the patterns as loops for a DAW."""
  del seed  # nothing is random here
  made = converting.convert(
      folder / DATASET / 'dataset.tsv', folder / MIDI_PACK
  )
  say(f'  {made.count} loops of two bars')
  return {'every pattern as a MIDI loop': made.output}


def _train(folder, seed, say) -> Mapping[str, pathlib.Path]:
  """Trains a small model on the patterns."""
  from drumspace_ext.training import training
  from drumspace_ext.training import validation

  with progress.bar('step') as on_step:
    training.train(
        folder / DATASET, folder / MODEL, config=_CONFIG, seed=seed,
        on_step=on_step,
        on_evaluation=lambda line: say('  ' + validation.in_words(line)),
    )
  return {'a small model of them': folder / MODEL / 'train'}


def _draw(folder, seed, say) -> Mapping[str, pathlib.Path]:
  """Draws new beats from the small model."""
  from drumspace_ext.generation import files as generation_files
  from drumspace_ext.generation import generating

  with progress.bar('beat') as on_step:
    made = generating.generate(
        folder / MODEL, folder / BEATS, examples_path=folder / DATASET,
        num_outputs=_NUM_BEATS, seed=seed, on_step=on_step,
        # Paths are no part of what was asked for: it is the same anywhere.
        arguments={'seed': seed},
    )
  num_draws = len(made.samples.codes) if made.samples else 0
  say(f'  {len(made.hits)} new beats from {num_draws} draws')
  return {
      'new beats, as MIDI loops': made.paths[generation_files.MIDI_FOLDER],
      'the nearest known to each': made.paths[generation_files.NEAREST],
  }


def _clear_pack(folder: pathlib.Path) -> None:
  """Removes the beats of an earlier run, so that no two runs are mixed."""
  for path in folder.glob('*/*'):
    if _PACKED.fullmatch(path.name):
      path.unlink()
  for path in folder.glob('*/'):
    # One that holds something of a person's own stays.
    with contextlib.suppress(OSError):
      path.rmdir()


def _draw_best(folder, seed, say) -> Mapping[str, pathlib.Path]:
  """Draws new beats from the best model that comes along, to be heard."""
  from drumspace_ext.generation import generating

  with progress.bar('beat') as on_step:
    made = generating.generate(
        _BEST, folder / BEST, examples_path=folder / DATASET,
        num_outputs=_NUM_BEATS, seed=seed, on_step=on_step,
        arguments={'seed': seed, 'checkpoint_file': _BEST},
    )
  _clear_pack(folder / result_names.BEST_PACK)
  _clear_pack(folder / result_names.BEST_AUDIO)
  loops = converting.convert(
      folder / BEST, output_dir=folder / result_names.BEST_PACK
  )
  audio = converting.convert(
      [f'{folder / BEST}:{number}' for number in range(1, _NUM_AUDIO + 1)],
      output_dir=folder / result_names.BEST_AUDIO, to='wav', accents=True,
  )
  say(f'  {len(made.hits)} new beats, {audio.count} of them to listen to')
  return {
      'beats of the best model, as MIDI loops': loops.output,
      'three of them, to listen to': audio.output,
  }


def _evaluate(folder, seed, say) -> Mapping[str, pathlib.Path]:
  """Judges both models by the beats that the small one was not trained on."""
  from drumspace_ext.evaluation import html as evaluation_html
  from drumspace_ext.evaluation import judging
  from drumspace_ext.evaluation import panel

  with progress.bar('') as on_step:
    judged = judging.evaluate(
        folder / DATASET, folder / EVALUATION,
        checkpoint_file=[str(folder / MODEL), _BEST],
        num_outputs=_NUM_JUDGED, seed=seed, on_step=on_step,
        arguments={'seed': seed},
    )
  say('  ' + panel.in_words(
      judged.panel, {MODEL: "your model's", _BEST: "best's"}
  ))
  return {'how good they are': judged.paths[evaluation_html.FILE_NAME]}


def _map(folder, seed, say) -> Mapping[str, pathlib.Path]:
  """Maps the patterns, with beats of two shipped models and of the small one.
  """
  from drumspace_ext.explorer import building as page_building
  from drumspace_ext.explorer import files as map_files
  from drumspace_ext.generation import files as generation_files

  beats, best = (
      folder / name / generation_files.PATTERNS for name in (BEATS, BEST)
  )
  with progress.bar('step') as on_step:
    built = page_building.build_map(
        _MAP_MODEL, folder / MAP, examples_path=folder / DATASET,
        input_values=[str(beats), str(best)], seed=seed, on_step=on_step,
        names={str(folder / DATASET): 'starter collection',
               str(beats): 'beats of your model',
               str(best): 'beats of best'},
        arguments={'seed': seed},
    )
  say(map_files.summary(built.latent_map, built.report))
  say(f'  open {built.page.resolve()} in a browser')
  return {'the map: open it in a browser': built.page}


STAGES: tuple[Stage, ...] = (
    Stage(title='Playing the starter collection as songs', run=_write_songs),
    Stage(title='Extracting unique patterns', run=_make_dataset),
    Stage(title='Writing a MIDI pack', run=_write_midi_pack),
    Stage(title='Training a small model', run=_train),
    Stage(title='Drawing new beats from it', run=_draw),
    Stage(title='Drawing beats of the best model', run=_draw_best),
    Stage(title='Playing a beat three ways', run=quickstart_grooves.play),
    Stage(title='Judging both by beats of others', run=_evaluate),
    Stage(title='Mapping the drum space', run=_map),
)


def run(
    folder: pathlib.Path, *, seed: int, say: Callable[[str], None]
) -> dict[str, pathlib.Path]:
  """Runs all stages and returns what they made, by a word for each.

  Args:
    folder: Where everything goes; made if missing.
    seed: Of everything random.
    say: Called with each text for the person who watches.
  """
  result_folders.claim(folder, result_folders.QUICKSTART)
  made: dict[str, pathlib.Path] = {}
  for number, stage in enumerate(STAGES, 1):
    say(f'\n[{number}/{len(STAGES)}] {stage.title}')
    made |= stage.run(folder, seed, say)
  return made
