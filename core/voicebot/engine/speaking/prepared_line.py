"""Lines of the bot's own, synthesized before they are needed: for a failure, or while tools run."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from voicebot.engine.failures import as_provider_error
from voicebot.engine.latch import Latch
from voicebot.engine.speaking.synthesis.utterance import synthesize
from voicebot.errors import ProviderError
from voicebot.interfaces import Synthesizer
from voicebot.messages import Utterance
from voicebot.options import Options

logger = logging.getLogger(__name__)
_TIMEOUT = 5.0


class PreparedLine:
    """A line of text, and its audio in the synthesizer's format once that is prepared.

    Args:
        what: what it is, for the log.
    """

    def __init__(self, text: str, what: str = "a line") -> None:
        self.text = text
        self._what = what
        self.audio: tuple[bytes, ...] = ()
        self.tried = Latch()
        """Set when its first sound has come, or it could not be prepared."""
        self.failure: ProviderError | None = None
        """Why it could not be prepared."""

    async def prepare(self, synthesizer: Synthesizer[Options], language: str) -> None:
        """Synthesize the line; if that fails, it is tried again when the line is needed."""
        audio: list[bytes] = []

        async def keep(chunk: bytes) -> None:
            audio.append(chunk)
            self.tried.set()

        try:
            async with asyncio.timeout(_TIMEOUT) as limit:
                await synthesize(
                    synthesizer,
                    Utterance(self.text, language),
                    timeout=_TIMEOUT,
                    sink=keep,
                    timing=lambda timing: None,
                    notice=lambda message: logger.warning("%s", message),
                )
        except Exception as error:  # a third-party synthesizer may raise anything
            reason = as_provider_error("the synthesizer broke", error)
            if limit.expired() and isinstance(error, TimeoutError):
                reason = ProviderError(f"the synthesizer took longer than {_TIMEOUT:g} s")
            logger.warning("%s could not be prepared: %s", self._what, reason)
            self.failure = reason
            return
        finally:
            self.tried.set()
        self.audio = tuple(audio)


class WaitLines:
    """The lines of a config, said one after the other from turn to turn."""

    def __init__(self, lines: Iterable[PreparedLine]) -> None:
        self._lines = tuple(lines)
        self._said = 0

    def next(self) -> PreparedLine | None:
        """Return the next line, if there are any."""
        if not self._lines:
            return None
        self._said += 1
        return self._lines[(self._said - 1) % len(self._lines)]
