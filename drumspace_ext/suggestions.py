"""Suggestions: what somebody meant who wrote a name that is not known."""

from collections.abc import Iterable
from collections.abc import Sequence

from drumspace_ext import errors


def did_you_mean(
    word: str, known: Iterable[str], shown_as: str = '{!r}'
) -> str:
  """Returns the end of a message: the known name that a word is nearest to.

  Args:
    word: What was written.
    known: The names that there are.
    shown_as: How a name is written in the message, for `str.format`.

  Returns:
    A blank and a question; empty if no name is near enough.
  """
  # A quarter of a megabyte that most processes never need.
  import difflib

  names = list(known)
  # difflib begins with the longest run that two words share, which may be one
  # that leads astray ('a_ba_' for 'ab_a_'): the same letters are near, too.
  close = difflib.get_close_matches(word, names, n=1) or [
      name for name in names if sorted(name) == sorted(word)
  ]
  return f' Did you mean {shown_as.format(close[0])}?' if close else ''


def one_of(name: str, value: str, choices: Sequence[str]) -> str:
  """Returns a value that is one of some choices.

  Args:
    name: What the choice is called, a flag.
    value: What was chosen.
    choices: What there is.

  Raises:
    InputError: If it is none of these.
  """
  if value not in choices:
    raise errors.InputError(
        f'{name} must be one of {", ".join(choices)}, got {value!r}.'
        + did_you_mean(value, choices)
    )
  return value
