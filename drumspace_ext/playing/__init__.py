"""How patterns are played: what `--groove` means.

A name is resolved here once, for all that write or sound patterns: `none`, a
groove model (`shipped:groove`, a run directory), a MIDI file, a dataset, or
one genre or pattern of it. All but a model are *manners*: they know some
cells well; what they do not know is played as the shipped model does, moved by
the habits that they have.
"""
