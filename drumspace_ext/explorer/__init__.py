"""The page: one HTML file with the map, its data and its scripts.

Decisions:

The page: Bokeh for the plot, an image for its points. Bokeh pans, zooms, takes
touch, and draws what is few. 33,000 glyphs cost it a tenth to a fifth of a
second a frame; `map/points.js` sets pixels of an image under Bokeh's
transparent plot in a few milliseconds (the benchmark holds both side by side).
The ring around what plays is an element over both: Bokeh draws all that it has
when one mark moves.
Modules are wrapped into one classic script (browsers load no modules from
file://), allowed by its hash in a Content-Security-Policy that allows nothing
else; data travel as deflated columns, so that names never are markup.

A place of the map decodes to the mean latent of the six points around it, and
a latent lies where its nearest latents lie: t-SNE has no inverse. The map
itself is never moved by what a person plays.

Notebook frame: `srcdoc` in a sandbox without `allow-same-origin`: a page from
someone else can't touch the notebook. The price: no localStorage and no URL
hash in there; the page has to do without both.

*Known* is a word of its own: a training beat is no "copy". Bits are counted
over all rotations once the hand rests, as the beat stands while it moves (more
than 30 times faster).

*Far from all*: further from its nearest known beat than 95 % of (100 evenly
picked) known beats are from theirs.

One gesture (press to release) is one step of undo; each cell of the grid is
one, too. Undo reaches back to the empty grid. What the radio or a path plays
is none, but where a hand goes on from it: a path of eight beats once filled
all 200 steps in seven minutes.

Each scheduled step carries the pattern that it sounds, and the page shows that
one. It used to count steps at bar lines, and after a stall of 600 ms (a step
that is passed over is never told) showed another beat than was heard, for
good.

A MIDI file has the swing, the accents and the humanising that are heard; mute
and solo are for the ear alone. A path's file holds a bar of each beat on the
way, as it sounds.

The tempo is that of the beat (the middle of the slowest and the fastest at
which it was found; for a made one the median of the six known ones around it),
and changes when the beat does. What a hand sets belongs to the beat on show and
to what is edited of it; locked, it stays for all. Swing is likewise that of
the beat's genre (`patterns/genre_swings.py`; of a made one the median of those
six), less what the groove does of it, and the slider shows what is added: the
same number sounds the same, whoever set it. Funk, soul and their kin have some:
shuffles, which lie squared on the grid, are swung by the groove, if not all the
way (a triplet's last comes a third of a step before its sixteenth: in the 49
starter beats of that kind by 0.17 to 0.31, the median 0.22; in others -0.08 to
0.06; 10th to 90th percentile).

A page that plays like a MIDI file or a dataset (`groove_data`) has the groove
model too, for what is unknown, and all patterns of the dataset that it knows,
not those of the map alone: a hand finds others. Its module (`model/manner.js`)
is in no other page and takes the model's place before the others run, so that
pages of a model stay as they are, byte for byte, and nothing asks which it is.

A dropped file is judged as create_dataset would: by what it plays three times
in a row (`midi/loops.js`); where nothing is, by what it nearly plays so
(`near_bits` of difference), and last by its first two bars. A loop that is a
known beat started elsewhere is that beat. All 149 songs of quickstart are
known on its map, each verse of them.

It opens with a beat (`model/typical.js`: of the genre that most have, the one
that differs from the others in the fewest hits), so that one gesture sounds.
Made beats are rings and lie below the known ones: two colours alone told them
apart badly, and hid what is real. Points have 3:1 on their ground, light and
dark; eight groups of genres have colours (`genre_groups`: families come
together as far as colours ask for), for no more than eight are told apart by
the colour-blind (CIEDE2000 of 12; twelve had 2 to 3). Of the starter
collection's 401 beats all have one; of 43 genres by themselves 128 beats had.

At first nothing lies over the points: they are shown whole between the buttons
and the legend, which has three rows, and the first words at the map's end, so
that nothing moves as these go.

A region's word is its genre's name, larger where more beats gather; where there
is no room the weaker word waits for a closer look, and none stands outside the
map, under a button. Genres too small to test are words in small letters where
most of their beats lie together.

The accent is for what sounds: Play, the ring, the step that is heard. What is
chosen is ink. Nothing is said twice: a beat's name has its hits from the
nearest one, and a source that only repeats genre and title is left out.

A known beat is called what the starter collection calls it, on any dataset.
Sliders have words: "more hats" is how the latent vectors of known beats change,
on average, with a standard deviation more of hats and of no other instrument;
a word of which they tell less than a quarter of the variance has no slider (of
the models with four dimensions no "more kick": it changed no kick).

A view is between 1/10,000 and 4 times the whole map: beyond that Bokeh's wheel
zoom ends in NaN.

Threshold and temperature decode what came from the space; a beat that a person
made stays as it is.

With reduced motion the playhead moves by beats (two a second at 120), not by
steps (eight).

Pointer moves, sliders and settings make at most one beat a frame
(`app/frames.js`): the last call before a frame counts. On a page of 33,000
points 432 moves in 54 frames made 55 decodings (one by `pointerdown`, which
sounds at once).

Weights that are float16 numbers travel as float16: 3.15 MB of base64, 6.33 MB
as float32. A page of 33,000 points with `best`: 7.6 MB.

The beat is kept by the audio context alone. The timer (25 ms) only decides
when the next steps are handed over (0.12 s ahead, 1.5 s in a hidden page,
whose timers come once a second). Offline rendering runs the same scheduling
code.

One row of `web/settings.js` is a control, its keys and its number in the link;
what the package knows too (tempo, swing, threshold, voices, rates) reaches the
page as one module that `constants` writes. The page's parts are given what
they need (`web/app/main.js`), and a beat is made by one function.

A folder of `web/` needs those before it: `settings.js`, `elements.js`; `beat`,
`sound`, `midi`, `model`, `map`, `app`.

The grid is one tab stop, and a hand paints on it: a stroke sets cells or wipes
them as its first cell says, sounds while nothing plays, and is one step of
undo. Rows stand as drummers read (`beat/families.js`); those of voices that
nothing strikes are folded, but under a hand none goes away, so that nothing
jumps, and those that come take no room from the map. A narrow page shows one
bar, so that a cell is 24 pixels wide: the one that is heard, or the one that is
chosen or edited. There a row of pads, 44 high, is what a finger strikes
(`beat/pads.js`), and cells, which are painted, are as high. Half a bar, 48
wide, would show a quarter of a beat; a bar in two lines takes the kick below
the fold.

Beats are made in a worker (`app/workshop.js`), whoever asks: roaming, path,
sliders, square, radio, die, variations, what follows a beat, dropped loops; and
so are the neighbours found, files read and words searched for. It is the page's
own script once more, from a blob
(`worker-src blob:` beside the hashes), on a copy of the data. Of what comes
while one beat is made the last one counts; what the radio plays next is made
while the beat before it is heard. Without a worker the page does the same jobs
itself, a task each. A gesture only wakes the sound: some browsers let it begin
there alone. How far is far (100 searches) is asked for one by one, so that a
hand waits for no more than one.

Sounds have a second worker, for a kit takes longer than a beat may: first the
voices of the beat on show, for which Play waits (time stands still, the page
does not). Another kit is heard when all of it is there; a voice that a hand
strikes before is made at once, in the page.

Roaming and paths play nothing trivial: the nearest known beat of the six
around the place comes instead, or the last one is held.

A song is an order of slots at one tempo, 64 bars at most, and is in the link.
Favourites are in the link where the browser keeps none. Where it does, all
windows of the page have the same ones: each reads them again before it writes.
A favourite keeps its tempo and swing where its hits alone would not tell them,
as those of an edited beat or set by a hand.

Without sound the map is shown all the same, and MIDI is given. A hit may come
half a step early, so that the player looks as far ahead at a slow tempo.
"""
