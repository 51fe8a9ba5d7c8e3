"""New beats of a model: drawn, varied, between and around others.

Decisions:

Drawn beats that are trivial or known are left out, by the published filters;
`nearest.tsv` says of each beat whether it is a copy, near or novel, over all
32 rotations.

Paths keep their ends exactly; their steps are even in flips
(`models.interpolation`).
"""
