"""A bot whose config may change while it talks: all or nothing, and without a provider left over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from types import TracebackType
from typing import Self

from voicebot.config.load import BotConfig
from voicebot.config.schema import Settings
from voicebot.engine.bot import Bot
from voicebot.engine.changing.changeover import FAILED
from voicebot.engine.changing.differences import differences
from voicebot.engine.conversation import Conversation
from voicebot.engine.failures import as_provider_error
from voicebot.engine.latch import Latch
from voicebot.engine.live.device_source import DeviceSource
from voicebot.engine.live.followed import Followed
from voicebot.engine.live.live_stream import LiveStream
from voicebot.errors import leaves
from voicebot.interfaces import AudioStream

logger = logging.getLogger(__name__)


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
        self._following: list[Followed] = []
        self._streams: list[LiveStream] = []
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

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[AudioStream, None]:
        """Open the bot's device for one conversation; raise what opening or closing it raises.

        If `following` is given the stream, it goes on over another device when the bot gets one. Its formats
        stay, and sound is resampled.
        """
        source = DeviceSource(self.bot.device, self._tasks)
        try:
            await source.open()
        except BaseException:
            source.close()
            raise
        stream = LiveStream(self._tasks, source)
        self._streams.append(stream)
        try:
            yield stream
        except BaseException:
            with suppress(Exception):  # which must not hide why the conversation broke
                await stream.aclose()
            raise
        else:
            await stream.aclose()
        finally:
            self._streams.remove(stream)

    @contextmanager
    def following(
        self,
        conversation: Conversation,
        *,
        stream: AudioStream | None = None,
        adapt: Callable[[Settings], Settings] = lambda settings: settings,
    ) -> Iterator[None]:
        """Change a conversation with this bot while the block runs, in which it is run.

        Args:
            stream: what `open` returned, if the conversation runs over that; it may be wrapped in another.
            adapt: returns the conversation's settings for those of a bot.
        """
        moving = stream if isinstance(stream, LiveStream) else None
        followed = Followed(conversation, moving, adapt)
        self._following.append(followed)
        try:
            yield
        finally:
            self._following.remove(followed)
            followed.end()

    async def apply(self, config: BotConfig) -> tuple[str, ...]:
        """Go on with another config: the next conversations, and those that follow, each between two turns.

        New providers start while those before are used. Providers whose sections are the same go on; others
        are closed when no conversation uses them any more. If this is cancelled, nothing has changed.

        Returns:
            what is different, as in `ConfigChanged`; nothing if the configs mean the same.

        Raises:
            ProviderError: a provider does not start, a device does not open, or a plugin breaks; nothing has
                changed.
            ValueError: the device of one config is for sound, and that of the other for text.
        """
        async with self._applying:
            after = self.bot.changed(config)
            if self.bot.device.text_only != after.device.text_only:
                raise ValueError("a bot cannot change between sound and text")
            try:
                return await self._change(after)
            except Exception as error:  # a plugin may raise anything
                raise as_provider_error(FAILED, error) from error

    async def _change(self, after: Bot) -> tuple[str, ...]:
        before = self.bot
        changes = differences(before, after, before.settings, after.settings)
        if not changes:
            return ()
        try:
            self._limit_tools(after)
            held = await self._open(after)
            try:
                await after.try_voice(before.synthesizer)
            except BaseException:
                held.replaced.set()
                raise
            await self._replace(held)
        except BaseException:
            self._limit_tools(None)
            raise
        return changes

    async def _replace(self, held: _Held) -> None:
        """Go on with another bot; if a conversation cannot, take that back."""
        before, self._held = self._held, held
        try:
            async with asyncio.TaskGroup() as tasks:
                for each in self._following:
                    tasks.create_task(each.change(held.bot), name=f"change {each.conversation.id}")
        except BaseException as error:
            self._held = before
            self._tasks.create_task(self._take_back(held, before.bot), name="take back")
            if isinstance(error, BaseExceptionGroup):
                raise next(leaves(error)) from None
            raise
        before.replaced.set()

    async def _take_back(self, held: _Held, before: Bot) -> None:
        """Have the conversations that were changed go on with the bot before."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for each in self._following:
                    if each.conversation.bot is held.bot:
                        tasks.create_task(
                            _change_back(each, before), name=f"take back {each.conversation.id}"
                        )
        finally:
            held.replaced.set()

    def _limit_tools(self, bot: Bot | None) -> None:
        for each in self._following:
            each.conversation.limit_tools(bot)

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
                for each in tuple(self._following):
                    await each.left(held.bot)
                for stream in tuple(self._streams):
                    await stream.left(held.bot.device)
        except Exception as error:
            if held.opened.cancelled():
                return  # nobody waits for it any more
            if held.opened.done():
                raise
            held.opened.set_exception(error)


async def _change_back(followed: Followed, before: Bot) -> None:
    try:
        await followed.change(before)
    except Exception as error:  # a plugin may raise anything
        reason = as_provider_error(FAILED, error)
        logger.warning("a conversation goes on with a config that others could not use: %s", reason)
