"""OpenAI's Realtime protocol (the events of its general availability).

The parts, each importing only from those after it; all but the first two are without I/O::

    transport                   the WebSocket
    visit                       connects the protocol with a session's conversation
    client.requests             what a client asks for
    server.happenings           what a client is told
    client_tools                the client's own functions
    state                       what both directions share
    server.response, server.user_audio      what the bot says, and the user
    server.events               the events that are sent
    session_settings            what a client may change
    client.events               the events of a client
    items, sound_formats, refusal, event
"""
