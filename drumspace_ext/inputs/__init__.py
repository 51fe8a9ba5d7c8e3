"""What `--input` means: listing, kinds of files, loads to read."""
