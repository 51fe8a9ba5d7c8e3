"""A collection of unique patterns: its files, and how it is made.

Decisions:

SQLite merges. Occurrences go into a temporary SQLite file in the output folder
and come back sorted, so that memory does not grow with the number of inputs.
Alternatives: a dictionary (grows with provenance), sorted runs merged by hand
(more code of our own).

No resume in create_dataset: 5,000 files take 1.3 s; a million some minutes.

The report has no times and no paths of the machine, so that it is the same
bytes too. No pattern set is ever pickled.

What many inputs say together is summed in a way that depends on neither order
nor grouping (`sums`): a class counts its inputs by a flag on the first of its
occurrences in each, without remembering them.
"""
