"""Patterns to a trained model: batches, the loop, its fitted sampler."""
