"""What `--input` means: listing, kinds of files, loads to read.

Decisions:

Input ids do not depend on the machine, the order or the sharding. A MIDI file
is named by the folder given and the path below it; a NoteSequence by its own
id, its file name, or a digest. Two folders of the same name keep their whole
paths. So the same inputs in any order or sharding give the same bytes.

What a file is, its first bytes say (`kinds`); its name says what to look for
in a folder.
"""
