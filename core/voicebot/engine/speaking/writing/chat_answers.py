"""The chat model, asked for one reply: its text as it comes, its calls, and what else it reports."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from dataclasses import replace
from typing import assert_never

from voicebot.encodable import EncodablePieces
from voicebot.engine.cancellation import cancellation_check, own_cancellation
from voicebot.engine.speaking.reply_audio import ReplyAudio
from voicebot.engine.speaking.reply_context import ReplyContext
from voicebot.engine.speaking.writing.unfinished_mark import UnfinishedMark, asking_for_mark
from voicebot.engine.text.call_syntax import CallSyntaxFilter, is_quoted
from voicebot.engine.time_limit import TimeLimit
from voicebot.engine.timeline import ReplyTimestamps
from voicebot.events import ReplyStarted
from voicebot.messages import ChatEvent, ChatRequest, Notice, ReplyEnded, TextDelta, ToolCall

logger = logging.getLogger(__name__)


class ChatAnswers:
    """Asks the chat model; where there are tools, several times for one reply.

    Args:
        timestamps: when the reply reached which stage.
        audio: the reply's, which tells whether it is released.
        ended: called when the chat model says that it has ended.
        unfinished: called if it says that the user has not finished; None if it is not asked.
    """

    def __init__(
        self,
        context: ReplyContext,
        timestamps: ReplyTimestamps,
        audio: ReplyAudio,
        ended: Callable[[ReplyEnded], None],
        unfinished: Callable[[], None] | None,
    ) -> None:
        self.is_complete = False
        """Whether the chat model has said that it has ended, and has not ended without anything."""
        self.calls: list[ToolCall] = []
        """What it calls; if its reply breaks off, it may not have been all."""
        self._context = context
        self._events = context.events
        self._timestamps = timestamps
        self._audio = audio
        self._ended = ended
        self._unfinished = unfinished
        self._request = ChatRequest(())
        self._tool_names: set[str] = set()

    async def text(
        self, request: ChatRequest, limit: TimeLimit, tool_names: Iterable[str] = ()
    ) -> AsyncGenerator[str, None]:
        """Yield the chat model's text; if that is the mark, ask again once the turn is over all the same.

        Args:
            tool_names: of all tools, by which calls are known that are written into the text.
        """
        self.is_complete, self.calls, self._request = False, [], request
        self._tool_names.update(tool_names)
        if (unfinished := self._unfinished) is not None:
            self._unfinished = None
            mark = UnfinishedMark()
            async with (
                aclosing(self._context.chat.reply(asking_for_mark(request))) as events,
                aclosing(self._deltas(events, limit, mark)) as texts,
            ):
                async for text in texts:
                    yield text
                if mark.is_found:
                    unfinished()
            if not mark.is_found:
                return
            self.calls = []  # for words that were not all
            limit.suspend()
            await self._audio.wait_until_released()
            limit.renew()
            self._timestamps.began = self._events.now()
            request = replace(request, ahead=False)
        async with (
            aclosing(self._context.chat.reply(request)) as events,
            aclosing(self._deltas(events, limit)) as texts,
        ):
            async for text in texts:
                yield text

    async def _deltas(  # noqa: PLR0912
        self,
        events: AsyncGenerator[ChatEvent, None],
        limit: TimeLimit,
        mark: UnfinishedMark | None = None,
    ) -> AsyncGenerator[str, None]:
        """Yield the chat model's text as it arrives, up to the mark; handle all other events."""
        pieces, syntax = EncodablePieces(), CallSyntaxFilter(self._tool_names)
        try:
            with own_cancellation("the chat model broke"):
                check = cancellation_check()
                async for event in events:
                    check()
                    match event:
                        case TextDelta():
                            if text := pieces.feed(event.text):
                                limit.renew()
                                if mark is not None and not (text := mark.feed(text)):
                                    if mark.is_found:
                                        return
                                    continue
                                if text := syntax.feed(text):
                                    self.mark_token(text)
                                    yield text
                        case ReplyEnded():
                            rest = mark.finish() if mark is not None else ""
                            if text := self._rest(rest, syntax):
                                self.mark_token(text)
                                yield text
                            limit.renew()
                            self._end(event)
                        case ToolCall():
                            limit.renew()
                            self.calls += [event] if self._request.tools else []
                        case Notice(message):  # not a sign that the model is writing
                            self._events.notice("chat", message)
                        case _:
                            assert_never(event)
        except Exception as error:  # a third-party chat model may raise anything
            if not self.is_complete:
                raise
            logger.info("the chat model broke when its reply was complete", exc_info=error)
        rest = (mark.finish() if mark is not None else "") + pieces.finish()
        if text := self._rest(rest, syntax):
            yield text

    def _rest(self, text: str, syntax: CallSyntaxFilter) -> str:
        """Return the rest of the text; keep the calls that the chat model has written into it."""
        rest = syntax.feed(text) + syntax.finish()
        written, syntax.calls = syntax.calls, []
        calls = [ToolCall("", call.name, call.arguments) for call in written if self._may_call(call.name)]
        self.calls += calls
        if syntax.has_dropped or len(calls) < len(written):
            syntax.has_dropped = False
            self._events.notice("chat", "the chat model wrote a tool call into its text, which was left out")
        return rest

    def _may_call(self, name: str) -> bool:
        """Return whether a call in the text counts: not if it may change something and may be a quotation."""
        effects = [tool.effect for tool in self._request.tools if tool.name == name]
        others = (each.content for each in self._request.messages if each.role in {"user", "tool"})
        return bool(effects) and (effects == ["reads"] or not is_quoted(name, others))

    def mark_token(self, text: str) -> None:
        """Record that text came."""
        self._timestamps.last_token = now = self._events.now()
        if self._timestamps.first_token is None and text.strip():
            self._timestamps.first_token = now
            if self._audio.is_released:
                self._events.publish(ReplyStarted(now))

    def _end(self, event: ReplyEnded) -> None:
        self._timestamps.add_usage(event.usage)
        is_filtered = event.reason == "filtered"
        if is_filtered:
            self.calls = []
        self.is_complete = is_filtered or bool(self.calls) or self._timestamps.first_token is not None
        self._ended(event)
