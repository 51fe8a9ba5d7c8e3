"""The page in a browser: the latent space under sliders and under the hand."""

import re

import map_builders
import map_pages
import numpy as np
import pytest

from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices

pytestmark = pytest.mark.browser


def test_sliders_move_through_the_space(page):
  page.gesture()
  page.run('deck.show(app.maker.ofPoint(0, args[0]))', map_pages.POINT)
  z, codes, place = page.run("""
    const input = byId('sliders').querySelectorAll('input')[1];
    slide(input, Number(input.max) - 0.1);
    await rest();
    return [deck.current.z, deck.current.codes, deck.current.place]""")
  model = map_builders.model()
  decoded = step_codes.hits_to_step_codes(model.decode_hits(np.array([z])))
  assert codes == decoded[0].tolist() == page.codes()
  latents = page.made.training.latents
  assert z[0] == pytest.approx(latents[map_pages.POINT][0], abs=0.1)
  near = np.argsort(np.square(latents - z).sum(1))[:6]
  inside = page.made.training.coordinates[near]
  assert inside[:, 0].min() - 1e-3 <= place['x'] <= inside[:, 0].max() + 1e-3
  assert page.run("return byId('name').textContent").startswith(
      ('Between ', 'Near ')
  )
  page.run("byId('undo').click()")
  assert page.codes() == page.made.training.codes[map_pages.POINT].tolist()


def test_threshold_and_temperature_change_what_is_decoded(page):
  page.gesture()
  page.run('deck.show(app.maker.ofPoint(0, args[0]))', map_pages.POINT)
  counts = [page.run("""
    slide(byId('threshold'), args[0]);
    await rest();
    const bits = deck.current.codes.reduce((sum, code) =>
      sum + code.toString(2).replaceAll('0', '').length, 0);
    return bits""", t) for t in (0.9, 0.5, 0.1)]
  assert counts[0] < counts[1] < counts[2]
  page.run("slide(byId('threshold'), 0.5)")
  sober = page.codes()
  page.run("slide(byId('temperature'), 1.5)")
  drawn = page.codes()
  assert drawn != sober
  page.run("slide(byId('temperature'), 0)")
  assert page.codes() == sober


def test_genre_sliders_lead_from_the_beat_on_show(page):
  page.gesture()
  found = page.run("""
    const {words} = app.data;
    const label = [...byId('directions').querySelectorAll('label')].find(
      (label) => label.textContent.startsWith('More like'));
    const input = label.querySelector('input');
    const way = app.data.directions[0].way;
    const results = [];
    for (const index of [args[0], 11]) {
      deck.show(app.maker.ofPoint(0, index));
      const from = [...deck.current.z];
      slide(input, 1);
      slide(input, 1.5);
      await rest();
      results.push([from, way, deck.current.z, input.value,
        label.title]);
    }
    deck.show(app.maker.ofPoint(0, 3));
    results.push(input.value);
    return results;""", map_pages.POINT)
  for start, way, z, value, words in found[:2]:
    np.testing.assert_allclose(
        z, np.array(start) + 1.5 * np.array(way), atol=1e-4
    )
    assert value == '1.5' and 'beats,' in words and 'sd apart' in words
  assert found[2] == '0'


def test_plain_words_come_before_genres_and_dimensions(page):
  texts = page.run("""byId('space').open = true;
    return [[...byId('directions').querySelectorAll('label')].map(
      (label) => label.firstChild.textContent),
      byId('dimensions').open]""")
  assert texts[0][:2] == ['Busier', 'More hats'] and not texts[1]
  first = next(
      i for i, text in enumerate(texts[0]) if text.startswith('More like')
  )
  assert all(text.startswith('More like') for text in texts[0][first:])


def test_more_hats_are_more_hats(page):
  counted = page.run("""
    const way = app.data.words.find(({word}) => word === 'more hats').way;
    const hats = (codes) => codes.reduce((sum, code) => sum +
      (code >> args[0] & 1) + (code >> args[1] & 1), 0);
    const moved = (by) => Array.from({length: 60}, (_, i) => hats(
      app.maker.decode(app.data.layers[0].latent(i)
        .map((value, d) => value + by * way[d]))));
    return [moved(-2), moved(2)]""", voices.INDEX['closed_hat'],
                     voices.INDEX['open_hat'])
  less, more = map(np.array, counted)
  assert (more >= less).mean() > 0.9 and (more - less).mean() > 4


def test_roaming_decodes_under_the_hand_and_says_what_is_implausible(page):
  page.run("document.querySelector('[data-mode=roam]').click()")
  from selenium.webdriver import ActionChains
  page.run('await until(() => app.maker.farBits < Infinity)')
  start, end = page.place(0, map_pages.POINT), page.place(0, 120)
  chain = ActionChains(page.window.driver, duration=30)
  mouse = chain.w3c_actions.pointer_action
  mouse.move_to_location(*map(round, start))
  mouse.pointer_down()
  chain.perform()
  # The first words go as it plays, and leave the map more room.
  view = page.run('await rest(); await frames(2); return app.plot.view')
  seen = []
  for share in np.linspace(0, 1, 6):
    at = [round(a + share * (b - a)) for a, b in zip(start, end)]
    chain = ActionChains(page.window.driver, duration=5)
    chain.w3c_actions.pointer_action.move_to_location(*at)
    chain.perform()
    seen.append(page.run("""await rest(); return [deck.current.codes.join(),
      byId('name').textContent, deck.current.place,
      app.player.playing]"""))
  depth = page.run('return deck.history.states.length')
  chain = ActionChains(page.window.driver)
  chain.w3c_actions.pointer_action.pointer_up()
  chain.perform()
  assert len({codes for codes, *_ in seen}) >= 3
  assert len({text for _, text, *_ in seen}) >= 3
  assert any(re.search(r'\d+ hits? from', text) for _, text, *_ in seen)
  assert all(playing for *_, playing in seen)
  # One gesture is one step of undo, and the map stays where it is.
  assert page.run('return deck.history.states.length') == depth + 1
  assert page.run('return app.plot.view') == view
  dull = page.run("""
    deck.show(app.maker.ofCodes([1, ...new Array(31).fill(0)]));
    await rest();
    return [byId('plausible').textContent, byId('beat').className]""")
  assert 'trivial' in dull[0] and dull[1] == 'implausible'
  wild = page.run("""
    deck.show(app.maker.ofCodes(args[0]));
    await rest();
    return [byId('plausible').textContent, byId('beat').className]""",
    np.random.default_rng(0).integers(1 << 14, size=32).tolist())
  assert 'far from all' in wild[0] and wild[1] == 'implausible'
  page.run('deck.show(app.maker.ofPoint(0, 1)); await rest()')
  assert page.run("return byId('beat').className") == ''


def test_sliders_set_out_from_the_empty_grid_that_undo_ends_at(page):
  page.gesture()
  before, after = page.run("""
    for (const k of [1, 2]) byId('undo').click();
    const before = deck.z;
    const [word] = byId('directions').querySelectorAll('input');
    slide(word, 1);
    await rest();
    return [before, deck.current.z]""")
  assert before is None and len(after) == page.made.training.latents.shape[1]
