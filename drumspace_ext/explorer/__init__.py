"""The page: one HTML file with the map, its data and its scripts."""
