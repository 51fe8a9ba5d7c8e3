"""Writers of Magenta's files for the tests, without TensorFlow.

They write what `drumspace_ext`'s readers of tables, checkpoints and bundles
read; that TensorFlow's own files are read too, the integration tests show.
"""

import io
import random
import resource
import struct
import tarfile

import google_crc32c
import numpy as np

from drumspace_ext import errors
from drumspace_ext.magenta_models import checkpoint_files
from drumspace_ext.magenta_models import messages
from drumspace_ext.magenta_models import names
from drumspace_ext.magenta_models import tables

FLOAT, INT64 = 1, 9


def masked_crc(data: bytes) -> int:
  crc = google_crc32c.value(data)
  return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def varint(value: int) -> bytes:
  parts = []
  while value > 0x7F:
    parts.append(value & 0x7F | 0x80)
    value >>= 7
  return bytes([*parts, value])


def field(number: int, value: int | bytes) -> bytes:
  """A field of a protobuf message: an integer, or bytes."""
  if isinstance(value, int):
    return varint(number << 3) + varint(value)
  return varint(number << 3 | 2) + varint(len(value)) + value


def _block(entries: list[tuple[bytes, bytes]], interval: int = 16) -> bytes:
  parts, restarts, last, size = [], [], b'', 0
  for number, (key, value) in enumerate(entries):
    shared = 0
    if number % interval:
      while shared < min(len(last), len(key)) and last[shared] == key[shared]:
        shared += 1
    else:
      restarts.append(size)
    entry = b''.join((
        varint(shared), varint(len(key) - shared), varint(len(value)),
        key[shared:], value,
    ))
    parts.append(entry)
    size += len(entry)
    last = key
  return b''.join(parts) + struct.pack(
      f'<{len(restarts) + 1}I', *restarts, len(restarts)
  )


def table(
    entries: list[tuple[bytes, bytes]], *, per_block: int = 3,
    compression: int = 0,
) -> bytes:
  """A table of entries in the order of their keys."""
  content, index = b'', []

  def add(block):
    nonlocal content
    place = varint(len(content)) + varint(len(block))
    block += bytes([compression])
    content += block + struct.pack('<I', masked_crc(block))
    return place

  for start in range(0, len(entries), per_block):
    block = entries[start:start + per_block]
    index.append((block[-1][0], add(_block(block))))
  footer = add(_block([])) + add(_block(index))
  return content + footer.ljust(40, b'\0') + tables.MAGIC


def _shape(array: np.ndarray) -> bytes:
  return b''.join(field(2, field(1, size)) for size in array.shape)


def v1(tensors: dict[str, np.ndarray]) -> bytes:
  """A V1 checkpoint, as `Saver(write_version=1)` writes it."""
  meta, entries = b'', []
  for name, array in sorted(tensors.items()):
    dtype = INT64 if array.dtype == np.int64 else FLOAT
    meta += field(1, b''.join((
        field(1, name.encode()), field(2, _shape(array)), field(3, dtype),
    )))
    numbers = field(5, array.astype('<f4').tobytes())
    saved = field(1, name.encode()) + field(3, numbers)
    entries.append((b'\0' + name.encode() + b'\0', field(2, saved)))
  return table([(b'', field(1, meta)), *entries])


def v2(tensors: dict[str, np.ndarray]) -> tuple[bytes, bytes]:
  """(index, data) of a V2 checkpoint."""
  entries, data = [(b'', field(1, 1) + field(3, field(1, 1)))], b''
  for name, array in sorted(tensors.items()):
    is_step = array.dtype == np.int64
    content = array.astype('<i8' if is_step else '<f4').tobytes()
    entries.append((name.encode(), b''.join((
        field(1, INT64 if is_step else FLOAT), field(2, _shape(array)),
        field(4, len(data)) if data else b'', field(5, len(content)),
        varint(6 << 3 | 5) + struct.pack('<I', masked_crc(content)),
    ))))
    data += content
  return table(entries), data


def write_v2(path, tensors) -> None:
  """Writes `path`.index and its data file."""
  index, data = v2(tensors)
  path.with_name(f'{path.name}.index').write_bytes(index)
  path.with_name(f'{path.name}.data-00000-of-00001').write_bytes(data)


