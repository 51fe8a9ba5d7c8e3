"""Patterns and NoteSequences made audible: the kit, WAV, SoundFonts.

Decisions:

One description of the sounds, two small programs. A file in `kits/` is computed
by `synthesis` (numpy) and the page's `sound/kit.js`, by the same formulas;
noise is a hash of a counter (Weyl sequence and MurmurHash3's finalizer), so
that both have the same 32 bits. Alternatives: samples in the page (the 14
sounds are 1.6 MB as float32, 1.1 MB as 16-bit base64; a description is 10 kB),
WebAudio's own oscillators and filters (sound otherwise in every browser, and
not in files).

The default kit is the acoustic one, tuned until its measures lay in the ranges
of recorded drums (tests/benchmarks/RESULTS.md); what was there before is the
electronic one, sample by sample. A stroke is another noise and a slight
detuning, in turn and begun anew with each loop, so that a loop's file is what
the page plays and repeats without a seam. Velocity mixes the sound with a
darker copy of itself: two gains, so that page and files stay equal, where a
filter for each hit would differ and cost more. The room is a part of each sound
(four combs, two all-pass filters), for all of a kit stands in it alike, and a
convolution would have to be the same in two languages.

Hits begin on whole samples in files and in the page: a browser interpolates
sources that begin between samples, which softens the attack; and so page and
file are equal.

The master is a curve, not a compressor: nothing below 0.7, never above 0.95. A
memoryless limiter is the same in numpy and in a WaveShaper and in any order of
hits.

Audio is mixed in blocks (`mixing`), so that an hour of it takes 20 MB; in one
piece it took 2 GB. The samples are the same.

midirenderer renders SoundFonts (RustySynth; one wheel of 0.5 MB for Python
3.8+ without dependencies, an extra). symusic 0.6's own synthesizer cannot be
used: its wheel has no conversion for what `render` returns (TypeError,
Eigen::Array). tinysoundfont needs PyAudio, which has no wheel for Linux;
pyfluidsynth needs a system library. It panics on some damaged files: caught,
its message on stderr kept back, one line. Known: 48 kHz only, notes begin on
multiples of 64 samples (1.3 ms).
"""

import typing

from drumspace_ext import faces

_NAMES = {
    'render': 'rendering',
    'to_wav': 'rendering',
    'loop': 'sequence_audio',
    'song': 'sequence_audio',
}

if typing.TYPE_CHECKING:
  from drumspace_ext.sound.rendering import render as render
  from drumspace_ext.sound.rendering import to_wav as to_wav
  from drumspace_ext.sound.sequence_audio import loop as loop
  from drumspace_ext.sound.sequence_audio import song as song
else:
  __getattr__, __dir__ = faces.of(__name__, _NAMES)
