"""What an `on_step` was told, checked against what it is promised."""


class ToldSteps(list):
  """Calls of an `on_step`, each (done, total, what)."""

  def __call__(self, done, total, what):
    self.append((done, total, what))

  def jobs(self):
    """Splits the calls into jobs: one ends where the next begins at 0."""
    result = []
    for call in self:
      if not result or call[0] < result[-1][-1][0]:
        result.append([])
      result[-1].append(call)
    return result

  def check(self, *, to_the_end=True):
    """Checks that each job counts up to its own total."""
    assert self
    for job in self.jobs():
      done, totals, words = zip(*job)
      assert list(done) == sorted(done) and len(set(totals)) == 1
      assert 0 <= done[-1] <= totals[0]
      assert done[-1] == totals[0] or not to_the_end
      assert all(words)
