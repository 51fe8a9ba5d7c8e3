"""The page in a browser: search and legend: what of the map is shown."""

import map_builders
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
  # Typed at once: words are looked for where letters leave a pause.
  page.run("""slide(byId('search'), args[0]);
    await until(() => byId('matches').textContent); await frames(3)""",
           genre.replace('_', ' '))
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
    counts.append(page.run("""
      slide(byId('search'), '');
      await until(() => !byId('matches').textContent);
      slide(byId('search'), args[0]);
      await until(() => byId('matches').textContent);
      return byId('matches').textContent""", text))
  assert counts[0] == counts[1] and int(counts[0].split()[0]) > 0


@pytest.mark.parametrize('text', [
    'Höhlen beat take 2', 'hohlen', 'höhlen__BEAT', 'take 2.mid',
    'ho\u0308hlen',
])
def test_names_are_found_as_they_are_read(page, window, tmp_path, text):
  made = map_builders.starter_map(map_builders.model(), draws=0)
  names = [(f'songs/{i}.mid',) for i in range(len(made.training))]
  # With an accent of its own, as macOS writes it.
  names[map_pages.POINT] = ('my songs/Ho\u0308hlen__beat take_2.mid',)
  other = map_pages.Page(window, *map_builders.write_changed(
      tmp_path / 'map.html', sources=names
  ))
  other.open()
  found = other.run("""slide(byId('search'), args[0]);
    await until(() => byId('matches').textContent);
    return byId('matches').textContent""", text)
  assert found == ('0 beats' if text == 'hohlen' else '1 beat')


def test_name_of_a_group_finds_its_genres(page):
  found, beats = page.run("""
    const {name, genres} = app.data.genre_groups.find((group) =>
      group.genres.length > 1 && !group.genres.some((genre) =>
        app.data.genres[genre].includes(group.name.toLowerCase())));
    slide(byId('search'), name.toUpperCase());
    await until(() => byId('matches').textContent);
    const own = genres.map((genre) => app.data.genres[genre]);
    const layer = app.data.layers[0];
    return [byId('matches').textContent, [...layer.x.keys()].filter((i) =>
      layer.genreNames(i).some((genre) => own.includes(genre))).length]""")
  assert beats > 1 and found == f'{beats} beats'


def test_enter_zooms_to_what_is_found_and_arrows_step_through_it(page):
  from selenium.webdriver.common.keys import Keys
  view = 'return app.plot.view'
  whole = page.run(view)
  page.press(['d', 'u', 'b', Keys.ENTER], '#search')
  found = page.run("""await frames(3);
    return app.data.layers[0].x.length && [...app.data.layers[0].x.keys()]
      .filter((i) => app.data.layers[0].genreNames(i).concat(
        app.data.layers[0].sourceNames(i)).some((name) =>
        name.toLowerCase().includes('dub')))""")
  near = page.run(view)
  assert near['right'] - near['left'] < whole['right'] - whole['left']
  places = page.made.training.coordinates[found]
  assert (places[:, 0] > near['left']).all()
  assert (places[:, 0] < near['right']).all()
  assert (places[:, 1] > near['low']).all()
  assert (places[:, 1] < near['high']).all()
  page.press([Keys.ARROW_DOWN], '#search')
  assert page.run('return deck.current.origin.index') == found[0]
  assert page.run("return byId('matches').textContent") == f'1 of {len(found)}'
  page.press([Keys.ARROW_UP], '#search')
  assert page.run('return deck.current.origin.index') == found[-1]
  page.run('deck.stop()')


def test_legend_hides_layers_and_genres_and_colours_them(page):
  change = """
    const label = [...document.querySelectorAll('#legend label')].find(
      ({textContent}) => textContent.startsWith(args[0]));
    label.querySelector('input').click();
    await frames(3);
    return pixels();"""
  def violet(found):
    rows = np.array([[*map(int, k.split(',')), n] for k, n in found.items()])
    return rows[rows[:, 2] > rows[:, 1] + 30, 3].sum()
  def coloured(found):
    rows = np.array([[*map(int, k.split(',')), n] for k, n in found.items()])
    return rows[np.ptp(rows[:, :3], axis=1) > 40, 3].sum()
  # At first genres have colours.
  page.run('await frames(3)')
  assert coloured(page.run('return pixels()')) > 100
  both = page.run(change, 'Colour by genre')
  assert violet(both) > 100
  known = page.run(change, 'samples')
  assert violet(known) == 0 == coloured(known)
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


