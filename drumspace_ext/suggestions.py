"""Suggestions: what somebody meant who wrote a name that is not known."""

from collections.abc import Iterable
import difflib


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
  close = difflib.get_close_matches(word, list(known), n=1)
  return f' Did you mean {shown_as.format(close[0])}?' if close else ''
