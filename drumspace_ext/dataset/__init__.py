"""A collection of unique patterns: its files, and how it is made."""
