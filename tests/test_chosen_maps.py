"""Tests that each way of reading takes the drum map that fits, and says so.

One beat is written in a kit that General MIDI would read otherwise, or an
octave off; `auto` reads the beat that was meant wherever songs are read.
"""

import json

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest

import drumspace_ext
from drumspace_ext import errors
from drumspace_ext.conversion import inspection
from drumspace_ext.conversion import named_patterns
from drumspace_ext.conversion import reading
from drumspace_ext.extraction import one_input
from drumspace_ext.extraction import recipes
from drumspace_ext.files import tfrecords
from drumspace_ext.generation import generating
from drumspace_ext.notes import drum_tracks
from drumspace_ext.notes import midi_writing
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import remapping
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import text_grids
from drumspace_ext.sound import sequence_audio

_BEAT = text_grids.from_rows([
    'open_hat     .... .... .... .... | .... .... .... ..x.',
    'closed_hat   x.x. x.x. x.x. x.x. | x.x. x.x. x.x. x...',
    'snare        .... x... .... x... | .... x... .... x...',
    'kick         x... ...x ..x. .... | x... .... ..xx ....',
])
_CODES = step_codes.hits_to_step_codes(_BEAT)
_AUTO, _GM14 = drum_maps.load('auto'), drum_maps.load('gm14')
_PLAIN, _CHOOSING = recipes.Recipe(), recipes.Recipe(drum_map=_AUTO)
# The kit of a public report: its hats have the pitches of a conga and a bongo.
_KIT_TOML = '''
name = "kit"
kick = [36]
snare = [38]
closed_hat = [63]
open_hat = [60]
'''
_FITTING = {'kit': 'superior', 'gm14-12': 'gm14-12', 'bfd3-12': 'gm14-24',
            'gm14': 'gm14'}


@pytest.fixture(name='kit', scope='module')
def _kit(tmp_path_factory):
  path = tmp_path_factory.mktemp('maps') / 'kit.toml'
  path.write_text(_KIT_TOML)
  return drum_maps.load(str(path))


def _sequence(drum_map, repeats=4):
  return note_sequences.from_patterns(
      _BEAT, drum_map=drum_map, repeats=repeats, sequence_id='/id/beat'
  )


def _midi(drum_map):
  return midi_writing.patterns_to_midi(
      _BEAT[None], drum_map=drum_map, repeats=4
  )


def _extracted(drum_map, recipe):
  return one_input.extract_midi(_midi(drum_map), 'a.mid', recipe)


@pytest.mark.parametrize(('written', 'name'), _FITTING.items())
def test_extraction_says_which_map_fits_and_takes_it_if_asked(
    kit, written, name
):
  drum_map = kit if written == 'kit' else drum_maps.load(written)
  (meant,) = _extracted(_GM14, _PLAIN).loop_counts
  plain, chosen = (_extracted(drum_map, r) for r in (_PLAIN, _CHOOSING))
  (found,) = chosen.loop_counts
  assert found.canonical == meant.canonical
  assert chosen.counts[f'read_with_{name}'] == 1
  if name == 'gm14':
    assert not plain.remarks and not chosen.remarks
    assert plain.loop_counts == chosen.loop_counts
    return
  assert chosen.remarks == {'read_with': name}
  assert plain.remarks['other_map'].endswith(f': --voices_in={name}')
  assert '104 of 104' in plain.remarks['other_map']
  # The map that the remark names gives the same, for all inputs.
  named = _extracted(drum_map, recipes.Recipe(drum_map=drum_maps.load(name)))
  assert named.loop_counts == chosen.loop_counts
  assert not named.remarks


@given(
    pitches=st.lists(st.integers(0, 127), min_size=40, max_size=80),
    data=st.data(),
)
@settings(max_examples=15)
def test_without_choice_nothing_but_a_remark_is_added(pitches, data):
  sequence = _sequence(_GM14)
  for note in sequence.notes:
    note.pitch = data.draw(st.sampled_from(pitches))
  plain = one_input.extract_sequence(sequence, 'a', _PLAIN)
  chosen = one_input.extract_sequence(sequence, 'a', _CHOOSING)
  if 'other_map' in plain.remarks:
    return
  assert plain.loop_counts == chosen.loop_counts
  assert plain.counts == {
      name: count for name, count in chosen.counts.items()
      if not name.startswith('read_with_')
  }


def test_every_reader_of_notes_chooses_alike(kit):
  sequence = _sequence(kit)
  expected = np.stack([_BEAT] * 4)
  def cut(drum_map):
    return note_sequences.to_patterns(sequence, drum_map=drum_map)
  np.testing.assert_array_equal(cut(_AUTO), expected)
  assert (cut(_GM14) != expected).any()
  mapped = remapping.remapped(sequence, voices_in=_AUTO)
  np.testing.assert_array_equal(note_sequences.to_patterns(mapped), expected)
  events = [
      {note.pitch for note in sequence.notes
       if round(note.start_time * 8) == step} for step in range(128)
  ]
  np.testing.assert_array_equal(
      drum_tracks.events_to_codes(iter(events), _AUTO), np.tile(_CODES, 4)
  )
  sounds = [
      b''.join(block.tobytes() for block in sequence_audio.song(
          song, drum_map=drum_map
      ).blocks())
      for song, drum_map in ((sequence, _AUTO), (mapped, None))
  ]
  assert sounds[0] == sounds[1]
  item = reading.Item(name='beat', sequence=sequence)
  chosen, said = (
      reading.chosen_map(item, reading.Options(voices_in=drum_map))
      for drum_map in (_AUTO, kit)
  )
  assert (chosen, said) == ('superior', None)


