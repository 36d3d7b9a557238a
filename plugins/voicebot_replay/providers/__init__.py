"""Providers that answer what was answered then, as quickly: nothing is asked again.

::

    recognizer      the recorded transcripts, by `transcript` in `segments`
    chat            the recorded replies
    synthesizer     sound as long as the recorded one
    toolset         the recorded results
    clock           what time it is in the conversation
    unrecorded      counts what was not asked then
"""
