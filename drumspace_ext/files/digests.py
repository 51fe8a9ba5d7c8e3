"""Digests by BLAKE2 in the interpreter, without OpenSSL.

`hashlib` loads OpenSSL for whatever it is asked: 2 ms and 3 MB in a process
that reads, 1 MB in each worker. BLAKE2 comes with CPython in a module of its
own, which OpenSSL never stands in for.
"""

try:
  from _blake2 import blake2b
except ImportError:
  # Another interpreter may have it elsewhere.
  from hashlib import blake2b

__all__ = ['blake2b']
