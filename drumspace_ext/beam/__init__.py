"""create_dataset on Apache Beam: the same bytes from many machines."""
