"""Prevents a bot from taking its own voice for the user's."""

from __future__ import annotations

from voicebot.config.schema import EchoMode
from voicebot.engine.hearing.echo.advice import EchoAdvice
from voicebot.engine.hearing.echo.echo_path import EchoPath
from voicebot.engine.hearing.echo.reference import EchoReference
from voicebot.engine.hearing.echo.transcript_filter import EchoTranscriptFilter
from voicebot.interfaces import AudioStream


class EchoGuard:
    """The echo of one conversation: its path, the filter of transcripts, and advice.

    Args:
        transcripts: follows the events of the conversation.
    """

    def __init__(self, mode: EchoMode, stream: AudioStream, transcripts: EchoTranscriptFilter) -> None:
        self.path = EchoPath(mode, stream)
        self.transcripts = transcripts
        self.advice = EchoAdvice(mode)

    def use(self, mode: EchoMode) -> None:
        """Mute or cancel the echo, or do neither, from now on."""
        self.path.use(mode)
        self.advice = EchoAdvice(mode)

    @property
    def reference(self) -> EchoReference | None:
        """Must be passed everything the speaker plays; None where there can be no echo."""
        return self.path.reference
