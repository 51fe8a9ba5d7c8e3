"""Stages of a workflow, run by us or inside Magenta."""
