"""The page in a browser: the thread in which beats are made."""

import map_builders
import map_pages
import pytest

from drumspace_ext.explorer import page as map_page

pytestmark = pytest.mark.browser

_PLACES = """[[0.2, 0.3], [0.4, 0.5], [0.6, 0.5], [0.8, 0.7]].map(([u, v]) => {
    const {left, right, low, high} = app.plot.index.bounds;
    return {x: left + u * (right - left), y: low + v * (high - low)};
  })"""


def test_jobs_are_done_in_a_thread_as_the_page_would(page):
  is_there, same = page.run(f"""
    const {{workshop, maker}} = app;
    const places = {_PLACES};
    const beat = maker.ofPoint(0, args[0]);
    const same = [];
    for (const [name, ...what] of [['path', places], ['vary', beat, 4, 7],
      ['place', places[1]]]) {{
      const here = JSON.stringify(workshop.work(name, what));
      same.push(JSON.stringify(await workshop.call(name, ...what)) === here);
    }}
    return [workshop.worker instanceof Worker, same]""", map_pages.POINT)
  assert is_there and same == [True] * 3


def test_a_path_decodes_nothing_in_the_page(page):
  page.gesture()
  count, beats = page.run(f"""
    const {{network}} = app.maker;
    let count = 0;
    const decode = network.decode.bind(network);
    network.decode = (...args) => {{
      count++;
      return decode(...args);
    }};
    app.path.line = {_PLACES};
    await app.path.end();
    return [count, app.path.beats.length]""")
  assert (count, beats) == (0, 8)


def test_page_does_the_work_itself_where_there_is_no_thread(
    window, tmp_path, page
):
  path = tmp_path / 'map.html'
  text = map_page.render(page.made, map_builders.model())
  # As a browser that has none, and as one that lets none begin.
  for change in ('delete window.Worker', """window.Worker = class {
      constructor() { setTimeout(() => this.onerror(new Event('error'))); }
      postMessage() {} terminate() {}
    }"""):
    path.write_text(text, encoding='utf-8')
    other = map_pages.Page(window, path, page.made)
    other.open()
    found = other.run(f"""
      const {{workshop}} = app;
      workshop.close();
      workshop.isClosed = false;
      {change};
      const places = {_PLACES};
      const beats = await workshop.call('path', places);
      return [beats.length, workshop.isClosed]""")
    assert found == [4, True]
    assert other.run('return deck.current.codes.some(Boolean)')