@pytest.fixture(name='folder')
def _folder(tmp_path, kit):
  folder = tmp_path / 'in'
  folder.mkdir()
  (folder / 'kit.mid').write_bytes(_midi(kit))
  (folder / 'low.mid').write_bytes(_midi(drum_maps.load('gm14-12')))
  (folder / 'plain.mid').write_bytes(_midi(_GM14))
  return folder


def _lines(created, name):
  header, *lines = created.paths[name].read_text().splitlines()
  names = header.split('\t')
  return [dict(zip(names, line.split('\t'), strict=True)) for line in lines]


def test_a_dataset_names_the_maps_of_its_inputs(folder, tmp_path):
  created = drumspace_ext.create_dataset(
      str(folder), tmp_path / 'out', voices_in='auto', num_workers=0
  )
  (line,) = _lines(created, 'provenance.tsv')
  assert dict(zip(
      json.loads(line['input_ids']), json.loads(line['drum_maps']), strict=True
  )) == {'in/kit.mid': 'superior', 'in/low.mid': 'gm14-12',
         'in/plain.mid': 'gm14'}
  report = created.report
  assert report['read_with'] == {'gm14': 1, 'gm14-12': 1, 'superior': 1}
  assert report['recipe']['voices_in'] == 'auto'
  assert report['remarks']['read_with']['named']['in/kit.mid'] == 'superior'
  assert 'gm14 1, gm14-12 1, superior 1' in str(created)
  assert 'superior' in created.paths['report.html'].read_text()


def test_a_dataset_says_which_maps_would_fit_and_is_read_as_asked(
    folder, tmp_path
):
  created = drumspace_ext.create_dataset(
      str(folder), tmp_path / 'out', num_workers=0
  )
  assert 'drum_maps' not in created.paths['provenance.tsv'].read_text()
  report = created.report
  assert 'read_with' not in report
  remark = report['remarks']['other_map']
  assert remark['inputs'] == 2
  assert '--voices_in=superior' in remark['named']['in/kit.mid']
  assert 'another drum map explains' in str(created)
  (low,) = _lines(created, 'rejected.tsv')
  assert low['input_id'] == 'in/low.mid'
  assert low['hint'].endswith('--voices_in=gm14-12')
  (folder / 'kit.mid').unlink()
  (folder / 'low.mid').unlink()
  quiet = drumspace_ext.create_dataset(
      str(folder), tmp_path / 'quiet', num_workers=0
  )
  assert 'remarks' not in quiet.report


def test_other_scripts_say_which_map_was_taken(folder, tmp_path):
  kit_file = str(folder / 'kit.mid')
  converted = drumspace_ext.convert(
      kit_file, tmp_path / 'kit.tsv', voices_in='auto', tile=1
  )
  assert converted.read_with == {'superior': ['in/kit.mid']}
  assert 'read with the drum map superior' in '\n'.join(converted.warnings())
  ran = drumspace_ext.run_pipeline(
      str(folder), tmp_path / 'ran', ['loops'], voices_in='auto'
  )
  assert ran.report['stages']['loops']['read_with_superior'] == 1
  assert 'read with the drum map gm14-12' in str(ran)
  lines = inspection.describe(folder / 'kit.mid', _CHOOSING)
  assert any('(superior)' in line for line in lines)
  lines = inspection.describe(folder / 'kit.mid')
  assert any('--voices_in=superior' in line for line in lines)
  found: dict[str, str] = {}
  beats = named_patterns.read_beats(
      [kit_file], drum_map=_AUTO, on_map=found.__setitem__
  )
  np.testing.assert_array_equal(beats, [_BEAT])
  assert found == {'in/kit.mid': 'superior'}
  made = generating.generate(
      'shipped:vae', tmp_path / 'made', mode='vary', input_values=kit_file,
      num_outputs=1, voices_in='auto',
  )
  assert 'in/kit.mid was read with the drum map superior' in str(made)
  manifest = json.loads((tmp_path / 'made' / 'manifest.json').read_text())
  assert manifest['arguments']['read_with'] == found


def test_records_of_a_tfrecord_are_remarked_in_sum(kit, tmp_path):
  path = tmp_path / 'songs.tfrecord'
  path.write_bytes(b''.join(
      tfrecords.frame(_sequence(drum_map).SerializeToString())
      for drum_map in (kit, _GM14)
  ))
  lines = inspection.describe(path)
  assert any(line.startswith('  1: another drum map') for line in lines)


def test_auto_is_no_map_to_write_with(tmp_path):
  for call in (
      lambda: drumspace_ext.convert(
          [], tmp_path / 'a.mid', primer_drums=['[(36,)]'], voices_out='auto'
      ),
      lambda: drumspace_ext.run_pipeline(
          str(tmp_path), tmp_path / 'out', ['loops'], voices_out='auto'
      ),
  ):
    with pytest.raises(errors.DrumMapError, match='auto is a way to read'):
      call()
