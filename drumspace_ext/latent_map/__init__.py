"""The map's mathematics: layout, quality, regions of genres."""