def tar(tensors: dict[str, np.ndarray], name: str = 'model.ckpt-7') -> bytes:
  """A V2 checkpoint in a tar, as MusicVAE's are published."""
  index, data = v2(tensors)
  stream = io.BytesIO()
  with tarfile.open(fileobj=stream, mode='w') as archive:
    for suffix, content in (('.data-00000-of-00001', data), ('.index', index)):
      info = tarfile.TarInfo(f'folder/{name}{suffix}')
      info.size = len(content)
      archive.addfile(info, io.BytesIO(content))
  return stream.getvalue()


def metagraph(attention_length: int, size: int) -> bytes:
  """What is read of a MetaGraphDef."""
  content = struct.pack('<3i', -1, attention_length, size)
  tensor = field(1, 3) + field(4, content)
  node = b''.join((
      field(1, b'rnn/while/rnn/attention_cell_wrapper/Reshape/shape'),
      field(2, b'Const'),
      field(5, field(1, b'value') + field(2, field(8, tensor))),
  ))
  return field(2, field(1, field(1, b'inputs')) + field(1, node))


def bundle(
    tensors: dict[str, np.ndarray], generator: str = 'drum_kit',
    attention: tuple[int, int] | None = None,
) -> bytes:
  """A `.mag` file."""
  return b''.join((
      field(1, field(1, generator.encode()) + field(2, b'for tests')),
      field(2, v1(tensors)),
      field(3, metagraph(*attention)) if attention else b'',
      field(4, field(1, b'made for tests')),
  ))


def drums_rnn_tensors(
    *, num_classes: int = 512, counter_bits: int = 6, units=(8, 6),
    wraps: str = 'first', seed: int = 0, scale: float = 0.5,
    old_names: bool = False,
) -> dict[str, np.ndarray]:
  """Drawn weights of a small drums_rnn, by TensorFlow's names.

  Args:
    wraps: What the attention stands around: `first`, `all` or `none`.
    old_names: Those of TensorFlow 1.0.
  """
  rng = np.random.default_rng(seed)
  tensors = {}

  def dense(prefix, inputs, outputs):
    kernel, bias = ('weights', 'biases') if old_names else ('kernel', 'bias')
    if prefix == 'fully_connected/':
      kernel, bias = 'weights', 'biases'
    tensors[f'{prefix}{kernel}'] = scale * rng.standard_normal(
        (inputs, outputs)
    ).astype(np.float32)
    tensors[f'{prefix}{bias}'] = scale * rng.standard_normal(
        outputs
    ).astype(np.float32)

  wrapper = 'attention_cell_wrapper/'
  stack = 'rnn/' + (wrapper if wraps == 'all' else '') + 'multi_rnn_cell/'
  size = num_inputs = num_classes + counter_bits
  for number, layer in enumerate(units):
    inner = wrapper if wraps == 'first' and not number else ''
    dense(
        f'{stack}cell_{number}/{inner}basic_lstm_cell/', size + layer,
        4 * layer,
    )
    size = layer
  dense('fully_connected/', size, num_classes)
  if wraps != 'none':
    wrapped = units if wraps == 'all' else units[:1]
    prefix = f'rnn/{wrapper}' if wraps == 'all' else (
        f'{stack}cell_0/{wrapper}'
    )
    size = wrapped[-1]
    dense(prefix, num_inputs + size, num_inputs)
    dense(f'{prefix}attention/', 2 * sum(wrapped), size)
    dense(f'{prefix}attn_output_projection/', 2 * size, size)
    for name, shape in (('attn_w', (1, 1, size, size)), ('attn_v', (size,))):
      tensors[f'{prefix}attention/{name}'] = rng.standard_normal(
          shape
      ).astype(np.float32)
  return tensors


def checkpoint(tensors, **facts) -> checkpoint_files.MagentaCheckpoint:
  """What reading a file with these tensors gives."""
  return checkpoint_files.MagentaCheckpoint(
      form=checkpoint_files.BUNDLE, tensors={
          names.canonical_name(name): value
          for name, value in tensors.items()
      }, **facts,
  )


def _mutated(rng, content):
  """Changes, cuts or repeats some bytes."""
  content = bytearray(content)
  for _ in range(rng.choice((1, 1, 1, 2, 8))):
    place = rng.randrange(len(content) or 1)
    way = rng.randrange(5)
    if way == 0:
      content[place:place + 1] = bytes([rng.randrange(256)])
    elif way == 1:
      content[place:place + 1] = rng.choice((b'\0', b'\xff', b'\x80'))
    elif way == 2:
      del content[place:place + rng.randrange(1, 64)]
    elif way == 3:
      content[place:place] = content[place:place + rng.randrange(1, 64)]
    else:
      content = content[:place]
    if not content:
      break
  return bytes(content)


