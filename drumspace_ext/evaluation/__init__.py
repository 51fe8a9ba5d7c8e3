"""How good beats are: the panel against patterns of other files.

Decisions:

Beats are judged by patterns of other files than those that a model was trained
on. scikit-learn's classifiers run on one thread (threadpoolctl), for the same
bytes. Real patterns and shuffled ones stand in each panel, so that a number
can be read without knowing its scale.

Models that continue beats are judged by whole songs (`song_panel`), for what
they are good at, a song's memory, no two bars show. Copies and frequencies are
rows too: a next-step model that only copies scores well by repetition, one that
is random by variety. drums_rnn's sets of nine drums are spelled out in 14
voices by the frequencies of training songs, so that its nats are of the same
steps.
"""
