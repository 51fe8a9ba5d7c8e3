"""Two bars of drums as 32 steps x 14 voices, and what maps to them.

Decisions:

Toms of nine-class maps: note_seq's low, mid and high tom are our floor, low
and high tom, so that all three survive both ways. Magenta's own table puts 41,
43 and 45 into one class, so that gm14 pitches written unconverted lose one.

Drum map `groovae9`: MusicVAE's GrooVAE has a table of its own
(ROLAND_DRUM_PITCH_CLASSES). `note_seq9` loses a tom in it, pitches of our
`gm14` that it lacks (56, 60 to 64) are a KeyError in its GrooveConverter.

Nearest patterns by a bound: hits of a voice on even and odd steps keep their
numbers under rotation; one matrix product bounds all distances, and few pairs
are compared bit by bit.

The 14 rows, their order and their pitches (`gm14`) stand in `voices`; all
other maps in `drum_maps.toml`. What is said of pitches that no voice has is
said by General MIDI's names (`percussion_names`).
"""
