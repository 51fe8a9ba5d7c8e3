"""The page in a browser: packs, several files as one zip archive."""

import base64
import io
import zipfile
import zlib

import browser
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import map_pages
import numpy as np
import pytest

from drumspace_ext.conversion import files as conversion_files
from drumspace_ext.conversion import origins
from drumspace_ext.conversion import pack_names
from drumspace_ext.patterns import dynamics
from drumspace_ext.patterns import nearest
from drumspace_ext.patterns import step_codes
from drumspace_ext.sound import rendering

pytestmark = pytest.mark.browser

_NAME = st.text(
    st.characters(categories=('L', 'N'), include_characters='_-.'),
    min_size=1, max_size=20,
).filter(lambda name: set(name) != {'.'})


@pytest.fixture(scope='module', name='window')
def _window(tmp_path_factory):
  with browser.modules_window(
      tmp_path_factory.mktemp('browser'), ('midi/packing.js',), {}
  ) as window:
    yield window


def _zip(window, files):
  """Packs (name, bytes) pairs in the page."""
  return base64.b64decode(window.run("""
    const bytes = modules.zipOf(args[0].map(([name, content]) => ({
      name, bytes: Uint8Array.from(atob(content), (c) => c.charCodeAt(0))})));
    return btoa(String.fromCharCode(...bytes));""", [
        [name, base64.b64encode(content).decode()] for name, content in files
    ]))


@given(files=st.dictionaries(
    st.tuples(_NAME, _NAME).map('/'.join), st.binary(max_size=300), max_size=5
))
@settings(max_examples=30)
def test_every_file_comes_back(window, files):
  archive = zipfile.ZipFile(io.BytesIO(_zip(window, list(files.items()))))
  assert archive.testzip() is None
  assert archive.namelist() == list(files)
  for info in archive.infolist():
    assert archive.read(info) == files[info.filename]
    assert info.date_time == (1980, 1, 1, 0, 0, 0)
    assert info.external_attr >> 16 == 0o100644


@given(content=st.binary(max_size=1000))
@settings(max_examples=30)
def test_checksum_is_that_of_zlib(window, content):
  assert window.run(
      'return modules.crc32(Uint8Array.from(args[0]))', list(content)
  ) == zlib.crc32(content)


def test_favourites_are_a_pack_by_genre_with_a_readme(page):
  page.gesture()
  page.run("""
    for (const index of [0, 5, 9]) {
      const beat = app.maker.ofPoint(0, index);
      deck.show(beat);
      byId('favourite').click();
    }
    app.favourites.toggle(app.maker.ofPoint(1, 2).codes, 'My own');
    app.favourites.toggle(app.maker.ofPoint(1, 3).codes);
    const beat = app.maker.ofPoint(0, 9).codes;
    app.favourites.toggle(beat.with(3, beat[3] ^ 1 << 9));""")
  name, content = page.download('favourites-pack')
  assert name == 'favourites.zip'
  archive = zipfile.ZipFile(io.BytesIO(content))
  assert archive.testzip() is None
  *names, readme = archive.namelist()
  assert readme == 'README.txt'
  kept, tempos = page.run("""
    const {codes} = app.favourites;
    return [codes, codes.map((one) =>
      deck.pace.tempo.of(app.maker.ofCodes(one)) ?? settings.qpm)]""")
  known = page.made.training
  near, _ = nearest.NearestPatterns(known.codes).find(np.array(kept[:3]))
  rows = [*near.tolist(), 9, 5, 0]
  # The newest first, each named as drumspace_convert names it.
  models, owns = ['new', 'acai', '', '', '', ''], {2: 'My own'}
  expected = [
      pack_names.of(origins.Origin(
          genres={known.genres[row][0]: 1}, model=model,
          sources=(owns.get(i, known.sources[row][0]),), qpm=float(qpm),
      ), float(qpm)).path(i + 1, len(kept), '.mid')
      for i, (row, model, qpm) in enumerate(zip(rows, models, tempos))
  ]
  assert names == expected
  for path, codes in zip(names, kept, strict=True):
    assert map_pages.as_codes(archive.read(path)) == [codes]
  text = archive.read('README.txt').decode()
  assert text.startswith('Drum loops of two bars in 4/4.\n\n6 MIDI files, ')


