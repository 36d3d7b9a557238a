"""Sound: which microphones and speakers there are, and on request how well the microphone hears.

::

    rehearsal       a tone is played, and the user speaks
    meter | devices | level
"""
