"""Tests for packs: folders by genre, tempos of their own, a readme."""

import io
import json
import wave
import zipfile

import drawn_patterns
import hypothesis
from hypothesis import strategies as st
import mido
import numpy as np
import pytest

import drumspace_ext
from drumspace_ext import errors
from drumspace_ext.conversion import origins
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.patterns import step_codes

_BEATS = np.stack([
    drawn_patterns.hits_of(kick=(0, 16), snare=(8, 24), closed_hat=(n, n + 2))
    for n in range(1, 5)
])
_HEADER = (
    'loops\trepeats\tinputs\tmin_qpm\tmax_qpm\tgenres\tinput_ids\tfile_names'
)
_ROWS = (
    ('1\t6\t1\t96\t96', 'rock:1', ['/id/a'], ['rock/../same name.mid']),
    ('2\t9\t2\t90\t180', 'pop:1|jazz:2', ['/id/b', '/id/c'],
     ['jazz/same name.mid', 'x.mid']),
    ('1\t3\t1\t0\t0', 'rock:1', ['/id/d'], ['rock/same name.mid']),
    ('1\t3\t1\t174.5\t174.5', '', ['/id/e'], []),
)
_PATHS = [
    'rock/0001_rock_96bpm_same_name', 'jazz/0002_jazz_135bpm_same_name',
    'rock/0003_rock_120bpm_same_name', 'no_genre/0004_174.5bpm_e',
]


@pytest.fixture(name='dataset')
def _dataset(tmp_path):
  folder = tmp_path / 'dataset'
  folder.mkdir()
  codes = step_codes.hits_to_step_codes(_BEATS)
  (folder / 'dataset.tsv').write_text(
      ''.join(map(dataset_tsv.format_line, codes))
  )
  (folder / 'provenance.tsv').write_text('\n'.join([_HEADER, *(
      '\t'.join((numbers, genres, json.dumps(ids), json.dumps(names)))
      for numbers, genres, ids, names in _ROWS
  )]) + '\n')
  return folder


def _midi(data):
  (track,) = mido.MidiFile(file=io.BytesIO(data)).tracks
  tempo = next(m.tempo for m in track if m.type == 'set_tempo')
  name = next(m.name for m in track if m.type == 'track_name')
  return mido.tempo2bpm(tempo), name


@pytest.mark.parametrize('groove', ['none', 'shipped:groove'])
def test_swing_by_genre_is_that_of_each_beat(tmp_path, dataset, groove):
  path = dataset / 'provenance.tsv'
  path.write_text(path.read_text().replace(
      '0\t0\trock:1', '0\t0\tpop:1|soul:2'
  ))

  unswung = {}

  def ticks(name, **options):
    unswung[name] = drumspace_ext.convert(
        dataset, tmp_path / name, groove=groove, groove_strength=(1, 0.5),
        **options,
    ).unswung
    with zipfile.ZipFile(tmp_path / name) as archive:
      tracks = [
          mido.MidiFile(file=io.BytesIO(archive.read(name))).tracks[0]
          for name in archive.namelist() if name.endswith('.mid')
      ]
    return [
        np.cumsum([m.time for m in track])[
            [m.type == 'note_on' and m.velocity > 0 for m in track]
        ] for track in tracks
    ]

  straight, swung = ticks('a.zip'), ticks('b.zip', swing='auto')
  # Hats of the first and the third are on second sixteenths; rock has none.
  assert [not np.array_equal(*pair) for pair in zip(straight, swung)] == [
      False, False, True, False
  ]
  if groove == 'none':
    late = np.unique(swung[2] - straight[2])
    assert late.tolist() == [0, round(120 * 0.37 / 3)]
  else:
    assert (swung[2] >= straight[2]).all()
  # Rock is known to have none; of the last beat nothing is known.
  assert not unswung['a.zip'] and len(unswung['b.zip']) == 1


@pytest.mark.parametrize(('qpm', 'tempos'), [
    (None, [96, 135, 120, 174.5]), (80.0, [80] * 4),
])
def test_each_beat_has_its_own_tempo_unless_one_is_asked_for(
    tmp_path, dataset, qpm, tempos
):
  converted = drumspace_ext.convert(dataset, tmp_path / 'o.zip', qpm=qpm)
  assert converted.count == 4
  with zipfile.ZipFile(tmp_path / 'o.zip') as archive:
    *names, readme = archive.namelist()
    found = [_midi(archive.read(name)) for name in names]
  assert readme == 'README.txt'
  assert [tempo for tempo, _ in found] == pytest.approx(tempos, abs=1e-3)
  for name, tempo, (_, title) in zip(names, tempos, found, strict=True):
    assert f'{tempo:g}bpm' in name
    # A DAW shows the track's name where the file's is gone.
    assert f'_{title}.mid' in name