_KEEP = """
  for (const index of [0, 5, 9]) {
    app.favourites.toggle(app.maker.ofPoint(0, index).codes);
  }
  app.favourites.toggle(app.maker.ofPoint(1, 2).codes, 'My own');
  const button = byId('favourites-wavs');
  const {call} = app.studio;
  window.said = [];
  app.studio.call = (...args) => {
    if (args[0] === 'wav') {
      said.push(button.textContent);
      onWav();
    }
    return call.apply(app.studio, args);
  };
  window.onWav = () => {};"""


def _members(content):
  archive = zipfile.ZipFile(io.BytesIO(content))
  assert archive.testzip() is None
  return {name: archive.read(name) for name in archive.namelist()}


def test_favourites_are_a_pack_of_wav_files_as_they_are_heard(page):
  page.gesture()
  page.run(_KEEP)
  # What is set meanwhile is for what comes later.
  page.run("window.onWav = () => app.settings.set('accents', false)")
  page.run("app.settings.set('groove', false)")
  page.gesture()
  midi = _members(page.download('favourites-pack')[1])
  page.gesture()
  name, content = page.download('favourites-wavs')
  assert name == 'favourites_wav.zip'
  wavs = _members(content)
  assert list(wavs) == [name.replace('.mid', '.wav') for name in midi]
  text = wavs.pop('README.txt').decode()
  assert text == midi.pop('README.txt').decode().replace(
      'MIDI files', conversion_files.WHAT['wav']
  )
  # It said how far it was.
  assert page.run("return [said, byId('favourites-wavs').textContent]") == [
      [f'Stop: {i} of 4' for i in (1, 2, 3, 4)], 'Favourites: WAV pack ↓'
  ]
  kept, paces = page.run("""
    const {codes} = app.favourites;
    const beats = codes.map((one) => app.maker.ofCodes(one));
    return [codes, beats.map((beat) => [
      deck.pace.tempo.of(beat), deck.pace.swing.of(beat)])]""")
  for wav, codes, (qpm, swing) in zip(
      wavs.values(), kept, paces, strict=True
  ):
    expected = rendering.render(
        step_codes.step_codes_to_hits(np.array(codes, np.uint16))[None],
        qpm=qpm, dynamics=dynamics.Dynamics(accents=True, swing=swing),
    )
    samples = np.frombuffer(wav[44:], '<i2').reshape(-1, 2) / 32767
    assert len(samples) == len(expected)
    np.testing.assert_allclose(samples[:-500], expected[:-500], atol=1e-3)


def test_wav_pack_stops_at_a_press_and_begins_anew(page):
  page.gesture()
  page.run(_KEEP)
  page.run("""
    window.onWav = () => said.length === 2 && byId('favourites-wavs').click();
    byId('favourites-wavs').click();
    await until(() => byId('status').textContent.includes('stopped'));""")
  assert page.run("return [said.length, byId('favourites-wavs').textContent]"
                  ) == [2, 'Favourites: WAV pack ↓']
  assert not list(page.window.downloads.iterdir())
  page.gesture()
  assert len(_members(page.download('favourites-wavs')[1])) == 5


def test_wav_pack_that_is_stopped_stays_so_when_another_one_begins(page):
  page.gesture()
  page.run(_KEEP)
  page.run("""
    const button = byId('favourites-wavs');
    let isDone = false;
    window.onWav = () => {
      if (isDone) return;
      isDone = true;
      button.click();
      button.click();
    };""")
  page.gesture()
  assert len(_members(page.download('favourites-wavs')[1])) == 5
  assert page.run("return [said.length, byId('favourites-wavs').textContent]"
                  ) == [5, 'Favourites: WAV pack ↓']


def test_wav_pack_that_can_t_be_made_says_so_and_can_be_tried_again(page):
  page.gesture()
  page.run(_KEEP)
  page.run("""
    await app.player.sounds.filled;
    app.studio.close();
    const {work} = app.studio;
    app.studio.work = () => { throw new Error('no room'); };
    byId('favourites-wavs').click();
    await until(() => byId('status').textContent.includes('no room'));
    app.studio.work = work;""")
  page.gesture()
  assert len(_members(page.download('favourites-wavs')[1])) == 5


def test_wav_pack_of_nothing_says_so(page):
  page.run("byId('favourites-wavs').click()")
  assert 'nothing to take away' in page.run(
      "return byId('status').textContent"
  )
