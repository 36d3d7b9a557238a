"""Speaking text while it is being written, over Azure's text streaming."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing

from voicebot import SpeechStream, SynthesisEvent
from voicebot_azure.synthesis.chunk import SpokenChunk
from voicebot_azure.synthesis.retries import SpeechRequests
from voicebot_azure.synthesis.text_request import TextRequest


class AzureSpeechStream(SpeechStream):
    """Speaks one utterance; if the service fails before the first sound, all the text so far is sent again.

    Args:
        make_request: makes the SDK request of one attempt.
        make_chunk: makes what receives the audio of one attempt.
    """

    def __init__(
        self,
        requests: SpeechRequests,
        make_request: Callable[[], TextRequest],
        make_chunk: Callable[[str], SpokenChunk],
    ) -> None:
        self._requests = requests
        self._make_request = make_request
        self._make_chunk = make_chunk
        self._written = ""
        self._finished = False
        self._request: TextRequest | None = None
        self._chunk: SpokenChunk | None = None

    async def write(self, text: str) -> None:
        """Add text."""
        self._written += text
        if self._chunk is not None:
            self._chunk.append(text)
        if self._request is not None:
            self._request.write(text)

    async def finish(self) -> None:
        """End the text."""
        self._finished = True
        if self._request is not None:
            self._request.close()

    async def __aiter__(self) -> AsyncIterator[SynthesisEvent]:
        async with aclosing(self._requests.speak(self._new_attempt)) as events:
            async for event in events:
                yield event

    def close(self) -> None:
        """Release the SDK, which may be waiting for more text."""
        if self._request is not None:
            self._request.close()

    def _new_attempt(self) -> tuple[TextRequest, SpokenChunk]:
        self.close()  # the request of the attempt before
        self._request, self._chunk = self._make_request(), self._make_chunk(self._written)
        if self._written:
            self._request.write(self._written)
        if self._finished:
            self._request.close()
        return self._request, self._chunk
