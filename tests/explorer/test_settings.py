"""The page in a browser: settings, each declared in one row of settings.js."""

import map_builders
import map_pages
import pytest

from drumspace_ext import defaults
from drumspace_ext.explorer import bundling
from drumspace_ext.patterns import dynamics
from drumspace_ext.sound import kit as kits

pytestmark = pytest.mark.browser

_CONTROLS = """return [...document.querySelectorAll(
  '#transport label > input, #feel label > input, ' +
  '#space > label > input')].map((input) => [
    input.id, input.type, input.min, input.max, input.step,
    input.type === 'checkbox' ? input.checked : Number(input.value),
    input.labels[0].textContent])"""


def test_controls_are_those_of_the_table_and_defaults_the_packages(page):
  plain = dynamics.Dynamics()
  qpm, threshold = defaults.QPM, defaults.THRESHOLD
  strength = defaults.GROOVE_STRENGTH
  assert page.run(_CONTROLS) == [
      ['qpm', 'range', '40', '240', '1', qpm, f'Tempo {qpm:.0f}'],
      ['groove', 'checkbox', '', '', '', True, ' Groove'],
      ['grooveVelocity', 'range', '0', '1', '0.01', strength, 'Loudness 1.00'],
      ['grooveTiming', 'range', '0', '1', '0.01', strength, 'Timing 1.00'],
      ['accents', 'checkbox', '', '', '', True, ' Accents'],
      ['locked', 'checkbox', '', '', '', False, ' Lock tempo'],
      ['swing', 'range', '0', '1', '0.01', plain.swing, 'Swing 0.00'],
      ['swingLocked', 'checkbox', '', '', '', False, ' Lock swing'],
      ['humanize', 'range', '0', '1', '0.01', plain.humanize, 'Human 0.00'],
      ['volume', 'range', '0', '1', '0.01', 0.8, 'Volume 0.80'],
      ['folded', 'checkbox', '', '', '', True, ' Fold'],
      ['threshold', 'range', '0.05', '0.95', '0.01', threshold,
       'Threshold 0.50'],
      ['temperature', 'range', '0', '2', '0.05', 0, 'Temperature 0.00'],
      ['busier', 'range', '-2', '2', '0.1', 0, 'Chance: busier 0.0'],
      ['offbeat', 'range', '-2', '2', '0.1', 0,
       'Chance: more off the beat 0.0'],
  ]
  values = page.run('return settings')
  assert values.pop('seed') == defaults.SEED
  assert kits.NAMES[values.pop('kit')] == defaults.KIT
  assert values == {row[0]: row[5] for row in page.run(_CONTROLS)}
  # Help has the keys of settings before those of the map.
  words = page.run("""return [...document.querySelectorAll('#helping dt')]
    .map((dt) => [dt.textContent, dt.nextElementSibling.textContent])""")
  assert words.index(['[ ]', 'slower, faster']) == 3
  assert words[4][0].startswith('+')


def test_the_kit_is_chosen_from_a_list_and_sounds_at_once(page):
  names, title, label = page.run("""
    const select = byId('kit');
    return [[...select.options].map((option) => option.textContent),
      select.parentElement.title, select.labels[0].textContent.trim()]""")
  assert (tuple(names), label.split()[0]) == (kits.NAMES, 'Kit')
  assert title
  number = kits.NAMES.index('electronic')
  chosen, gain, strokes, is_old = page.run("""
    const select = byId('kit');
    select.value = String(args[0]);
    select.dispatchEvent(new Event('change'));
    const {sounds} = app.player;
    // What is heard stays until the new sounds are all there.
    const before = sounds.now;
    await sounds.filled;
    return [settings.kit, app.player.kit.master.velocity_power,
      sounds.now.ofVoices.map((voice) => voice.length), sounds.now === before]
    """, number)
  kit = kits.load('electronic')
  assert (chosen, gain) == (number, kit.master.velocity_power)
  assert not is_old
  assert strokes == [voice.strokes for voice in kit.voices] == [1] * 14


def test_every_control_says_what_it_does_and_reaches_what_plays(page):
  for name, kind, _, most, *_ in page.run(_CONTROLS):
    shown, value, played, words = page.run("""
      const input = byId(args[0]);
      if (args[1] === 'checkbox') input.click();
      else slide(input, args[2]);
      return [input.parentElement.textContent, settings[args[0]],
        [app.player, app.maker].every((part) => part.settings === settings),
        input.parentElement.title]""", name, kind, most)
    assert words and played
    if kind == 'checkbox':
      assert value is (name in ('locked', 'swingLocked'))
    else:
      assert value == float(most)
      assert float(shown.split()[-1]) == value


def test_keys_of_a_setting_stop_at_its_ends(page):
  page.run("slide(byId('qpm'), 239)")
  page.press(']]]', '#map')
  assert page.run('return settings.qpm') == 240
  page.run("slide(byId('qpm'), 41)")
  page.press('[[[', '#map')
  assert page.run('return [settings.qpm, byId("qpm").value]') == [40, '40']


_NEW_ROW = """
export const SETTINGS = [
  {name: 'depth', initial: 3, range: [1, 5], step: 1, digits: 0,
    host: 'transport', link: 'y', label: 'Depth', does: 'How deep it is',
    keys: {down: ',', up: '.', by: 1, words: 'shallower, deeper'}},
"""


def test_new_row_is_a_control_with_keys_a_word_and_a_place_in_the_link(
    window, tmp_path, monkeypatch
):
  real = bundling.read
  monkeypatch.setattr(bundling, 'read', lambda name: real(name).replace(
      '\nexport const SETTINGS = [\n', _NEW_ROW
  ))
  path, made = map_builders.write(
      tmp_path / 'map.html', map_builders.model(), count=20, draws=0
  )
  page = map_pages.Page(window, path, made)
  page.open()
  page.press('..', '#map')
  assert page.run(_CONTROLS)[0] == [
      'depth', 'range', '1', '5', '1', 5, 'Depth 5'
  ]
  page.press(',', '#map')
  assert page.run("return byId('helping').textContent").count('deeper') == 1
  link = page.run("""deck.show(app.maker.ofPoint(0, 3));
    byId('share').click(); return location.hash""")
  page.open(link)
  assert page.run('return [settings.depth, byId("depth").value]') == [4, '4']
  page.open(link.replace('y=4', 'y=6'))
  assert page.run('return settings.depth') == 3
  assert window.messages() == []
