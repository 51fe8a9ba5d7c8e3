"""The page in a browser: names of all kinds, and where there are none."""

import map_builders
import map_pages
import pytest

pytestmark = pytest.mark.browser


def test_numbers_beside_names_from_the_right_keep_their_side(
    window, tmp_path
):
  known = map_builders.starter_map(map_builders.model(), draws=0).training
  genre = 'موسيقى_شرقية'
  path, made = map_builders.write_changed(
      tmp_path / 'map.html', genres=[(genre,)] * len(known),
      sources=[(f'{i}.mid',) for i in range(len(known))],
  )
  page = map_pages.Page(window, path, made)
  page.open()
  # Where letters of the genre and of the tempo behind it stand.
  left_to_right = page.run("""
    deck.show(app.maker.ofPoint(0, args[0]));
    await rest();
    const at = (host, text) => {
      const walker = document.createTreeWalker(host, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const start = walker.currentNode.data.indexOf(text);
        if (start < 0) continue;
        const range = document.createRange();
        range.setStart(walker.currentNode, start);
        range.setEnd(walker.currentNode, start + text.length);
        return range.getBoundingClientRect().left;
      }
      throw new Error(`${text} is not in ${host.textContent}`);
    };
    const [name, legend] = [byId('name'), byId('legend')];
    const {size} = app.data.layers[0];
    const box = legend.querySelector('[data-genre]');
    return [[at(name, 'موسيقى'), at(name, `${settings.qpm} bpm`)],
      [at(box, 'موسيقى'), at(box, String(size))]]""", map_pages.POINT)
  for word, number in left_to_right:
    assert word < number
  assert page.window.messages() == []


def test_legend_says_nothing_of_genres_where_there_are_none(window, tmp_path):
  known = map_builders.starter_map(map_builders.model(), draws=0).training
  path, made = map_builders.write_changed(
      tmp_path / 'map.html', genres=[()] * len(known)
  )
  page = map_pages.Page(window, path, made)
  page.open()
  assert page.run("return byId('legend').querySelector('div').textContent") == (
      f'starter {len(known)}'
  )
  assert len(page.run('return pixels()')) > 1
  assert page.window.messages() == []


def test_long_names_are_cut_at_whole_lines(window, tmp_path):
  known = map_builders.starter_map(map_builders.model(), draws=0).training
  path, made = map_builders.write_changed(
      tmp_path / 'map.html', sources=[
          (' '.join(['a_song_of_a_long_name'] * 8) + f' {i}.mid',)
          for i in range(len(known))
      ],
      # Turned around by a hit, so that none has a name of the collection.
      codes=known.codes ^ (known.codes[:, :1] << 4 & 16),
  )
  page = map_pages.Page(window, path, made)
  page.open()
  page.run('deck.show(app.maker.ofPoint(0, args[0])); await rest()',
           map_pages.POINT)
  cut = page.run("""
    await until(() => document.querySelector('#neighbours .item'));
    const texts = [...document.querySelectorAll(
      '#neighbours .item span, #what')];
    return texts.filter((host) => {
      const {bottom} = host.getBoundingClientRect();
      return [...host.querySelectorAll('b, small')].some((part) =>
        part.getBoundingClientRect().bottom > bottom + 1);
    }).map(({textContent}) => textContent)""")
  assert cut == []
