"""How a running conversation goes on with another bot: when, and until what is the one before in use."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from voicebot.config.schema import Settings
from voicebot.dataclass import dataclass
from voicebot.engine.bot import Bot
from voicebot.engine.changing.assembly import Assembly, Leaving
from voicebot.engine.changing.differences import differences
from voicebot.engine.changing.permission import permitted
from voicebot.engine.conversation_parts import ConversationParts
from voicebot.engine.failures import as_provider_error
from voicebot.engine.latch import Latch
from voicebot.engine.observers import ObserverGroup
from voicebot.events import ConfigChanged
from voicebot.interfaces import Toolset

FAILED = "the change could not be applied"
"""What is said if a plugin breaks meanwhile."""


@dataclass(frozen=True, slots=True)
class _Change:
    """What a conversation is to go on with, and a future for what is different then."""

    parts: ConversationParts
    reroute: Callable[[], None] | None
    done: asyncio.Future[tuple[str, ...]]


class Changeover:
    """Changes the bot of one conversation, one change at a time.

    Args:
        parts: what the conversation began with.
        own_toolsets: those that it has beside its bot's.
    """

    def __init__(
        self,
        parts: ConversationParts,
        assembly: Assembly,
        observers: ObserverGroup,
        own_toolsets: Sequence[Toolset[Any]],
    ) -> None:
        self._parts = parts
        self._assembly = assembly
        self._observers = observers
        self._own_toolsets = tuple(own_toolsets)
        self._change: _Change | None = None
        self._applying = asyncio.Lock()
        self._leaving: list[tuple[Bot, Leaving]] = []
        self._changed = Latch()
        self._is_closed = False
        assembly.scheduler.carried_out = self._change_if_idle
        assembly.before_answer = self._change_now

    @property
    def bot(self) -> Bot:
        """The bot as it is now."""
        return self._parts.bot

    async def apply(
        self, bot: Bot, settings: Settings, reroute: Callable[[], None] | None
    ) -> tuple[str, ...]:
        """Go on with another bot as soon as possible; see `Conversation.apply`."""
        if bot.device.text_only != self._parts.bot.device.text_only:
            raise ValueError("a conversation cannot change between sound and text")
        async with self._applying:
            self.limit_tools(bot)
            parts = self._parts.changed(bot, settings, self._own_toolsets)
            try:
                await self._assembly.try_out(parts)
                done = asyncio.get_running_loop().create_future()
                self._change = change = _Change(parts, reroute, done)
                self._change_if_idle()
                return await change.done
            finally:
                self._change = None
                if self._parts is not parts:
                    self.limit_tools(None)

    async def left(self, bot: Bot) -> None:
        """Wait until the conversation has left a bot, and nothing uses it any more."""
        while self.bot is bot and not self._is_closed:
            self._changed.clear()
            await self._changed.wait()
        for left, leaving in tuple(self._leaving):
            if left is bot:
                await leaving.wait()
        self._leaving = [each for each in self._leaving if each[0] is not bot]

    def limit_tools(self, bot: Bot | None) -> None:
        """Let only those tools be called that another bot allows too; None lifts that."""
        if (tools := self._assembly.tools) is not None:
            before = self._parts.toolsets
            tools.permits = permitted(before, before if bot is None else (*bot.toolsets, *self._own_toolsets))

    def _change_now(self) -> None:
        """Go on with what is to be applied, if there is anything that nobody has given up."""
        if self._change is None or self._change.done.done():
            return
        change, self._change = self._change, None
        try:
            changes = self._carry_out(change)
        except Exception as error:  # of a plugin; nothing has changed
            change.done.set_exception(as_provider_error(FAILED, error))
        else:
            change.done.set_result(changes)
            self._changed.set()

    def _carry_out(self, change: _Change) -> tuple[str, ...]:
        """Go on with what is to be applied; return what is different."""
        before, parts = self._parts, change.parts
        bot, after = before.bot, parts.bot
        changes = differences(bot, after, before.settings, parts.settings)
        about = after.about(parts.conversation, self._assembly.stream)
        leaving = self._assembly.change(parts, change.reroute)
        self._parts = parts
        self._leaving.append((bot, leaving))
        self._observers.redaction.use(after.redactors, parts.settings, after.secrets)
        leaving.add(self._observers.change(after.observers, about))
        after.added_observers.renew()
        parts.publish(ConfigChanged(parts.clock.now(), changes, about.voice))
        return changes

    def close(self) -> None:
        """Change nothing more: the conversation is over."""
        self._is_closed = True
        self._changed.set()
        if self._change is not None and not self._change.done.done():
            self._change.done.set_result(())
        for _, leaving in self._leaving:
            leaving.recognizer.set()

    def _change_if_idle(self) -> None:
        if self._change is not None and not self._change.done.done() and self._assembly.scheduler.is_idle:
            self._change_now()
            self._assembly.scheduler.carry_out([])
