"""List flags that add up: given twice, both lists count.

absl's own keep the last one in silence.
"""

from collections.abc import Iterable

from absl import flags

# absl then takes whoever calls `define` for the one that defines the flag.
flags.disclaim_key_flags()


class _ListFlag(flags.Flag[list[str]]):

  def parse(self, argument: str | list[str]) -> None:
    before = self.value if self.present else []
    super().parse(argument)
    self.value = [*(before or []), *(self.value or [])]


def define(
    name: str, help_text: str, default: Iterable[object] = ()
) -> flags.FlagHolder[list[str]]:
  """Defines a flag for values with commas between them, as DEFINE_list."""
  return flags.DEFINE_flag(_ListFlag(
      parser=flags.ListParser(), serializer=flags.CsvListSerializer(','),
      name=name, default=[str(value) for value in default],
      help_string=help_text,
  ))
