r"""Runs the Beam front on a server that speaks S3, and compares the bytes.

Usage:
  pip install 'apache-beam[aws]' 'moto[server]'
  python tests/benchmarks/object_store.py MIDI RECORDS [--files=100]

A server of moto's is started here. It is given MIDI files of the folder MIDI,
some of them in folders below, some in a zip, and the TFRecord RECORDS; the
dataset is made from s3:// to s3://, twice into the same place, and must have
the bytes of a local run, with nothing beside it.
"""

import logging
import os
import pathlib
import sys
import tempfile
import time
import zipfile

from absl import app
from absl import flags
import boto3
from moto.moto_server import threaded_moto_server

from drumspace_ext.beam import creation as beam_creation
from drumspace_ext.dataset import creation

_FILES = flags.DEFINE_integer('files', 100, 'MIDI files that are read.')
_BUCKET = 'songs'


def _fill(folder, midi, records):
  """Makes a folder of inputs of all kinds; returns them by their keys."""
  files = sorted(midi.rglob('*.mid'))[:_FILES.value]
  (folder / 'midi').mkdir()
  with zipfile.ZipFile(folder / 'midi' / 'pack.zip', 'w') as archive:
    for number, file in enumerate(files):
      if number % 3:
        place = folder / 'midi' / str(number % 5) / f'{number}.mid'
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(file.read_bytes())
      else:
        archive.write(file, f'{number}.mid')
  (folder / 'midi' / records.name).write_bytes(records.read_bytes())
  return {
      path.relative_to(folder).as_posix(): path
      for path in folder.rglob('*') if path.is_file()
  }


def _objects(store, prefix):
  listed = store.list_objects_v2(Bucket=_BUCKET, Prefix=prefix)['Contents']
  return {
      found['Key'].removeprefix(prefix): store.get_object(
          Bucket=_BUCKET, Key=found['Key']
      )['Body'].read() for found in listed
  }


def main(argv):
  midi, records = map(pathlib.Path, argv[1:])
  # Any will do; without one no request is sent.
  os.environ |= {
      'AWS_ACCESS_KEY_ID': 'none', 'AWS_SECRET_ACCESS_KEY': 'none',
      'AWS_DEFAULT_REGION': 'us-east-1',
  }
  server = threaded_moto_server.ThreadedMotoServer(
      '127.0.0.1', port=0, verbose=False
  )
  logging.getLogger('werkzeug').setLevel(logging.WARNING)
  server.start()
  host, port = server.get_host_and_port()
  url = f'http://{host}:{port}'
  store = boto3.client('s3', endpoint_url=url)
  store.create_bucket(Bucket=_BUCKET)
  with tempfile.TemporaryDirectory() as temporary:
    folder = pathlib.Path(temporary)
    for key, path in _fill(folder, midi, records).items():
      store.put_object(Bucket=_BUCKET, Key=key, Body=path.read_bytes())
    here = creation.create_dataset(
        folder / 'midi', folder / 'here', recursive=True, num_workers=0
    )
    expected = {
        path.name: path.read_bytes() for path in here.output_dir.iterdir()
    }
    for _ in range(2):
      start = time.perf_counter()
      created = beam_creation.create_dataset(
          f's3://{_BUCKET}/midi', f's3://{_BUCKET}/dataset', recursive=True,
          pipeline_options=[f'--s3_endpoint_url={url}'],
      )
      print(f'{created.report["inputs"]} inputs, {created.num_patterns} '
            f'patterns, {time.perf_counter() - start:.0f} s')
      if _objects(store, 'dataset/') != expected:
        raise RuntimeError('other objects than the files of the local run')
  server.stop()
  print('the same bytes')


if __name__ == '__main__':
  app.run(main, argv=sys.argv)