def _mended(content: bytes) -> bytes:
  """Returns a table with right checksums, so that what is in it is read."""
  data = bytearray(content)
  try:
    footer = memoryview(bytes(data[-48:]))
    position, places = 0, []
    for _ in range(2):
      offset, position = messages.varint(footer, position)
      size, position = messages.varint(footer, position)
      places.append((offset, size))
    index = memoryview(bytes(data[offset:offset + size]))
    for _, place in tables._entries(index[:-8]):
      start, at = messages.varint(place, 0)
      places.append((start, messages.varint(place, at)[0]))
  except errors.CheckpointError:
    pass
  for offset, size in places:
    end = offset + size
    if end + 5 <= len(data):
      data[end + 1:end + 5] = struct.pack(
          '<I', masked_crc(bytes(data[offset:end + 1]))
      )
  return bytes(data)


def hostile_files(tmp_path, count, seed):
  """Yields paths of damaged files."""
  rng = random.Random(seed)
  tensors = drums_rnn_tensors(
      num_classes=2, counter_bits=0, units=(3, 2)
  ) | {'global_step': np.array(5, np.int64)}
  index, data = v2(tensors)
  table = v1(tensors)
  whole = bundle(tensors, 'one_drum', attention=(3, 3))
  archive = tar(tensors)
  beside = tmp_path / 'm.data-00000-of-00001'
  for _ in range(count):
    form = rng.randrange(6)
    path = tmp_path / ('m.index' if form in (2, 5) else 'm.bin')
    beside.write_bytes(data)
    if form == 0:
      path.write_bytes(_mutated(rng, whole))
    elif form == 1:
      path.write_bytes(_mended(_mutated(rng, table)))
    elif form == 2:
      path.write_bytes(_mended(_mutated(rng, index)))
    elif form == 3:
      path.write_bytes(_mutated(rng, archive[:1024]) + archive[1024:])
    elif form == 4:
      path.write_bytes(_mutated(rng, table))
    else:
      path.write_bytes(index)
      beside.write_bytes(_mutated(rng, data))
    yield path


def assert_damage_is_refused(folder, count: int, seed: int) -> None:
  """Reads damaged files: nothing but our error, and no memory to speak of."""
  before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
  read = refused = 0
  for path in hostile_files(folder, count, seed):
    try:
      checkpoint_files.read(path)
      read += 1
    except errors.CheckpointError:
      refused += 1
  # Both ends: a byte of a text may change, and most other bytes may not.
  assert read > count // 100 and refused > count // 2
  after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
  assert (after - before) / 1024 < 500


def music_vae_tensors(
    *, num_classes: int = 9, nade_size: int = 0, encoder=(6,), decoder=(5, 4),
    z_size: int = 3, seed: int = 0, scale: float = 0.7, groove: bool = False,
) -> dict[str, np.ndarray]:
  """Drawn weights of a small MusicVAE of two-bar drums, by its names.

  A GrooVAE hears and writes three numbers of each class.
  """
  rng = np.random.default_rng(seed)
  tensors = {'global_step': np.array(60, np.int64)}

  def add(name, *shape):
    tensors[name] = scale * rng.standard_normal(shape).astype(np.float32)

  def dense(prefix, inputs, outputs):
    add(f'{prefix}kernel', inputs, outputs)
    add(f'{prefix}bias', outputs)

  size = 3 * num_classes if groove else num_classes + 1
  for number, units in enumerate(encoder):
    for way in ('fw', 'bw'):
      dense(f'encoder/cell_{number}/bidirectional_rnn/{way}/multi_rnn_cell/'
            'cell_0/lstm_cell/', size + units, 4 * units)
    size = 2 * units
  dense('encoder/mu/', size, z_size)
  dense('encoder/sigma/', size, z_size)
  depth = num_classes if nade_size else 1 << num_classes
  if groove:
    depth = 3 * num_classes
  size = depth + z_size
  for number, units in enumerate(decoder):
    dense(f'decoder/multi_rnn_cell/cell_{number}/lstm_cell/', size + units,
          4 * units)
    size = units
  dense('decoder/z_to_initial_state/', z_size, 2 * sum(decoder))
  dense('decoder/output_projection/', size, depth + nade_size)
  if nade_size:
    add('decoder/nade/w_enc', depth, 1, nade_size)
    add('decoder/nade/w_dec_t', depth, nade_size, 1)
  return tensors
