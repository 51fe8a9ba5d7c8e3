"""How patterns are played: what `--groove` means.

A name is resolved here once, for all that write or sound patterns: `none`, a
groove model (`shipped:groove`, a run directory), a MIDI file, a dataset, or
one genre or pattern of it. All but a model are *manners*: they know some
cells well; what they do not know is played as the shipped model does, moved by
the habits that they have.

`--swing=auto` is the swing of a beat's genre on the whole: what a groove swings
already is taken off (`patterns.dynamics`). Left out where a groove plays, it
would never be heard where one plays by default; added in full, beats would
swing more than anybody played them. Who has no genre (a primer, a song) has no
such swing: that is said, and nothing is guessed of names.
"""
