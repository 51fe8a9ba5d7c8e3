"""The same dataset by many machines: what Beam, Spark and Dask share.

Decisions:

Every rule is shared with the local run. Listing and naming (`inputs.listing`),
loads (`inputs.tasks`), reading (`inputs.contents`), verdicts
(`extraction.many_inputs`), sums (`dataset.sums`) and writing
(`dataset.writing`) are the same functions. A *front* only spreads them: it is a
`reading.Spread`, which takes a listing and yields `gathered.Gathered` parts in
any order and grouping, merged by class or not. `creation` does all that comes
before and behind. `dataset.sums` holds sums that depend on neither order nor
grouping: an *occurrence* (one phase of a pattern in one input) has a flag that
it is the first of its class in its input, so that inputs are counted without
remembering them. A change of a rule can't make two ways differ; tests compare
bytes.

Whatever a runner may lose is noticed: files listed and read, rejected inputs
counted and written, and inputs of all classes before and after their sums are
compared at the end, and a difference is an error (`sums.check_arrived`).

Retries are the cluster's own; they cost nothing here, for a load that is read
again gives the same part, and only one of the two is taken.

A reader process beside each worker, so that an input that crashes or hangs its
reader costs itself alone. Bytes are read in the worker (its connections are
there) and only parsed in the process. Where the worker has threads (Beam, Dask)
the process is spawned and not forked: a fork copies locks as they are, and a
deadlock would be counted as an input that hangs. It is kept for the next load,
and replaced when it dies while idle without blaming an input. Workers of Dask
are daemonic, which Python's multiprocessing lets start no process; ours ends by
itself when its pipe is closed, so that it is started all the same.

Restart. Final names are only given by the last step (`output_files.Batch`; on
remote filesystems: upload to the work folder, then delete + rename, file by
file). A run killed anywhere leaves a folder `.drumspace-...`, which no later
run reads (`inputs.listing` skips that prefix) and the next run into that folder
removes (`files.leftovers`; not on a remote filesystem, which has no locks). No
resume: extraction is cheaper than keeping its state.
"""
