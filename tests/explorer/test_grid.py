"""The page in a browser: the grid, to edit a beat in."""

import re

import map_builders
import map_pages
import numpy as np
import pytest

from drumspace_ext.patterns import voices

pytestmark = pytest.mark.browser


def test_grid_is_edited_by_click_and_keys_and_shown_where_it_lands(page):
  from selenium.webdriver.common.keys import Keys
  page.run('deck.show(app.maker.ofPoint(0, args[0]))', map_pages.POINT)
  before = page.codes()
  cell = 'document.querySelectorAll("#grid [role=row]")[13 - args[0]]' + (
      '.querySelectorAll("[role=gridcell]")[args[1]]'
  )
  page.run(f'{cell}.click()', voices.INDEX['cowbell'], 6)
  edited = page.codes()
  assert edited[6] == before[6] ^ 1 << voices.INDEX['cowbell']
  z, place, marked, name = page.run("""return [
    deck.current.z, deck.current.place,
    app.plot.sources.here.data, byId('name').textContent]""")
  np.testing.assert_allclose(
      z, map_pages.latents(map_builders.model(), [edited])[0], atol=1e-4
  )
  assert marked == {'x': [place['x']], 'y': [place['y']]}
  assert re.match(r'Your own beat, \d+ hits? from \w', name)
  page.run(f'{cell}.focus()', voices.INDEX['cowbell'], 6)
  page.press([Keys.ARROW_RIGHT, Keys.ARROW_DOWN, ' '], ':focus')
  assert page.codes()[7] == edited[7] ^ 1 << voices.INDEX['cowbell'] - 1
  label, stops = page.run("""return [
    document.activeElement.getAttribute('aria-label'),
    document.querySelectorAll('#grid [role=gridcell][tabindex="0"]').length]""")
  assert label == 'ride, step 8, hit' or label.endswith('step 8, hit')
  assert stops == 1
  page.run("byId('undo').click(); byId('undo').click()")
  assert page.codes() == before


def test_mute_and_solo_are_told_to_the_player(page):
  buttons = page.run("""
    document.querySelectorAll('.mute')[13].click();
    document.querySelectorAll('.solo')[12].click();
    return [[...app.player.mixer.muted], [...app.player.mixer.soloed],
      document.querySelectorAll('.mute')[13].ariaPressed,
      document.querySelectorAll('.mute')[13].ariaLabel]""")
  assert buttons == [[0], [1], 'true', 'mute kick']


def test_what_a_person_made_is_not_decoded_by_a_threshold(page):
  page.run("""deck.show(app.maker.ofPoint(0, args[0])); deck.edit(9, 5);
    deck.edit(10, 7)""", map_pages.POINT)
  edited = page.codes()
  page.run("slide(byId('threshold'), 0.2); await frames(3)")
  assert page.codes() == edited
  page.run("""deck.show(app.maker.ofLatent(deck.current.z));
    await frames(3); slide(byId('threshold'), 0.05); await frames(3)""")
  assert page.codes() != edited
