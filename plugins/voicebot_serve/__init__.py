"""`voicebot serve`: bots for many users, over WebSockets: browsers, OpenAI Realtime clients, telephones.

The parts, each importing only from those after it::

    command, launch             the command line, and what it starts
    app                         the ASGI application
    endpoints, sockets          what it answers: requests, and WebSockets until the end of their conversations
    server                      the bots, sessions, tokens and measurements of one process
    bots, connection, realtime  started bots; one client's socket and its limits; OpenAI's protocol
    access                      who may come in
    running, transport          metrics, load, uvicorn; what a protocol over a WebSocket implements
    sessions                    the conversation of one client, without its socket
    store                       what sessions need to go on elsewhere
    options, g711               the section `serve` of a config; the sound of telephones
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot import hookimpl

if TYPE_CHECKING:
    from voicebot import Commands, Registry

voicebot_api = (1, 0)


@hookimpl
def voicebot_register(registry: Registry) -> None:
    """Add the section."""
    registry.add_section("serve", "voicebot_serve.options:ServeOptions")


@hookimpl
def voicebot_commands(commands: Commands) -> None:
    """Add the command."""
    commands.add("serve", "Serve bots to browsers and other clients.", "voicebot_serve.command:command")
