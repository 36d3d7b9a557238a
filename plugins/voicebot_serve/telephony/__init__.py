"""Telephone calls: one file for each carrier, and what all calls have in common.

A carrier streams a call over a WebSocket, in messages of its own. `carrier` is the interface that a file for
one carrier implements; a plugin of anybody's can bring one (see `carriers`). None of them opens a socket.
"""
