"""One stretch of speaking: Azure's text streaming, asked for once more where it fails before it was heard."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing

from voicebot import SpeechStream, SynthesisEvent
from voicebot_azure.synthesis.chunk import SpokenPiece
from voicebot_azure.synthesis.retries import Attempts
from voicebot_azure.synthesis.text_request import WrittenText


class AzureSpeechStream(SpeechStream):
    """Speaks text while it is written.

    Args:
        request: makes a request of the SDK for an attempt.
        piece: makes what takes the sound of an attempt.
    """

    def __init__(
        self, attempts: Attempts, request: Callable[[], WrittenText], piece: Callable[[str], SpokenPiece]
    ) -> None:
        self._attempts = attempts
        self._make_request = request
        self._make_piece = piece
        self._written = ""
        self._finished = False
        self._request: WrittenText | None = None
        self._piece: SpokenPiece | None = None

    async def write(self, text: str) -> None:
        """Hand over the next piece of text."""
        self._written += text
        if self._piece is not None:
            self._piece.add(text)
        if self._request is not None:
            self._request.write(text)

    async def finish(self) -> None:
        """Say that the text is complete."""
        self._finished = True
        if self._request is not None:
            self._request.close()

    async def __aiter__(self) -> AsyncIterator[SynthesisEvent]:
        async with aclosing(self._attempts.speak(self._ask)) as events:
            async for event in events:
                yield event

    def close(self) -> None:
        """Let the SDK go, whatever it waits for."""
        if self._request is not None:
            self._request.close()

    def _ask(self) -> tuple[WrittenText, SpokenPiece]:
        self.close()  # the attempt before this one
        self._request, self._piece = self._make_request(), self._make_piece(self._written)
        if self._written:
            self._request.write(self._written)
        if self._finished:
            self._request.close()
        return self._request, self._piece
