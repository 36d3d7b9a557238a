"""The engine: it runs conversations over the interfaces, and knows no provider by name.

It has four packages. Each imports only those below it in this picture::

    conversation, responder    assemble the packages, for one dialogue
    hearing | speaking         from the microphone to words | from one reply to sound
    turns                      whose turn it is, decided without I/O
    text                       words, and sentences that can be spoken; imports nothing of the engine

Data goes one way: sound -> hearing -> turns -> speaking -> sound. What the user has heard of a reply goes
back to turns and to the history, whose older turns `compaction` summarises. The other modules are used by
several packages: the bot and its observers, the event stream, filters, the history, the clock, and how
cancellation, foreign errors and time limits are handled.
"""
