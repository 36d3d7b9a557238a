"""A reply as the chat model writes it: through the filters of plugins, and on to be cut into units."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import assert_never

from voicebot.encodable import EncodablePieces
from voicebot.engine.cancellation import cancellation_check, own_cancellation
from voicebot.engine.failures import Failure
from voicebot.engine.rules_from_settings import wanted_patience
from voicebot.engine.speaking.reply_audio import ReplyAudio
from voicebot.engine.speaking.reply_context import ReplyContext
from voicebot.engine.speaking.reply_filters import FilterFailed, ReplyFilterChain
from voicebot.engine.speaking.retraction import retract
from voicebot.engine.speaking.unfinished_mark import UnfinishedMark, asking_for_mark
from voicebot.engine.speaking.unit_delivery import UnitDelivery
from voicebot.engine.speaking.units.reply_text import ReplyText
from voicebot.engine.time_limit import TimeLimit, TooLate
from voicebot.engine.timeline import ReplyTimestamps
from voicebot.engine.tools.reply_tools import ReplyTools
from voicebot.engine.turns.rules import PatienceBounds
from voicebot.errors import ProviderError
from voicebot.events import ReplyStarted
from voicebot.messages import ChatEvent, ChatRequest, Notice, ReplyEnded, TextDelta, ToolCall

logger = logging.getLogger(__name__)
_LONGEST_VALUE = 60
"""Characters shown of a value that a chat model returns."""


class ReplyWriter:
    """Runs the chat model for one reply.

    Args:
        timestamps: when the reply reached which stage.
        text: where to add what is written.
        audio: what the chat model's content filter may retract a part of.
        tools: what runs the chat model's calls; None if there are no tools.
        unfinished: called if the chat model says that the user has not finished; None if it is not asked.
    """

    def __init__(
        self,
        context: ReplyContext,
        timestamps: ReplyTimestamps,
        text: ReplyText,
        audio: ReplyAudio,
        tools: ReplyTools | None = None,
        unfinished: Callable[[], None] | None = None,
    ) -> None:
        self.failure: Failure | None = None
        """Why the reply broke off, or is empty."""
        self.patience: PatienceBounds | None = None
        """The patience that the chat model asked for in the user's next turn, if any."""
        self.is_filtered = False
        """Whether the chat model's content filter has ended the reply."""
        self.is_question_refused = False
        """Whether it blocked the whole answer, so that the same question would be refused again."""
        self._context = context
        self._events = context.events
        self._timestamps = timestamps
        self._text = text
        self._audio = audio
        self._tools = tools
        self._unfinished = unfinished
        self._filters = ReplyFilterChain(context.filters)
        self._is_complete = False
        """Whether the chat model has said that its reply is complete."""
        self._calls: list[ToolCall] = []
        """What it has called since it was asked last."""

    async def write(self, request: ChatRequest, units: UnitDelivery) -> None:
        """Write the reply to its end; sets `failure` if it breaks off."""
        try:
            with own_cancellation("the chat model broke"):
                await self._write(request, units)
        except TooLate:
            if self._filters.is_filtering or not self._is_complete:
                self.failure = self._timeout()
        except FilterFailed as error:
            self.failure = Failure("filter", error)
        except Exception as error:  # a third-party chat model may raise anything
            self.failure = Failure("chat", error)
        await units.deliver_rest()

    async def _write(self, request: ChatRequest, units: UnitDelivery) -> None:
        context = self._context
        async with (
            TimeLimit(context.settings.reply.chat_timeout) as limit,
            self._filters.applied(self._texts(request, limit, units)) as texts,
        ):
            async for text in texts:
                if self.is_filtered:
                    break
                self._text.add(text)
                if units.cut(text):
                    limit.suspend()  # the synthesizer may be the slow one
                    try:
                        await units.deliver()
                    finally:  # closing has a limit too
                        limit.renew()
                else:
                    limit.renew()
        is_done = self.is_filtered or (self._tools is not None and self._tools.is_complete)
        if self._timestamps.first_token is None and not is_done:
            raise ProviderError("the chat model replied with nothing")

    def _texts(
        self, request: ChatRequest, limit: TimeLimit, units: UnitDelivery
    ) -> AsyncGenerator[str, None]:
        if self._tools is None:
            return self._reply(request, limit, units)
        return self._steps(self._tools, request, limit, units)

    async def _steps(
        self, tools: ReplyTools, request: ChatRequest, limit: TimeLimit, units: UnitDelivery
    ) -> AsyncGenerator[str, None]:
        """Yield the chat model's text; run what it calls, and ask it again until it answers in words."""
        limit.suspend()
        lines = await tools.finish_confirmed()
        self._text.step = len(tools.steps)
        while not tools.is_complete:
            limit.renew()
            self._is_complete = False
            written = " " if self._text.written else ""  # between two steps
            if written:
                yield written
            async with aclosing(self._reply(tools.request(request), limit, units)) as texts:
                async for text in texts:
                    written += text
                    yield text
            self._unfinished = None
            calls, self._calls = self._calls, []
            if not calls:
                return
            limit.suspend()
            await units.end_step()  # it is spoken while the tools run
            lines = await tools.run(written.strip(), calls)
        if line := " ".join(lines):
            units.complete()
            self._mark_token(line)
            yield f" {line}" if self._text.written else line

    async def _reply(
        self, request: ChatRequest, limit: TimeLimit, units: UnitDelivery
    ) -> AsyncGenerator[str, None]:
        """Yield the chat model's text; if that is the mark, ask again once the turn is over all the same."""
        takes_calls = bool(request.tools)
        if self._unfinished is not None:
            mark = UnfinishedMark()
            async with (
                aclosing(self._context.chat.reply(asking_for_mark(request))) as events,
                aclosing(self._deltas(events, limit, units, mark, takes_calls=takes_calls)) as texts,
            ):
                async for text in texts:
                    yield text
                if mark.is_found:
                    self._unfinished()
            if not mark.is_found:
                return
            limit.suspend()
            await self._audio.wait_until_released()
            limit.renew()
            self._timestamps.began = self._events.now()
            request = replace(request, ahead=False)
        async with (
            aclosing(self._context.chat.reply(request)) as events,
            aclosing(self._deltas(events, limit, units, takes_calls=takes_calls)) as texts,
        ):
            async for text in texts:
                yield text

    async def _deltas(  # noqa: PLR0912
        self,
        events: AsyncGenerator[ChatEvent, None],
        limit: TimeLimit,
        units: UnitDelivery,
        mark: UnfinishedMark | None = None,
        *,
        takes_calls: bool = False,
    ) -> AsyncGenerator[str, None]:
        """Yield the chat model's text as it arrives, up to the mark; handle all other events."""
        pieces = EncodablePieces()
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
                                self._mark_token(text)
                                yield text
                        case ReplyEnded():
                            if mark is not None and (text := mark.finish()):
                                self._mark_token(text)
                                yield text
                            limit.renew()
                            self._end(event, units)
                        case ToolCall():
                            limit.renew()
                            self._calls += [event] if takes_calls else []
                        case Notice(message):  # not a sign that the model is writing
                            self._events.notice("chat", message)
                        case _:
                            assert_never(event)
        except Exception as error:  # a third-party chat model may raise anything
            if not self._is_complete:
                raise
            logger.info("the chat model broke when its reply was complete", exc_info=error)
        if text := (mark.finish() if mark is not None else "") + pieces.finish():
            yield text

    def _mark_token(self, text: str) -> None:
        self._timestamps.last_token = now = self._events.now()
        if self._timestamps.first_token is None and text.strip():
            self._timestamps.first_token = now
            if self._audio.is_released:
                self._events.publish(ReplyStarted(now))

    def _end(self, event: ReplyEnded, units: UnitDelivery) -> None:
        self._timestamps.add_usage(event.usage)
        is_filtered, calls = event.reason == "filtered", bool(self._calls)
        self._is_complete = is_filtered or calls or self._timestamps.first_token is not None
        if event.patience is not None:
            self.patience = wanted_patience(event.patience)
            if self.patience is None:
                shown = repr(event.patience)[:_LONGEST_VALUE]
                self._events.notice_once("chat", f"the chat model asked for an unknown patience: {shown}")
        if is_filtered:
            self._calls = []
            self.is_filtered = True
            self.is_question_refused = self._timestamps.first_token is None
            if retracted := self._filters.retracted(event.withdrawn):
                units.retract()
            self.failure = retract(self._text, self._audio, retracted)
        elif self._is_complete and not calls:
            units.complete()

    def _timeout(self) -> Failure:
        """Return the failure of the chat model or filter that exceeded `reply.chat_timeout`."""
        seconds = f"{self._context.settings.reply.chat_timeout:g} s"
        if self._filters.is_filtering:
            message = f"the reply filters gave nothing for {seconds} (`reply.chat_timeout`)"
            return Failure("filter", ProviderError(message))
        message = f"the chat model wrote nothing for {seconds}; raise `reply.chat_timeout` if it needs longer"
        return Failure("chat", ProviderError(message))
