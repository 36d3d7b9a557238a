"""A conversation that goes on with its bot when that changes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from voicebot.config.schema import Settings
from voicebot.engine.bot import Bot
from voicebot.engine.conversation import Conversation
from voicebot.engine.latch import Latch
from voicebot.engine.live.live_stream import LiveStream


class Followed:
    """A conversation, the stream that it runs over, and how its settings differ from those of its bot.

    Args:
        stream: moves to another device when the bot has one; None to stay.
        adapt: returns the conversation's settings for those of its bot.
    """

    def __init__(
        self, conversation: Conversation, stream: LiveStream | None, adapt: Callable[[Settings], Settings]
    ) -> None:
        self.conversation = conversation
        self._stream = stream
        self._adapt = adapt
        self._is_over = Latch()

    async def change(self, bot: Bot) -> None:
        """Go on with another bot, between two turns; do nothing if the conversation is over.

        Raises:
            ProviderError: the device does not open, or the recogniser opens no session; nothing has changed.
        """
        reroute = None
        if (stream := self._stream) is not None and stream.device is not bot.device:
            source = await stream.prepare(bot.device, bot.settings.start_timeout)
            reroute = partial(stream.move, source)
        await self.conversation.begun.wait()
        if self._is_over.is_set():  # it may not have been run at all
            return
        await self.conversation.apply(bot, settings=self._adapt(bot.settings), reroute=reroute)

    async def left(self, bot: Bot) -> None:
        """Wait until the conversation has left a bot or is over, and nothing uses the bot any more."""
        await self.conversation.begun.wait()
        await self.conversation.left(bot)
        if self.conversation.bot is bot:
            await self._is_over.wait()

    def end(self) -> None:
        """Record that the conversation is over."""
        self.conversation.begun.set()
        self._is_over.set()
