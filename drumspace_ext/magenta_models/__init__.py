"""Magenta's trained drum models without TensorFlow.

  tables, messages    LevelDB's tables and protobuf's fields, bounded
  tensors             TensorFlow's checkpoints (V1, V2)
  bundles             `.mag` files
  checkpoint_files    all of these and tars: what is in a file
  names, weights      one spelling of variables; tensors checked by shape
  drum_classes        Magenta's integers for sets of drums
  drums_rnn           the network, and what it plays (`drums_rnn_generation`)
  music_vae, groovae  MusicVAE's two bars, and with how they are played

The package stands before `models`: a TrainedModel may be a MusicVAE.

Decisions:

Magenta's weights are read by 600 lines of our own: tables of LevelDB's format
and protobuf fields without schemas. TensorFlow costs 2 GB and 6 s; no other
package reads V1 tables. Names are led to one spelling and sizes are read from
the shapes, so that no `--hparams` are needed. The attention stands round the
first cell (Magenta 2.1.4) or round all (Google's bundles, magenta-js): both
are told by names. Checksums are checked, no size is believed, nothing is
executed.
"""
