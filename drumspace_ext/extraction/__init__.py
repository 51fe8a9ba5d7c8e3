"""From one input to its loops, and the same for many, by a pool.

Decisions:

A pattern's phase is the one of most loops, ties by smaller codes. A loop's
phase is the first bar line inside its run, also in the silence before a piece:
the recipe's words taken literally.

The published recipe is what nothing is said of: two bars, three times in a
row, exactly. What reaches further (`max_flips`, `min_repeats`, `loop_bars`,
`recurring`, `meters`, `align`) is asked for by flag, and `recipes` says what
each does. Of 4,938 real files 1,835 hold such loops.

Workers are processes of our own pool and not `concurrent.futures`: a crash in
a native reader breaks that executor as a whole, and a hang can't be timed out.
Ours splits the load of a lost worker and names the one input that did it.
Records go to a forked worker by memory that it has together with its parent: a
pipe copies what it carries four times.
One task waits for each worker while it does another, so that none waits for the
process that all of them answer.

How a loop is played is summed in whole numbers (`groove_sums`): velocities, and
offsets in 3,840ths of a step, so that order and grouping of inputs change no
byte. `patterns.tfrecord` stays on the grid: who quantizes it gets the same
either way, a mean over many songs is nobody's performance, and `groove.tsv`
beside it has all of it.

Inside a process that may start no other (a `multiprocessing.Pool`'s, a Dask
nanny's) inputs are read in that process, and it says so once.
"""
