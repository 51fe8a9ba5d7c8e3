"""Bytes kept safe: paths, records, archives, result folders; no music."""
