"""Input patterns: files of beats, each read as one named set of patterns."""

from collections.abc import Sequence
import dataclasses
import glob
import pathlib

import numpy as np

from drumspace_ext import errors
from drumspace_ext.conversion import conversion
from drumspace_ext.files import local_paths


@dataclasses.dataclass(frozen=True, kw_only=True)
class InputPatterns:
  """The patterns of one input.

  Attributes:
    name: What to call it.
    hits: bool `[num_patterns, 32, 14]`, at least one.
    genres: For each pattern the labels that its NoteSequence has.
    sources: For each pattern what it was cut from.
    left_out: What could not be read, in words.
  """

  name: str
  hits: np.ndarray
  genres: Sequence[tuple[str, ...]]
  sources: Sequence[str]
  left_out: Sequence[str]


def names(values: Sequence[str]) -> list[str]:
  """Names inputs by the last part of their paths, in full if two are alike.

  A glob goes by the last part that is a name.
  """
  short = [
      next((part for part in reversed(pathlib.PurePath(value).parts)
            if not glob.has_magic(part) or local_paths.expand(value).exists()),
           value)
      for value in values
  ]
  return [
      local_paths.in_utf_8(name if short.count(name) == 1 else value)
      for name, value in zip(short, values)
  ]


def read(
    value: str, name: str, options: conversion.Options, *, recursive: bool
) -> InputPatterns:
  """Reads all patterns of one input.

  Args:
    value: A file, folder or glob of any form that `conversion.read` knows.
    name: What to call it.
    options: How to read.
    recursive: Search folders in folders.

  Raises:
    InputError: If it can't be read, or holds no pattern.
  """
  left_out, parts, genres, sources = [], [], [], []

  def on_reject(*rejection):
    left_out.append(': '.join(filter(None, rejection)))

  for item in conversion.read(
      [value], [], options, recursive=recursive, on_reject=on_reject
  ):
    try:
      hits = conversion.item_patterns(item, options)
    except errors.RejectedInputError as e:
      on_reject(item.name, e.reason, e.detail)
      continue
    parts.append(hits)
    sources += [item.name] * len(hits)
    labels = item.sequence.sequence_metadata.genre if item.sequence else ()
    genres += [tuple(labels)] * len(hits)
  if not parts:
    raise errors.InputError(f'{value} holds no pattern that can be read.')
  return InputPatterns(
      name=name, hits=np.concatenate(parts), genres=genres, sources=sources,
      left_out=left_out,
  )


def left_out_text(patterns_: InputPatterns) -> str:
  """Says how much of an input was left out, and why the first; may be empty."""
  if not patterns_.left_out:
    return ''
  return (
      f'{patterns_.name}: {len(patterns_.left_out):,} left out, the first '
      f'{patterns_.left_out[0]}'
  )
