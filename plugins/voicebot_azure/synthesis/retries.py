"""Speaking over the lines of a pool: what fails before it was heard is asked for once more."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from voicebot import ProviderError, SynthesisEvent
from voicebot_azure.remedies import failure
from voicebot_azure.synthesis.chunk import SpokenPiece
from voicebot_azure.synthesis.connection import Line, Outcome, SpokenWord
from voicebot_azure.synthesis.options import AzureSynthesizerOptions
from voicebot_azure.synthesis.pool import Pool
from voicebot_azure.synthesis.text_request import WrittenText

logger = logging.getLogger(__name__)

Ask = Callable[[], tuple[str | WrittenText, SpokenPiece]]


class Attempts:
    """Speaks, over one pool.

    Args:
        explain: returns the error to raise for a trouble.
    """

    def __init__(
        self, options: AzureSynthesizerOptions, pool: Pool, explain: Callable[[str], Awaitable[ProviderError]]
    ) -> None:
        self.pool = pool
        self._options = options
        self._explain = explain

    async def speak(self, ask: Ask) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream the speech of what `ask` returns: SSML or text, and the piece that takes its sound.

        It is called again where the service fails before the first sound.

        Raises:
            ProviderError: it failed again, or in mid-speech, or the voice was closed.
        """
        for last in (False, True):
            begun = False
            wanted, piece = ask()
            try:
                async with aclosing(self._attempt(wanted, piece)) as events:
                    async for event in events:
                        begun = True
                        yield event
                return
            except _Broken as broken:
                if self.pool.closed:
                    raise ProviderError("the voice was closed while it spoke") from None
                error = failure(self._options, "tts", broken.trouble)
                if begun or last or not error.retryable:
                    raise await self._explain(broken.trouble) from None
                logger.info("%s (asking again)", error)

    async def check(self, wanted: str | WrittenText, piece: SpokenPiece) -> None:
        """Speak over a new line, unheard; raise `ProviderError` if that fails."""
        try:
            async with aclosing(self._attempt(wanted, piece, afresh=True)) as events:
                async for _ in events:
                    pass
        except _Broken as broken:
            raise await self._explain(broken.trouble) from None

    async def _attempt(
        self, wanted: str | WrittenText, piece: SpokenPiece, *, afresh: bool = False
    ) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream one piece; raise `_Broken` if that fails."""
        complete = False
        line: Line = await self.pool.take(afresh=afresh)
        try:
            async with aclosing(line.speak(wanted)) as items:
                async for item in items:
                    match item:
                        case bytes():
                            for event in piece.sound(item):
                                yield event
                        case SpokenWord():
                            piece.word(item.text, item.seconds)
                        case Outcome(trouble=None):
                            complete = True
                        case Outcome(trouble=str(trouble)):
                            raise _Broken(trouble)
        finally:
            if complete:
                self.pool.give_back(line)
            else:
                self.pool.discard(line)
        for event in piece.end():
            yield event


class _Broken(Exception):
    """An attempt failed; `trouble` is its row in the table of remedies."""

    def __init__(self, trouble: str) -> None:
        super().__init__(trouble)
        self.trouble = trouble
