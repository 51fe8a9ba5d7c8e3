"""The map's mathematics: layout, quality, regions of genres.

Decisions:

Exact neighbours, one thread. The same bytes for a seed on one machine (tests:
both ways of repulsion). Trees (Barnes-Hut) below 10,000 patterns, the grid
(FFT) above; placing always by trees, for openTSNE's grid moves the map it
places on to its middle.

Perplexity 30, or a third of the patterns below 91. Learning rates of
openTSNE's `auto`: 200 instead, 100 and 400 in the first phase gave a lower
trustworthiness on six subsets of the starter collection (0.972 to 0.966
against 0.974).

Where a pattern lands does not depend on what else is placed (openTSNE's
partial embedding normalizes each by itself; a test holds it): the same beat of
two files has one place, and a layer can be added later.

`--map` holds a map to its model: its codes are encoded again and the latents
compared (tolerance 1e-3 of their spread), so another model is an error and no
nonsense map. Patterns are recognised by their exact step codes, for another
rotation has another latent.

A layer keeps each beat once and no silence, both counted in `map.json`. What
is trivial by the published rule stays: a file's owner looks for all its beats.
Latents that an input's file brings are not used: they may be of another model.

Hits apart, the median number of hits in which a beat differs from the one
nearest to it on the map, in the best rotation, is what a person hears of a
map's quality. It says the opposite of trustworthiness, which asks how a map
keeps its own latent space: on the starter collection `best` has 12 hits and
0.90, `acai` 16 and 0.98 (any two beats: 40).

Genre regions. Score of a place: the genre's smoothed count beyond its share of
all *labelled* patterns, in standard deviations (+1 in the variance against
lone patterns in empty places). 999 exchanges of labels, whole label sets
between inputs (between patterns where inputs are unknown: counted files; that
is blind to the likeness within a file, see the test with both ends, and the
report says which it was). The highest score of each genre anywhere, on one
scale per genre, its maximum over genres is the reference: family-wise 5 % over
genres and places. An input's labels are those common to its patterns. A region
is what lies above half its peak's score, seen from the peak in 36 directions;
a genre has up to three, with a valley between. Kernel width: half of Scott's
rule.

A dataset folder can be its own output (it gets columns two and three, its
provenance stays); another dataset's folder, or one that would lose rotations,
is refused before the long work.
"""
