"""Speaking over the connections of a pool; a request that fails before the first sound is made once more."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import TypeAlias

from voicebot import ProviderError, SynthesisEvent
from voicebot_azure.remedies import failure
from voicebot_azure.synthesis.chunk import SpokenChunk
from voicebot_azure.synthesis.connection_events import Outcome, SpokenWord
from voicebot_azure.synthesis.options import AzureSynthesizerOptions
from voicebot_azure.synthesis.pool import ConnectionPool
from voicebot_azure.synthesis.text_request import TextRequest

logger = logging.getLogger(__name__)

Attempt: TypeAlias = tuple[str | TextRequest, SpokenChunk]
"""SSML or streamed text, and what receives its audio."""


class SpeechRequests:
    """Makes requests to speak over one pool of connections.

    Args:
        explain: returns the error to raise for an error code.
    """

    def __init__(
        self,
        options: AzureSynthesizerOptions,
        pool: ConnectionPool,
        explain: Callable[[str], Awaitable[ProviderError]],
    ) -> None:
        self.pool = pool
        self._options = options
        self._explain = explain

    async def speak(self, new_attempt: Callable[[], Attempt]) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream the speech of an attempt; if it fails before the first sound, make another.

        Raises:
            ProviderError: the second attempt failed, or speech broke off, or the synthesizer was closed.
        """
        for last in (False, True):
            begun = False
            text, chunk = new_attempt()
            try:
                async with aclosing(self._speak_once(text, chunk)) as events:
                    async for event in events:
                        begun = True
                        yield event
                return
            except _AttemptFailed as failed:
                if self.pool.closed:
                    raise ProviderError("the synthesizer was closed while it was speaking") from None
                error = failure(self._options, "tts", failed.code)
                if begun or last or not error.retryable:
                    raise await self._explain(failed.code) from None
                logger.info("%s (retrying)", error)

    async def check(self, text: str | TextRequest, chunk: SpokenChunk) -> None:
        """Speak over a new connection and discard the audio; raise `ProviderError` if that fails."""
        try:
            async with aclosing(self._speak_once(text, chunk, new_connection=True)) as events:
                async for _ in events:
                    pass
        except _AttemptFailed as failed:
            raise await self._explain(failed.code) from None

    async def _speak_once(
        self, text: str | TextRequest, chunk: SpokenChunk, *, new_connection: bool = False
    ) -> AsyncGenerator[SynthesisEvent, None]:
        complete = False
        connection = await self.pool.acquire(new=new_connection)
        try:
            async with aclosing(connection.speak(text)) as received:
                async for item in received:
                    match item:
                        case bytes():
                            for event in chunk.add_audio(item):
                                yield event
                        case SpokenWord():
                            chunk.add_word(item.text, item.seconds)
                        case Outcome(error_code=None):
                            complete = True
                        case Outcome(error_code=str(code)):
                            raise _AttemptFailed(code)
        finally:
            if complete:
                self.pool.release(connection)
            else:
                self.pool.discard(connection)
        for event in chunk.finish():
            yield event


class _AttemptFailed(Exception):
    """An attempt failed; `code` is its row in the table of remedies."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
