"""create_dataset on Apache Beam: the same bytes from many machines.

Decisions:

What Beam shares with the other fronts and with the local run, and how a lost
input is noticed, `spreading` says; `transforms` only spreads it.

What is gathered, and where. Roots are listed by workers, spread in loads of up
to 64 files (or one zip, one TFRecord file), read, and summed by rotation class
(`CombinePerKey`, sums taken before the shuffle as well). Each class and each
rejected input is one JSON row in TFRecord shards beside the results. Only
counts are combined globally. The process that started the pipeline then
streams the rows into the SQLite file that the local run uses too, sorts there,
and writes the files: the ordered writing of unique patterns is the one place
where they meet, with constant memory. A class is summed on one worker, and its
ids are one line of `provenance.tsv`: a class of 10 million inputs is a line of
some 400 MB, on Beam as in the local run. Alternative: a distributed sort and
numbered shards; then `dataset.tsv` would still have to be put together.

Restart. Beam's file sink writes bundles under temporary names and renames;
bundles may be tried again.

A spawned reader imports the worker's main module again: 1 to 2 s of CPU for
each thread and worker, once. On Dataflow `--number_of_worker_harness_threads=2`
keeps these processes few (the default is 12 a core).

DirectRunner is FnApiRunner here. Beam 2.77's DirectRunner first fetches and
tries Prism, a Go binary. `runners` takes the in-Python runner for
`DirectRunner`; `--runner=PrismRunner` is Prism.

Beam's threads must not send by the clock. With
`--direct_running_mode=multi_threading` Beam 2.77 sends what a worker has
written every 1,000 ms from a second thread, also between an element's head and
its value; the runner reads the rest as a new element. Our CI met it once: four
bytes of a path became a count of 1.6 billion windows, 24 GB of memory, and the
system killed the process. With 1 ms instead of 1,000 the 24th run over 400
files failed; with the limit that `runners` sets (below zero: no clock, chunks
end between elements) 120 of 120 runs, with one thread and with two, gave the
bytes of the local run (`tests/beam/test_runners.py` fails without it). Workers
in processes, in memory and behind a job server have no such clock. What the
runner sends to workers still has it, but those are whole chunks.

Modules that import Beam at their top: only `transforms` (classes of Beam must
be known by name for workers to find them; that is also why
`--save_main_session` is not needed). It is imported inside `create`;
`tests/test_architecture.py` lists it in `_NEEDS_EXTRA`.

An --output_dir with `*`, `?` or `[` is refused: Beam's sink looks for its own
shards by a glob that can't be quoted.
"""