def test_what_the_legend_hides_stays_hidden_under_a_search(page):
  shown = page.run("""
    document.querySelector('#legend button').click();
    const input = byId('search');
    input.value = 'no beat is called so';
    input.dispatchEvent(new Event('input'));
    await until(() => byId('matches').textContent === '0 beats');
    const {colourOf} = app.plot.look;
    return app.data.layers.map((layer, number) => Array.from(
      {length: layer.size}, (_, i) => Number(colourOf(number, i) !== null))
      .reduce((sum, one) => sum + one));""")
  # Genres are those of what is known; what was made is dim.
  assert shown == [0, len(page.made.generated[0].codes)]


def test_box_hides_near_repeats_where_the_dataset_tells_them(
    page, window, tmp_path
):
  assert page.run("return [byId('exact'), 'exact' in settings]") == [
      None, False
  ]
  page.run("byId('share').click()")
  assert '&e=' not in page.run('return location.hash')
  made = map_builders.starter_map(map_builders.model(), draws=0)
  only_near = np.arange(len(made.training)) != map_pages.POINT
  near = map_pages.Page(window, *map_builders.write_changed(
      tmp_path / 'map.html', only_near=only_near
  ))
  near.open()
  assert near.run("return byId('exact').labels[0].textContent") == (
      ' Only exact repeats'
  )
  shown = """const {colourOf} = app.plot.look;
    return [...app.data.layers[0].x.keys()].filter((i) => colourOf(0, i))"""
  assert len(near.run(shown)) == len(made.training)
  near.run("""byId('legend').open = true; byId('exact').click();
    await frames(3)""")
  assert near.run(shown) == [map_pages.POINT]
  link = near.run("""deck.show(app.maker.ofPoint(0, 3));
    byId('share').click(); return location.hash""")
  assert '&e=1' in link
  near.open(link)
  assert near.run(shown) == [map_pages.POINT]
  assert near.run("return byId('exact').checked")
  # Of a page without such a box, the link says the rest.
  page.open(link)
  assert page.run("return ['exact' in settings, deck.current.origin.index]"
                  ) == [False, 3]


def test_genres_of_a_colour_go_together_or_one_by_one(page):
  shown = """const {colourOf} = app.plot.look;
    return [...app.data.layers[0].x.keys()].filter((i) => colourOf(0, i))"""
  flip = """
    const boxes = [...document.querySelectorAll('#legend label')].filter(
      ({textContent}) => textContent.startsWith(`${args[0]} `));
    boxes.at(-1).querySelector('input').click();
    await frames(3);
    const first = boxes[0].querySelector('input');
    return [first.checked, first.indeterminate]"""
  genres = [row[0] for row in page.made.training.genres]
  everything = len(genres)
  # The box of metal alone, within the group of rock.
  page.run("byId('legend').querySelector('details').open = true")
  assert page.run(flip, 'metal') == [False, False]
  assert len(page.run(shown)) == everything - genres.count('metal')
  group = """
    const box = document.querySelector('#legend > div > [data-genre] input');
    return [box.closest('label').textContent, box.checked, box.indeterminate]"""
  name, checked, mixed = page.run(group)
  assert name.startswith('rock ') and checked and mixed
  page.run("""document.querySelector('#legend > div > [data-genre] input')
    .click(); await frames(3)""")
  assert page.run(group)[1:] == [False, False]
  assert not {genres[i] for i in page.run(shown)} & {'rock', 'metal', 'punk'}
  assert page.run(flip, 'metal') == [True, False]
  assert {genres[i] for i in page.run(shown)} & {'rock', 'metal'} == {'metal'}


def test_legend_is_one_tab_stop_and_arrows_reach_what_it_shows(page):
  from selenium.webdriver.common.keys import Keys
  stops = """return [...document.querySelectorAll(
    '#legend div :is(input, button, summary)')].filter(
    (e) => !e.tabIndex).length"""
  assert page.run(stops) == 1
  focused = """return [document.activeElement.closest('label, summary, button')
    .textContent, [...document.querySelectorAll(
      '#legend div :is(input, button, summary)')].filter(
      (e) => e.checkVisibility()).indexOf(document.activeElement)]"""
  count = page.run("""return [...document.querySelectorAll(
    '#legend div :is(input, button, summary)')].filter(
    (e) => e.checkVisibility()).length""")
  page.press(Keys.ARROW_RIGHT, '#legend div input')
  assert page.run(focused)[1] == 1
  for _ in range(2):
    page.press(Keys.ARROW_UP, ':focus')
  name, at = page.run(focused)
  assert (name.strip(), at) == ('Colour by genre', count - 1)
  assert page.run(stops) == 1
  page.press(' ', ':focus')
  assert not page.run('return document.activeElement.checked')
  assert not page.run('return app.player.playing')
  page.press(Keys.TAB, ':focus')
  assert page.run("return document.activeElement.closest('#legend')") is None
