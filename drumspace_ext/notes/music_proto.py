"""The NoteSequence protobuf class, without the rest of note_seq.

`import note_seq` costs 1.6 s of CPU, because any part of it imports all of it
(librosa and pydub included). The generated protobuf module alone costs 0.03 s.
Both ways give the one class that the protobuf runtime keeps for the message, so
what is made here is a `note_seq.NoteSequence` in every sense.
"""

import functools
import importlib.util
import sys
import typing

from drumspace_ext import errors

if typing.TYPE_CHECKING:
  import note_seq


@functools.cache
def _module():
  """Returns note_seq's generated `music_pb2`, loaded by its file."""
  loaded = sys.modules.get('note_seq.protobuf.music_pb2')
  if loaded is not None:
    return loaded
  package = importlib.util.find_spec('note_seq')
  if package is None or not package.submodule_search_locations:
    raise errors.InputError(
        'note-seq is not installed. Install it with: pip install note-seq'
    )
  path = f'{package.submodule_search_locations[0]}/protobuf/music_pb2.py'
  spec = importlib.util.spec_from_file_location('_drumspace_music_pb2', path)
  if spec is None or spec.loader is None:
    raise errors.InputError(f'{path} is no module; install note-seq again.')
  module = importlib.util.module_from_spec(spec)
  spec.loader.exec_module(module)
  return module


def note_sequence_class() -> 'type[note_seq.NoteSequence]':
  """Returns the class `note_seq.NoteSequence`."""
  return _module().NoteSequence
