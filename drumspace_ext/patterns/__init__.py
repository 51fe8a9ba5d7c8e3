"""Two bars of drums as 32 steps x 14 voices, and what maps to them."""
