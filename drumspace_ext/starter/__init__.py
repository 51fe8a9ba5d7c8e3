"""The starter collection: classic beats by genre, and songs of them."""
