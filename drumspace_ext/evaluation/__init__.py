"""How good beats are: the panel against patterns of other files.

Decisions:

Beats are judged by patterns of other files than those that a model was trained
on. scikit-learn's classifiers run on one thread (threadpoolctl), for the same
bytes. Real patterns and shuffled ones stand in each panel, so that a number
can be read without knowing its scale.
"""
