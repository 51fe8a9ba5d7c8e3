"""NoteSequences and MIDI: reading, writing, and the grid of their hits."""
