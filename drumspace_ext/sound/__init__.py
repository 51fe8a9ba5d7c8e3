"""Patterns and NoteSequences made audible: the kit, WAV, SoundFonts."""
