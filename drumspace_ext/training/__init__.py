"""Patterns to a trained model: batches, the loop, its fitted sampler.

Decisions:

What a train step draws depends on the seed and the step alone: the order of an
epoch, noise and dropout come from generators seeded anew each time. A run that
was killed then ends in the same bytes (on the CPU) with nothing saved but
weights, optimizer and step.

The average of the weights over some thousand train steps is what is saved
(config `best`); it gives the better held-out loss at any time (0.2 to 0.6
nats).

Where the sampler keeps latents of training patterns, it keeps draws around
them and not their means (`sampler_fitting`): decoded as they are, no more of
them are known patterns than of other draws. Of several draws around a pattern
it keeps one that seldom leads to a copy or a trivial beat
(`latent_selection`), so that little need be refused afterwards.
"""
