"""Any form of beats into any other, and what a file holds.

Decisions:

One limit for all ways out (`notes.song_limits`): a MIDI file of a few hundred
bytes can be an hour of audio or gigabytes of notes. What passes it is named
with its file, and the rest of the run goes on.

"Patterns that a person names" are read in one way by every script
(`named_patterns`, over `reading.read`): a dataset, a map and beats also by
their folder, the twelfth pattern of a dataset as `my_dataset:12`.

An output without a note is no success: such an item is left out with its
reason, and with nothing else to write the status is 1.

A pack is for a person (`packs`): beats at their own tempo, in folders by genre,
under names that say genre, tempo and source. The tempo is the middle of those
that the dataset saw, a whole number if there is one between them, for it is set
by hand in a DAW; of a made beat that of the nearest known one, unless it was
made at a tempo that was asked for. The number
in front is the beat's place, so that a pack sorts as its dataset and no two
names are alike. Files without an origin keep their plain names.

For research a table (`parquet`), with pyarrow as an extra; as Parquet, and not
CSV or JSON lines, because a 32 x 14 column and lists keep their types in pandas
and Hugging Face datasets. For drummers a song of Hydrogen (`hydrogen`): a song
and not `.h2pattern` files, for those have no tempo, and no program renders them
alone. The kit is the one that Hydrogen brings.
"""
