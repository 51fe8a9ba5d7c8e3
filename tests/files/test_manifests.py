"""Tests for manifests."""

import hashlib
import json
import pathlib

import hypothesis
from hypothesis import strategies as st
import numpy as np

import drumspace_ext
from drumspace_ext.files import manifests

_VALUES = st.none() | st.booleans() | st.integers() | st.text()


@hypothesis.given(
    arguments=st.dictionaries(st.text(), _VALUES | st.lists(_VALUES)),
    digests=st.dictionaries(st.text(), st.text()),
)
def test_what_went_in_comes_back_whatever_the_order(arguments, digests):
  text = manifests.text(arguments, digests, maker='drumspace_x')
  assert json.loads(text) == {
      'drumspace_ext': drumspace_ext.__version__, 'maker': 'drumspace_x',
      'arguments': arguments, 'digests': digests,
  }
  backwards = dict(reversed(arguments.items()))
  assert manifests.text(backwards, digests, maker='drumspace_x') == text
  assert text.endswith('\n')


def test_paths_are_written_as_text():
  text = manifests.text(
      {'run_dir': pathlib.Path('a') / 'b'}, {}, maker='drumspace_x'
  )
  assert json.loads(text)['arguments'] == {'run_dir': 'a/b'}


def test_numbers_are_written_as_numbers():
  noted = manifests.arguments_of({
      'groove_strength': (np.float32(0.5), 1), 'seed': np.int64(3),
      'accents': np.bool_(True), 'swing': np.float32(0.25), 'loop_bars': (1, 2),
      'output_dir': 'x',
  })
  assert json.loads(manifests.text(noted, {}, maker='drumspace_x'))[
      'arguments'
  ] == {
      'groove_strength': [0.5, 1], 'seed': 3, 'accents': True, 'swing': 0.25,
      # As the list flag has them.
      'loop_bars': ['1', '2'],
  }


def test_digest_is_sha256_of_the_bytes(tmp_path):
  path = tmp_path / 'x'
  path.write_bytes(b'drums')
  assert manifests.digest(path) == hashlib.sha256(b'drums').hexdigest()
  path.write_bytes(b'drumz')
  assert manifests.digest(path) != hashlib.sha256(b'drums').hexdigest()
