"""The time of a player's sound, as a test has it go on.

A machine that stalls keeps a page from its beat, which then passes steps over.
What comes of that is tested by a stall of the test's own making.
"""

SCRIPT = """
  // Goes on by so many seconds whenever the player looks, and else by the
  // function that it returns.
  window.holdTime = ({context}, perLook = 0) => {
    let now = context.currentTime;
    Object.defineProperties(context, {
      currentTime: {get: () => now += perLook}, outputLatency: {value: 0}});
    return (seconds) => { now += seconds; };
  };
"""
