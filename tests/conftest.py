"""What all tests share: one profile of Hypothesis.

How long an example takes says nothing about the code where other work runs
beside the tests: the first test that draws text on a fresh clone, say, also
builds Hypothesis's tables of characters, which a `.hypothesis/` folder keeps.
"""

import hypothesis

hypothesis.settings.register_profile(
    'drumspace', deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile('drumspace')
