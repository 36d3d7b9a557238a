"""A page about recordings that opens from disk: what was said, how it sounded, and where the time went.

::

    command         `voicebot report`
    page            the page: its head with the policy, and all calls
    call            one recording: its title, its player and its turns
    turns           the turns: words, what happened, where the time went
    waveforms       the sound of both sides, drawn
    sound           the sound itself, small enough to be within the page
    markup          HTML in which all text is escaped
    web             the style and the script
"""
