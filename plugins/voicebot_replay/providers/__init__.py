"""Providers that answer what was answered then, as quickly: nothing is asked again.

::

    recognizer      the recorded transcripts: `transcript` says which, from `segments`
    chat            the recorded replies
    synthesizer     sound as long as the recorded one; `speech_stream` if it took text while it was written
    toolset         the recorded results
    turn_detector   that of the config, as quick as the recorded one
    clock           what time it is in the conversation
    unrecorded      counts what was not asked then
"""
