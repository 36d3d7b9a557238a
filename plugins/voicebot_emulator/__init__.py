"""`voicebot emulate azure`: Azure Speech, Azure OpenAI and openai.com on one local port, including faults.

The real SDKs talk to it over real sockets, so a bot made for Azure can be tried without an account, and
everything that can go wrong with the services can be made to go wrong.

The parts, each importing only from those after it::

    command, testing                        run the emulator from the command line and in tests
    server                                  one port: starts, stops, refuses connections
    routes                                  the address of each service
    audio                                   the services of OpenAI's audio API
    chat, speech_to_text, text_to_speech    the other services
    http                                    a request: admission, refusals, what a service needs of it
    emulation                               the state that the services share
    journal, faults, latency, providers,    what is recorded, what goes wrong, how long it takes, who does
      script, redaction, usp, account         the work, and the websocket protocol of Azure Speech
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot import hookimpl

if TYPE_CHECKING:
    from voicebot import Commands

voicebot_api = (1, 0)


@hookimpl
def voicebot_commands(commands: Commands) -> None:
    """Add the command."""
    commands.add("emulate", "Emulate a cloud service.", "voicebot_emulator.command:command")
