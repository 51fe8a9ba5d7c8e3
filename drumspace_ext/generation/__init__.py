"""New beats of a model: drawn, varied, between and around others.

Decisions:

Drawn beats that are trivial or known are left out, by the published filters;
`nearest.tsv` says of each beat whether it is a copy, near or novel, over all
32 rotations.

What is asked of beats by numbers (`asked`) or by a genre is drawn by weighted
latents, so that all else stays as the model has it, and by choosing among
draws; a model needs to have learnt nothing for a number. A genre is looked for
in `--examples_path`, in the model, in the starter collection, in this order.

Paths keep their ends exactly; their steps are even in flips
(`models.interpolation`).
"""
