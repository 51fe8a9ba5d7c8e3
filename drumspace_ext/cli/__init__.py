"""Console scripts: flags, words on the terminal, exit status."""
