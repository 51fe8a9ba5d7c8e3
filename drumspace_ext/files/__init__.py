"""Bytes kept safe: paths, records, archives, result folders; no music.

Decisions:

A folder of results has one maker. Each `manifest.json` names the script that
made the folder, and `result_folders.claim`, which every script calls first,
refuses what another one made or what nobody is known to have made; a later run
of the same script replaces its files. `drumspace_generate` once deleted the
MIDI file that it was asked to vary: what would be written over an input, or
over a file of somebody's own, is refused by it before anything is done.

The manifest is written first of a batch, so that a run killed while files get
their names can be made again. Datasets of Beam and of one machine are one
maker's, for their bytes are the same; a dataset's manifest holds the recipe
and neither inputs nor times. A map may go into the folder of its own dataset,
which then is the map's. Training runs and converted files have no manifest and
may lie beside others' results, which they never replace.

Files are written under a temporary name `.drumspace-...` and renamed, all of a
run together at its end (`output_files.Batch`): nothing half-written has a
final name, and `inputs.listing` skips that prefix. What a killed run leaves,
the next run into that folder removes (`leftovers`).

A damaged TFRecord costs itself alone (`tfrecords`): with a false checksum it
is named and the next one is read; where the length is damaged, the rest of the
file is lost, and that is said. A mistake of our own readers is a reason of
that input too (`reader_faults`); the traceback is for --log=DEBUG.

google-crc32c computes the checksums in C; 37 kB, no dependencies, also what
Beam uses. A table in Python is 400 times slower.
"""
