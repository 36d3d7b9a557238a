"""How a conversation comes to its end while somebody could still speak."""

from __future__ import annotations

import asyncio
from typing import Literal

from voicebot.config.schema import GoodbyeOptions
from voicebot.engine.wording import is_farewell


class Leaving:
    """Remembers that goodbye is being said; speaking over it keeps the conversation going."""

    def __init__(self, options: GoodbyeOptions) -> None:
        self.line = options.line
        """What the bot says before it goes."""
        self.by: Literal["phrase", "silence"] | None = None
        """What made it go; None while it stays."""
        self._phrases = options.phrases
        self._over = asyncio.Event()

    def is_farewell(self, text: str) -> bool:
        """Return whether the user says goodbye."""
        return is_farewell(text, self._phrases)

    def stay(self) -> None:
        """Go on: the user has spoken over the goodbye."""
        self.by = None

    def finish(self) -> None:
        """Let the conversation end: goodbye was said."""
        self._over.set()

    async def wait(self) -> None:
        """Wait until the conversation is to end."""
        await self._over.wait()
