"""What names promise MIDI, and how large a MIDI file may be."""

# As other programs call them: karaoke, RIFF MIDI, and "standard MIDI file".
EXTENSIONS = ('.mid', '.midi', '.kar', '.rmi', '.smf')
MAX_FILE_BYTES = 32 << 20
