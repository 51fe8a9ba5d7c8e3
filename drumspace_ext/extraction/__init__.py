"""From one input to its loops, and the same for many, by a pool."""
