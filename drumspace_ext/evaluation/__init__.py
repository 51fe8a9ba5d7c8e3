"""How good beats are: the panel against patterns of other files."""
