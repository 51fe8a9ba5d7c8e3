"""Result names: what the files that scripts write are called.

Which script writes which of them, `result_folders` says. Results of
drumspace_convert are named by the person, or by `conversion.files`.
"""

MANIFEST = 'manifest.json'
# Patterns as NoteSequences, in datasets, beats and what stages gave.
RECORDS = 'patterns.tfrecord'

# A dataset; a map has the first of these too, and may have the second.
DATASET, PROVENANCE = 'dataset.tsv', 'provenance.tsv'
GROOVE = 'groove.tsv'
REJECTED, REPORT, REPORT_PAGE = 'rejected.tsv', 'report.json', 'report.html'
OF_DATASET = (
    DATASET, PROVENANCE, RECORDS, REJECTED, REPORT, REPORT_PAGE, MANIFEST,
    GROOVE,
)
OF_PIPELINE = (RECORDS, REJECTED, REPORT, MANIFEST)

PATTERNS, NEAREST = 'patterns.tsv', 'nearest.tsv'
RAW, FILTERED = 'sampled_raw.tsv', 'sampled_filtered.tsv'
MIDI_ZIP, MIDI_FOLDER, WALK_MIDI = 'midi.zip', 'midi', 'walk.mid'
OF_BEATS = (
    PATTERNS, RECORDS, NEAREST, RAW, FILTERED, MIDI_ZIP, WALK_MIDI, MANIFEST,
)

MAP_PAGE, MAP_REPORT = 'map.html', 'map.json'
GENERATED, REGIONS = 'generated.tsv', 'regions.tsv'
OF_MAP = (MAP_PAGE, DATASET, GENERATED, REGIONS, MAP_REPORT, MANIFEST)

CONTINUATIONS = 'continuations.txt'
OF_CONTINUATIONS = (CONTINUATIONS, MANIFEST)

EVALUATION, EVALUATION_PAGE = 'evaluation.json', 'evaluation.html'
OF_EVALUATION = (EVALUATION, EVALUATION_PAGE, MANIFEST)

# A training run: the model that others take, the one at the end (longer
# training makes for more different draws after reconstruction is at its best),
# what a run goes on from, and a line for each evaluation.
CHECKPOINT_SUFFIX = '.safetensors'
BEST, LAST = f'train/best{CHECKPOINT_SUFFIX}', f'train/last{CHECKPOINT_SUFFIX}'
STATE, METRICS = f'train/state{CHECKPOINT_SUFFIX}', 'train/metrics.jsonl'
OF_TRAINING = (BEST, LAST, STATE, METRICS)

# The quickstart: its own files, and what other scripts make in its folder.
SONGS, SONGS_MIDI = 'starter_songs.tfrecord', 'starter_songs_midi'
MIDI_PACK = 'patterns_midi.zip'
QUICK_DATASET, QUICK_MODEL, QUICK_BEATS = 'dataset', 'model', 'new_beats'
QUICK_EVALUATION, QUICK_MAP = 'evaluation', 'map'
# Beats of the best model that comes along, as loops and as audio.
QUICK_BEST, BEST_PACK, BEST_AUDIO = 'best_beats', 'best_midi', 'best_wav'
# A beat that is played three ways.
QUICK_GROOVES = 'three_grooves'
OF_QUICKSTART = (SONGS, MANIFEST)
QUICK_PARTS = (
    SONGS_MIDI, MIDI_PACK, QUICK_DATASET, QUICK_MODEL, QUICK_BEATS,
    QUICK_EVALUATION, QUICK_MAP, QUICK_BEST, BEST_PACK, BEST_AUDIO,
    QUICK_GROOVES,
)
