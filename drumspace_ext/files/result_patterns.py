"""Result patterns: the file that a folder of results stands for."""

import pathlib

from drumspace_ext.files import result_names


def file_of(path: pathlib.Path) -> pathlib.Path:
  """Returns the file whose patterns a folder of results stands for.

  Args:
    path: A file, or a folder: of a dataset, a map or beats.

  Returns:
    The TSV file in such a folder; `path` itself if it is none.
  """
  for name in (result_names.DATASET, result_names.PATTERNS):
    if (path / name).is_file():
      return path / name
  return path


def input_file(path: pathlib.Path) -> pathlib.Path:
  """Returns what is read where a path is named as an input.

  Of beats these are the records, which know their tempo; of a dataset or a map
  it is `file_of`.

  Args:
    path: A file or a folder.
  """
  file = file_of(path)
  if file.name == result_names.PATTERNS and path != file and (
      path / result_names.RECORDS
  ).is_file():
    return path / result_names.RECORDS
  return file
