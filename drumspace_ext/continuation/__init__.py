"""Beats that go on: what follows a primer of any length.

Decisions:

Primers of Magenta's own forms are read as its nine classes and not as gm14,
where 45 and 48 are other toms; what is written is gm14, as everywhere.
Continuers speak step codes of 14 voices (`continuers`), so that a model of our
own can be one. Outputs are drawn side by side, each from a generator of its
own.

The step right behind the primer is played. drums_rnn_generate leaves one
silent (start = end of the last note + one step); `--silent_step` does as it
does.
"""