@pytest.mark.parametrize('is_zip', [False, True])
@pytest.mark.parametrize(('to', 'ending'), [(None, '.mid'), ('wav', '.wav')])
def test_folders_by_genre_keep_the_order(tmp_path, dataset, to, ending, is_zip):
  paths = [f'{path}{ending}' for path in _PATHS]
  if is_zip:
    drumspace_ext.convert(dataset, tmp_path / 'o.zip', to=to)
    with zipfile.ZipFile(tmp_path / 'o.zip') as archive:
      assert archive.namelist() == [*paths, 'README.txt']
      content = archive.read(paths[0])
      readme = archive.read('README.txt').decode()
  else:
    drumspace_ext.convert(dataset, output_dir=tmp_path / 'o', to=to)
    found = [
        path.relative_to(tmp_path / 'o').as_posix()
        for path in (tmp_path / 'o').rglob('*') if path.is_file()
    ]
    assert sorted(found) == sorted([*paths, 'README.txt'])
    content = (tmp_path / 'o' / paths[0]).read_bytes()
    readme = (tmp_path / 'o' / 'README.txt').read_text()
  if to:
    with wave.open(io.BytesIO(content)) as file:
      # 32 steps of 60 / 96 / 4 seconds.
      assert file.getnframes() == 5 * file.getframerate()
  assert f'4 {(to or "midi").upper()} files' in readme
  assert '96 to 174 bpm' in readme
  lines = [line.split() for line in readme.splitlines()]
  assert lines[-3:] == [['rock', '2'], ['none', 'known', '1'], ['jazz', '1']]


@hypothesis.given(
    low=st.floats(20, 300), width=st.floats(0, 3),
)
def test_a_tempo_is_whole_if_one_was_played(low, width):
  qpm = origins._usual(low, low + width)
  assert low - 1e-9 <= qpm <= low + width + 1e-9
  if width >= 1:
    assert qpm == round(qpm)


def test_same_dataset_gives_the_same_pack(tmp_path, dataset):
  for name in ('a.zip', 'b.zip'):
    drumspace_ext.convert(dataset, tmp_path / name)
  assert (tmp_path / 'a.zip').read_bytes() == (tmp_path / 'b.zip').read_bytes()


def test_one_beat_of_a_dataset_is_named_too(tmp_path, dataset):
  drumspace_ext.convert(f'{dataset}:2', tmp_path / 'o.zip')
  with zipfile.ZipFile(tmp_path / 'o.zip') as archive:
    assert archive.namelist()[0] == 'jazz/0001_jazz_135bpm_same_name.mid'


def test_a_lone_dataset_has_numbers_and_no_readme(tmp_path, dataset):
  (dataset / 'provenance.tsv').unlink()
  drumspace_ext.convert(dataset, tmp_path / 'o.zip')
  with zipfile.ZipFile(tmp_path / 'o.zip') as archive:
    assert archive.namelist() == [
        f'00000{n}_dataset_00000{n}.mid' for n in range(1, 5)
    ]
    assert _midi(archive.read(archive.namelist()[0]))[0] == 120


def test_a_readme_of_somebody_stays(tmp_path, dataset):
  for _ in range(2):
    drumspace_ext.convert(dataset, output_dir=tmp_path / 'o')
  (tmp_path / 'o' / 'README.txt').write_text('my own')
  with pytest.raises(errors.InputError, match='README.txt is there already'):
    drumspace_ext.convert(dataset, output_dir=tmp_path / 'o')
  assert (tmp_path / 'o' / 'README.txt').read_text() == 'my own'


@pytest.fixture(scope='module', name='made')
def _made(tmp_path_factory):
  folder = tmp_path_factory.mktemp('made')
  return drumspace_ext.generate('shipped:vae', folder / 'beats', num_outputs=5)


def _nearest(made):
  lines = (made.output_dir / 'nearest.tsv').read_text().splitlines()[1:]
  return [line.split('\t') for line in lines]


