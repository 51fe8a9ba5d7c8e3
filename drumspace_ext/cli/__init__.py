"""Console scripts: flags, words on the terminal, exit status.

Decisions:

An empty result is exit status 0, with `rejected.tsv` full of reasons and the
summary saying 0: the job was to read the inputs and account for them.
`--strict` makes it, and any damaged input, exit status 1. Nothing to read at
all (an empty folder) is the caller's mistake and always 1.

A list flag given twice adds up (`list_flags`); absl would keep the last one in
silence. Magenta's flags that a script lacks are answered with ours
(`magenta_flags`).

`--help` of an installed script shows its own docstring and flags, which absl
takes from the installer's wrapper otherwise. Nothing heavy is imported for it.
"""
