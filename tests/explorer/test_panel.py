"""The page in a browser: what is said of the beat on show."""

import map_builders
import map_pages
import numpy as np
import pytest

from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import nearest
from drumspace_ext.patterns import step_codes

pytestmark = pytest.mark.browser


def test_neighbours_are_the_nearest_and_one_click_away(page):
  page.pointer(*page.place(0, map_pages.POINT))
  rows = page.run("""await rest();
    return [...document.querySelectorAll('#neighbours li')].map(
      (item) => item.textContent)""")
  # A known beat is not its own first neighbour.
  assert len(rows) == 6 and not any('the same' in row for row in rows)
  page.run("document.querySelectorAll('#neighbours button')[1].click()")
  assert page.run('return app.player.playing')
  shown = page.run("return [byId('name').textContent, deck.current.origin]")
  assert shown[1]['layer'] == 0 and shown[1]['index'] != map_pages.POINT
  assert rows[1].startswith(shown[0].split(' · ')[0])
  assert page.run(
      "await rest(); return byId('badge').dataset.word"
  ) == 'known'


def test_badge_tells_copy_near_and_novel_over_all_rotations(page):
  codes = page.made.training.codes
  turned = step_codes.rotate(codes[map_pages.POINT], 5)
  near = turned.copy()
  near[0] ^= 1 << 9
  rng = np.random.default_rng(0)
  novel = rng.integers(1 << 14, size=32)
  for beat, word in ((turned, 'copy'), (near, 'near'), (novel, 'novel')):
    found = page.run("""
      deck.show(app.maker.ofCodes(args[0]));
      await rest();
      return [byId('badge').dataset.word, byId('name').textContent]""",
      [int(code) for code in beat])
    _, [bits] = nearest.NearestPatterns(codes).find(
        np.array([beat], np.uint16)
    )
    assert found[0] == word
    assert bits == 0 or f'{bits} hit' in found[1]


def test_entropy_and_distance_are_those_of_the_package(page):
  rng = np.random.default_rng(1)
  codes = page.made.training.codes
  beats = codes[rng.integers(len(codes), size=40)].copy()
  beats[np.arange(40), rng.integers(32, size=40)] ^= 1 << 3
  beats[20:] = rng.integers(1 << 14, size=(20, 32))
  found = page.run("""return args[0].map((codes) => {
    const {nats} = app.maker.plausibility(codes);
    const [{index, distance}] = app.maker.known.nearest(codes, 1);
    return [nats, index, distance];
  })""", beats.tolist())
  index, distance = nearest.NearestPatterns(codes).find(beats)
  np.testing.assert_allclose(
      [row[0] for row in found], entropy.nats(beats), atol=1e-5
  )
  assert [row[1] for row in found] == index.tolist()
  assert [row[2] for row in found] == distance.tolist()


def test_hostile_names_are_shown_as_text(window, tmp_path):
  path, made = map_builders.write(
      tmp_path / 'map.html', map_builders.model(), count=20, draws=20,
      title=map_builders.HOSTILE[0], hostile=True,
  )
  window.resize(1280, 900)
  page = map_pages.Page(window, path, made)
  page.open()
  for index, name in enumerate(map_builders.HOSTILE):
    shown = page.run("""deck.show(app.maker.ofPoint(0, args[0]));
      return [byId('title').textContent, byId('origin').textContent,
        document.images.length, document.body.dataset.hacked ?? null,
        byId('legend').textContent]""", index)
    assert shown[:4] == [map_builders.HOSTILE[0], name, 0, None]
    assert map_builders.HOSTILE[0] in shown[4]
  assert window.messages() == []
