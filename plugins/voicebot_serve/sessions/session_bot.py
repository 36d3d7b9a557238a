"""The bot of one session: it may change meanwhile, and the client may have settings of its own."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from voicebot import AudioStream, Bot, Conversation, LiveBot, Settings, Toolset
from voicebot_serve.store.kept_session import KeptSession


class SessionBot:
    """A bot as one session uses it.

    Args:
        bot: a bot that stays, or one that may change.
    """

    def __init__(self, bot: Bot | LiveBot) -> None:
        self.instructions: str | None = None
        """Those of the client, instead of the bot's own."""
        self._bot = bot
        self._following = ExitStack()

    @property
    def now(self) -> Bot:
        """The bot as it is now."""
        return self._bot.bot if isinstance(self._bot, LiveBot) else self._bot

    def conversation(
        self,
        stream: AudioStream,
        settings: Settings | None,
        toolsets: Sequence[Toolset[Any]],
        id: str,
        kept: KeptSession | None,
    ) -> Conversation:
        """Return a conversation with the bot, which changes with it until `close`.

        Args:
            settings: instead of the bot's.
            toolsets: beside the bot's.
            kept: what a client that comes back goes on with.
        """
        settings = settings or self.now.settings
        if kept is not None and kept.returned:
            settings = settings.model_copy(update={"greeting": ""})
        history, used = (kept.messages, kept.record.used) if kept is not None else ((), ())
        conversation = Conversation(
            self.now, stream, settings=settings, toolsets=toolsets, id=id, history=history, used=used
        )
        if isinstance(self._bot, LiveBot):
            self._following.enter_context(self._bot.following(conversation, adapt=self._adapted))
        return conversation

    def close(self) -> None:
        """Change no conversation any more: it is over."""
        self._following.close()

    def _adapted(self, settings: Settings) -> Settings:
        """Return the settings of a bot with what the client has changed."""
        if self.instructions is None:
            return settings
        return settings.model_copy(update={"system": self.instructions})
