"""The page in a browser: search and legend: what of the map is shown."""

import map_pages
import numpy as np
import pytest

pytestmark = pytest.mark.browser


def test_search_counts_and_dims_the_rest(page):
  genre = page.made.training.genres[0][0]
  count = sum(genre in g or any(genre in s for s in src) for g, src in zip(
      page.made.training.genres, page.made.training.sources
  ))
  before = page.run('return pixels()')
  page.press(genre.replace('_', ' '), '#search')
  page.run("await until(() => byId('matches').textContent); await frames(3)")
  assert count <= int(
      page.run("return byId('matches').textContent").split()[0]
  ) < len(page.made.training)
  after = page.run('return pixels()')
  assert before != after
  page.run("""byId('search').value = ''; byId('search').dispatchEvent(
    new Event('input')); await until(() => !byId('matches').textContent);
    await frames(3)""")
  assert page.run('return pixels()') == before


def test_search_needs_no_trim(page):
  counts = []
  for text in ('drum and bass', ' drum and bass '):
    counts.append(page.run("""slide(byId('search'), args[0]);
      await new Promise((done) => setTimeout(done, 200));
      return byId('matches').textContent""", text))
  assert counts[0] == counts[1] and int(counts[0].split()[0]) > 0


def test_legend_hides_layers_and_genres_and_colours_them(page):
  change = """
    const label = [...document.querySelectorAll('#legend label')].find(
      ({textContent}) => textContent.startsWith(args[0]));
    label.querySelector('input').click();
    await frames(3);
    return pixels();"""
  def reddish(found):
    rows = np.array([[*map(int, k.split(',')), n] for k, n in found.items()])
    red = (rows[:, 0] > rows[:, 1] + 80) & (rows[:, 0] > rows[:, 2] + 80)
    return rows[red, 3].sum()
  def coloured(found):
    rows = np.array([[*map(int, k.split(',')), n] for k, n in found.items()])
    return rows[np.ptp(rows[:, :3], axis=1) > 40, 3].sum()
  # At first genres have colours.
  page.run('await frames(3)')
  assert coloured(page.run('return pixels()')) > 100
  both = page.run(change, 'Colour by genre')
  assert reddish(both) > 100
  known = page.run(change, 'samples')
  assert reddish(known) == 0 == coloured(known)
  by_genre = page.run(change, 'Colour by genre')
  assert coloured(by_genre) > 100
  first = page.run("""return document.querySelectorAll('[data-genre]')[0]
    .textContent""")
  without = page.run(change, first)
  assert without != by_genre
  page.run(change, first)
  page.run("""document.querySelector('#legend button').click();
    await frames(3)""")
  empty = page.run('return pixels()')
  assert len(empty) == 1
  # What is hidden is not hit either.
  before = page.codes()
  page.pointer(*page.place(0, map_pages.POINT))
  assert page.codes() == before
  page.run("""document.querySelector('#legend button').click();
    await frames(3)""")
  assert page.run('return pixels()') == by_genre
