"""Magenta's trained drum models without TensorFlow."""
