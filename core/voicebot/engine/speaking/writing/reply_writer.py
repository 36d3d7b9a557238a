"""A reply as the chat model writes it: through the filters of plugins, and on to be cut into units."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING

from voicebot.engine.cancellation import own_cancellation
from voicebot.engine.failures import Failure
from voicebot.engine.rules_from_settings import wanted_patience
from voicebot.engine.speaking.reply_audio import ReplyAudio
from voicebot.engine.speaking.reply_context import ReplyContext
from voicebot.engine.speaking.retraction import retract
from voicebot.engine.speaking.unit_delivery import UnitDelivery
from voicebot.engine.speaking.units.reply_text import ReplyText
from voicebot.engine.speaking.writing.chat_answers import ChatAnswers
from voicebot.engine.speaking.writing.reply_filters import FilterFailed, ReplyFilterChain
from voicebot.engine.time_limit import TimeLimit, TooLate
from voicebot.engine.timeline import ReplyTimestamps
from voicebot.engine.turns.rules import PatienceBounds
from voicebot.errors import ProviderError
from voicebot.messages import ChatRequest, ReplyEnded

if TYPE_CHECKING:
    from voicebot.engine.tools.reply_tools import ReplyTools

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
        self._filters = ReplyFilterChain(context.filters)
        self._answers = ChatAnswers(context, timestamps, audio, self._end, unfinished)
        self._units: UnitDelivery | None = None

    async def write(self, request: ChatRequest, units: UnitDelivery) -> None:
        """Write the reply to its end; sets `failure` if it breaks off."""
        self._units = units
        try:
            with own_cancellation("the chat model broke"):
                await self._write(request, units)
        except TooLate:
            if self._filters.is_filtering or not self._answers.is_complete:
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
        may_be_silent = self.is_filtered or (self._tools is not None and self._tools.may_be_silent)
        if self._timestamps.first_token is None and not may_be_silent:
            raise ProviderError("the chat model replied with nothing")

    def _texts(
        self, request: ChatRequest, limit: TimeLimit, units: UnitDelivery
    ) -> AsyncGenerator[str, None]:
        if self._tools is None:
            return self._answers.text(request, limit)
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
            written = ""
            if separator := self._separator():
                yield separator
            async with aclosing(self._answers.text(tools.request(request), limit, tools.names)) as texts:
                async for text in texts:
                    written += text
                    yield text
            if not self._answers.calls:
                return
            if not self._answers.is_complete:
                raise ProviderError("the chat model's reply broke off after a tool call, which is not run")
            limit.suspend()
            await units.end_step()  # it is spoken while the tools run
            lines = await tools.run(written.strip(), self._answers.calls)
        if line := " ".join(lines):
            units.complete()
            self._answers.mark_token(line)
            yield self._separator() + line

    def _separator(self) -> str:
        """Return what is needed between the text so far and the next step."""
        return " " if self._text.written and not self._text.written[-1].isspace() else ""

    def _end(self, event: ReplyEnded) -> None:
        if event.patience is not None:
            self.patience = wanted_patience(event.patience)
            if self.patience is None:
                shown = repr(event.patience)[:_LONGEST_VALUE]
                self._events.notice_once("chat", f"the chat model asked for an unknown patience: {shown}")
        assert self._units is not None
        if event.reason == "filtered":
            self.is_filtered = True
            self.is_question_refused = self._timestamps.first_token is None
            if retracted := self._filters.retracted(event.withdrawn):
                self._units.retract()
            self.failure = retract(self._text, self._audio, retracted)
        elif self._answers.is_complete and not self._answers.calls:
            self._units.complete()

    def _timeout(self) -> Failure:
        """Return the failure of the chat model or filter that exceeded `reply.chat_timeout`."""
        seconds = f"{self._context.settings.reply.chat_timeout:g} s"
        if self._filters.is_filtering:
            message = f"the reply filters gave nothing for {seconds} (`reply.chat_timeout`)"
            return Failure("filter", ProviderError(message))
        message = f"the chat model wrote nothing for {seconds}; raise `reply.chat_timeout` if it needs longer"
        return Failure("chat", ProviderError(message))
