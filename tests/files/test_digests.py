"""Tests for digests."""

import hashlib
import subprocess
import sys

import hypothesis
from hypothesis import strategies as st

from drumspace_ext.files import digests


@hypothesis.given(data=st.binary(max_size=300), size=st.integers(1, 64))
def test_digests_are_those_of_hashlib(data, size):
  assert (
      digests.blake2b(data, digest_size=size).digest()
      == hashlib.blake2b(data, digest_size=size).digest()
  )


def test_what_reads_inputs_goes_without_openssl():
  done = subprocess.run(
      [sys.executable, '-c',
       'import sys\nfrom drumspace_ext.extraction import many_inputs\n'
       "sys.exit('_hashlib' in sys.modules)"],
      check=False,
  )
  assert done.returncode == 0
