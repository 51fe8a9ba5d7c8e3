"""The page in a browser: what is heard is what files, links and sliders say."""

import io

import mido
import numpy as np
import played_files
import pytest

pytestmark = pytest.mark.browser

# Has the hits of the next start kept, by when they sound: ticks of 480 a
# quarter from the beginning, pitch and velocity; and the tempo of each step.
_LISTEN = """
  await app.player.sounds.filled;
  window.heard = {hits: [], steps: [], early: []};
  const {player} = app;
  const make = player.makeSequencer.bind(player);
  player.makeSequencer = (...rest) => {
    const sequencer = make(...rest);
    const {strike, playStep} = sequencer;
    sequencer.strike = (voice, time, velocity, seconds) => {
      const {count, context} = sequencer;
      heard.hits.push([120 * (count + (time - sequencer.time) / seconds),
        player.kit.voices[voice].pitch, velocity]);
      heard.early.push(time - context.currentTime);
      strike.call(sequencer, voice, time, velocity, seconds);
    };
    sequencer.playStep = () => {
      playStep.call(sequencer);
      heard.steps.push([settings.qpm, settings.swing]);
    };
    return sequencer;
  };
  window.playTo = (isThere) => {
    const goOn = player.context.goOn ??= holdTime(player);
    do {
      goOn(0.01);
      player.tick();
      player.tellSteps();
    } while (!isThere());
  };
  return null"""
_PATH = """app.path.beats = args[0].map((i) => app.maker.ofPoint(0, i));"""
# Eight beats at tempos of their own, some of which swing.
_BEATS = [1, 50, 90, 130, 170, 210, 250, 290]


def _heard_notes(hits):
  """Returns what was heard as `played_files.notes` has it."""
  rows = [(round(tick), pitch, velocity) for tick, pitch, velocity in hits]
  return np.array(sorted(rows, key=lambda note: (note[1], note[0])))


def _tempos(content):
  """Returns the tempo of each bar of a file, in quarter notes a minute."""
  found, tick = {}, 0
  for message in mido.MidiFile(file=io.BytesIO(content)).tracks[0]:
    tick += message.time
    if message.type == 'set_tempo':
      found[tick // 1920] = mido.tempo2bpm(message.tempo)
  return [found[max(bar for bar in found if bar <= at)] for at in range(8)]


def test_file_of_a_path_is_played_as_the_path_is_heard(page):
  page.gesture()
  page.run(_LISTEN)
  page.run("slide(byId('qpm'), 77);" + _PATH, _BEATS)
  heard = page.run("""
    app.path.play();
    playTo(() => app.player.sequencer.count > 8 * 16);
    deck.stop();
    return {hits: heard.hits.filter(([tick]) => tick < 8 * 16 * 120 - 60),
      qpm: heard.steps.filter((_, i) => i % 16 === 8).map(([qpm]) => qpm)}""")
  page.gesture()
  _, content = page.download('path-midi')
  # All of it, velocities and lateness too: the groove of a bar is that of the
  # beat that it is of.
  ours, theirs = played_files.notes(content), _heard_notes(heard['hits'])
  assert ours.shape == theirs.shape
  assert np.abs(ours - theirs).max() <= 1
  # From the first bar on, though another tempo was set before.
  assert heard['qpm'][:8] == pytest.approx(_tempos(content), abs=1e-3)
  assert len(set(heard['qpm'])) > 4


def test_first_beat_of_a_path_swings_from_the_start(page):
  page.gesture()
  page.run(_LISTEN)
  swings = page.run("""return [...app.data.layers[0].x.keys()].map(
    (i) => deck.pace.swing.find(app.maker.ofPoint(0, i)))""")
  swung = int(np.argmax(swings))
  assert swings[swung] > 0.05
  plain = swings.index(0)
  page.run('deck.show(app.maker.ofPoint(0, args[0]))', plain)
  steps = page.run(_PATH + """
    app.path.play();
    playTo(() => heard.steps.length > 8);
    deck.stop();
    return heard.steps""", [swung, plain] * 4)
  assert steps[0][1] == pytest.approx(swings[swung])


def test_stopping_before_the_next_beat_is_heard_leaves_this_ones_tempo(page):
  page.gesture()
  page.run(_LISTEN)
  shown, coming, tempo, title = page.run(_PATH + """
    app.path.play();
    // The next beat is scheduled and was not heard.
    playTo(() => app.player.sequencer.pattern === app.path.beats[1].codes);
    const now = [byId('name').textContent, settings.qpm];
    const share = () => { byId('share').click(); return location.hash; };
    const link = new URLSearchParams(share().slice(1)).get('t');
    deck.stop();
    return [now, link, settings.qpm, byId('name').textContent]""", _BEATS)
  tempos = page.made.training.tempos[:, 0]
  assert shown == [title, pytest.approx(tempos[_BEATS[1]])]
  assert float(coming) == tempo == pytest.approx(tempos[_BEATS[0]])


def test_link_and_files_have_the_tempo_that_a_beat_is_about_to_take_on(page):
  page.gesture()
  page.run('deck.show(app.maker.ofPoint(0, args[0]), {plays: true}); '
           'await until(() => document.querySelector("#grid .now"))', 3)
  tempos = page.made.training.tempos[:, 0]
  qpm, link = page.run("""
    deck.show(app.maker.ofPoint(0, args[0]));
    byId('share').click();
    const {qpm} = settings;
    deck.stop();
    return [qpm, location.hash]""", 200)
  assert qpm == tempos[3] != tempos[200]
  page.open(link)
  assert page.run('return settings.qpm') == tempos[200]


def test_early_hits_of_slow_beats_are_scheduled_in_time(page):
  page.gesture()
  page.run(_LISTEN)
  early = page.run("""
    slide(byId('qpm'), 40); byId('locked').click();
    // As early as hits may be; none of the first step.
    const codes = [0, ...new Array(31).fill(4)];
    const cells = 32 * app.player.kit.voices.length;
    app.player.kit.groove = {of: () => ({
      velocities: new Float64Array(cells).fill(90),
      offsets: new Float64Array(cells).fill(-0.49)})};
    app.player.start(codes);
    playTo(() => app.player.sequencer.count >= 20);
    deck.stop();
    return heard.early""")
  # The test's clock goes by 10 ms, the player's timer by 25.
  assert len(early) >= 19 and min(early) > 0.025
