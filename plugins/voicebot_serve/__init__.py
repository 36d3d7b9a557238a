"""`voicebot serve`: bots for many users, over WebSockets: browsers, OpenAI Realtime clients, telephones.

The parts, each importing only from those after it::

    command                     the command line
    app, bots                   the ASGI application, and the bots it serves
    realtime, page              a protocol and a page, one package each
    transport                   what a protocol over a WebSocket implements
    access                      who may come in, and the limits of a client
    running                     metrics, load, drain, logs
    sessions                    the conversation of one client, without its socket
    options                     the section `serve` of a config
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
