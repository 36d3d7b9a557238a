"""When older turns are summarised, and what becomes of the summary."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from voicebot.config.history import CompactOptions
from voicebot.engine.cancellation import own_cancellation
from voicebot.engine.compaction.summary import Summarizer
from voicebot.engine.failures import as_provider_error
from voicebot.engine.history.history import History
from voicebot.engine.speaking.reply_events import ReplyEvents
from voicebot.events import BotTurnEnded, ConversationEvent, HistoryCompacted
from voicebot.messages import Message

_LEAST_PART = 4
"""What is summarised has at least this part of `over`, or long turns would be summarised one by one."""


class Compaction:
    """Summarises the older turns of one conversation, one summary at a time.

    It begins when a turn of the bot is over. Replies go on in the meantime, and have the summary once it is
    complete. If the chat model fails, a notice says so, and it is asked again after as much new text.

    Args:
        tasks: the conversation's.
    """

    def __init__(
        self,
        history: History,
        options: CompactOptions,
        summarizer: Summarizer,
        events: ReplyEvents,
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._history = history
        self._options = options
        self._summarizer = summarizer
        self._events = events
        self._tasks = tasks
        self._task: asyncio.Task[None] | None = None
        self._over = options.over
        """Characters since the last summary beyond which there will be another one."""
        self._is_over = False

    def observe(self, event: ConversationEvent) -> None:
        """Begin a summary if a turn of the bot is over and one is due."""
        if not isinstance(event, BotTurnEnded) or self._task is not None or self._is_over:
            return
        size = _size(self._history.since_summary)
        if size <= self._over:
            return
        older = self._history.older(self._options.keep)
        if _size(older) * _LEAST_PART >= self._options.over:
            self._task = self._tasks.create_task(self._compact(older, size), name="compaction")

    @property
    def tasks(self) -> list[asyncio.Task[None]]:
        """The task of the summary that is being written, if there is one."""
        return [self._task] if self._task is not None else []

    def cancel(self) -> None:
        """Stop: the conversation is over, or another chat model goes on with it."""
        self._is_over = True
        if self._task is not None:
            self._task.cancel()

    async def _compact(self, older: tuple[Message, ...], size: int) -> None:
        try:
            with own_cancellation("the chat model broke"):
                summary = await self._summarizer.summary(self._history.summary, older)
        except Exception as error:  # a third-party chat model may raise anything
            self._over = size + self._options.over
            reason = as_provider_error("it broke", error)
            self._events.notice("chat", f"older turns were not summarised (`history.compact`): {reason}")
        else:
            self._over = self._options.over
            if self._history.summarise(older, summary):
                self._events.publish(HistoryCompacted(self._events.now(), summary))
        finally:
            self._task = None


def _size(messages: Sequence[Message]) -> int:
    """Return the characters of messages."""
    return sum(
        len(message.content) + sum(len(call.arguments) for call in message.calls) for message in messages
    )
