"""The options of the `wyoming` recogniser."""

from __future__ import annotations

from voicebot import Field
from voicebot_wyoming.options import ServerOptions


class WyomingRecognizerOptions(ServerOptions):
    """Options of the `wyoming` recogniser."""

    uri: str = "tcp://127.0.0.1:10300"
    """Address of the server: `tcp://HOST:PORT`, or `unix:///PATH` for a socket on this machine."""
    model: str | None = Field(None, min_length=1)
    """Name of the model, if the server has several; it decides by default."""
    language: str | None = Field(None, min_length=1)
    """Language to recognise, written as the server writes it, such as `en`. By default, the conversation's
    `language` if the model lists it; otherwise the server decides, or detects it."""
