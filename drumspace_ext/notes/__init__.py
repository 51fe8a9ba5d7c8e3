"""NoteSequences and MIDI: reading, writing, and the grid of their hits.

Decisions:

Onsets in quarter notes, as float64, with 1e-6 of a step of slack. A tick
divided by the ticks a quarter is exact at a tie between two steps (an odd
number of eighths of a quarter), and a NoteSequence's seconds come back within
1e-12. The slack decides ties as integer ticks do, and no MIDI resolution comes
as near to a tie otherwise (4 / (2 * 32,767) = 6e-5 of a step). Recovering
integer ticks first gives the same steps with more code.

Sparse first, dense per piece. Hits are kept as (step, code) pairs until the
pauses are cut out. Hours of silence, or a huge delta time, then cost nothing
and need no limit. A piece shorter than 65 steps can hold no loop and is never
laid out.

symusic reads MIDI, a tolerant reader of our own decides where symusic may be
wrong. symusic fails on data bytes above 127, truncation and foreign headers,
drops note-ons without note-offs (the published pack holds nothing else), and
knows no kit but channel 10. To read every file twice would cost more than the
reading itself: `midi_doubts` and `midi_kit_doubts` look at the bytes, and about
one file in fifteen is read again by `midi_scan`. Alternatives: mido as second
reader (slow, drops the delta time of unknown meta events), pretty_midi (zero
notes from the pack, 6 GB for a 37-byte file).

Usual files (98 % of real ones) don't meet symusic: `midi_columns` cuts the
tracks of some files into events at once, in numpy, and says of what else there
is that it can't. Alternatives: one file for symusic of many (3 % faster than
many), note-ons as controls (delta times have the same bytes).

Every note-on of a drum is a hit, with a note-off or without. Note-on, note-on,
one note-off of a pitch is two notes to note_seq and one to symusic; 15 of
4,938 files have such places.

A kit beside channel 10 plays with it: both together are searched, and channel
10 alone, for a second kit often plays fills. A NoteSequence made of MIDI says
it by `part` (`sequence_drums.SECOND_KIT`), so that it gives the same loops.
Which parts hold drums (`drum_parts`) is settled where MIDI is read, by channel;
a NoteSequence knows instruments only.

Format 2 is refused where more than one track has drums: its tracks are
patterns of their own, and together they are a beat that nobody wrote. note_seq
sounds them together.

Two of one meter on a tick: the first track's counts. A meter of no beats, or
for less than a step, is none. 2/2, 8/8 and 16/16 last as long as 4/4 and are
4/4 (`meters`).

A NoteSequence quantized to other than a multiple of 4 steps a quarter is
refused (`other_grid`), not re-read from its seconds: they may be missing.

A silent end counts in `to_patterns` only where `total_time` is a whole number
of two bars: then it was meant. Songs end anywhere.

What is quantized is read by its steps, whatever is made of it: magenta-js
writes no seconds (`sequence_times`).

How much one input may hold, whatever it is turned into, stands in
`song_limits`; a NoteSequence with times that are no numbers is refused at the
door.
"""
