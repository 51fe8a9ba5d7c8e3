"""Magenta's trained drum models without TensorFlow.

  tables, messages    LevelDB's tables and protobuf's fields, bounded
  tensors             TensorFlow's checkpoints (V1, V2)
  bundles             `.mag` files
  checkpoint_files    all of these and tars: what is in a file
  names, weights      one spelling of variables; tensors checked by shape
  drum_classes        Magenta's integers for sets of drums
  drums_rnn           the network, and what it plays (`drums_rnn_generation`)

The package stands before `models`: a TrainedModel may be a MusicVAE.
"""
