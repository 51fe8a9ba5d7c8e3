"""Networks: torch modules that know nothing of training loops or files.

Decisions:

ACAI counts the reconstruction by its mean over the bits, as the paper's code
does. By its sum (39 nats against a critic of 0.06) the critic has no say:
distinct draws 0.46; by the mean 0.55 after 4,000 and 0.65 after 10,000 steps.

The stepwise models draw around their training patterns (posteriors, 1.5 or 1.65
times as wide), for no simple distribution is like the latents of beats:
mixtures of normals and N(0, I) cost precision (measured: "The stepwise model"
in tests/benchmarks/RESULTS.md). Bits less probable than 0.08 are left out, as
nucleus sampling leaves out words, and of what is drawn small trees keep as much
as is as frequent among real beats (`corrections`), of copies four in five: all
are part of how a model draws, and its card has the figures without, too.

`best` is `foretold`: of a hundred bits each is a chance to miss a repeat, so
how many hits of a block will differ is one drawn number, told before they are
written. Plans voice by voice (`planned`) mend repeats as well, but leave z
nothing to say. A part of the patterns is learnt untold, and temperature 0 is
untold, so that z still decides where there is a place to be seen.

Shipped are the models at the end of their runs, not those of the best
reconstruction: longer training makes for more different draws (ACAI 0.51 and
0.65). `beta = 0.5` in the VAE: 0.39 and 0.45.

Paths are cut by flips: a straight line in z decodes to long rests and jumps.
`interpolation` takes the jumps apart and gives every step as many flips; the
ends are exact, and no step of 15 is longer than a third of the way for ends
that are 15 bits or more apart.

safetensors and not pickle: no code is loaded from data. safetensors writes its
metadata in an order of chance; `checkpoints` sorts the header, so that the
same run is the same bytes.

Stepwise checkpoints hold float16 (`Stepwise.saved_dtype`), for they are large.
The trainer evaluates, and fits the sampler to, the rounded network
(`networks.as_saved`), so that what is noted is true of the file;
`state.safetensors` stays float32, and runs that are resumed end in the same
bytes. A tensor beyond 65,504 stays float32. Older float32 checkpoints load as
before.

Grooves are drawn hit by hit (`takes`), each as an earlier one, nearly so or
anew, for so they are made: accents that come again, bars alike, machines
without lateness. Residuals of any spread around a mean answer are told
from performances always (AUC 1.00), those of three levels by voice and place
too. Remembered performances were told by 0.90, and they are somebody's. What
goes astray hit by hit is seen by a critic of whole takes (`take_critic`), by
which one of eight is chosen: 0.66 to 0.68, and 0.76 without it.

The next-step model keeps no song in its weights: contexts are counted while a
song is heard, and two small networks weigh the counts, as mixers of PAQ do, but
trained once and not while playing (0.348 nats a step on unseen songs; a GRU
without such a memory, 0.85). It needs no torch to play, nor has drums_rnn:
importing torch takes longer than either plays.

TrainedModel has MusicVAE's names (`music_vae_methods`); where it differs, that
module says so. A MusicVAE of Magenta's can be one (`model_files`).
"""

import typing

from drumspace_ext import faces

_NAMES = {
    'TrainedModel': 'trained_model',
}

if typing.TYPE_CHECKING:
  from drumspace_ext.models.trained_model import TrainedModel as TrainedModel
else:
  __getattr__, __dir__ = faces.of(__name__, _NAMES)