@pytest.mark.parametrize('qpm', [None, 80.0])
def test_made_beats_are_named_after_model_genre_and_nearest(
    tmp_path, made, qpm
):
  drumspace_ext.convert(made.output_dir, tmp_path / 'o.zip', qpm=qpm)
  with zipfile.ZipFile(tmp_path / 'o.zip') as archive:
    *names, _ = archive.namelist()
    readme = archive.read('README.txt').decode()
    tempos = [_midi(archive.read(name))[0] for name in names]
  rows = _nearest(made)
  for number, (name, tempo, row) in enumerate(
      zip(names, tempos, rows, strict=True), 1
  ):
    genre = row[4].rpartition(':')[0]
    title = json.loads(row[5])[0].rpartition('/')[2]
    # Whole, as one sets it.
    expected = qpm or round(float(row[6]))
    assert tempo == pytest.approx(expected, abs=1e-3)
    assert name.startswith(
        f'{genre}/{number:04}_vae_{genre}_{expected:.0f}bpm_like_'
    )
    assert title.split()[0] in name
  assert 'Made by a model: vae.' in readme


def test_a_tempo_that_beats_were_made_at_is_their_own(tmp_path):
  made = drumspace_ext.generate(
      'shipped:vae', tmp_path / 'beats', num_outputs=2, qpm=77
  )
  drumspace_ext.convert(made.output_dir, tmp_path / 'o.zip')
  with zipfile.ZipFile(tmp_path / 'o.zip') as archive:
    assert all('_77bpm_' in name for name in archive.namelist()[:-1])


def test_records_of_made_beats_stay_as_they_are(tmp_path, made):
  drumspace_ext.convert(made.output_dir, tmp_path / 'o.tfrecord')
  assert (tmp_path / 'o.tfrecord').read_bytes() == (
      made.output_dir / 'patterns.tfrecord'
  ).read_bytes()


@pytest.mark.parametrize(('asked', 'name'), [
    ({'checkpoint_file': 'shipped:best'}, 'best'),
    ({'checkpoint_file': ['shipped:best'], 'run_dir': None}, 'best'),
    ({'run_dir': 'models/mine', 'checkpoint_file': []}, 'mine'),
    ({'run_dir': 'models/mine/train/best.safetensors'}, 'mine'),
    ({'checkpoint_file': 'best.safetensors'}, 'best'),
    ({'checkpoint_file': 7}, 'model'), ({}, 'model'), ([], 'model'),
    ('no JSON', 'model'),
])
def test_the_model_is_called_as_the_person_calls_it(tmp_path, asked, name):
  text = json.dumps({'arguments': asked}) if asked != 'no JSON' else '{'
  (tmp_path / 'manifest.json').write_text(text)
  (tmp_path / 'patterns.tfrecord').touch()
  (tmp_path / 'nearest.tsv').write_text('header\n' + '\t'.join([
      '1', 'novel', '9', ','.join(['0'] * 32), '', '[]'
  ]) + '\n')
  found = origins.of_beats(tmp_path / 'patterns.tfrecord')
  assert found[1].model == name
  assert found[1].distance == 9


@pytest.mark.parametrize('line', [
    'x', '1\tnovel\tx\t0\t\t[]\t', '1\tnovel\t3\t' + '0,' * 31 + '0\t\t{}\t',
    '1\tnovel\t3\t' + '0,' * 31 + '0\t\t[]\tfast', '1e3' + '\t' * 6,
])
def test_damaged_nearest_is_one_line(tmp_path, line):
  (tmp_path / 'patterns.tfrecord').touch()
  (tmp_path / 'nearest.tsv').write_text(f'header\n{line}\n')
  with pytest.raises(errors.InputError, match='nearest.tsv.*line 2.*again'):
    origins.of_beats(tmp_path / 'patterns.tfrecord')


@pytest.mark.parametrize('form', ['midi', 'wav'])
def test_files_of_an_earlier_run_beside_new_ones_are_counted(
    tmp_path, dataset, form
):
  first, again = (
      drumspace_ext.convert(dataset, tmp_path / 'o', to=form) for _ in range(2)
  )
  assert first.count == again.count > 1
  assert not list(first.warnings()) and not list(again.warnings())
  (tmp_path / 'o' / 'notes.txt').write_bytes(b'')
  faster = drumspace_ext.convert(dataset, tmp_path / 'o', to=form, qpm=199)
  assert faster.num_others == first.count
  (said,) = faster.warnings()
  assert said.startswith(f'{first.count} more were in {tmp_path / "o"} before')
  zipped = drumspace_ext.convert(dataset, tmp_path / 'o' / 'o.zip')
  assert not zipped.num_others
