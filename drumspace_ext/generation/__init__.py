"""New beats of a model: drawn, varied, between and around others."""
