"""`voicebot emulate azure`: one local port that speaks Azure Speech and Azure OpenAI, faults included.

The real SDKs talk to it over real sockets, so that a bot made for Azure can be tried without an account,
and so that everything that can go wrong with the services can be made to go wrong.
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
    commands.add("emulate", "Stand in for a cloud service.", "voicebot_emulator.command:command")
