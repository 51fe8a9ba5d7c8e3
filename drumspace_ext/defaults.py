"""Defaults: what is meant where nobody says it, by flag and in Python alike.

Each stands here once; flags and functions take it from here. A value that has
its own place in the theory (a grid's steps, a tempo of MIDI's) is an alias
there.
"""

VOICES_IN = 'gm14'
STEPS_PER_QUARTER = 4
GAP_STEPS = 32
# The published loop: two bars, three times in a row, exactly.
MAX_FLIPS, MIN_REPEATS, LOOP_BARS = 0, 3, (2,)
QPM = 120.0
SEED = 0
THRESHOLD = 0.5
DEVICE, NUM_THREADS = 'cpu', 1
CONFIG = 'vae'

# Beats that are drawn: to be heard, to be judged, and to be put on a map (the
# article's number).
NUM_BEATS, NUM_JUDGED, NUM_MAPPED = 16, 2000, 500
# Neighbours of each pattern that goes through a pipeline.
NUM_VARIATIONS = 4
# Length of a walk.
NUM_BARS = 64
MAP_TITLE = 'Drum space'
# Drums sound as recorded ones do.
KIT = 'acoustic'
# How patterns are played: all alike and on the grid.
GROOVE, GROOVE_STRENGTH = 'none', 1.0
# The other way for `patterns.tfrecord`: each as its inputs play it.
OWN_GROOVE = 'own'
