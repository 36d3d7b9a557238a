"""A bot whose config may change while it talks: all or nothing, and without a provider left over."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from voicebot.config.load import BotConfig
from voicebot.engine.bot import Bot
from voicebot.engine.changing.differences import differences
from voicebot.engine.conversation import Conversation
from voicebot.engine.latch import Latch


class _Held:
    """A bot that is kept open by a task of its own."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.replaced = Latch()
        """Set when nothing new uses the bot."""
        self.task: asyncio.Task[None]


class LiveBot:
    """Keeps a bot open, and replaces it when its config changes; use it as an async context manager, once.

    Entering it starts the providers, and raises `ProviderError` if one does not start.

    Args:
        bot: made from a config, and not entered yet.
    """

    def __init__(self, bot: Bot) -> None:
        self._first = bot
        self._held: _Held
        self._tasks = asyncio.TaskGroup()
        self._conversations: list[Conversation] = []
        self._applying = asyncio.Lock()

    @property
    def bot(self) -> Bot:
        """The bot as it is now, for new conversations."""
        return self._held.bot

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        try:
            self._held = await self._open(self._first)
        except BaseException:
            await self._tasks.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._held.replaced.set()
        await self._tasks.__aexit__(None, None, None)

    @contextmanager
    def following(self, conversation: Conversation) -> Iterator[None]:
        """Change a conversation with this bot while the block runs, in which it is run."""
        self._conversations.append(conversation)
        try:
            yield
        finally:
            self._conversations.remove(conversation)

    async def apply(self, config: BotConfig) -> tuple[str, ...]:
        """Go on with another config: the next conversations, and those that follow, each between two turns.

        New providers start while those before are used. Providers whose sections are the same go on; others
        are closed when no conversation uses them any more. If this is cancelled, nothing has changed.

        Returns:
            what is different, as in `ConfigChanged`; nothing if the configs mean the same.

        Raises:
            ProviderError: a provider does not start; nothing has changed.
            ValueError: the device of one config is for sound, and that of the other for text.
        """
        async with self._applying:
            before, after = self.bot, self.bot.changed(config)
            changes = differences(before, after, before.settings, after.settings)
            if not changes:
                return ()
            if before.device.text_only != after.device.text_only:
                raise ValueError("a bot cannot change between sound and text")
            following = tuple(self._conversations)
            try:
                for conversation in following:
                    conversation.limit_tools(after)
                held = await self._open(after)
                try:
                    await self._change_all(following, before, after)
                except BaseException:
                    held.replaced.set()
                    raise
            except BaseException:
                for conversation in following:
                    conversation.limit_tools(None)
                raise
            self._held.replaced.set()
            self._held = held
            return changes

    async def _change_all(self, following: tuple[Conversation, ...], before: Bot, after: Bot) -> None:
        await after.try_voice(before.synthesizer)
        changes = [self._tasks.create_task(each.apply(after), name=f"change {each.id}") for each in following]
        try:
            await asyncio.gather(*changes)
        except BaseException:
            for change in changes:
                change.cancel()
            await asyncio.gather(*changes, return_exceptions=True)
            for conversation, change in zip(following, changes, strict=True):
                if not change.cancelled() and change.exception() is None:
                    self._tasks.create_task(conversation.apply(before), name=f"take back {conversation.id}")
            raise

    async def _open(self, bot: Bot) -> _Held:
        """Enter a bot in a task of its own; raise what entering it raises."""
        held = _Held(bot)
        held.task = self._tasks.create_task(self._keep(held), name="bot")
        try:
            await held.opened
        except BaseException:
            held.task.cancel()
            raise
        return held

    async def _keep(self, held: _Held) -> None:
        """Keep a bot open until nothing uses it any more."""
        try:
            async with held.bot:
                if not held.opened.done():
                    held.opened.set_result(None)
                await held.replaced.wait()
                for conversation in tuple(self._conversations):
                    await conversation.left(held.bot)
        except Exception as error:
            if held.opened.cancelled():
                return  # nobody waits for it any more
            if held.opened.done():
                raise
            held.opened.set_exception(error)
